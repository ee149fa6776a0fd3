/** Bytes of a slot: the plaintext of one segment. */
export const SLOT_BYTES = 1_048_576

/**
 * Shared memory between the sockets and the sealing workers. Who has a segment ready takes a slot, and waits in line when
 * all are taken: that wait is the back-pressure that bounds the server's memory.
 */
export class Slots {
  readonly memory: SharedArrayBuffer
  readonly #free: number[]
  readonly #waiting: ((slot: number) => void)[] = []

  constructor(count: number) {
    this.memory = new SharedArrayBuffer(count * SLOT_BYTES)
    this.#free = Array.from({ length: count }, (_, slot) => slot)
  }

  get waiting(): number {
    return this.#waiting.length
  }

  take(): Promise<number> {
    const slot = this.#free.pop()
    return slot === undefined ? new Promise(given => this.#waiting.push(given)) : Promise.resolve(slot)
  }

  give(slot: number): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(slot)
    else next(slot)
  }

  view(slot: number): Buffer {
    return Buffer.from(this.memory, slot * SLOT_BYTES, SLOT_BYTES)
  }
}
