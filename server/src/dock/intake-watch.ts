import type { Intake } from './intake.ts'
import type { Turns } from './turns.ts'

const EVERY_MS = 100
/** A part is closed early after so long, when others wait to open one. */
const LONGEST_OPEN_MS = 2_000

/**
 * Looks after all bodies being received: ends those that fell silent, and takes turns, memory and open parts from slow senders
 * when others need them. A sender of a byte a minute loses nothing by it; he only gets smaller parts.
 */
export class IntakeWatch {
  readonly #intakes = new Set<Intake>()
  readonly #limits: { idleMs: number; waitingBytes: number; openParts: Turns }
  #timer: NodeJS.Timeout | null = null

  constructor(limits: { idleMs: number; waitingBytes: number; openParts: Turns }) {
    this.#limits = limits
  }

  get bodies(): number {
    return this.#intakes.size
  }

  /** Plaintext bytes that wait in memory to become segments. */
  get waitingBytes(): number {
    let bytes = 0
    for (const intake of this.#intakes) bytes += intake.waitingBytes
    return bytes
  }

  async during<T>(intake: Intake, work: () => Promise<T>): Promise<T> {
    this.#intakes.add(intake)
    this.#timer ??= setInterval(() => this.look(performance.now()), EVERY_MS)
    try {
      return await work()
    } finally {
      this.#intakes.delete(intake)
      if (this.#intakes.size === 0 && this.#timer !== null) {
        clearInterval(this.#timer)
        this.#timer = null
      }
    }
  }

  /** Ends every body; what had come is kept. */
  stopAll(): void {
    for (const intake of this.#intakes) intake.stop('closing')
  }

  /** `now`: monotonic milliseconds. */
  look(now: number): void {
    for (const intake of this.#intakes) {
      if (intake.silence(now) > this.#limits.idleMs) intake.stop('idle')
      intake.passTurnIfSlow()
      const since = intake.openSince
      if (this.#limits.openParts.pressing && since !== null && now - since > LONGEST_OPEN_MS) intake.closeEarly()
    }
    this.#freeMemory()
  }

  #freeMemory(): void {
    let over = this.waitingBytes - this.#limits.waitingBytes
    if (over <= 0) return
    const fullest = [...this.#intakes].toSorted((a, b) => b.waitingBytes - a.waitingBytes)
    for (const intake of fullest) {
      if (over <= 0) return
      over -= intake.waitingBytes
      intake.closeEarly()
    }
  }
}
