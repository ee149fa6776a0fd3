import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const peopleRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/people',
    staticData: { for: ['see-people'] },
    component: lazyRouteComponent(() => import('./PeoplePage.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/people/$id',
    staticData: { for: ['see-people'] },
    component: lazyRouteComponent(() => import('./PersonPage.tsx'), 'PersonPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/account',
    staticData: { for: 'signed-in' },
    component: lazyRouteComponent(() => import('./AccountPage.tsx'), 'AccountPage'),
  }),
] as const
