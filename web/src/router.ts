import { createRouter } from '@tanstack/react-router'
import { administrationRoutes } from './administration/routes.tsx'
import { approvalsRoutes } from './approvals/routes.tsx'
import { bringInRoutes } from './bring-in/routes.tsx'
import { caseRoutes } from './cases/routes.tsx'
import { checkRoutes } from './check/routes.tsx'
import { peopleRoutes } from './people/routes.tsx'
import { recordingRoutes } from './recording/routes.tsx'
import { workRoutes } from './recording/work/routes.tsx'
import { recordingsRoutes } from './recordings/routes.tsx'
import { retentionRoutes } from './retention/routes.tsx'
import { rulesRoutes } from './rules/routes.tsx'
import { setUpRoutes } from './set-up/routes.tsx'
import { sharedLinkRoutes } from './shared-link/routes.tsx'
import { NotShown } from './shell/NotFound.tsx'
import { root } from './shell/root.tsx'
import { shellRoutes } from './shell/routes.tsx'
import { signInRoutes } from './sign-in/routes.tsx'
import { todayRoutes } from './today/routes.tsx'
import { tourRoutes } from './tour/routes.tsx'

/** Every page of the desk. Each room brings its own; what a page needs beyond the shell is fetched when it is opened. */
export const router = createRouter({
  routeTree: root.addChildren([
    ...shellRoutes,
    ...administrationRoutes,
    ...approvalsRoutes,
    ...bringInRoutes,
    ...caseRoutes,
    ...checkRoutes,
    ...peopleRoutes,
    ...recordingRoutes,
    ...workRoutes,
    ...recordingsRoutes,
    ...retentionRoutes,
    ...rulesRoutes,
    ...setUpRoutes,
    ...sharedLinkRoutes,
    ...signInRoutes,
    ...todayRoutes,
    ...tourRoutes,
  ]),
  defaultErrorComponent: NotShown,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
