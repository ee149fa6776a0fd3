import { open, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DatabaseLog } from './connections.ts'

const BALLAST_BYTES = 32 * 1024 * 1024

/**
 * Room that is kept for the worst day. A full disk ends the embedded database, and on a full disk it cannot even
 * recover what it has acknowledged; giving this file up lets it open once more and say what is wrong.
 */
export class Ballast {
  readonly #file: string
  readonly #log: DatabaseLog
  #whole = true

  private constructor(file: string, log: DatabaseLog) {
    this.#file = file
    this.#log = log
  }

  /** Reserves the room when the disk has four times as much; else warns and goes on without. */
  static async reserve(folder: string, log: DatabaseLog): Promise<Ballast> {
    const ballast = new Ballast(join(folder, 'ballast'), log)
    await ballast.refill()
    return ballast
  }

  /** Whether the room is reserved. */
  get whole(): boolean {
    return this.#whole
  }

  /** Reserves the room again where it was given up, or was never there. */
  async refill(): Promise<void> {
    if (await this.#isThere()) return
    const { bavail, bsize } = await statfs(dirname(this.#file))
    if (bavail * bsize < 4 * BALLAST_BYTES) {
      if (this.#whole)
        this.#log.warn({ freeBytes: bavail * bsize }, 'the disk of the database is almost full: make room now')
      this.#whole = false
      return
    }
    try {
      await this.#write()
      this.#whole = true
    } catch (error) {
      await rm(this.#file, { force: true })
      if (this.#whole)
        this.#log.warn({ because: String(error) }, 'no room could be reserved on the disk of the database')
      this.#whole = false
    }
  }

  async #write(): Promise<void> {
    const handle = await open(this.#file, 'w', 0o600)
    try {
      // Real bytes, not a hole: a sparse file reserves nothing.
      await handle.writeFile(Buffer.alloc(BALLAST_BYTES, 0x5a))
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** Frees the room. False when there was none left to give. */
  async giveUp(): Promise<boolean> {
    if (!(await this.#isThere())) return false
    this.#whole = false
    await rm(this.#file, { force: true })
    this.#log.error({}, 'the disk of the database is full: its reserve was given up to open it; make room now')
    return true
  }

  async #isThere(): Promise<boolean> {
    const found = await stat(this.#file).catch(() => null)
    return found !== null && found.size === BALLAST_BYTES
  }
}
