import { useMe } from '../shell/me.ts'
import { useLanguage } from '../words/words.tsx'

/** The day so many days from the installation's now, in the agency's zone, as a field for days takes it; empty where that is not known. */
export function useDayFrom(days: number): string {
  const { zone } = useLanguage()
  const now = useMe().data?.installation.now ?? null
  if (now === null) return ''
  // Swedish writes a day as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(Date.parse(now) + days * 86_400_000)
}
