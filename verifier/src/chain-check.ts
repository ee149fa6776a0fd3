import { equalBytes, toHex } from '@vidne/evidence/bytes'
import { captureId, chainLabels, commitment, genesisLabel, logId } from '@vidne/evidence/event'
import type { OpenEvent } from '@vidne/evidence/event'
import { eventLeaf, mapRootLeaf, statementLeaf } from '@vidne/evidence/leaf'
import type { Manifest } from '@vidne/evidence/manifest'
import { checkMapProof } from '@vidne/evidence/map-proof'
import type { Dossier } from '@vidne/evidence/package'
import type { Place } from '@vidne/evidence/package-files'
import { PACKAGE_FILE, eventName, policyProofName } from '@vidne/evidence/package-names'
import { opens } from '@vidne/evidence/receipt'
import type { Receipt } from '@vidne/evidence/receipt'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { checkInclusion, leafHash } from '@vidne/tlog/merkle'
import type { Findings } from './verdict.ts'

/**
 * Checks the history of a sealing under one checkpoint (design §5, G5): that its events follow from one another from the
 * manifest on, that each stands in the log, that the map has each as the only one under its label, and that none follows.
 */
export function checkChain(dossier: Dossier, checkpoint: Checkpoint, found: Findings): void {
  checkLinks(dossier, checkpoint.origin, found)
  const labels = chainLabels(
    logId(checkpoint.origin),
    captureId(dossier.manifest),
    dossier.events.map(({ event }) => event),
  )
  const next = labels.pop()
  if (next === undefined) throw new Error('a history without events')
  const leaves = labels.map((label, seq) => labelled(dossier, label, seq))
  for (const [seq, { label, commitment: sealed, place }] of leaves.entries())
    if (!stands(place, eventLeaf(label, sealed), checkpoint)) found.add('not-in-log', eventName(seq))
  checkMapRoot(dossier, checkpoint, found)
  checkMap(dossier, leaves, next, found)
  checkStatements(dossier, checkpoint, found)
}

/** How the log's opening on a receipt is named in a verdict. */
export const RECEIPT_OPENED = 'receipt, opened'

/** Checks the one event of a receipt: that it is the first of its recording, and stands in the log; and the log's opening. */
export function checkSealing(
  { manifest, event, opened, ...place }: Receipt,
  checkpoint: Checkpoint,
  found: Findings,
): void {
  checkLinks({ manifest, events: [{ event }] }, checkpoint.origin, found)
  const label = genesisLabel(logId(checkpoint.origin), captureId(manifest))
  if (!stands(place, eventLeaf(label, commitment(event)), checkpoint)) found.add('not-in-log', eventName(0))
  if (!opens(opened, checkpoint)) found.add('opening-wrong', RECEIPT_OPENED)
}

type Labelled = { label: Uint8Array; commitment: Uint8Array; place: Place }

function labelled({ events }: Dossier, label: Uint8Array, seq: number): Labelled {
  const placed = events[seq]
  if (placed === undefined) throw new Error('a label without an event')
  return { label, commitment: commitment(placed.event), place: placed }
}

/** Whether a leaf stands where its proof says, under this checkpoint. */
function stands({ index, hashes }: Place, leaf: Uint8Array, { size, root }: Checkpoint): boolean {
  return checkInclusion({ leafHash: leafHash(leaf), index, size, root, proof: hashes }).holds
}

type Chain = { manifest: Manifest; events: readonly { event: OpenEvent }[] }

function checkLinks({ manifest, events }: Chain, origin: string, found: Findings): void {
  const log = toHex(logId(origin))
  let prev = toHex(captureId(manifest))
  for (const [seq, { event }] of events.entries()) {
    const { core, salt } = event
    const where = eventName(seq)
    if (core.log !== log) found.add('other-log', where)
    if (core.seq !== seq || (seq === 0) !== (core.type === 'sealed')) found.add('chain-broken', where)
    if (core.prev !== prev) found.add(seq === 0 ? 'other-recording' : 'chain-broken', where)
    prev = toHex(commitment({ core, salt }))
  }
}

/**
 * The map root covers every leaf before it and is the last leaf under the checkpoint: else an old root beside a new
 * checkpoint would pass off a history that has gone on since.
 */
function checkMapRoot({ mapRoot, events }: Dossier, checkpoint: Checkpoint, found: Findings): void {
  const { root, coveredSize, index } = mapRoot
  if (!stands(mapRoot, mapRootLeaf(root, coveredSize), checkpoint)) found.add('map-not-in-log', PACKAGE_FILE.mapRoot)
  if (coveredSize !== index || index !== checkpoint.size - 1) found.add('map-behind', PACKAGE_FILE.mapRoot)
  for (const [seq, event] of events.entries()) if (event.index >= coveredSize) found.add('map-behind', eventName(seq))
}

function checkMap({ mapRoot, map }: Dossier, leaves: readonly Labelled[], next: Uint8Array, found: Findings): void {
  const { root } = mapRoot
  for (const [seq, { label, commitment: sealed }] of leaves.entries()) {
    const verdict = checkMapProof({ root, label, proof: map.presence[seq] ?? null })
    if ('refused' in verdict) found.add('map-proof-wrong', `${PACKAGE_FILE.map}, ${eventName(seq)}`)
    else if (!('present' in verdict) || !equalBytes(verdict.present, sealed))
      found.add('parallel-history', eventName(seq))
  }
  const absence = checkMapProof({ root, label: next, proof: map.absence })
  if ('refused' in absence) found.add('map-proof-wrong', PACKAGE_FILE.map)
  else if (!('absent' in absence)) found.add('history-continues', eventName(leaves.length))
}

function checkStatements(dossier: Dossier, checkpoint: Checkpoint, found: Findings): void {
  const { opened, policies, events } = dossier
  if (opened.index !== 0 || !opens(opened, checkpoint)) found.add('opening-wrong', PACKAGE_FILE.opened)
  for (const policy of policies) {
    const digest = policy.statement.policy
    if (!stands(policy, statementLeaf(policy.statement), checkpoint)) found.add('not-in-log', policyProofName(digest))
    const early = events.find(({ event, index }) => event.core.pol === digest && index < policy.index)
    if (early !== undefined) found.add('policy-after-event', eventName(early.event.core.seq))
  }
}
