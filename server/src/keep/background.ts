/** So much later a round begins, for all who asked meanwhile: a rack of cameras is moved in a few rounds. */
const GATHER_MS = 500

/** Does the same work for a key again and again, never twice at once; asked while at it, it goes round once more. */
export class Background {
  readonly #work: (key: string) => Promise<unknown>
  readonly #failed: (error: unknown, key: string) => void
  readonly #gatherMs: number
  readonly #asked = new Set<string>()
  #gathering: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null

  constructor(
    work: (key: string) => Promise<unknown>,
    failed: (error: unknown, key: string) => void,
    gatherMs = GATHER_MS,
  ) {
    this.#work = work
    this.#failed = failed
    this.#gatherMs = gatherMs
  }

  /** Has the work done for this key soon. Never throws. */
  readonly wake = (key: string): void => {
    this.#asked.add(key)
    this.#gathering ??= setTimeout(() => this.#go(), this.#gatherMs)
  }

  /** Has what was asked done at once; resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#gathering !== null || this.#running !== null) {
      this.#go()
      await this.#running
    }
  }

  #go(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#gathering = null
    this.#running ??= this.#round().finally(() => {
      this.#running = null
    })
  }

  async #round(): Promise<void> {
    while (this.#asked.size > 0) {
      const keys = [...this.#asked]
      this.#asked.clear()
      for (const key of keys) await this.#workFor(key)
    }
  }

  async #workFor(key: string): Promise<void> {
    try {
      await this.#work(key)
    } catch (error) {
      this.#failed(error, key)
    }
  }
}

/** Lets work for one key follow on work for the same key; a failure stops nobody behind it. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does the work when its turn has come. */
  async of<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
