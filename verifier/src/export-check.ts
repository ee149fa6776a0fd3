import { toHex } from '@vidne/evidence/bytes'
import type { OpenEvent } from '@vidne/evidence/event'
import { FIELD } from '@vidne/evidence/event-fields'
import type { Dossier } from '@vidne/evidence/package'
import { PACKAGE_FILE, eventName, mediaName, policyName, policyProofName } from '@vidne/evidence/package-names'
import { sha256 } from '#pieces'
import type { Bag } from './bag-check.ts'
import { disclosed } from './replay.ts'
import type { Findings } from './verdict.ts'

/** An export's own event commits to the payload before the package exists, so none can be put together afterwards. */
export function checkExport(events: readonly OpenEvent[], bag: Bag, found: Findings): void {
  const last = events.findLast(({ core }) => core.type === 'exported')
  if (last === undefined) return found.add('export-not-committed', 'events/')
  const payload = bag.payloadManifest === null ? null : toHex(sha256(bag.payloadManifest))
  if (disclosed(last, FIELD.package) !== payload) found.add('export-not-committed', eventName(last.core.seq))
}

/**
 * Nothing commits to the tag files as a whole; so each must be one that a package has, and that some check has read. A
 * statement has no export event either, and its payload is the manifest alone.
 */
export function checkKnownFiles(dossier: Dossier, bag: Bag, deleted: boolean, found: Findings): void {
  const { bagDeclaration, bagInfo, payloadManifest, startPage, readme, checkpoint, mapRoot, map, opened } = PACKAGE_FILE
  const digests = dossier.policies.map(({ statement }) => statement.policy)
  const tags = new Set<string>([
    bagDeclaration,
    bagInfo,
    payloadManifest,
    startPage,
    readme,
    checkpoint,
    mapRoot,
    map,
    opened,
    ...dossier.events.map((_, seq) => eventName(seq)),
    ...digests.flatMap(digest => [policyName(digest), policyProofName(digest)]),
  ])
  for (const name of bag.tags?.keys() ?? []) if (!tags.has(name)) found.add('file-unknown', name)
  if (!deleted) return
  const payload = new Set<string>([
    PACKAGE_FILE.captureManifest,
    PACKAGE_FILE.pieces,
    mediaName(dossier.manifest.media.extension),
  ])
  for (const name of bag.payload?.keys() ?? []) if (!payload.has(name)) found.add('file-unknown', name)
}
