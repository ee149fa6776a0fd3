/** A place asked for: given when `ready` resolves, given back (or no longer waited for) by `leave`. */
export type Place = { readonly ready: Promise<void>; readonly leave: () => void }

/**
 * A number of places and a line before them, served in the order of asking. `pressing` tells those who hold a place that
 * others wait; a holder who gets nothing done then leaves soon.
 */
export class Turns {
  #free: number
  readonly #line = new Set<() => void>()

  constructor(places: number) {
    this.#free = places
  }

  get pressing(): boolean {
    return this.#line.size > 0
  }

  ask(): Place {
    const given = Promise.withResolvers<void>()
    if (this.#free > 0) {
      this.#free -= 1
      given.resolve()
    } else {
      this.#line.add(given.resolve)
    }
    let left = false
    const leave = (): void => {
      if (left) return
      left = true
      // Not in the line any more means that the place had been given.
      if (!this.#line.delete(given.resolve)) this.#pass()
    }
    return { ready: given.promise, leave }
  }

  #pass(): void {
    const [next] = this.#line
    if (next === undefined) {
      this.#free += 1
      return
    }
    this.#line.delete(next)
    next()
  }
}
