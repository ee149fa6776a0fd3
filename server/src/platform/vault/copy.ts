// One of the two live copies on the disk: vault.json, keys (slots), destroyed (journal), wrapping/.

import { join } from 'node:path'
import { openAppendFile, readRecords, type AppendFile } from '../durable/append-file.ts'
import type { Disk, DiskFile } from '../durable/disk.ts'
import { createFileDurable, eraseFileDurable, makeFolderDurable, writeFileDurable } from '../durable/durable.ts'
import type { Still } from '../still.ts'
import { formatHeader, parseHeader, type Header } from './header.ts'
import { decodeRecord, encodeRecord, type JournalRecord } from './journal.ts'
import type { Copy } from './port.ts'
import { SLOT_BYTES } from './slot.ts'
import { parseWrappingFileName, wrappingFileName, type WrappingName } from './wrapping-file.ts'

export const HEADER = 'vault.json'
export const KEYS = 'keys'
export const DESTROYED = 'destroyed'
export const WRAPPING = 'wrapping'

const FILE_MODE = 0o600
const EMPTY = Buffer.alloc(0)

/** What lies in a folder that should be a copy. Reading changes nothing. */
export type CopyContent = {
  readonly state: 'absent' | 'sound' | 'damaged'
  /** Why it is called damaged; null where it is not. */
  readonly why: Still | null
  readonly header: Header | null
  readonly image: Buffer
  readonly records: readonly Uint8Array[]
  readonly wrappings: ReadonlyMap<string, WrappingName>
}

/** Reads a copy as it lies there. `absent`: nothing was ever completed in this folder. */
export async function readCopy(folder: string, disk: Disk): Promise<CopyContent> {
  const headerBytes = await disk.read(join(folder, HEADER))
  const keys = await disk.read(join(folder, KEYS))
  const journal = await readJournal(join(folder, DESTROYED), disk)
  const found = {
    header: headerBytes === null ? null : parseHeader(headerBytes),
    image: keys === null ? EMPTY : Buffer.from(keys),
    records: journal.records,
    wrappings: await readWrappings(folder, disk),
  }
  const bare = found.image.length === 0 && found.records.length === 0 && found.wrappings.size === 0
  if (headerBytes === null && bare) return { state: 'absent', why: null, ...found }
  const why = headerTrouble(headerBytes, found.header) ?? slotsTrouble(keys) ?? journal.why
  return { state: why === null ? 'sound' : 'damaged', why, ...found }
}

function headerTrouble(bytes: Uint8Array | null, header: Header | null): Still | null {
  if (bytes === null) return { code: 'file-missing', values: { file: HEADER } }
  return header === null ? { code: 'file-unreadable', values: { file: HEADER } } : null
}

function slotsTrouble(keys: Uint8Array | null): Still | null {
  if (keys === null) return { code: 'file-missing', values: { file: KEYS } }
  return keys.length % SLOT_BYTES === 0 ? null : { code: 'file-cut', values: { file: KEYS } }
}

async function readJournal(path: string, disk: Disk): Promise<{ records: Uint8Array[]; why: Still | null }> {
  const bytes = await disk.read(path)
  if (bytes === null) return { records: [], why: { code: 'file-missing', values: { file: DESTROYED } } }
  const { records: sound, damaged, beyond } = readRecords(bytes)
  const records = [...sound, ...beyond]
  const unread = records.some(record => decodeRecord(record) === null)
  if (!damaged && !unread) return { records, why: null }
  return { records, why: { code: damaged ? 'file-damaged' : 'file-unknown', values: { file: DESTROYED } } }
}

async function readWrappings(folder: string, disk: Disk): Promise<Map<string, WrappingName>> {
  const found = new Map<string, WrappingName>()
  for (const agency of (await disk.list(join(folder, WRAPPING))) ?? []) {
    for (const file of (await disk.list(join(folder, WRAPPING, agency))) ?? []) {
      const name = parseWrappingFileName(agency, file)
      if (name !== null) found.set(name.id, name)
    }
  }
  return found
}

/** Makes an empty copy; `vault.json` comes last, so that a half-made one is known by its absence. */
export async function initialiseCopy(folder: string, header: Header, disk: Disk): Promise<void> {
  await makeFolderDurable(folder, disk)
  await makeFolderDurable(join(folder, WRAPPING), disk)
  if ((await disk.read(join(folder, KEYS))) === null) await createFileDurable(join(folder, KEYS), EMPTY, { disk })
  const { file } = await openAppendFile(join(folder, DESTROYED), { disk })
  await file.close()
  await writeFileDurable(join(folder, HEADER), formatHeader(header), { disk })
}

/** Overwrites and removes everything of a copy but its folder. */
export async function eraseCopy(folder: string, disk: Disk): Promise<void> {
  for (const agency of (await disk.list(join(folder, WRAPPING))) ?? []) {
    for (const file of (await disk.list(join(folder, WRAPPING, agency))) ?? []) {
      await eraseFileDurable(join(folder, WRAPPING, agency, file), disk)
    }
  }
  for (const file of [HEADER, KEYS, DESTROYED]) await eraseFileDurable(join(folder, file), disk)
}

/** A copy that is open for writing. Each method is durable when it resolves. */
export class LiveCopy {
  readonly name: Copy
  readonly folder: string
  readonly #disk: Disk
  readonly #keys: DiskFile
  readonly #journal: AppendFile

  private constructor(name: Copy, folder: string, disk: Disk, keys: DiskFile, journal: AppendFile) {
    this.name = name
    this.folder = folder
    this.#disk = disk
    this.#keys = keys
    this.#journal = journal
  }

  static async open(name: Copy, folder: string, disk: Disk): Promise<LiveCopy> {
    const keys = await disk.open(join(folder, KEYS), 'existing', FILE_MODE)
    const { file } = await openAppendFile(join(folder, DESTROYED), { disk })
    return new LiveCopy(name, folder, disk, keys, file)
  }

  /** Writes slots, neighbours in one go, with one fsync. */
  async writeSlots(slots: readonly { index: number; bytes: Buffer }[]): Promise<void> {
    const inOrder = slots.toSorted((x, y) => x.index - y.index)
    for (let from = 0; from < inOrder.length;) {
      let to = from + 1
      while (inOrder[to]?.index === (inOrder[from]?.index ?? 0) + (to - from)) to += 1
      const run = Buffer.concat(inOrder.slice(from, to).map(slot => slot.bytes))
      await this.#keys.write(run, (inOrder[from]?.index ?? 0) * SLOT_BYTES)
      from = to
    }
    await this.#keys.sync()
  }

  /** Sets the length of the file of slots; a longer one is filled with free slots that have their room on the disk. */
  async resize(fromSlots: number, toSlots: number): Promise<void> {
    const fresh = toSlots - fromSlots
    if (fresh > 0) await this.#keys.write(Buffer.alloc(fresh * SLOT_BYTES), fromSlots * SLOT_BYTES)
    if (fresh < 0) await this.#keys.truncate(toSlots * SLOT_BYTES)
    await this.#keys.sync()
  }

  async append(record: JournalRecord): Promise<void> {
    await this.#journal.append(encodeRecord(record))
  }

  async appendRaw(record: Uint8Array): Promise<void> {
    await this.#journal.append(record)
  }

  async writeHeader(header: Header): Promise<void> {
    await writeFileDurable(join(this.folder, HEADER), formatHeader(header), { disk: this.#disk })
  }

  async addWrapping(name: WrappingName, bytes: Uint8Array): Promise<void> {
    await makeFolderDurable(join(this.folder, WRAPPING, name.agency), this.#disk)
    await createFileDurable(this.#wrappingPath(name), bytes, { disk: this.#disk })
  }

  /** Puts a sound wrapping key in the place of a damaged or missing one. */
  async replaceWrapping(name: WrappingName, bytes: Uint8Array): Promise<void> {
    await makeFolderDurable(join(this.folder, WRAPPING, name.agency), this.#disk)
    await writeFileDurable(this.#wrappingPath(name), bytes, { disk: this.#disk })
  }

  async readWrapping(name: WrappingName): Promise<Uint8Array | null> {
    return this.#disk.read(this.#wrappingPath(name))
  }

  /** Overwrites and removes a wrapping key. */
  async eraseWrapping(name: WrappingName): Promise<void> {
    await eraseFileDurable(this.#wrappingPath(name), this.#disk)
  }

  async close(): Promise<void> {
    await this.#journal.close()
    await this.#keys.close()
  }

  #wrappingPath(name: WrappingName): string {
    return join(this.folder, WRAPPING, name.agency, wrappingFileName(name))
  }
}
