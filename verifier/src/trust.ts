import { toHex, utf8 } from '@vidne/evidence/bytes'
import { type Checkpoint, CheckpointRefused, parseCheckpoint } from '@vidne/tlog/checkpoint'
import { KeyRefused, parseVerifierKey } from '@vidne/tlog/keys'
import { type NoteKey, NoteRefused, openNote, parseNote } from '@vidne/tlog/note'
import { type TrustPolicy, PolicyRefused, groupMet, parsePolicy, quorumMet } from '@vidne/tlog/policy'
import { sha256 } from '#pieces'
import type { Findings, Verdict } from './verdict.ts'

/** How an operator's own trust file begins; a verdict says whose trust file it stands on. */
const OPERATOR_LINE = '# Issued by the operator of this log.'

/** The group of a trust file whose countersignature means: all map roots recomputed, no label twice. */
const MAP_CHECKERS = 'map-checkers'

export type Trust = { policy: TrustPolicy; digest: string; issuedByOperator: boolean }

/** The trust file that was given; null, and a reason, when there is none that can be read. */
export function readTrust(text: string | undefined, found: Findings): Trust | null {
  if (text === undefined) {
    found.add('no-trust-file', 'trust file')
    return null
  }
  try {
    const issuedByOperator = text.split('\n').some(line => line.trim() === OPERATOR_LINE)
    return { policy: parsePolicy(text), digest: toHex(sha256(utf8(text))), issuedByOperator }
  } catch (refusal) {
    if (!(refusal instanceof PolicyRefused)) throw refusal
    found.add('trust-file-unreadable', refusal.line === 0 ? 'trust file' : `trust file, line ${refusal.line}`)
    return null
  }
}

export type Vouched = {
  checkpoint: Checkpoint
  /** Signed by a log that the trust file names. */
  byTrustedLog: boolean
  /** The trust file's names, in its order. */
  countersigned: string[]
  /** By when the first of them had seen this checkpoint, in epoch milliseconds. */
  seen: { at: number; by: string } | null
  /** As many as the trust file asks for. */
  quorum: boolean
  mapChecked: boolean
  /** Signed by a second key (ML-DSA-44) of the log too, which signs nothing but public checkpoints. */
  isPublic: boolean
  /** A later checkpoint that counts here too: its size, who signed it beside the log, and when the first of them did. */
  later: { size: number; by: string[]; at: number | null } | null
  /** The key that signed for the log; without a trust file the one that the package names. */
  logKey: NoteKey | null
}

/** Whether a checkpoint is shown to be public; not by the package's own word for it, which nobody has signed (G15). */
export function shownPublic(vouched: Vouched | null): boolean {
  return vouched !== null && (vouched.isPublic || vouched.countersigned.length > 0)
}

type Signers = ReadonlyMap<string, number | null>

/**
 * Opens a checkpoint under the trust file; without one, under the key that the package itself names, which shows only that
 * it is consistent with itself. Null, and a reason, when it is no checkpoint. Whether a quorum is wanted is the caller's.
 */
export async function openCheckpoint(
  note: string,
  { trust, ownKey }: { trust: Trust | null; ownKey: string | null },
  where: string,
  found: Findings,
): Promise<Vouched | null> {
  const checkpoint = readCheckpoint(note)
  if (checkpoint === null) {
    found.add('checkpoint-unreadable', where)
    return null
  }
  if (trust !== null) return underTrust(note, checkpoint, trust, where, found)
  const named = ownKey === null ? null : parseKey(ownKey)
  const signed = await signersOf(note, named === null ? [] : [named])
  const fits = named !== null && named.name === checkpoint.origin && signed?.has(named.vkey) === true
  if (!fits) found.add('signature-wrong', where)
  return { ...NOBODY, checkpoint, logKey: fits ? named : null }
}

/** Without a trust file nobody's word counts. */
const NOBODY = {
  byTrustedLog: false,
  countersigned: [],
  seen: null,
  quorum: true,
  mapChecked: false,
  isPublic: false,
  later: null,
}

async function underTrust(
  note: string,
  checkpoint: Checkpoint,
  { policy }: Trust,
  where: string,
  found: Findings,
): Promise<Vouched> {
  const signed = await signersOf(note, [...policy.logs, ...policy.cosigners.values()])
  // A log speaks for its own origin only: another trusted log's signature says nothing here.
  const logKeys = policy.logs.filter(key => key.name === checkpoint.origin && signed?.has(key.vkey))
  const logKey = logKeys[0] ?? null
  const names = [...policy.cosigners].filter(([, key]) => signed?.has(key.vkey)).map(([name]) => name)
  if (signed === null) found.add('signature-wrong', where)
  else if (logKey === null) found.add('log-unknown', `${where}, ${checkpoint.origin}`)
  return {
    checkpoint,
    byTrustedLog: logKey !== null,
    countersigned: names,
    seen: firstSeen(policy, names, signed ?? new Map()),
    quorum: quorumMet(policy, new Set(names)),
    mapChecked: groupMet(policy, MAP_CHECKERS, new Set(names)),
    isPublic: logKeys.some(({ kind }) => kind === 'cosignature-ml-dsa-44'),
    later: null,
    logKey,
  }
}

/**
 * What a checkpoint rests on once a later one is shown to go on from it. Who signed the later one has signed for the earlier
 * tree too: a witness, that he saw no other beginning; a map-checker, that he recomputed every map root on the way, the
 * earlier tree's last leaf among them. How far the history reaches stays with the earlier one.
 */
export function withLater(earlier: Vouched, later: Vouched, { policy }: Trust): Vouched {
  const either = new Set([...earlier.countersigned, ...later.countersigned])
  return {
    ...earlier,
    countersigned: [...policy.cosigners.keys()].filter(name => either.has(name)),
    quorum: quorumMet(policy, either),
    mapChecked: groupMet(policy, MAP_CHECKERS, either),
    isPublic: earlier.isPublic || later.isPublic,
    later: { size: later.checkpoint.size, by: later.countersigned, at: later.seen?.at ?? null },
  }
}

/** A countersigner may sign a checkpoint again years later; that the log had come so far, the first signature shows. */
function firstSeen(policy: TrustPolicy, names: readonly string[], signed: Signers): Vouched['seen'] {
  const times = names.flatMap(by => {
    const at = signed.get(policy.cosigners.get(by)?.vkey ?? '')
    return typeof at === 'number' ? [{ at: at * 1000, by }] : []
  })
  return times.toSorted((a, b) => a.at - b.at)[0] ?? null
}

/** The checkpoint that a note is about, whoever signed it; null when it is about none. */
export function readCheckpoint(note: string): Checkpoint | null {
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch (refusal) {
    if (refusal instanceof CheckpointRefused || refusal instanceof NoteRefused) return null
    throw refusal
  }
}

/** Which of the keys signed, with the unix seconds they give; null when a line of one of them is wrong. */
async function signersOf(note: string, keys: readonly NoteKey[]): Promise<Signers | null> {
  try {
    const { signedBy } = await openNote(note, keys)
    return new Map(signedBy.map(({ key, at }) => [key.vkey, at ?? null]))
  } catch (refusal) {
    if (!(refusal instanceof NoteRefused)) throw refusal
    return refusal.code === 'no-known-signature' ? new Map() : null
  }
}

function parseKey(vkey: string): NoteKey | null {
  try {
    return parseVerifierKey(vkey)
  } catch (refusal) {
    if (refusal instanceof KeyRefused) return null
    throw refusal
  }
}

/** A log's key as a verdict tells it. */
export function keyOf(vouched: Vouched | null): Verdict['logKey'] {
  const key = vouched?.logKey ?? null
  if (key === null) return null
  return { origin: key.name, keyId: keyIdWords(key.keyId), fingerprint: toHex(sha256(utf8(key.vkey))) }
}

/** The key that a checkpoint says it is signed by. Nobody has checked that: the key itself is not there. */
export function keyNamedIn(note: string): Verdict['logKey'] {
  const checkpoint = readCheckpoint(note)
  const line = checkpoint === null ? undefined : parseNote(note).signatures.find(one => one.name === checkpoint.origin)
  return line === undefined ? null : { origin: line.name, keyId: keyIdWords(line.keyId), fingerprint: null }
}

/** As in the line of a trust file. */
function keyIdWords(keyId: number): string {
  return keyId.toString(16).padStart(8, '0')
}
