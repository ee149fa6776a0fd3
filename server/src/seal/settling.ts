import { randomInt } from 'node:crypto'
import type { Logger } from '../platform/http/logging.ts'
import type { Still } from '../platform/still.ts'
import type { Signed } from './checkpoints.ts'
import type { MapRoot, Publisher } from './publisher.ts'
import type { Proofs } from './proofs.ts'
import type { Sequencer } from './sequencer.ts'
import { stillOf } from './standing.ts'
import type { PublicNote } from './store.ts'

/** A checkpoint that covers an event and, behind it, a map root over everything up to that root. */
export type Covered = {
  readonly kind: 'private' | 'public'
  /** The signed note. A private one carries the log's own signature only. */
  readonly checkpoint: string
  readonly size: number
  readonly mapRoot: MapRoot
}

export type Settled =
  | Covered
  | { readonly kind: 'none'; readonly because: 'unknown-label' | 'too-late' }
  | { readonly kind: 'none'; readonly because: 'stopped'; readonly still: Still }

export type SettleWish = {
  readonly label: Uint8Array
  /** `public` waits for the public checkpoint, up to a cadence; `private` is signed at once. */
  readonly wait: 'private' | 'public'
  /** How long to wait for a public one before it is `too-late`; for ever when absent. */
  readonly patienceMs?: number
}

const LONGEST_FILLER_DELAY_MS = 60_000

/** Brings an event under a checkpoint and a map root, for whoever has to prove something to the outside. */
export class Settling {
  readonly #parts: { sequencer: Sequencer; publisher: Publisher; proofs: Proofs; cadenceSeconds: number; log: Logger }
  readonly #fillers = new Set<NodeJS.Timeout>()
  #mapRoot: { signed: Signed; mapRoot: MapRoot } | null = null
  #making: Promise<void> | null = null

  constructor(parts: {
    sequencer: Sequencer
    publisher: Publisher
    proofs: Proofs
    cadenceSeconds: number
    log: Logger
  }) {
    this.#parts = parts
  }

  async settle(wish: SettleWish): Promise<Settled> {
    const { sequencer, proofs } = this.#parts
    let index = await proofs.position(wish.label)
    if (index === null) {
      await sequencer.insist(async turn => {
        await turn.number()
        await turn.seal()
      })
      index = await proofs.position(wish.label)
    }
    if (index === null) return this.#stopped() ?? { kind: 'none', because: 'unknown-label' }
    const settled = wish.wait === 'public' ? await this.#publicly(index, wish.patienceMs) : await this.#privately(index)
    if (settled.kind !== 'none') this.#followLater()
    return settled
  }

  close(): void {
    for (const timer of this.#fillers) clearTimeout(timer)
    this.#fillers.clear()
  }

  async #publicly(index: number, patienceMs?: number): Promise<Settled> {
    const { publisher } = this.#parts
    const there = publisher.covering(index)
    const stopped = there === null ? this.#stopped() : null
    if (stopped !== null) return stopped
    const note = there ?? (await withPatience(publisher.next(index), patienceMs))
    if (note === 'too-late') return { kind: 'none', because: 'too-late' }
    if (note === null) return this.#stopped() ?? { kind: 'none', because: 'too-late' }
    return this.#asCovered(note)
  }

  async #asCovered({ note, size }: PublicNote): Promise<Covered> {
    return { kind: 'public', checkpoint: note, size, mapRoot: await this.#parts.publisher.mapRootOf(size) }
  }

  async #privately(index: number): Promise<Settled> {
    // Twice: a map root that is being made may have begun before this leaf had its number.
    for (let attempt = 0; attempt < 2 && !this.#covers(index); attempt++) {
      this.#making ??= this.#makeMapRoot().finally(() => {
        this.#making = null
      })
      await this.#making
    }
    const made = this.#mapRoot
    if (made === null || made.mapRoot.index < index) return this.#stopped() ?? { kind: 'none', because: 'too-late' }
    return { kind: 'private', checkpoint: made.signed.note, size: made.signed.size, mapRoot: made.mapRoot }
  }

  #covers(index: number): boolean {
    return this.#mapRoot !== null && this.#mapRoot.mapRoot.index > index
  }

  async #makeMapRoot(): Promise<void> {
    const made = await this.#parts.publisher.mapRoot()
    if (made !== 'not-now') this.#mapRoot = made
  }

  #stopped(): Settled | null {
    const still = stillOf(this.#parts.sequencer.standing)
    return still === null ? null : { kind: 'none', because: 'stopped', still }
  }

  /**
   * Whoever holds a package knows the label of the event that would come next. A filler after each, at a time of its own,
   * keeps him from reading the log's growth as something done with this recording.
   */
  #followLater(): void {
    const { cadenceSeconds, sequencer, log } = this.#parts
    const delayMs = randomInt(1, Math.min(LONGEST_FILLER_DELAY_MS, cadenceSeconds * 1000))
    const timer = setTimeout(() => {
      this.#fillers.delete(timer)
      sequencer
        .turn(async turn => {
          await turn.number(1)
          await turn.seal()
        })
        .catch((error: unknown) => log.warn({ err: error }, 'a filler after an export was left out'))
    }, delayMs)
    timer.unref()
    this.#fillers.add(timer)
  }
}

async function withPatience<T>(work: Promise<T>, patienceMs?: number): Promise<T | 'too-late'> {
  if (patienceMs === undefined) return work
  const late = Promise.withResolvers<'too-late'>()
  const timer = setTimeout(() => late.resolve('too-late'), patienceMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
