// A vault on a simulated disk, with a clock that is set by hand.

import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { makeFolderDurable } from '../durable/durable.ts'
import { slotState, decodeSlot, SLOT_BYTES, type Slot } from '../vault/slot.ts'
import { openVault, type Vault } from '../vault/vault.ts'
import { SimulatedDisk } from './simulated-disk.ts'

export const HOUR = 3_600_000
/** 2026-11-21T12:00Z */
export const NOON = Date.UTC(2026, 10, 21, 12)
/** Late in the evening, not on the hour. */
export const TONIGHT = NOON + 9 * HOUR + 1234
export const COPY_A = '/disk1/vault/a'
export const COPY_B = '/disk2/vault/b'
export const MASTER = Buffer.alloc(32, 7)
export const AGENCY = '11111111-2222-7333-8444-555555555555'
export const OTHER_AGENCY = '99999999-2222-7333-8444-555555555555'

export type SettableClock = { at: number; now(): number }

export function settableClock(at = NOON): SettableClock {
  return {
    at,
    now() {
      return this.at
    },
  }
}

export async function aDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  await makeFolderDurable('/disk1', disk)
  await makeFolderDurable('/disk2', disk)
  return disk
}

export async function openOn(disk: SimulatedDisk, clock: SettableClock = settableClock()): Promise<Vault> {
  return openVault({ copies: [COPY_A, COPY_B], master: MASTER, clock, disk })
}

/** Makes data keys under one hour and gives their ids and values. */
export async function dataKeys(
  vault: Vault,
  count: number,
  expires: number | null,
  agency = AGENCY,
): Promise<Map<string, Uint8Array>> {
  const keys = Array.from({ length: count }, () => ({ id: randomUUID(), kind: 'data' as const }))
  return vault.create({ agency, keys, expires })
}

/** The vault gives out these keys, to the byte. */
export async function expectHeld(vault: Vault, keys: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [id, key] of keys) expect(Buffer.from(await vault.key(id)).equals(key)).toBe(true)
}

/** Slots in one copy's file as they lie on the disk. */
export function slotsOn(disk: SimulatedDisk, copy: string): Slot[] {
  const file = disk.files().get(`${copy}/keys`) ?? Buffer.alloc(0)
  const slots: Slot[] = []
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const bytes = file.subarray(from, from + SLOT_BYTES)
    if (slotState(bytes) === 'held') slots.push(decodeSlot(Buffer.from(bytes)))
  }
  return slots
}

/** Names of the files in which some bytes occur. */
export function filesHolding(disk: SimulatedDisk, bytes: Uint8Array): string[] {
  return [...disk.files()].filter(([, content]) => content.includes(bytes)).map(([path]) => path)
}
