/** Work of which one run is under way at most. A wake during a run makes it run once more. */
export class SingleRun {
  readonly #work: () => Promise<number>
  readonly #failed: (error: unknown) => void
  #running: Promise<number> | null = null
  #again = false

  constructor(work: () => Promise<number>, failed: (error: unknown) => void) {
    this.#work = work
    this.#failed = failed
  }

  /** Starts a run if none is under way. Failures go to the one who was named for them. */
  wake(): void {
    if (this.#running !== null) {
      this.#again = true
      return
    }
    this.run().catch(this.#failed)
  }

  /** Joins the run under way, or starts one. */
  run(): Promise<number> {
    this.#running ??= this.#work().finally(() => {
      this.#running = null
      if (!this.#again) return
      this.#again = false
      this.wake()
    })
    return this.#running
  }

  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running.catch(() => {})
  }
}
