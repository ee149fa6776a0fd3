import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

const at = { getParentRoute: () => root }

export const caseRoutes = [
  createRoute({
    ...at,
    path: '/cases',
    staticData: { for: ['see-cases'] },
    component: lazyRouteComponent(() => import('./CasesPage.tsx'), 'CasesPage'),
  }),
  createRoute({
    ...at,
    path: '/cases/$id',
    staticData: { for: ['see-cases'] },
    component: lazyRouteComponent(() => import('./CasePage.tsx'), 'CasePage'),
  }),
  createRoute({
    ...at,
    path: '/cases/$id/labels',
    staticData: { for: ['see-cases'] },
    component: lazyRouteComponent(() => import('./LabelsPage.tsx'), 'LabelsPage'),
  }),
] as const
