import { createRootRoute, Outlet, useRouter } from '@tanstack/react-router'
import { Suspense } from 'react'
import { RouterProvider } from 'react-aria-components'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { Language, Words } from '../words/words.tsx'
import { Guarded } from './for-whom.tsx'
import { Frame } from './Frame.tsx'
import { zoneOf, useMe } from './me.ts'
import { NotFound } from './NotFound.tsx'

/** Everything stands in here: language, words of the shell, who is signed in, and the frame around each page. */
export const root = createRootRoute({
  staticData: { for: 'anybody' },
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: Failed,
})

function Root() {
  const me = useMe()
  const { navigate } = useRouter()
  return (
    <RouterProvider navigate={href => void navigate({ to: href })}>
      <Language zone={zoneOf(me.data)}>
        <Suspense>
          <Words rooms={['shell']}>
            <Frame me={me.data ?? null} trouble={me.isError ? me.error : null} retry={() => void me.refetch()}>
              <Suspense>{me.data !== undefined && <Guarded me={me.data}>{<Outlet />}</Guarded>}</Suspense>
            </Frame>
          </Words>
        </Suspense>
      </Language>
    </RouterProvider>
  )
}

/** A page that broke takes neither the desk nor what was typed elsewhere with it. */
function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Language zone="UTC">
      <Suspense>
        <Words rooms={['shell']}>
          <main className="main">
            <TroubleNotice error={error} retry={reset} />
          </main>
        </Words>
      </Suspense>
    </Language>
  )
}
