// Keys in clear, in memory only, a bounded number, overwritten when they go.

export class KeyCache {
  readonly #most: number
  readonly #keys = new Map<string, Buffer>()

  constructor(most: number) {
    this.#most = most
  }

  /** The cached key itself, not a copy; it may be overwritten later. */
  get(id: string): Buffer | null {
    const key = this.#keys.get(id)
    if (key === undefined) return null
    this.#keys.delete(id)
    this.#keys.set(id, key)
    return key
  }

  /** Takes over the buffer. */
  put(id: string, key: Buffer): void {
    this.forget(id)
    this.#keys.set(id, key)
    if (this.#keys.size <= this.#most) return
    const [oldest] = this.#keys.keys()
    if (oldest !== undefined) this.forget(oldest)
  }

  forget(id: string): void {
    this.#keys.get(id)?.fill(0)
    this.#keys.delete(id)
  }

  clear(): void {
    for (const key of this.#keys.values()) key.fill(0)
    this.#keys.clear()
  }
}
