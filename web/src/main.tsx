import '../design/tokens.css'
import '../design/base.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { questions } from './connection/questions.ts'
import { troubleOf } from './connection/trouble.ts'
import { router } from './router.ts'
import { applyScheme } from './shell/scheme.ts'

applyScheme()
const place = document.getElementById('desk')
if (place === null) throw new Error('the page has no place for the desk')
// A refusal is told in the page, in words; in the console stands what is broken.
const onCaughtError = (error: unknown) => {
  if (troubleOf(error).kind === 'broken') reportError(error)
}
createRoot(place, { onCaughtError }).render(
  <StrictMode>
    <QueryClientProvider client={questions}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
