// Making keys and moving them to another expiry: one batch, one write and one fsync per copy.

import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { FsyncFailed } from '../durable/disk.ts'
import { tombstoneOf } from './journal.ts'
import { KeyDestroyed, KeyExists, KeyUnknown, VaultDamaged, type KeyAsked } from './port.ts'
import { encodeSlot, SLOT_BYTES, type Slot } from './slot.ts'
import { demandSlot, noteFailure, type VaultState } from './state.ts'
import { KEY_BYTES, unwrapKey, wrapKey } from './wrap.ts'

const FREE = Buffer.alloc(SLOT_BYTES)

type Answer<T> = { readonly done: (value: T) => void; readonly failed: (error: unknown) => void }

export type CreateAsked = Answer<Map<string, Uint8Array>> & {
  readonly what: 'create'
  readonly agency: string
  readonly keys: readonly KeyAsked[]
  readonly hour: number | null
}

export type RewrapAsked = Answer<void> & {
  readonly what: 'rewrap'
  readonly id: string
  readonly agency: string
  readonly hour: number | null
}

export type Asked = CreateAsked | RewrapAsked

type Staged = { readonly id: string; readonly index: number; readonly bytes: Buffer }
type StagedAsk =
  | { readonly asked: CreateAsked; readonly slots: readonly Staged[]; readonly keys: Map<string, Uint8Array> }
  | { readonly asked: RewrapAsked; readonly slots: readonly Staged[]; readonly old: number }

/** Carries out a batch and answers everybody in it; throws nothing. */
export async function commitBatch(state: VaultState, batch: readonly Asked[], clock: Clock): Promise<void> {
  const staged = await stageAll(state, batch, clock)
  const slots = staged.flatMap(one => one.slots)
  if (slots.length === 0) return
  try {
    for (const copy of state.copies) await copy.writeSlots(slots)
  } catch (error) {
    await takeBack(state, slots, error)
    for (const { asked } of staged) asked.failed(error)
    return
  }
  state.commit += 1
  for (const { index, bytes } of slots) state.table.put(index, bytes)
  for (const one of staged) if ('keys' in one) one.asked.done(one.keys)
  await dropOld(state, staged)
}

async function stageAll(state: VaultState, batch: readonly Asked[], clock: Clock): Promise<StagedAsk[]> {
  const staged: StagedAsk[] = []
  const ids = new Set<string>()
  for (const asked of batch) {
    try {
      const one = await (asked.what === 'create'
        ? stageCreate(state, asked, ids, clock)
        : stageRewrap(state, asked, clock))
      if (one === null) continue
      staged.push(one)
      for (const { id } of one.slots) ids.add(id)
    } catch (error) {
      if (error instanceof FsyncFailed) noteFailure(state, error)
      asked.failed(error)
    }
  }
  return staged
}

async function stageCreate(
  state: VaultState,
  asked: CreateAsked,
  inBatch: ReadonlySet<string>,
  clock: Clock,
): Promise<StagedAsk> {
  for (const { id } of asked.keys) {
    if (inBatch.has(id) || state.table.find(id) !== null) throw new KeyExists(id)
    if (state.journal.destroyedAt(tombstoneOf(id)) !== null) throw new KeyDestroyed(id)
  }
  await makeRoom(state, asked.keys.length)
  const keys = new Map<string, Uint8Array>()
  const wrapped: Omit<Slot, 'commit' | 'rewrapped'>[] = []
  for (const { id, kind } of asked.keys) {
    const key = randomBytes(KEY_BYTES)
    keys.set(id, key)
    wrapped.push(await wrapFor(state, { id, kind, agency: asked.agency, hour: asked.hour }, key, clock))
  }
  const slots = wrapped.map(slot => stage(state, { ...slot, commit: state.commit + 1, rewrapped: false }))
  return { asked, slots, keys }
}

async function stageRewrap(state: VaultState, asked: RewrapAsked, clock: Clock): Promise<StagedAsk | null> {
  const old = demandSlot(state, asked.id)
  const { id, kind, agency, hour } = state.table.get(old)
  if (agency !== asked.agency) throw new KeyUnknown(asked.id)
  if (hour === asked.hour) {
    asked.done()
    return null
  }
  await makeRoom(state, 1)
  const key = await openSlot(state, old)
  const slot = await wrapFor(state, { id, kind, agency, hour: asked.hour }, key, clock)
  key.fill(0)
  return { asked, slots: [stage(state, { ...slot, commit: state.commit + 1, rewrapped: true })], old }
}

async function wrapFor(
  state: VaultState,
  p: Pick<Slot, 'id' | 'kind' | 'agency' | 'hour'>,
  key: Uint8Array,
  clock: Clock,
): Promise<Omit<Slot, 'commit' | 'rewrapped'>> {
  const { id: wrapping } = await state.wrappings.forExpiry(p, state.copies, clock)
  const under = await state.wrappings.open(wrapping, state.copies)
  const wrapped = wrapKey(under, key)
  under.fill(0)
  return { ...p, wrapping, wrapped }
}

function stage(state: VaultState, slot: Slot): Staged {
  return { id: slot.id, index: state.table.take(), bytes: encodeSlot(slot) }
}

// Free slots have their room on the disk already, so that a full disk is met here and not in the middle of a write.
async function makeRoom(state: VaultState, wanted: number): Promise<void> {
  const fresh = state.table.growthFor(wanted)
  if (fresh === 0) return
  const before = state.table.slots
  for (const copy of state.copies) await copy.resize(before, before + fresh)
  state.table.grow(fresh)
}

// Nobody was told that these keys are kept: take them off again. If that fails too, both copies are read anew before the
// next change.
async function takeBack(state: VaultState, slots: readonly Staged[], cause: unknown): Promise<void> {
  if (cause instanceof FsyncFailed) return noteFailure(state, cause)
  try {
    for (const copy of state.copies) await copy.writeSlots(slots.map(({ index }) => ({ index, bytes: FREE })))
    for (const { index } of slots) state.table.giveBack(index)
  } catch (error) {
    noteFailure(state, error)
  }
}

async function dropOld(state: VaultState, staged: readonly StagedAsk[]): Promise<void> {
  const moved = staged.filter(one => 'old' in one)
  if (moved.length === 0) return
  try {
    await eraseSlots(
      state,
      moved.map(one => one.old),
    )
    for (const { asked } of moved) asked.done()
  } catch (error) {
    noteFailure(state, error)
    for (const { asked } of moved) asked.failed(error)
  }
}

/** Overwrites slots in memory and in every copy, and destroys wrapping keys that nothing is left under. */
export async function eraseSlots(state: VaultState, indexes: readonly number[]): Promise<void> {
  const empty = indexes.map(index => state.table.clear(index)).filter(({ left }) => left === 0)
  for (const copy of state.copies) await copy.writeSlots(indexes.map(index => ({ index, bytes: FREE })))
  for (const { wrapping } of empty) await state.wrappings.erase(wrapping, state.copies)
}

/** The key in a slot, a copy. @throws VaultDamaged */
export async function openSlot(state: VaultState, index: number): Promise<Buffer> {
  const slot = state.table.get(index)
  const wrapped = Buffer.from(slot.wrapped)
  const under = await state.wrappings.open(slot.wrapping, state.copies)
  const key = unwrapKey(under, wrapped)
  under.fill(0)
  if (key === null) throw new VaultDamaged(`the key ${slot.id} cannot be unwrapped; compare the copies with a backup`)
  return key
}
