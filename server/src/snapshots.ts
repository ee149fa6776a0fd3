import { type Said, saidWords } from './operations/finding.ts'
import type { Snapshots } from './platform/settings/settings.ts'

/**
 * What the site's snapshots of the machine mean for deletions: one that holds the vault brings a destroyed key back for as long as
 * it is kept. Absent: nobody has said how long that is.
 */
export function snapshotSaid(snapshots: Snapshots | undefined): Said {
  if (snapshots === undefined) return { say: 'snapshots-unknown' }
  if (snapshots === 'none') return { say: 'snapshots-none' }
  const days: Said = snapshots === 1 ? { say: 'days-one' } : { say: 'days-many', values: { count: snapshots } }
  return { say: 'snapshots-for', values: { days } }
}

/** The same in English, for whoever founds an installation by the command line. */
export function snapshotSentence(snapshots: Snapshots | undefined): string {
  return saidWords('en', snapshotSaid(snapshots))
}
