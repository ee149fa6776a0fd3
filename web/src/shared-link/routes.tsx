import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const sharedLinkRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/shared',
    staticData: { for: 'anybody' },
    component: lazyRouteComponent(() => import('./SharedPage.tsx'), 'SharedPage'),
  }),
] as const
