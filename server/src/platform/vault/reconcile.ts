// Makes one truth of two copies. Pure: no disk, no clock.

import { slotCommit, slotId, slotsIn, slotState, SLOT_BYTES } from './slot.ts'

export type Merged = {
  /** Held and free slots; each id once. */
  readonly image: Buffer
  readonly damagedInA: number
  readonly damagedInB: number
  /** Slots that were left out because their key had been destroyed. */
  readonly reappeared: number
}

type Winner = { readonly bytes: Buffer; readonly index: number; readonly commit: number; readonly from: 'a' | 'b' }

/**
 * The union of both copies. Of two slots of one id the later commit holds (a move to another expiry); a key that was
 * destroyed is never taken over, whichever copy still shows it. A slot keeps its place in `a` where it can.
 */
export function reconcile(a: Buffer, b: Buffer, destroyed: (id: Buffer) => boolean): Merged {
  const winners = new Map<string, Winner>()
  let reappeared = 0
  const damaged = { a: 0, b: 0 }
  for (const [from, image] of [['a', a] as const, ['b', b] as const]) {
    for (let index = 0; index < Math.floor(image.length / SLOT_BYTES); index++) {
      const bytes = image.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES)
      const state = slotState(bytes)
      if (state === 'damaged') damaged[from] += 1
      if (state !== 'held') continue
      if (destroyed(slotId(bytes))) reappeared += 1
      else offer(winners, { bytes, index, commit: slotCommit(bytes), from })
    }
  }
  const slots = Math.max(Math.ceil(a.length / SLOT_BYTES), Math.ceil(b.length / SLOT_BYTES))
  return { image: layOut(winners, slots), damagedInA: damaged.a, damagedInB: damaged.b, reappeared }
}

function offer(winners: Map<string, Winner>, candidate: Winner): void {
  const id = slotId(candidate.bytes).toString('latin1')
  const held = winners.get(id)
  if (held === undefined || candidate.commit > held.commit) winners.set(id, candidate)
}

function layOut(winners: Map<string, Winner>, slots: number): Buffer {
  const places = new Map<number, Buffer>()
  const homeless: Buffer[] = []
  const inOrder = [...winners.values()].toSorted((x, y) =>
    x.from === y.from ? x.index - y.index : x.from < y.from ? -1 : 1,
  )
  for (const { bytes, index } of inOrder) {
    if (places.has(index)) homeless.push(bytes)
    else places.set(index, bytes)
  }
  let next = 0
  for (const bytes of homeless) {
    while (places.has(next)) next += 1
    places.set(next, bytes)
  }
  const needed = [...places.keys()].reduce((most, index) => Math.max(most, index + 1), slots)
  const image = Buffer.alloc(needed * SLOT_BYTES)
  for (const [index, bytes] of places) image.set(bytes, index * SLOT_BYTES)
  return image
}

/** Whether an image needs no repair: nothing damaged, no id twice. */
export function isTidy(image: Buffer): boolean {
  const ids = new Set<string>()
  let held = 0
  for (const bytes of slotsIn(image)) {
    const state = slotState(bytes)
    if (state === 'damaged') return false
    if (state === 'free') continue
    ids.add(slotId(bytes).toString('latin1'))
    held += 1
  }
  return ids.size === held
}

/** Slots in which a file differs from what it should hold, as positions in slots. */
export function differingSlots(file: Buffer, image: Buffer): number[] {
  const different: number[] = []
  const slots = Math.max(Math.ceil(file.length / SLOT_BYTES), image.length / SLOT_BYTES)
  for (let index = 0; index < slots; index++) {
    const from = index * SLOT_BYTES
    if (!file.subarray(from, from + SLOT_BYTES).equals(image.subarray(from, from + SLOT_BYTES))) different.push(index)
  }
  return different
}
