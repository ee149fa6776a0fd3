import { createHash } from 'node:crypto'
import { BAG_DECLARATION, formatBagInfo, formatManifest, payloadOxum } from '@vidne/evidence/bag'
import { concat, fromHex, toHex, utf8 } from '@vidne/evidence/bytes'
import { type OpenEvent, captureId, genesisLabel, logId, makeEvent } from '@vidne/evidence/event'
import { FIELD } from '@vidne/evidence/event-fields'
import type { EventType } from '@vidne/evidence/event-types'
import type { Json } from '@vidne/evidence/jcs'
import { statementLeaf } from '@vidne/evidence/leaf'
import { type Manifest, encodeManifest } from '@vidne/evidence/manifest'
import { type Dossier, packEvents, policyDigest } from '@vidne/evidence/package'
import { PACKAGE_FILE, mediaName } from '@vidne/evidence/package-names'
import { PieceHasher, piecesRoot } from '@vidne/evidence/pieces'
import { FORMATS, type StatementOf } from '@vidne/evidence/statement'
import {
  TEST_LOG_SKEY,
  TEST_LOG_VKEY,
  TEST_ORIGIN,
  TEST_START,
  TEST_WITNESS_SKEY,
  TEST_WITNESS_VKEY,
  seededRandom,
} from '@vidne/evidence/testing/small-log'
import { MAP_CHECKER_SKEY, MAP_CHECKER_VKEY, SampleLog } from './sample-log.ts'

export const DAY = 86_400_000
/** When the sample recording was sealed, 40 days before the log's last checkpoint. */
export const SEALED_AT = TEST_START - 40 * DAY

/** Trusts the test log, knows a witness and a map-checker, and demands none of them. */
export const TRUST = [
  `log ${TEST_LOG_VKEY}`,
  `witness press ${TEST_WITNESS_VKEY}`,
  `witness mapper ${MAP_CHECKER_VKEY}`,
  'group map-checkers any mapper',
  'quorum none',
  '',
].join('\n')

export const POLICY: Json = { pack: 'uk-met', retention: [{ rule: 'uncategorised', days: 31 }], v: 1 }

export type Happening = { type: EventType; at?: number; fields?: Record<string, Json> }

/** An ordinary life: sealed, given its deadline, looked at, exported. */
export const ORDINARY: readonly Happening[] = [
  { type: 'sealed', fields: { camera: 'BC-0417', path: 'DCIM/100MEDIA/0001.MP4' } },
  { type: 'retention-changed', fields: { rule: 'uncategorised', [FIELD.deleteAfter]: SEALED_AT + 31 * DAY } },
  { type: 'viewed', fields: { actor: 'K. Sørensen', purpose: 'case' } },
  { type: 'exported', fields: { actor: 'K. Sørensen', recipient: 'Anklagemyndigheden' } },
]

const due = SEALED_AT + 31 * DAY
/** A life to its end, with a hold that two persons lifted. */
export const DELETED: readonly Happening[] = [
  ...ORDINARY.slice(0, 3),
  { type: 'held', fields: { [FIELD.hold]: 'hold-1', person: 'person-1' } },
  { type: 'approval-asked', fields: { approval: 'approval-1', person: 'person-1' } },
  { type: 'approval-given', fields: { approval: 'approval-1', person: 'person-2' } },
  { type: 'hold-released', fields: { [FIELD.hold]: 'hold-1', approval: 'approval-1' } },
  { type: 'deletion-due', at: due, fields: { [FIELD.rule]: 'uncategorised', [FIELD.deleteAfter]: due } },
  { type: 'key-destroyed', at: due + 1000, fields: { [FIELD.rule]: 'uncategorised' } },
  { type: 'deleted', at: due + 2000, fields: { [FIELD.rule]: 'uncategorised' } },
]

export type Sample = {
  seed: string
  story: readonly Happening[]
  media: Uint8Array
  level: Manifest['level']
  mode: 'normal' | 'rehearsal'
  /** The origin that leaf 0 names; the log's own when absent. */
  openedOrigin?: string
  skeys: readonly string[]
  origin: string
  /** The log that the events say they are made for. */
  eventOrigin: string
  checkpointKind: 'public' | 'private'
  /** What the log does besides, between the last event and the map root. */
  meanwhile: (log: SampleLog, chain: Chain) => void
}

const honest: Sample = {
  seed: 'sample',
  story: ORDINARY,
  media: footage(2000),
  level: 'received',
  mode: 'normal',
  skeys: [TEST_LOG_SKEY, TEST_WITNESS_SKEY, MAP_CHECKER_SKEY],
  origin: TEST_ORIGIN,
  eventOrigin: TEST_ORIGIN,
  checkpointKind: 'public',
  meanwhile: () => {},
}

/** Bytes that stand for footage and do not repeat; fewer are the beginning of more. */
export function footage(bytes: number): Uint8Array {
  return createHash('shake256', { outputLength: bytes }).update('footage').digest()
}

export type Chain = {
  manifest: Manifest
  events: OpenEvent[]
  indexes: number[]
  labels: Uint8Array[]
  next: Uint8Array
}
export type Made = { files: Map<string, Uint8Array>; dossier: Dossier; log: SampleLog; chain: Chain; sample: Sample }

/** A package as an honest installation makes it, of whatever sample differs from the ordinary one. */
export async function makePackage(differing: Partial<Sample> = {}): Promise<Made> {
  const sample = { ...honest, ...differing }
  const log = new SampleLog(sample.origin, sample.seed)
  const opened = openingOf(sample)
  const policy = {
    policy: policyDigest(POLICY),
    pack: 'uk-met',
    at: SEALED_AT - DAY,
    type: 'policy-in-force',
    v: 1,
  } as const
  log.append(statementLeaf(opened))
  const policyIndex = log.append(statementLeaf(policy))
  const chain = appendChain(log, sample)
  sample.meanwhile(log, chain)
  const map = mapOf(log, chain)
  const { index, root, coveredSize } = log.appendMapRoot()
  const dossier: Dossier = {
    manifest: chain.manifest,
    checkpoint: await log.checkpoint(sample.skeys, TEST_START),
    events: chain.events.map((event, seq) => ({ event, ...log.place(chain.indexes[seq] ?? 0) })),
    mapRoot: { ...log.place(index), root, coveredSize },
    map,
    opened: { ...log.place(0), statement: opened },
    policies: [{ ...log.place(policyIndex), policy: POLICY, statement: policy }],
  }
  return { files: filesOf(dossier, sample), dossier, log, chain, sample }
}

/** The proofs that a map gives for a chain, as the map stands. */
export function mapOf(log: SampleLog, { labels, next }: Chain): Dossier['map'] {
  return { presence: labels.map(label => log.map.prove(label)), absence: log.map.prove(next) }
}

function openingOf({ origin, openedOrigin = origin, mode }: Sample): StatementOf<'log-opened'> {
  const formats = { ...FORMATS }
  const at = SEALED_AT - DAY
  return { type: 'log-opened', v: 1, origin: openedOrigin, mode, formats, cadenceSeconds: 300, at }
}

function measured(media: Uint8Array) {
  const hasher = new PieceHasher()
  hasher.update(media)
  return hasher.finish()
}

function manifestOf({ media, seed, level }: Sample): Manifest {
  const { sha256, leaves } = measured(media)
  return {
    v: 1,
    salt: toHex(seededRandom(`${seed}/manifest`)(32)),
    level,
    bytes: media.length,
    sha256: toHex(sha256),
    pieces: { size: 1_048_576, count: leaves.length, root: toHex(piecesRoot(leaves)) },
    media: { extension: 'mp4' },
  }
}

function appendChain(log: SampleLog, sample: Sample): Chain {
  const manifest = manifestOf(sample)
  const [id, random] = [logId(sample.eventOrigin), seededRandom(sample.seed)]
  const chain: Chain = { manifest, events: [], indexes: [], labels: [], next: genesisLabel(id, captureId(manifest)) }
  let prev = captureId(manifest)
  const pol = fromHex(policyDigest(POLICY))
  for (const [seq, { type, at = SEALED_AT + seq * 60_000, fields = {} }] of sample.story.entries()) {
    const committed = type === 'exported' ? { [FIELD.package]: digest(payloadManifest(manifest, sample.media)) } : {}
    const named = Object.entries({ ...committed, ...fields }).map(([name, value]) => ({ name, value }))
    const made = makeEvent({ log: id, seq, prev, at, type, pol, fields: named }, random)
    log.appendFillers(2)
    chain.indexes.push(log.appendEvent(chain.next, made.commitment))
    chain.events.push(made.event)
    chain.labels.push(chain.next)
    chain.next = made.next
    prev = made.commitment
  }
  return chain
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function payloadOf(manifest: Manifest, media: Uint8Array): Map<string, Uint8Array> {
  return new Map([
    [PACKAGE_FILE.captureManifest, utf8(encodeManifest(manifest))],
    [PACKAGE_FILE.pieces, concat(...measured(media).leaves)],
    [mediaName(manifest.media.extension), media],
  ])
}

function payloadManifest(manifest: Manifest, media: Uint8Array): Uint8Array {
  return listOf(payloadOf(manifest, media))
}

function listOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return utf8(formatManifest([...files].map(([path, bytes]) => ({ path, sha256: digest(bytes) }))))
}

/** All files of the package that carries a dossier: without footage when its history ends in a deletion. */
export function filesOf(dossier: Dossier, { media, checkpointKind }: Sample): Map<string, Uint8Array> {
  const deleted = dossier.events.some(({ event }) => event.core.type === 'deleted')
  const { captureManifest } = PACKAGE_FILE
  const payload = deleted
    ? new Map([[captureManifest, utf8(encodeManifest(dossier.manifest))]])
    : payloadOf(dossier.manifest, media)
  const sizes = [...payload.values()].map(bytes => ({ bytes: bytes.length }))
  const tags = new Map<string, Uint8Array>([
    [PACKAGE_FILE.bagDeclaration, utf8(BAG_DECLARATION)],
    [
      PACKAGE_FILE.bagInfo,
      utf8(
        formatBagInfo([
          { label: 'Payload-Oxum', value: payloadOxum(sizes) },
          { label: 'Vidne-Kind', value: deleted ? 'deletion-statement' : 'recording' },
          { label: 'Vidne-Checkpoint', value: checkpointKind },
          { label: 'Vidne-Log-Key', value: TEST_LOG_VKEY },
        ]),
      ),
    ],
    [PACKAGE_FILE.startPage, utf8('<!doctype html><title>package</title>')],
    [PACKAGE_FILE.readme, utf8('A package.\n')],
  ])
  for (const { name, bytes } of packEvents(dossier)) if (name !== captureManifest) tags.set(name, bytes)
  return bagged(new Map([...payload, ...tags]))
}

/** The same files with both lists made anew, as someone does who wants a change to pass. */
export function bagged(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const own = [...files].filter(([name]) => name !== PACKAGE_FILE.payloadManifest && name !== PACKAGE_FILE.tagManifest)
  const payload = new Map(own.filter(([name]) => name.startsWith('data/')))
  const tags = new Map(own.filter(([name]) => !name.startsWith('data/')))
  tags.set(PACKAGE_FILE.payloadManifest, listOf(payload))
  return new Map([...tags, ...payload, [PACKAGE_FILE.tagManifest, listOf(tags)]])
}
