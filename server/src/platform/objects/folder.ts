// Objects in a local folder: ab/<32 hex>, one file each, 0600, made durable with fsync of the file and of its folder.

import { lstat, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, realDisk } from '../durable/disk.ts'
import { createFileDurable, makeFolderDurable, readFileIfThere, writeFileDurable } from '../durable/durable.ts'
import { openFolderWriter, UNFINISHED } from './folder-writer.ts'
import { formatMark, formatMarker, MARK, MARKER, parseMark, parseMarker, recognise } from './marker.ts'
import {
  demandName,
  isObjectName,
  type LentFile,
  ObjectMissing,
  ObjectsAway,
  type ObjectWriter,
  type Objects,
  type ObjectsFinding,
  type Recognition,
} from './port.ts'
import { ReadHandles } from './read-handles.ts'

const OPEN_FOR_READING = 256
const FOLDER = /^[0-9a-f]{2}$/

/** Opens a folder of objects and makes it where it is missing. */
export async function openFolder(root: string): Promise<Objects> {
  await makeFolderDurable(root)
  const found = await readFileIfThere(join(root, MARKER))
  return new FolderObjects(root, found === null ? null : parseMarker(found))
}

class FolderObjects implements Objects {
  readonly kind = 'folder'
  readonly #root: string
  readonly #handles = new ReadHandles(OPEN_FOR_READING)
  readonly #folders = new Map<string, Promise<void>>()
  #marker: string | null

  constructor(root: string, marker: string | null) {
    this.#root = root
    this.#marker = marker
  }

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const writer = await this.open(name)
    try {
      for (const part of parts) await writer.append(part)
    } catch (error) {
      await writer.abort()
      throw error
    }
    await writer.close()
  }

  async open(name: string): Promise<ObjectWriter> {
    demandName(name)
    const own = name.slice(0, 2)
    const folder = join(this.#root, own)
    const place = { name, path: join(this.#root, name), syncNames: () => realDisk.syncFolder(folder) }
    await this.#folder(own)
    try {
      return await openFolderWriter(place)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
    }
    // The store was put back from before, or lies elsewhere now: the folder was made, and not in this one.
    this.#folders.delete(own)
    await this.#folder(own)
    try {
      return await openFolderWriter(place)
    } catch (error) {
      throw errorCode(error) === 'ENOENT' ? new ObjectsAway(`the folder ${folder} is gone`, error) : error
    }
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array> {
    demandName(name)
    try {
      return await this.#handles.read(join(this.#root, name), offset, length)
    } catch (error) {
      return this.#missing(name, error)
    }
  }

  async lend(name: string): Promise<LentFile> {
    demandName(name)
    try {
      return await this.#handles.lend(join(this.#root, name))
    } catch (error) {
      return this.#missing(name, error)
    }
  }

  async size(name: string): Promise<number | null> {
    demandName(name)
    try {
      return (await stat(join(this.#root, name))).size
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      await this.#demandStore()
      return null
    }
  }

  async remove(name: string): Promise<'removed' | 'absent'> {
    demandName(name)
    const path = join(this.#root, name)
    this.#handles.forget(path)
    await this.#demandStore()
    const outcome = await realDisk.remove(path)
    // An earlier removal may have been cut off before its fsync; answering `absent` promises that it will not come back.
    const folder = join(this.#root, name.slice(0, 2))
    if ((await realDisk.list(folder)) !== null) await realDisk.syncFolder(folder)
    return outcome
  }

  async *list(): AsyncIterable<string> {
    for await (const name of this.#files()) if (isObjectName(name)) yield name
  }

  async clearUnfinished(): Promise<number> {
    let cleared = 0
    for await (const name of this.#files()) {
      if (!name.endsWith(UNFINISHED)) continue
      await unlink(join(this.#root, name))
      cleared += 1
    }
    return cleared
  }

  // A folder that is away says so at once, whatever it is asked.
  async reach(): Promise<void> {}

  async probe(): Promise<ObjectsFinding[]> {
    const findings: ObjectsFinding[] = []
    const mode = await realDisk.mode(this.#root)
    if (mode !== null && (mode & 0o077) !== 0 && process.platform !== 'win32') {
      const text = `the folder ${this.#root} is open to other users (mode ${mode.toString(8)}); chmod 700 it`
      findings.push({ code: 'mode-too-open', stops: false, text })
    }
    let unfinished = 0
    for await (const name of this.#files()) if (name.endsWith(UNFINISHED)) unfinished += 1
    if (unfinished > 0) {
      const text = `${unfinished} unfinished files lie in ${this.#root}; nothing acknowledged rests on them`
      findings.push({ code: 'unfinished-files', stops: false, text })
    }
    return findings
  }

  async claim(installation: string): Promise<'claimed' | 'was-ours' | 'other'> {
    const found = await this.marker()
    if (found !== null) return found === installation ? 'was-ours' : 'other'
    await createFileDurable(join(this.#root, MARKER), formatMarker(installation))
    this.#marker = installation
    return 'claimed'
  }

  async recognises(installation: string): Promise<Recognition> {
    return recognise(await this.marker(), installation)
  }

  async marker(): Promise<string | null> {
    const bytes = await readFileIfThere(join(this.#root, MARKER))
    return bytes === null ? null : (parseMarker(bytes) ?? '')
  }

  async mark(): Promise<number | null> {
    const bytes = await readFileIfThere(join(this.#root, MARK))
    return bytes === null ? null : parseMark(bytes)
  }

  async moveMark(to: number): Promise<void> {
    const mark = formatMark(to)
    await this.#demandStore()
    if (((await this.mark()) ?? 0) < to) await writeFileDurable(join(this.#root, MARK), mark)
  }

  async close(): Promise<void> {
    this.#handles.close()
  }

  async #folder(name: string): Promise<void> {
    const known = this.#folders.get(name)
    if (known !== undefined) return known
    const making = this.#makeFolder(name).catch((error: unknown) => {
      this.#folders.delete(name)
      throw error
    })
    this.#folders.set(name, making)
    return making
  }

  async #makeFolder(name: string): Promise<void> {
    await this.#demandStore()
    await realDisk.makeFolder(join(this.#root, name), 0o700)
    await realDisk.syncFolder(this.#root)
  }

  async #missing(name: string, error: unknown): Promise<never> {
    if (errorCode(error) !== 'ENOENT') throw error
    await this.#demandStore()
    throw new ObjectMissing(name)
  }

  // An unmounted disk shows an empty mount point. It must not be taken for "no such object" (G7).
  async #demandStore(): Promise<void> {
    const there = await lstat(this.#root).catch(() => null)
    if (there === null) throw new ObjectsAway(`the folder ${this.#root} is gone`)
    if (this.#marker !== null && (await this.marker()) !== this.#marker) {
      throw new ObjectsAway(`the folder ${this.#root} does not show this installation's marker; is its disk mounted?`)
    }
  }

  async *#files(): AsyncIterable<string> {
    for (const folder of (await readdir(this.#root)).toSorted()) {
      if (!FOLDER.test(folder)) continue
      for (const file of (await readdir(join(this.#root, folder))).toSorted()) yield `${folder}/${file}`
    }
  }
}
