import { join } from 'node:path'
import { createFileDurable, makeFolderDurable, readFileIfThere } from '../platform/durable/durable.ts'
import { realDisk, type Disk } from '../platform/durable/disk.ts'

/** The name of the checkpoint: its tree size. Two checkpoints of one size cannot both be signed. */
export type Locked = { readonly size: number; readonly note: string }

/**
 * Where the last signed checkpoint is remembered, apart from tiles and database and from their backups. It moves before
 * any signature leaves: whoever loses the race to move it has signed nothing.
 */
export interface LockStore {
  /** The checkpoint moved to last; null when there is none at all, `unreadable` when what is there is not this log's. */
  read(): Promise<Locked | 'unreadable' | null>
  /** Makes the very first entry. `lost` when there is one already. */
  begin(first: Locked): Promise<'moved' | 'lost'>
  /** Compare-and-swap, durable when `moved`. `lost`: the store does not stand at size `from` any more. */
  move(from: number, to: Locked): Promise<'moved' | 'lost'>
}

const NAME = /^([0-9]{16})\.checkpoint$/
// The one before the last is what counts when the last was torn by a power cut while it was written.
const KEPT = 3

/**
 * A lock store in a folder of its own: one file a checkpoint, named by its size and created exclusively, which the file
 * system promises to let only one process do. `isSound` says whether a file's text is a whole note of this log; a file
 * torn by a power cut is not, and its signature has not left.
 */
export function openLockFolder(
  folder: string,
  isSound: (note: string) => Promise<boolean>,
  disk: Disk = realDisk,
): LockStore {
  return new LockFolder(folder, isSound, disk)
}

class LockFolder implements LockStore {
  readonly #folder: string
  readonly #isSound: (note: string) => Promise<boolean>
  readonly #disk: Disk

  constructor(folder: string, isSound: (note: string) => Promise<boolean>, disk: Disk) {
    this.#folder = folder
    this.#isSound = isSound
    this.#disk = disk
  }

  async read(): Promise<Locked | 'unreadable' | null> {
    const { last, torn } = await this.#survey()
    return last ?? (torn.length > 0 ? 'unreadable' : null)
  }

  async begin(first: Locked): Promise<'moved' | 'lost'> {
    await makeFolderDurable(this.#folder, this.#disk)
    return this.#swap(null, first)
  }

  async move(from: number, to: Locked): Promise<'moved' | 'lost'> {
    if (to.size <= from) throw new RangeError(`a checkpoint of ${to.size} does not follow one of ${from}`)
    return this.#swap(from, to)
  }

  async #swap(from: number | null, to: Locked): Promise<'moved' | 'lost'> {
    const { last, torn } = await this.#survey()
    if ((last?.size ?? null) !== from) return 'lost'
    for (const size of torn) await this.#disk.remove(this.#path(size))
    if (!(await this.#create(to))) return 'lost'
    return this.#settle(to.size)
  }

  /** False when another process has created this very size. */
  async #create(to: Locked): Promise<boolean> {
    try {
      await createFileDurable(this.#path(to.size), to.note, { disk: this.#disk })
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      await this.#disk.remove(this.#path(to.size)).catch(() => undefined)
      throw error
    }
  }

  /**
   * A name that was free may have been so because a faster process has already moved on and cleared it away: only the
   * highest name counts.
   */
  async #settle(size: number): Promise<'moved' | 'lost'> {
    const sizes = await this.#sizes()
    if (sizes.at(-1) !== size) {
      await this.#disk.remove(this.#path(size))
      return 'lost'
    }
    for (const old of sizes.slice(0, -KEPT)) await this.#disk.remove(this.#path(old))
    return 'moved'
  }

  async #survey(): Promise<{ last: Locked | null; torn: number[] }> {
    const torn: number[] = []
    for (const size of (await this.#sizes()).reverse()) {
      const bytes = await readFileIfThere(this.#path(size), this.#disk)
      const note = bytes === null ? null : Buffer.from(bytes).toString('utf8')
      if (note !== null && (await this.#isSound(note))) return { last: { size, note }, torn }
      torn.push(size)
    }
    return { last: null, torn }
  }

  async #sizes(): Promise<number[]> {
    const names = (await this.#disk.list(this.#folder)) ?? []
    return names.flatMap(name => NAME.exec(name)?.[1] ?? []).map(Number)
  }

  #path(size: number): string {
    return join(this.#folder, `${String(size).padStart(16, '0')}.checkpoint`)
  }
}
