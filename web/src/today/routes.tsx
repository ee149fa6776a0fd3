import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const todayRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/today',
    staticData: { for: 'signed-in' },
    component: lazyRouteComponent(() => import('./TodayPage.tsx'), 'TodayPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/today/happened',
    staticData: { for: ['export'] },
    component: lazyRouteComponent(() => import('./HappenedPage.tsx'), 'HappenedPage'),
  }),
] as const
