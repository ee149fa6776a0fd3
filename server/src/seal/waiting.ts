type Waiter<T> = { readonly past: number; readonly settle: (value: T) => void }

/** Promises that settle when the log has grown past a size. */
export class Waiting<T> {
  #waiters: Waiter<T>[] = []

  /** Resolves once `passed` is called with a size above `index`. */
  until(index: number): Promise<T> {
    return new Promise(settle => this.#waiters.push({ past: index, settle }))
  }

  /** Settles everybody who waited for a size up to this one. */
  passed(size: number, value: T): void {
    const done = this.#waiters.filter(waiter => waiter.past < size)
    this.#waiters = this.#waiters.filter(waiter => waiter.past >= size)
    for (const waiter of done) waiter.settle(value)
  }

  /** Settles everybody, for the end. */
  all(value: T): void {
    this.passed(Number.POSITIVE_INFINITY, value)
  }
}
