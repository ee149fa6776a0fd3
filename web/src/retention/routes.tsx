import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const retentionRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/retention',
    staticData: { for: ['due'] },
    component: lazyRouteComponent(() => import('./RetentionPage.tsx'), 'RetentionPage'),
  }),
] as const
