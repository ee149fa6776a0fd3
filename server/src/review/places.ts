/** A number of places for work that costs a process each. */
export class Places {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** Waits for a place; to be given back by calling what it resolves with. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    return this.#giveBack()
  }

  /** A place if one is free just now, else null. */
  takeNow(): (() => void) | null {
    if (this.#free === 0) return null
    this.#free -= 1
    return this.#giveBack()
  }

  #giveBack(): () => void {
    let given = false
    return () => {
      if (given) return
      given = true
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
