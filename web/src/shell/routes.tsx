import { createRoute } from '@tanstack/react-router'
import { First } from './First.tsx'
import { root } from './root.tsx'

export const shellRoutes = [
  createRoute({ getParentRoute: () => root, path: '/', staticData: { for: 'anybody' }, component: First }),
] as const
