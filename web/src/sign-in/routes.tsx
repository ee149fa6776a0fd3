import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const signInRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    staticData: { for: 'anybody' },
    component: lazyRouteComponent(() => import('./SignInPage.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sign-out',
    staticData: { for: 'anybody' },
    component: lazyRouteComponent(() => import('./SignOutPage.tsx'), 'SignOutPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/invitation',
    staticData: { for: 'anybody' },
    component: lazyRouteComponent(() => import('./InvitationPage.tsx'), 'InvitationPage'),
  }),
] as const
