// Writes one object into a folder: an unfinished file first, its final name last.

import { close, constants, fdatasync, open } from 'node:fs'
import { link, rename, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { errorCode, fsyncFailed, named, writeAll } from '../durable/disk.ts'
import { ObjectExists, type ObjectWriter, type OpenFile } from './port.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const syncFile = promisify(fdatasync)

/** What an unfinished file's name ends in. No acknowledgement ever rests on such a file. */
export const UNFINISHED = '.part'

/** A multiple of what any disk in use demands (512 or 4096 bytes). */
const BLOCK_BYTES = 4096

export type FolderWriterPlace = {
  readonly name: string
  readonly path: string
  /** Makes what happened to names in the object's folder durable. */
  readonly syncNames: () => Promise<void>
}

/** Begins an object. @throws ObjectExists where somebody is writing it already */
export async function openFolderWriter(place: FolderWriterPlace): Promise<ObjectWriter> {
  const unfinished = place.path + UNFINISHED
  const fd = await openFile(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600).catch(
    (error: unknown) => {
      throw errorCode(error) === 'EEXIST' ? new ObjectExists(place.name) : named(unfinished, error)
    },
  )
  return new FolderWriter(place, unfinished, { fd, direct: await openDirect(unfinished) })
}

/**
 * The same file past the page cache. Footage is written once and seldom read soon: copying it into the cache, and pushing
 * everything else out of it, would be the largest single cost of keeping it.
 */
async function openDirect(path: string): Promise<OpenFile['direct']> {
  if (constants.O_DIRECT === undefined) return null
  // EINVAL where the file system has no such thing. Whatever else is wrong shows at the first write.
  const fd = await openFile(path, constants.O_WRONLY | constants.O_DIRECT).catch(() => null)
  return fd === null ? null : { fd, blockBytes: BLOCK_BYTES }
}

// The descriptors are plain numbers and not FileHandles, because worker threads write to them.
class FolderWriter implements ObjectWriter {
  readonly file: OpenFile
  readonly #place: FolderWriterPlace
  readonly #unfinished: string
  #position = 0
  #open = true

  constructor(place: FolderWriterPlace, unfinished: string, file: OpenFile) {
    this.#place = place
    this.#unfinished = unfinished
    this.file = file
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (!this.#open) throw new Error(`the object ${this.#place.name} is closed`)
    await writeAll(this.file.fd, this.#unfinished, bytes, this.#position)
    this.#position += bytes.length
  }

  async close(): Promise<void> {
    if (!this.#open) throw new Error(`the object ${this.#place.name} is closed`)
    this.#open = false
    try {
      await syncFile(this.file.fd).catch((error: unknown) => fsyncFailed(this.#unfinished, error))
    } finally {
      await this.#closeFile()
    }
    await this.#giveName()
    await this.#place.syncNames()
  }

  async abort(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#closeFile()
    await unlink(this.#unfinished).catch(() => undefined)
  }

  async #closeFile(): Promise<void> {
    const { fd, direct } = this.file
    try {
      if (direct !== null) await closeFile(direct.fd)
    } finally {
      await closeFile(fd)
    }
  }

  // rename() would replace an object that is there; link() refuses. Where a file system has no hard links, the random
  // name has to be enough.
  async #giveName(): Promise<void> {
    try {
      await link(this.#unfinished, this.#place.path)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return rename(this.#unfinished, this.#place.path)
      await unlink(this.#unfinished).catch(() => undefined)
      throw code === 'EEXIST' ? new ObjectExists(this.#place.name) : named(this.#place.path, error)
    }
    await unlink(this.#unfinished)
  }
}
