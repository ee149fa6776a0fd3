import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const tourRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/tour',
    staticData: { for: 'anybody' },
    component: lazyRouteComponent(() => import('./TourPage.tsx'), 'TourPage'),
  }),
] as const
