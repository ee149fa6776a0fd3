import type { LogOpening } from '@vidne/evidence/receipt'

/** Checkpoints whose opening is remembered: the private one, the public ones that receipts still carry, and some to spare. */
const MOST_KEPT = 16

/**
 * Leaf 0 with its proof, as every receipt carries it. It is the same on all receipts of a checkpoint, and so it is made once for
 * each, whoever asks first; the others wait for that one.
 */
export class LeafZero {
  readonly #make: (size: number) => Promise<LogOpening>
  readonly #made = new Map<number, Promise<LogOpening>>()

  constructor(make: (size: number) => Promise<LogOpening>) {
    this.#make = make
  }

  /** Under the checkpoint of this size, which must have been signed. What could not be made is tried anew when asked again. */
  under(size: number): Promise<LogOpening> {
    const there = this.#made.get(size)
    if (there !== undefined) return there
    const making = this.#make(size)
    this.#made.set(size, making)
    making.catch(() => this.#made.delete(size))
    const [oldest] = this.#made.keys()
    if (oldest !== undefined && this.#made.size > MOST_KEPT) this.#made.delete(oldest)
    return making
  }
}
