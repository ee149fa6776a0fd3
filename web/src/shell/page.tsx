import { type ComponentType, Suspense } from 'react'
import { Loading } from '../../design/TroubleNotice.tsx'
import type { Room } from '../words/rooms.ts'
import { Words } from '../words/words.tsx'

/** A page with the words of its rooms; what is shown while they come is the shell's. */
export function withWords(rooms: readonly Room[], Page: ComponentType): ComponentType {
  return function PageWithWords() {
    return (
      <Suspense fallback={<Loading />}>
        <Words rooms={rooms}>
          <Page />
        </Words>
      </Suspense>
    )
  }
}
