import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const todayRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/today',
    component: lazyRouteComponent(() => import('./TodayPage.tsx'), 'TodayPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/today/happened',
    component: lazyRouteComponent(() => import('./HappenedPage.tsx'), 'HappenedPage'),
  }),
] as const
