import { toHex } from '@vidne/evidence/bytes'
import { captureId, chainLabels, commitment, logId } from '@vidne/evidence/event'
import { eventLeaf, mapRootLeaf, statementLeaf } from '@vidne/evidence/leaf'
import { checkMapProof } from '@vidne/evidence/map-proof'
import type { Dossier } from '@vidne/evidence/package'
import type { Place } from '@vidne/evidence/package-files'
import { PACKAGE_FILE, eventName, policyProofName } from '@vidne/evidence/package-names'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { checkInclusion, leafHash } from '@vidne/tlog/merkle'
import type { Findings } from './verdict.ts'

/** Whether a leaf stands where its proof says, under this checkpoint. */
function stands({ index, hashes }: Place, leaf: Uint8Array, { size, root }: Checkpoint): boolean {
  return checkInclusion({ leafHash: leafHash(leaf), index, size, root, proof: hashes }).holds
}

/**
 * Checks the history of a sealing under one checkpoint (design §5, G5): that its events follow from one another from the
 * manifest on, that each stands in the log, that the map has each as the only one under its label, and that none follows.
 */
export function checkChain(dossier: Dossier, checkpoint: Checkpoint, found: Findings): void {
  checkLinks(dossier, checkpoint.origin, found)
  const log = logId(checkpoint.origin)
  const events = dossier.events.map(({ event }) => event)
  const labels = chainLabels(log, captureId(dossier.manifest), events)
  const leaves = events.map((event, at) => ({ label: labels[at] ?? new Uint8Array(), commitment: commitment(event) }))
  dossier.events.forEach((placed, at) => {
    const leaf = leaves[at]
    if (leaf === undefined || leaf.label.length !== 32) return
    if (!stands(placed, eventLeaf(leaf.label, leaf.commitment), checkpoint)) found.add('not-in-log', eventName(at))
  })
  checkMap(dossier, checkpoint, leaves, labels.at(-1), found)
  checkStatements(dossier, checkpoint, found)
}

function checkLinks({ manifest, events }: Dossier, origin: string, found: Findings): void {
  const log = toHex(logId(origin))
  let prev = toHex(captureId(manifest))
  events.forEach(({ event: { core, salt } }, at) => {
    const where = eventName(at)
    if (core.log !== log) found.add('other-log', where)
    if (core.seq !== at || (at === 0) !== (core.type === 'sealed')) found.add('chain-broken', where)
    if (core.prev !== prev) found.add(at === 0 ? 'other-recording' : 'chain-broken', where)
    prev = toHex(commitment({ core, salt }))
  })
}

type Labelled = { label: Uint8Array; commitment: Uint8Array }

function checkMap(
  dossier: Dossier,
  checkpoint: Checkpoint,
  leaves: readonly Labelled[],
  last: Uint8Array | undefined,
  found: Findings,
) {
  const { mapRoot, map, events } = dossier
  const { root, coveredSize } = mapRoot
  if (!stands(mapRoot, mapRootLeaf(root, coveredSize), checkpoint)) found.add('map-not-in-log', PACKAGE_FILE.mapRoot)
  if (coveredSize > mapRoot.index) found.add('map-not-in-log', PACKAGE_FILE.mapRoot)
  events.forEach(({ index }, at) => {
    if (index >= coveredSize) found.add('map-behind', eventName(at))
  })
  leaves.forEach(({ label, commitment: sealed }, at) => {
    const verdict = checkMapProof({ root, label, proof: map.presence[at] ?? null })
    if (!('present' in verdict) || toHex(verdict.present) !== toHex(sealed))
      found.add('parallel-history', eventName(at))
  })
  const absence =
    last === undefined ? { refused: 'malformed' } : checkMapProof({ root, label: last, proof: map.absence })
  if (!('absent' in absence)) found.add('history-continues', PACKAGE_FILE.map)
}

function checkStatements(dossier: Dossier, checkpoint: Checkpoint, found: Findings): void {
  const { opened, policies, events } = dossier
  if (opened.index !== 0 || !stands(opened, statementLeaf(opened.statement), checkpoint))
    found.add('opening-wrong', PACKAGE_FILE.opened)
  if (opened.statement.origin !== checkpoint.origin) found.add('opening-wrong', PACKAGE_FILE.opened)
  for (const policy of policies) {
    const digest = policy.statement.policy
    if (!stands(policy, statementLeaf(policy.statement), checkpoint)) found.add('not-in-log', policyProofName(digest))
    const early = events.find(({ event, index }) => event.core.pol === digest && index < policy.index)
    if (early !== undefined) found.add('policy-after-event', eventName(early.event.core.seq))
  }
}
