import { toHex, utf8 } from '@vidne/evidence/bytes'
import { type Checkpoint, CheckpointRefused, parseCheckpoint } from '@vidne/tlog/checkpoint'
import { KeyRefused, parseVerifierKey } from '@vidne/tlog/keys'
import { type NoteKey, NoteRefused, openNote } from '@vidne/tlog/note'
import { type TrustPolicy, PolicyRefused, groupMembers, parsePolicy, quorumMet } from '@vidne/tlog/policy'
import { sha256 } from '#pieces'
import { type Findings, Unreadable } from './verdict.ts'

/** How an operator's own trust file begins; a verdict says whose trust file it stands on. */
export const OPERATOR_LINE = '# Issued by the operator of this log.'

/** The group of a trust file whose countersignature means: all map roots recomputed, no label twice. */
const MAP_CHECKERS = 'map-checkers'

export type Trust = { policy: TrustPolicy; digest: string; issuedByOperator: boolean }

/** @throws PolicyRefused with the line that cannot be read. */
export function readTrust(text: string): Trust {
  const policy = parsePolicy(text)
  return { policy, digest: toHex(sha256(utf8(text))), issuedByOperator: text.startsWith(OPERATOR_LINE) }
}

export function trustOrReason(text: string | undefined, found: Findings): Trust | null {
  if (text === undefined) {
    found.add('no-trust-file', 'trust')
    return null
  }
  try {
    return readTrust(text)
  } catch (refusal) {
    if (!(refusal instanceof PolicyRefused)) throw refusal
    found.add('trust-file-unreadable', refusal.line === 0 ? 'trust file' : `trust file: line ${refusal.line}`)
    return null
  }
}

export type Vouched = {
  checkpoint: Checkpoint
  /** Signed by a log that the trust file names. */
  byTrustedLog: boolean
  countersigned: string[]
  /** Latest time of a countersignature, in unix seconds, and whose. */
  latest: { at: number; by: string } | null
  mapChecked: boolean
  logKey: NoteKey | null
}

/**
 * Opens a checkpoint under the trust file; without one, under the key that the package itself names, which shows only that
 * it is consistent with itself.
 * @throws Unreadable when it is no checkpoint.
 */
export async function openCheckpoint(
  note: string,
  trust: Trust | null,
  ownKey: string | null,
  where: string,
  found: Findings,
): Promise<Vouched> {
  const checkpoint = unsignedCheckpoint(note, where)
  const named = ownKey === null ? null : parseKey(ownKey)
  const keys =
    trust === null ? (named === null ? [] : [named]) : [...trust.policy.logs, ...trust.policy.cosigners.values()]
  const signed = await signers(note, keys, where, found)
  const logKey = keys.find(key => key.name === checkpoint.origin && signed.has(key.vkey)) ?? null
  const byTrustedLog = trust !== null && logKey !== null && trust.policy.logs.some(key => key.vkey === logKey.vkey)
  if (trust !== null && !byTrustedLog) found.add('log-unknown', `${where}: ${checkpoint.origin}`)
  if (trust === null && logKey === null) found.add('signature-wrong', where)
  const countersigned = [...(trust?.policy.cosigners ?? [])].filter(([, key]) => signed.has(key.vkey))
  const names = countersigned.map(([name]) => name)
  if (trust !== null && !quorumMet(trust.policy, new Set(names))) found.add('quorum-not-met', where)
  const checkers = trust === null ? new Set<string>() : groupMembers(trust.policy, MAP_CHECKERS)
  const times = countersigned.flatMap(([by, key]) =>
    ((at = signed.get(key.vkey)) => (at === null || at === undefined ? [] : [{ at, by }]))(),
  )
  const latest = times.toSorted((a, b) => b.at - a.at)[0] ?? null
  return {
    checkpoint,
    byTrustedLog,
    countersigned: names,
    latest,
    mapChecked: names.some(name => checkers.has(name)),
    logKey: logKey ?? named,
  }
}

function unsignedCheckpoint(note: string, where: string): Checkpoint {
  const end = note.lastIndexOf('\n\n')
  try {
    return parseCheckpoint(note.slice(0, end + 1))
  } catch (refusal) {
    if (refusal instanceof CheckpointRefused) throw new Unreadable(where, 'not-a-checkpoint', refusal)
    throw refusal
  }
}

async function signers(
  note: string,
  keys: readonly NoteKey[],
  where: string,
  found: Findings,
): Promise<Map<string, number | null>> {
  try {
    const { signedBy } = await openNote(note, keys)
    return new Map(signedBy.map(({ key, at }) => [key.vkey, at ?? null]))
  } catch (refusal) {
    if (!(refusal instanceof NoteRefused)) throw refusal
    if (refusal.code !== 'no-known-signature') found.add('signature-wrong', where)
    return new Map()
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
