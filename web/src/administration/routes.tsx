import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const administrationRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/administration',
    staticData: { for: ['see-installation', 'see-audit'] },
    component: lazyRouteComponent(() => import('./AdministrationPage.tsx'), 'AdministrationPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/administration/audit',
    staticData: { for: ['see-audit'] },
    component: lazyRouteComponent(() => import('./AuditPage.tsx'), 'AuditPage'),
  }),
] as const
