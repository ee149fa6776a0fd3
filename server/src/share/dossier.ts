import { toHex } from '@vidne/evidence/bytes'
import { NO_POLICY, captureId, chainLabels, disclose, logId } from '@vidne/evidence/event'
import type { OpenEvent } from '@vidne/evidence/event'
import type { Json } from '@vidne/evidence/jcs'
import { parseLeaf } from '@vidne/evidence/leaf'
import { type Manifest, parseManifest } from '@vidne/evidence/manifest'
import type { Dossier } from '@vidne/evidence/package'
import type { Place } from '@vidne/evidence/package-files'
import type { Seal, Settled } from '../seal/seal.ts'
import type { Shown } from './withheld.ts'

/** A checkpoint that covers what is shown, and a map root behind it. */
export type Covered = Extract<Settled, { kind: 'private' | 'public' }>

/** What an agency has taken up, by digest in hexadecimal, as canonical text. */
export type PublishedPolicies = ReadonlyMap<string, string>

/**
 * The manifest of a recording from its own history, where it outlives the footage until the tombstone is erased.
 * Throws when the first event does not carry it: such a chain was not written by us.
 */
export function manifestOf(events: readonly OpenEvent[]): Manifest {
  const field = events[0]?.fields.find(({ name }) => name === 'manifest')
  if (field === undefined) throw new Error('the history does not begin with a manifest')
  return parseManifest(field.value)
}

/**
 * Everything that shows the history of one recording under one checkpoint: the events as this reader may see them, each
 * with its place in the log, and the map's word that none is left out.
 */
export async function makeDossier(p: {
  seal: Seal
  origin: string
  events: readonly OpenEvent[]
  covered: Covered
  policies: PublishedPolicies
  shown: Shown
}): Promise<Dossier> {
  const { seal, covered, events } = p
  const manifest = manifestOf(events)
  const labels = chainLabels(logId(p.origin), captureId(manifest), events)
  const next = labels.at(-1)
  if (next === undefined) throw new Error('a history without events')
  const root = mapRootOf(covered)
  const place = async (index: number): Promise<Place> => ({ index, hashes: await seal.proofOf(index, covered.size) })
  const placed = events.map(async (event, seq) => ({
    event: disclose(event, field => p.shown(event, field)),
    ...(await place(await positionOf(seal, labels[seq]))),
  }))
  const opened = await seal.statementProof({ type: 'log-opened' }, covered.size)
  if (opened === null) throw new Error('the log does not begin with its opening')
  return {
    manifest,
    checkpoint: covered.checkpoint,
    events: await Promise.all(placed),
    mapRoot: { ...root, ...(await place(covered.mapRoot.index)) },
    map: await seal.mapProofs(labels.slice(0, -1), next, root.coveredSize),
    opened,
    policies: await placedPolicies(p),
  }
}

function mapRootOf({ mapRoot }: Covered): { root: Uint8Array; coveredSize: number } {
  const leaf = parseLeaf(mapRoot.leaf)
  if (leaf.kind !== 'map-root') throw new Error('a map root that is none')
  return { root: leaf.root, coveredSize: leaf.size }
}

async function positionOf(seal: Seal, label: Uint8Array | undefined): Promise<number> {
  const index = label === undefined ? null : await seal.position(label)
  if (index === null) throw new Error('an event of the history is not in the log')
  return index
}

async function placedPolicies(p: {
  seal: Seal
  covered: Covered
  events: readonly OpenEvent[]
  policies: PublishedPolicies
}): Promise<Dossier['policies']> {
  const digests = new Set(p.events.map(({ core }) => core.pol))
  digests.delete(toHex(NO_POLICY))
  const placed: Dossier['policies'] = []
  for (const digest of digests) {
    const proof = await p.seal.statementProof({ type: 'policy-in-force', policy: digest }, p.covered.size)
    const published = p.policies.get(digest)
    if (proof === null || published === undefined) throw new Error(`policy ${digest} was never published`)
    const policy: Json = JSON.parse(published)
    placed.push({ policy, ...proof })
  }
  return placed
}
