import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const checkRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/check',
    staticData: { for: 'anybody' },
    component: lazyRouteComponent(() => import('./CheckPage.tsx'), 'CheckPage'),
  }),
] as const
