import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const setUpRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/set-up',
    staticData: { for: 'anybody' },
    component: lazyRouteComponent(() => import('./SetUpPage.tsx'), 'SetUpPage'),
  }),
] as const
