import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const rulesRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/rules',
    staticData: { for: ['see-policy'] },
    component: lazyRouteComponent(() => import('./RulesPage.tsx'), 'RulesPage'),
  }),
] as const
