// All slots in memory, as they lie in both copies, with an index by id. The wrapped keys are of no use without the
// wrapping keys, which are not here.

import { uuidBytes, uuidFromBytes } from '../identifiers.ts'
import {
  decodeSlot,
  NO_END,
  slotAgency,
  slotHour,
  slotId,
  slotState,
  slotWrapping,
  SLOT_BYTES,
  type Slot,
} from './slot.ts'

const SMALLEST_STEP = 512
const LARGEST_STEP = 8192

export class SlotTable {
  #image: Buffer
  readonly #byId = new Map<string, number>()
  readonly #perWrapping = new Map<string, number>()
  #free: number[] = []

  /** Takes over a merged image: held and free slots only. */
  constructor(image: Buffer) {
    this.#image = image
    for (let index = 0; index < this.slots; index++) {
      if (slotState(this.at(index)) === 'held') this.#enter(index)
      else this.#free.push(index)
    }
    this.#free.reverse()
  }

  get slots(): number {
    return this.#image.length / SLOT_BYTES
  }

  get keys(): number {
    return this.#byId.size
  }

  get image(): Buffer {
    return this.#image
  }

  at(index: number): Buffer {
    return this.#image.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES)
  }

  /** Where an id lies, or null. */
  find(id: string): number | null {
    return this.#byId.get(bytesKey(uuidBytes(id))) ?? null
  }

  get(index: number): Slot {
    return decodeSlot(this.at(index))
  }

  /** Slots by which the files must grow before `wanted` more fit; 0 where they fit. */
  growthFor(wanted: number): number {
    if (wanted <= this.#free.length) return 0
    const step = Math.min(Math.max(SMALLEST_STEP, Math.floor(this.slots / 8)), LARGEST_STEP)
    return Math.ceil((wanted - this.#free.length) / step) * step
  }

  grow(slots: number): void {
    const before = this.slots
    this.#image = Buffer.concat([this.#image, Buffer.alloc(slots * SLOT_BYTES)])
    const fresh = Array.from({ length: slots }, (_, n) => before + slots - 1 - n)
    this.#free = [...fresh, ...this.#free]
  }

  /** Reserves a free slot. */
  take(): number {
    const index = this.#free.pop()
    if (index === undefined) throw new Error('no free slot was left')
    return index
  }

  /** Gives a reserved slot back. */
  giveBack(index: number): void {
    this.#free.push(index)
  }

  /** Fills a reserved slot. An older slot of the same id stays until `clear`. */
  put(index: number, bytes: Buffer): void {
    this.at(index).set(bytes)
    this.#enter(index)
  }

  /** Empties a slot, in memory with zeros, and says whether it was the last under its wrapping key. */
  clear(index: number): { wrapping: string; left: number } {
    const bytes = this.at(index)
    const id = bytesKey(slotId(bytes))
    if (this.#byId.get(id) === index) this.#byId.delete(id)
    const wrapping = bytesKey(slotWrapping(bytes))
    const left = (this.#perWrapping.get(wrapping) ?? 1) - 1
    if (left === 0) this.#perWrapping.delete(wrapping)
    else this.#perWrapping.set(wrapping, left)
    const gone = { wrapping: uuidFromBytes(slotWrapping(bytes)), left }
    bytes.fill(0)
    this.#free.push(index)
    return gone
  }

  /** Slots of an agency and hour (null: no end). */
  under(agency: string, hour: number | null): number[] {
    const wanted = Buffer.from(uuidBytes(agency))
    const wantedHour = hour ?? NO_END
    return [...this.#byId.values()].filter(index => {
      const bytes = this.at(index)
      return slotHour(bytes) === wantedHour && slotAgency(bytes).equals(wanted)
    })
  }

  /** Hours that hold keys of an agency, ascending, without "no end". */
  hours(agency: string): number[] {
    const wanted = Buffer.from(uuidBytes(agency))
    const hours = new Set<number>()
    for (const index of this.#byId.values()) {
      const bytes = this.at(index)
      if (slotAgency(bytes).equals(wanted)) hours.add(slotHour(bytes))
    }
    hours.delete(NO_END)
    return [...hours].toSorted((a, b) => a - b)
  }

  held(): IterableIterator<number> {
    return this.#byId.values()
  }

  /** Wrapping keys that hold at least one key. */
  wrappings(): Set<string> {
    return new Set([...this.#perWrapping.keys()].map(key => uuidFromBytes(Buffer.from(key, 'latin1'))))
  }

  #enter(index: number): void {
    const bytes = this.at(index)
    this.#byId.set(bytesKey(slotId(bytes)), index)
    const wrapping = bytesKey(slotWrapping(bytes))
    this.#perWrapping.set(wrapping, (this.#perWrapping.get(wrapping) ?? 0) + 1)
  }
}

// One byte a character: a third of the memory of a uuid's text.
function bytesKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
