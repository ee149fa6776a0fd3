import { useMe } from '../shell/me.ts'

/** The installation's own time: in a rehearsal it is not that of this device. */
export function useNow(): number {
  const now = useMe().data?.installation.now
  return now === null || now === undefined ? Date.now() : Date.parse(now)
}
