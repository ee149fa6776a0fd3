// Destroying keys. The record in the journal of copy a is the commitment: from there on the keys are gone whatever
// happens, and every open carries it out again until both copies show it as finished.

import type { Clock } from '../clock.ts'
import { eraseSlots } from './commit.ts'
import { tombstoneOf, type JournalRecord, type Why } from './journal.ts'
import { HOUR_MS, KeyUnknown, type DestroyVerdict, type KeyDestruction } from './port.ts'
import { demandBothCopies, noteFailure, type VaultPlace, type VaultState } from './state.ts'

/** Writes a record into the journal of every copy, `a` first; durable when it resolves. */
export async function commitRecord(state: VaultState, record: JournalRecord): Promise<void> {
  for (const [index, copy] of state.copies.entries()) {
    try {
      await copy.append(record)
    } catch (error) {
      if (index > 0) noteFailure(state, error)
      throw error
    }
    if (index > 0) continue
    state.commit = Math.max(state.commit, record.commit)
    state.journal.add(record)
  }
}

type Doomed = {
  readonly why: Why
  readonly agency: string | null
  readonly hour: number | null
  readonly slots: readonly number[]
  /** Destroyed elsewhere and not held here: only remembered. */
  readonly alsoTombstones?: readonly string[]
}

async function destroySlots(place: VaultPlace, state: VaultState, doomed: Doomed): Promise<number> {
  const at = place.clock.now()
  const commit = state.commit + 1
  const ids = doomed.slots.map(index => state.table.get(index).id)
  const tombstones = [...ids.map(tombstoneOf), ...(doomed.alsoTombstones ?? [])]
  const { why, agency, hour } = doomed
  try {
    await commitRecord(state, { kind: 'destroyed', commit, at, why, agency, hour, tombstones })
    await eraseSlots(state, doomed.slots)
    for (const copy of state.copies) await copy.append({ kind: 'finished', commit, at: place.clock.now() })
  } catch (error) {
    if (state.commit === commit) giveUpInMemory(state, ids, error)
    throw error
  } finally {
    if (state.commit === commit) for (const id of ids) place.cache.forget(id)
  }
  return at
}

// Committed but not carried out on the disk: for every reader the keys are gone now all the same.
function giveUpInMemory(state: VaultState, ids: readonly string[], error: unknown): void {
  noteFailure(state, error)
  for (const id of ids) {
    const index = state.table.find(id)
    if (index !== null) state.table.clear(index)
  }
}

/** See `Vault.destroyHour`. */
export async function destroyHour(
  place: VaultPlace,
  state: VaultState,
  p: { agency: string; hour: number; approved: readonly string[] },
): Promise<DestroyVerdict> {
  demandBothCopies(state)
  if (place.clock.now() < p.hour * HOUR_MS) return { done: false, because: 'not-due' }
  const slots = state.table.under(p.agency, p.hour)
  const held = new Set(slots.map(index => state.table.get(index).id))
  const approved = new Set(p.approved)
  const onlyInVault = [...held].filter(id => !approved.has(id)).toSorted()
  // What an earlier, interrupted run of the same approval destroyed is no difference.
  const onlyApproved = [...approved].filter(id => !held.has(id) && destroyedAt(state, id) === null).toSorted()
  if (onlyInVault.length > 0 || onlyApproved.length > 0) {
    return { done: false, because: 'list-differs', onlyInVault, onlyApproved }
  }
  const inBackupsUntil = backupHorizon(state, slots, place.clock)
  if (slots.length === 0) return { done: true, keys: approved.size, at: place.clock.now(), inBackupsUntil }
  const at = await destroySlots(place, state, { why: 'hour', agency: p.agency, hour: p.hour, slots })
  return { done: true, keys: approved.size, at, inBackupsUntil }
}

/** See `Vault.destroyKey`. */
export async function destroyKey(place: VaultPlace, state: VaultState, id: string): Promise<KeyDestruction> {
  demandBothCopies(state)
  const index = state.table.find(id)
  if (index === null) {
    const at = destroyedAt(state, id)
    if (at === null) throw new KeyUnknown(id)
    return { outcome: 'was-destroyed', at, inBackupsUntil: latestBackup(state, place.clock) }
  }
  const { agency, hour } = state.table.get(index)
  const inBackupsUntil = backupHorizon(state, [index], place.clock)
  const at = await destroySlots(place, state, { why: 'single', agency, hour, slots: [index] })
  return { outcome: 'destroyed', at, inBackupsUntil }
}

/** See `Vault.replayDestructions`. */
export async function replayDestructions(
  place: VaultPlace,
  state: VaultState,
  tombstones: Iterable<string>,
): Promise<number> {
  demandBothCopies(state)
  const unknown = new Set<string>()
  for (const tombstone of tombstones) {
    if (!/^[0-9a-f]{32}$/.test(tombstone)) throw new TypeError('a tombstone has 32 hexadecimal digits')
    if (state.journal.destroyedAt(tombstone) === null) unknown.add(tombstone)
  }
  const slots: number[] = []
  for (const index of state.table.held()) {
    if (unknown.delete(tombstoneOf(state.table.get(index).id))) slots.push(index)
  }
  if (slots.length > 0 || unknown.size > 0) {
    const doomed = { why: 'replayed', agency: null, hour: null, slots, alsoTombstones: [...unknown] } as const
    await destroySlots(place, state, doomed)
  }
  return slots.length
}

function destroyedAt(state: VaultState, id: string): number | null {
  return state.journal.destroyedAt(tombstoneOf(id))
}

// Until when a backup that this vault wrote may still hold one of these keys. A backup omits what expires before it does;
// of a key that was moved it is not known under which expiry an older backup saw it, so every living backup counts.
function backupHorizon(state: VaultState, slots: readonly number[], clock: Clock): number | null {
  const living = state.journal.backups.filter(backup => backup.expires > clock.now())
  let until: number | null = null
  for (const index of living.length === 0 ? [] : slots) {
    const { hour, commit, rewrapped } = state.table.get(index)
    for (const backup of living) {
      const mayHold = rewrapped || (commit <= backup.commit && (hour === null || hour * HOUR_MS >= backup.expires))
      if (mayHold && backup.expires > (until ?? 0)) until = backup.expires
    }
  }
  return until
}

function latestBackup(state: VaultState, clock: Clock): number | null {
  const living = state.journal.backups.map(backup => backup.expires).filter(expires => expires > clock.now())
  return living.length === 0 ? null : Math.max(...living)
}
