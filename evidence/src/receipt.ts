import { CheckpointRefused, parseCheckpoint } from '@vidne/tlog/checkpoint'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { checkInclusion, leafHash } from '@vidne/tlog/merkle'
import type { Hash } from '@vidne/tlog/merkle'
import { NoteRefused, openNote } from '@vidne/tlog/note'
import type { TrustPolicy } from '@vidne/tlog/policy'
import { formatProof, parseProof, ProofRefused } from '@vidne/tlog/proof'
import { BytesRefused, fromHex, fromUtf8, toHex, utf8 } from './bytes.ts'
import { captureId, commitment, genesisLabel, logId, parseOpenEvent } from './event.ts'
import type { OpenEvent } from './event.ts'
import { canonicalize } from './jcs.ts'
import type { Json } from './jcs.ts'
import { eventLeaf, statementLeaf } from './leaf.ts'
import { parseManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { canonicalValue, FormatRefused, hex32, list, members, oneOf } from './shape.ts'
import { parseStatement } from './statement.ts'
import type { StatementOf } from './statement.ts'

/** What a sender gets when the recording is sealed: where its first event stands in the log, and the log's signed word. */
export type Receipt = {
  manifest: Manifest
  event: OpenEvent
  index: number
  hashes: readonly Hash[]
  checkpoint: string
  opened: LogOpening
}

/** Leaf 0 of the log, in which it says of itself what it is, with the leaf's inclusion proof under the receipt's checkpoint. */
export type LogOpening = { statement: StatementOf<'log-opened'>; hashes: readonly Hash[] }

/** Every reason not to wipe a camera on a receipt. */
export type ReceiptFault =
  | 'unreadable'
  | 'not-a-receipt'
  | 'signature-wrong'
  | 'signer-unknown'
  | 'other-log'
  | 'not-the-first-event'
  | 'other-recording'
  | 'not-in-log'
  | 'opening-wrong'
  | 'other-length'
  | 'other-digest'
  | 'rehearsal'

export type ReceiptVerdict =
  | {
      holds: true
      receipt: Receipt
      origin: string
      size: number
      /** Names, in the trust policy, of the cosigners whose signatures the checkpoint already carries. */
      countersigned: string[]
    }
  | { holds: false; because: ReceiptFault }

/** A tree of 2^53 leaves is 53 levels high; a tlog-proof has room for 64 hashes. */
const MOST_HASHES = 64

/** The receipt as text: a C2SP tlog-proof whose extra is JCS of `{v:1,kind:'receipt',manifest,core,salt,fields,opened}`. */
export function formatReceipt(receipt: Receipt): string {
  const manifest = parseManifest(receipt.manifest)
  const { core, salt, fields } = parseOpenEvent(receipt.event)
  const { statement, hashes } = receipt.opened
  const opened = { statement: openingIn(statement), hashes: hashes.map(toHex) }
  const extra = utf8(canonicalize({ v: 1, kind: 'receipt', manifest, core, salt, fields, opened }))
  return formatProof({ extra, index: receipt.index, hashes: receipt.hashes, checkpoint: receipt.checkpoint })
}

/** Reads a receipt without believing it. Throws ProofRefused for the outer text, FormatRefused for what is in it. */
export function parseReceipt(text: string): Receipt {
  const { extra, index, hashes, checkpoint } = parseProof(text)
  if (extra === null) throw new FormatRefused('missing-member', 'receipt.extra')
  const { v, kind, manifest, opened, ...event } = members(
    canonicalValue(textOf(extra), 'receipt'),
    ['v', 'kind', 'manifest', 'core', 'salt', 'fields', 'opened'],
    'receipt',
  )
  oneOf(v, [1], 'receipt.v')
  oneOf(kind, ['receipt'], 'receipt.kind')
  return {
    manifest: parseManifest(manifest),
    event: parseOpenEvent(event),
    index,
    hashes,
    checkpoint,
    opened: parseOpening(opened),
  }
}

function parseOpening(value: Json): LogOpening {
  const { statement, hashes } = members(value, ['statement', 'hashes'], 'receipt.opened')
  return {
    statement: openingIn(statement),
    hashes: list(hashes, 'receipt.opened.hashes', MOST_HASHES).map((hash, at) =>
      fromHex(hex32(hash, `receipt.opened.hashes[${at}]`)),
    ),
  }
}

function openingIn(value: Json): LogOpening['statement'] {
  const statement = parseStatement(value)
  if (statement.type !== 'log-opened') throw new FormatRefused('wrong-value', 'receipt.opened.statement.type')
  return statement
}

/**
 * Whether a receipt proves that exactly this recording stands in a log that the policy trusts. `expected` is what the holder
 * measured itself: length and SHA-256 (32 bytes) of the file. A quorum of countersigners is not demanded: a receipt carries
 * the log's own checkpoint, made a second after the last byte. What comes from a rehearsal installation holds only where
 * `rehearsal` accepts that; it is refused for that last, so that nothing else speaks against it. Never throws on bad input.
 */
export async function checkReceipt(claim: {
  text: string
  policy: TrustPolicy
  expected?: { bytes: number; sha256: Uint8Array }
  rehearsal?: boolean
}): Promise<ReceiptVerdict> {
  const receipt = readOrFault(claim.text)
  if (typeof receipt === 'string') return { holds: false, because: receipt }
  const signed = await openCheckpoint(receipt.checkpoint, claim.policy)
  if (typeof signed === 'string') return { holds: false, because: signed }
  const because = faultOf(receipt, signed.checkpoint) ?? mismatch(receipt.manifest, claim.expected)
  if (because !== null) return { holds: false, because }
  const isRehearsal = receipt.opened.statement.mode === 'rehearsal'
  if (isRehearsal && claim.rehearsal !== true) return { holds: false, because: 'rehearsal' }
  const { origin, size } = signed.checkpoint
  return { holds: true, receipt, origin, size, countersigned: signed.countersigned }
}

function faultOf({ manifest, event, index, hashes, opened }: Receipt, checkpoint: Checkpoint): ReceiptFault | null {
  const { core } = event
  const [log, capture] = [logId(checkpoint.origin), captureId(manifest)]
  if (core.log !== toHex(log)) return 'other-log'
  if (core.type !== 'sealed' || core.seq !== 0) return 'not-the-first-event'
  if (core.prev !== toHex(capture)) return 'other-recording'
  const leaf = leafHash(eventLeaf(genesisLabel(log, capture), commitment(event)))
  const { size, root } = checkpoint
  if (!checkInclusion({ leafHash: leaf, index, size, root, proof: hashes }).holds) return 'not-in-log'
  return opens(opened, checkpoint) ? null : 'opening-wrong'
}

/** Whether a log under its signed checkpoint begins with this opening, and it is the log's own. */
export function opens({ statement, hashes }: LogOpening, { origin, size, root }: Checkpoint): boolean {
  const claim = { leafHash: leafHash(statementLeaf(statement)), index: 0, size, root, proof: hashes }
  return statement.origin === origin && checkInclusion(claim).holds
}

function mismatch(manifest: Manifest, expected?: { bytes: number; sha256: Uint8Array }): ReceiptFault | null {
  if (expected === undefined) return null
  if (manifest.bytes !== expected.bytes) return 'other-length'
  return manifest.sha256 === toHex(expected.sha256) ? null : 'other-digest'
}

async function openCheckpoint(
  note: string,
  policy: TrustPolicy,
): Promise<{ checkpoint: Checkpoint; countersigned: string[] } | ReceiptFault> {
  try {
    const opened = await openNote(note, [...policy.logs, ...policy.cosigners.values()])
    const checkpoint = parseCheckpoint(opened.note.text)
    const signers = new Set(opened.signedBy.map(signed => signed.key.vkey))
    // A log speaks for its own origin only: another trusted log's signature says nothing here.
    const vouched = policy.logs.some(key => key.name === checkpoint.origin && signers.has(key.vkey))
    if (!vouched) return 'signer-unknown'
    const countersigned = [...policy.cosigners].filter(([, key]) => signers.has(key.vkey)).map(([name]) => name)
    return { checkpoint, countersigned }
  } catch (refusal) {
    if (refusal instanceof CheckpointRefused) return 'unreadable'
    if (!(refusal instanceof NoteRefused)) throw refusal
    if (refusal.code === 'bad-signature') return 'signature-wrong'
    return refusal.code === 'no-known-signature' ? 'signer-unknown' : 'unreadable'
  }
}

function readOrFault(text: string): Receipt | ReceiptFault {
  try {
    return parseReceipt(text)
  } catch (refusal) {
    if (refusal instanceof ProofRefused) return 'unreadable'
    if (refusal instanceof FormatRefused) return 'not-a-receipt'
    throw refusal
  }
}

function textOf(extra: Uint8Array): string {
  try {
    return fromUtf8(extra)
  } catch (refusal) {
    if (refusal instanceof BytesRefused) throw new FormatRefused('not-canonical', 'receipt')
    throw refusal
  }
}
