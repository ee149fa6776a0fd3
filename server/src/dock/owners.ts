import type { Intake } from './intake.ts'

/** Ownership of one upload: nobody else in this process changes it until `release`. */
export type Claim = { intake: Intake | null; release(): void }

type Held = { claim: Claim; released: Promise<void> }

/** How long a request waits for one that is ending right now. */
const PATIENCE_MS = 15_000

/**
 * One owner per upload. A second sender is refused while the first one sends; a first one whose connection is dead, or has been
 * silent for `takeOverMs`, is ended and what had come from it is kept.
 */
export class Owners {
  readonly #held = new Map<string, Held>()
  readonly #takeOverMs: number

  constructor(takeOverMs: number) {
    this.#takeOverMs = takeOverMs
  }

  /** Null: somebody is sending. */
  async claim(upload: string): Promise<Claim | null> {
    const until = performance.now() + PATIENCE_MS
    for (let held = this.#held.get(upload); held !== undefined; held = this.#held.get(upload)) {
      if (!this.#ending(held.claim) || performance.now() > until) return null
      await settledWithin(held.released, until - performance.now())
    }
    return this.#hold(upload)
  }

  /** Waits until a dead sender's last bytes are recorded, so that the offset to be told is the one to go on from. */
  async settle(upload: string): Promise<void> {
    const held = this.#held.get(upload)
    if (held !== undefined && this.#ending(held.claim)) await settledWithin(held.released, PATIENCE_MS)
  }

  /** Waits, not for ever, until nobody works with any upload. */
  async allReleased(): Promise<void> {
    const until = performance.now() + PATIENCE_MS
    while (this.#held.size > 0 && performance.now() < until) {
      const released = Promise.all([...this.#held.values()].map(held => held.released))
      await settledWithin(released, until - performance.now())
    }
  }

  isHeld(upload: string): boolean {
    return this.#held.has(upload)
  }

  /** True when the holder is ending, if need be because he is ended here. A holder without a body is finishing up. */
  #ending(claim: Claim): boolean {
    const { intake } = claim
    if (intake === null || intake.gone) return true
    if (intake.silence(performance.now()) < this.#takeOverMs) return false
    intake.stop('taken-over')
    return true
  }

  #hold(upload: string): Claim {
    const released = Promise.withResolvers<void>()
    const release = (): void => {
      this.#held.delete(upload)
      released.resolve()
    }
    const claim = { intake: null, release }
    this.#held.set(upload, { claim, released: released.promise })
    return claim
  }
}

async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>(done => (timer = setTimeout(done, Math.max(0, ms))))
  await Promise.race([work, patience])
  clearTimeout(timer)
}
