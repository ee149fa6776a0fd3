// Files that are read again and again stay open for a while: a viewer asks for one object in hundreds of ranges.

import { close, open, read } from 'node:fs'
import { promisify } from 'node:util'

const openFile = promisify(open)
const closeFile = promisify(close)
const readFile = promisify(read)

type Held = { readonly fd: number; readers: number; letGo: boolean }

/** Keeps at most `most` files open for reading, the least recently used go first. */
export class ReadHandles {
  readonly #most: number
  readonly #held = new Map<string, Held>()
  readonly #opening = new Map<string, Promise<Held>>()

  constructor(most: number) {
    this.#most = most
  }

  /** Reads up to `length` bytes; fewer only at the end of the file. Throws what `open` throws. */
  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const held = await this.#take(path)
    try {
      const bytes = Buffer.allocUnsafe(length)
      let done = 0
      while (done < length) {
        const { bytesRead } = await readFile(held.fd, bytes, done, length - done, offset + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return bytes.subarray(0, done)
    } finally {
      held.readers -= 1
      await this.#closeIfDone(held)
    }
  }

  /** Forgets a file that is removed; readers under way finish. */
  async forget(path: string): Promise<void> {
    const held = this.#held.get(path)
    if (held === undefined) return
    this.#held.delete(path)
    held.letGo = true
    await this.#closeIfDone(held)
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opening.values())
    for (const path of this.#held.keys()) await this.forget(path)
  }

  async #take(path: string): Promise<Held> {
    const held = this.#held.get(path) ?? (await this.#open(path))
    held.readers += 1
    if (this.#held.get(path) === held) {
      this.#held.delete(path)
      this.#held.set(path, held)
    }
    return held
  }

  async #open(path: string): Promise<Held> {
    const under = this.#opening.get(path)
    if (under !== undefined) return under
    const opening = openFile(path, 'r').then(fd => {
      const held: Held = { fd, readers: 0, letGo: false }
      this.#held.set(path, held)
      return held
    })
    this.#opening.set(path, opening)
    try {
      const held = await opening
      await this.#letOldestGo(held)
      return held
    } finally {
      this.#opening.delete(path)
    }
  }

  async #letOldestGo(but: Held): Promise<void> {
    if (this.#held.size <= this.#most) return
    for (const [path, held] of this.#held) {
      if (held === but) continue
      await this.forget(path)
      return
    }
  }

  async #closeIfDone(held: Held): Promise<void> {
    if (!held.letGo || held.readers > 0) return
    held.letGo = false
    await closeFile(held.fd)
  }
}
