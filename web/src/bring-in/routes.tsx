import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const bringInRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/bring-in',
    staticData: { for: ['dock'] },
    component: lazyRouteComponent(() => import('./BringInPage.tsx'), 'BringInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/charging-room',
    staticData: { for: ['see-dock'] },
    component: lazyRouteComponent(() => import('./BoardPage.tsx'), 'BoardPage'),
  }),
] as const
