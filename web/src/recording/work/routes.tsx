import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../../shell/root.tsx'

export const workRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/recordings/$id/work',
    staticData: { for: ['list'] },
    component: lazyRouteComponent(() => import('./WorkPage.tsx'), 'WorkPage'),
  }),
] as const
