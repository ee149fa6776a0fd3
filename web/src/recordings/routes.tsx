import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'
import { readSearch } from './asked.ts'

export const recordingsRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/recordings',
    staticData: { for: ['list'] },
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import('./RecordingsPage.tsx'), 'RecordingsPage'),
  }),
] as const
