import type { ReactNode } from 'react'
import { Loading, TroubleNotice } from './TroubleNotice.tsx'

/** A part of a page that waits for an answer of its own: what came, while it comes, or why it did not. */
export function Answer<Data>({
  of: { data, error, refetch },
  children,
}: {
  of: { data: Data | undefined; error: Error | null; refetch: () => unknown }
  children: (data: Data) => ReactNode
}) {
  // What came before stays in sight while the installation is away; the frame says that it is.
  if (data !== undefined) return children(data)
  if (error === null) return <Loading />
  return <TroubleNotice error={error} retry={() => void refetch()} />
}
