import { useSuspenseQuery } from '@tanstack/react-query'
import { clockOf, meQuestion } from '../shell/me.ts'

/** The installation's own time: in a rehearsal it is not that of this device. */
export function useNow(): number {
  return clockOf(useSuspenseQuery(meQuestion).data)
}
