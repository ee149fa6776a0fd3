import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../shell/root.tsx'

export const recordingRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/recordings/$recording',
    staticData: { for: ['list'] },
    component: lazyRouteComponent(() => import('./RecordingPage.tsx'), 'RecordingPage'),
  }),
] as const
