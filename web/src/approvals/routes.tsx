import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const approvalsRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/approvals',
    staticData: { for: ['see-approvals'] },
    component: lazyRouteComponent(() => import('./ApprovalsPage.tsx'), 'ApprovalsPage'),
  }),
] as const
