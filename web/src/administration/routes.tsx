import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const administrationRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/administration',
    component: lazyRouteComponent(() => import('./AdministrationPage.tsx'), 'AdministrationPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/administration/audit',
    component: lazyRouteComponent(() => import('./AuditPage.tsx'), 'AuditPage'),
  }),
] as const
