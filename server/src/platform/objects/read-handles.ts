// Files that are read again and again stay open for a while: a viewer asks for one object in hundreds of ranges.

import { close, open, read } from 'node:fs'
import { promisify } from 'node:util'
import type { LentFile } from './port.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const readFile = promisify(read)

type Held = { readonly opened: Promise<number>; readers: number; letGo: boolean }

/**
 * Keeps about `most` files open for reading; the least recently used go first. Readers are counted without an await in
 * between: a descriptor that was closed under a reader could already name another file.
 */
export class ReadHandles {
  readonly #most: number
  readonly #held = new Map<string, Held>()

  constructor(most: number) {
    this.#most = most
  }

  /** Reads up to `length` bytes; fewer only at the end of the file. Throws what `open` throws. */
  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const lent = await this.lend(path)
    try {
      return await readRange(lent.fd, offset, length)
    } finally {
      lent.giveBack()
    }
  }

  /** A descriptor that stays open until it is given back, also when the file is forgotten. Throws what `open` throws. */
  async lend(path: string): Promise<LentFile> {
    const held = this.#held.get(path) ?? this.#begin(path)
    held.readers += 1
    this.#held.delete(path)
    this.#held.set(path, held)
    const giveBack = (): void => {
      held.readers -= 1
      this.#closeIfDone(held)
    }
    try {
      return { fd: await held.opened, giveBack }
    } catch (error) {
      giveBack()
      throw error
    }
  }

  /** Forgets a file that is removed; readers under way finish. */
  forget(path: string): void {
    const held = this.#held.get(path)
    if (held === undefined) return
    this.#held.delete(path)
    held.letGo = true
    this.#closeIfDone(held)
  }

  close(): void {
    for (const path of this.#held.keys()) this.forget(path)
  }

  #begin(path: string): Held {
    const held: Held = { opened: openFile(path, 'r'), readers: 0, letGo: false }
    held.opened.catch(() => {
      if (this.#held.get(path) === held) this.#held.delete(path)
    })
    this.#held.set(path, held)
    const [oldest] = this.#held.keys()
    if (this.#held.size > this.#most && oldest !== undefined && oldest !== path) this.forget(oldest)
    return held
  }

  #closeIfDone(held: Held): void {
    if (!held.letGo || held.readers > 0) return
    held.letGo = false
    held.opened.then(closeFile).catch(() => undefined)
  }
}

async function readRange(fd: number, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await readFile(fd, bytes, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}
