import type { Checkpoint } from './checkpoint.ts'
import { CheckpointRefused, parseCheckpoint } from './checkpoint.ts'
import type { Hash } from './merkle.ts'
import { checkInclusion } from './merkle.ts'
import type { NoteKey } from './note.ts'
import { NoteRefused, openNote } from './note.ts'
import type { TrustPolicy } from './policy.ts'
import { quorumMet } from './policy.ts'
import type { TlogProof } from './proof.ts'
import { ProofRefused, parseProof } from './proof.ts'

/** `cosignedBy`: the policy's names, each with the unix seconds it vouches for, or null when it names no time. */
export type TrustedCheckpoint = { checkpoint: Checkpoint; log: NoteKey; cosignedBy: ReadonlyMap<string, number | null> }

export type CheckpointDoubt = 'malformed' | 'bad-signature' | 'unknown-log' | 'quorum-not-met'

export type CheckpointVerdict =
  ({ holds: true } & TrustedCheckpoint) | { holds: false; because: CheckpointDoubt; detail: string }

/**
 * Whether a checkpoint is valid under a policy (C2SP tlog-policy): signed by a log of the policy under that log's own
 * name as origin, cosigned by a quorum, and no line of a key the policy knows is bad. Never throws.
 */
export async function checkCheckpoint(note: string | Uint8Array, policy: TrustPolicy): Promise<CheckpointVerdict> {
  try {
    const opened = await openNote(note, [...policy.logs, ...policy.cosigners.values()])
    const checkpoint = parseCheckpoint(opened.note.text)
    const signers = new Map(opened.signedBy.map(({ key, at }) => [key.vkey, at ?? null]))
    const log = policy.logs.find(key => key.name === checkpoint.origin && signers.has(key.vkey))
    if (log === undefined) return doubt('unknown-log', `no log called ${checkpoint.origin} in the policy has signed`)
    const cosignedBy = new Map<string, number | null>()
    for (const [name, key] of policy.cosigners) {
      const at = signers.get(key.vkey)
      if (at !== undefined) cosignedBy.set(name, at)
    }
    if (!quorumMet(policy, new Set(cosignedBy.keys())))
      return doubt('quorum-not-met', `quorum ${policy.quorum} is not met`)
    return { holds: true, checkpoint, log, cosignedBy }
  } catch (refusal) {
    if (refusal instanceof CheckpointRefused) return doubt('malformed', refusal.message)
    if (refusal instanceof NoteRefused) return doubt(doubtOf(refusal), refusal.message)
    throw refusal
  }
}

export type LoggedVerdict =
  | ({ holds: true; proof: TlogProof } & TrustedCheckpoint)
  | { holds: false; because: CheckpointDoubt | 'malformed-proof' | 'not-in-log'; detail: string }

/**
 * Whether the text of a tlog-proof shows, under a policy, that a log holds the leaf with this hash. The proof's `extra`
 * is not authenticated by it: derive the leaf from it, then ask. Never throws.
 */
export async function checkProof(text: string, leafHash: Hash, policy: TrustPolicy): Promise<LoggedVerdict> {
  const proof = readProof(text)
  if (proof instanceof ProofRefused) return { holds: false, because: 'malformed-proof', detail: proof.message }
  const trusted = await checkCheckpoint(proof.checkpoint, policy)
  if (!trusted.holds) return trusted
  const { size, root } = trusted.checkpoint
  const inclusion = checkInclusion({ leafHash, index: proof.index, size, root, proof: proof.hashes })
  if (inclusion.holds) return { ...trusted, proof }
  return { holds: false, because: 'not-in-log', detail: `this leaf is not shown to be entry ${proof.index}` }
}

function readProof(text: string): TlogProof | ProofRefused {
  try {
    return parseProof(text)
  } catch (refusal) {
    if (refusal instanceof ProofRefused) return refusal
    throw refusal
  }
}

function doubt(because: CheckpointDoubt, detail: string): { holds: false; because: CheckpointDoubt; detail: string } {
  return { holds: false, because, detail }
}

function doubtOf(refusal: NoteRefused): CheckpointDoubt {
  if (refusal.code === 'bad-signature') return 'bad-signature'
  return refusal.code === 'no-known-signature' ? 'unknown-log' : 'malformed'
}
