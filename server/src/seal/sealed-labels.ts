import { toHex } from '@vidne/evidence/bytes'

/** Those who wait for the event under a label to come under a signed checkpoint. */
export class SealedLabels {
  readonly #waiting = new Map<string, ((index: number | null) => void)[]>()

  /** Resolves with the leaf's index, or null when the log ends before. */
  wait(label: Uint8Array): Promise<number | null> {
    const key = toHex(label)
    return new Promise(settle => {
      const others = this.#waiting.get(key)
      if (others === undefined) this.#waiting.set(key, [settle])
      else others.push(settle)
    })
  }

  /** The labels somebody waits for. */
  get labels(): Uint8Array[] {
    return [...this.#waiting.keys()].map(key => new Uint8Array(Buffer.from(key, 'hex')))
  }

  /** The leaves from index `first` on have been signed. */
  signed(first: number, leaves: readonly Uint8Array[]): void {
    if (this.#waiting.size === 0) return
    leaves.forEach((leaf, at) => {
      if (leaf.length === 65) this.settle(leaf.subarray(1, 33), first + at)
    })
  }

  settle(label: Uint8Array, index: number): void {
    const key = toHex(label)
    for (const settle of this.#waiting.get(key) ?? []) settle(index)
    this.#waiting.delete(key)
  }

  /** Lets everybody go. */
  end(): void {
    for (const settles of this.#waiting.values()) for (const settle of settles) settle(null)
    this.#waiting.clear()
  }
}
