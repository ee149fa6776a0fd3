import { fromHex, toHex, utf8 } from '../bytes.ts'
import { sha256 } from '../crypto.node.ts'
import { captureId, genesisLabel, logId, makeEvent } from '../event.ts'
import type { OpenEvent } from '../event.ts'
import { FIELD } from '../event-fields.ts'
import type { EventType } from '../event-types.ts'
import type { Json } from '../jcs.ts'
import { statementLeaf } from '../leaf.ts'
import type { Manifest } from '../manifest.ts'
import { PieceHasher, piecesRoot } from '../pieces.ts'
import { policyDigest } from '../package.ts'
import type { Dossier } from '../package.ts'
import { FORMATS } from '../statement.ts'
import type { StatementOf } from '../statement.ts'
import { seededRandom, SmallLog, TEST_LOG_SKEY, TEST_ORIGIN, TEST_START, TEST_WITNESS_SKEY } from './small-log.ts'

export const SAMPLE_POLICY = { pack: 'uk-met', retention: [{ rule: 'uncategorised', days: 31 }], v: 1 }

/** Two pieces of bytes that stand for a recording. */
export function sampleMedia(): Uint8Array {
  const block = sha256(utf8('footage'))
  return Uint8Array.from({ length: 1_100_000 }, (_, at) => (block[at % 32] ?? 0) ^ (at >> 5))
}

/** The manifest of some bytes. */
export function manifestOf(media: Uint8Array, salt: Uint8Array): Manifest {
  const hasher = new PieceHasher()
  hasher.update(media)
  const { sha256: digest, leaves } = hasher.finish()
  return {
    v: 1,
    salt: toHex(salt),
    level: 'received',
    bytes: media.length,
    sha256: toHex(digest),
    pieces: { size: 1_048_576, count: leaves.length, root: toHex(piecesRoot(leaves)) },
    media: { extension: 'mp4' },
  }
}

export type Happening = { type: EventType; fields: { name: string; value: Json }[] }

/** What happened to the sample recording, in order. */
export const SAMPLE_STORY: readonly Happening[] = [
  {
    type: 'sealed',
    fields: [
      { name: 'camera', value: 'BC-0417' },
      { name: 'path', value: 'DCIM/100MEDIA/0001.MP4' },
      { name: 'proposed-hold', value: false },
    ],
  },
  {
    type: 'viewed',
    fields: [
      { name: 'actor', value: 'K. Sørensen' },
      { name: 'role', value: 'investigator' },
      { name: 'purpose', value: 'case' },
      { name: 'reason', value: 'Sees who struck first' },
    ],
  },
  {
    type: 'exported',
    fields: [
      { name: 'actor', value: 'K. Sørensen' },
      { name: 'recipient', value: 'Anklagemyndigheden' },
      { name: FIELD.package, value: '00'.repeat(32) },
    ],
  },
]

/** A log with fillers before, between and behind the events of one recording, and the dossier as of its last checkpoint. */
export async function sampleDossier(
  seed: string,
  story: readonly Happening[] = SAMPLE_STORY,
): Promise<{ dossier: Dossier; log: SmallLog; labels: Uint8Array[] }> {
  const log = new SmallLog(`${seed}/fillers`)
  const random = seededRandom(seed)
  const opening = openingStatement()
  const inForce = policyStatement()
  log.append(statementLeaf(opening))
  const policyIndex = log.append(statementLeaf(inForce))
  const manifest = manifestOf(sampleMedia(), random(32))
  const chain = appendChain(log, manifest, story, random)
  const { index, root, coveredSize } = log.appendMapRoot()
  log.appendFillers(5)
  const checkpoint = await log.checkpoint([TEST_LOG_SKEY, TEST_WITNESS_SKEY])
  const dossier: Dossier = {
    manifest,
    checkpoint,
    events: chain.events.map((event, seq) => ({ event, ...log.place(chain.indexes[seq] ?? 0) })),
    mapRoot: { ...log.place(index), root, coveredSize },
    map: chain.map,
    opened: { ...log.place(0), statement: opening },
    policies: [{ ...log.place(policyIndex), policy: SAMPLE_POLICY, statement: inForce }],
  }
  return { dossier, log, labels: chain.labels }
}

/** Leaf 0 of a sample log. */
export function openingStatement(
  differing: Partial<Pick<StatementOf<'log-opened'>, 'origin' | 'mode'>> = {},
): StatementOf<'log-opened'> {
  return {
    type: 'log-opened',
    v: 1,
    origin: TEST_ORIGIN,
    mode: 'normal',
    formats: { ...FORMATS },
    cadenceSeconds: 300,
    at: TEST_START,
    ...differing,
  }
}

function policyStatement(): StatementOf<'policy-in-force'> {
  return { type: 'policy-in-force', v: 1, policy: policyDigest(SAMPLE_POLICY), pack: 'uk-met', at: TEST_START }
}

// The map proofs are made before the fillers behind them come in, as the map root is.
function appendChain(
  log: SmallLog,
  manifest: Manifest,
  story: readonly Happening[],
  random: (bytes: number) => Uint8Array,
): { events: OpenEvent[]; indexes: number[]; labels: Uint8Array[]; map: Dossier['map'] } {
  const id = logId(TEST_ORIGIN)
  const pol = fromHex(policyDigest(SAMPLE_POLICY))
  let label = genesisLabel(id, captureId(manifest))
  let prev = captureId(manifest)
  const [events, indexes, labels]: [OpenEvent[], number[], Uint8Array[]] = [[], [], []]
  for (const [seq, { type, fields }] of story.entries()) {
    const made = makeEvent({ log: id, seq, prev, at: TEST_START + seq * 60_000, type, pol, fields }, random)
    log.appendFillers(3)
    indexes.push(log.appendEvent(label, made.commitment))
    events.push(made.event)
    labels.push(label)
    label = made.next
    prev = made.commitment
  }
  log.appendFillers(2)
  const map = { presence: labels.map(shown => log.map.prove(shown)), absence: log.map.prove(label) }
  return { events, indexes, labels: [...labels, label], map }
}
