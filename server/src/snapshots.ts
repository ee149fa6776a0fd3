import type { Snapshots } from './platform/settings/settings.ts'

/**
 * What the site's snapshots of the machine mean for deletions: one that holds the vault brings a destroyed key back for as long as
 * it is kept. Absent: nobody has said how long that is.
 */
export function snapshotSentence(snapshots: Snapshots | undefined): string {
  if (snapshots === undefined)
    return (
      'It is not known how long the site keeps snapshots of this machine and its disks. One that holds the vault brings destroyed ' +
      'keys back and voids the statements of deletion, so until it is known no deletion counts as final. Leave the vault out of ' +
      'snapshots, and write snapshots = DAYS or snapshots = "none" into vidne.toml.'
    )
  if (snapshots === 'none') return 'The site takes no snapshots of this machine and its disks, as was said.'
  return (
    `The site keeps snapshots of this machine and its disks for ${days(snapshots)}, as was said. One that holds the vault brings ` +
    `destroyed keys back, so a deletion is final ${days(snapshots)} after it. Leave the vault out of snapshots, and it is at once.`
  )
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`
}
