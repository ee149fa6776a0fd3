import { type WholeLog, logOf } from '../log-files.ts'
import { Unreadable } from '../verdict.ts'

declare global {
  interface DataTransferItem {
    /** WICG File System Access; not in every browser. */
    getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>
  }
}

/** A folder that was chosen or dropped. Of a whole log only the few files are read that are wanted. */
export type Folder = {
  name: string
  /** The file at a path below it, or null where there is none. */
  file: (path: string) => Promise<File | null>
  /** The names in a folder below it; none where there is no such folder. */
  names: (path: string) => Promise<string[]>
}

// No file of a log that is of use here is longer: a tile has 8 KiB, and a note with ten thousand signatures two MiB.
const MOST_BYTES = 16 * 1024 * 1024

/** The copy of a log that lies in a folder. @throws Unreadable when there is none. */
export async function logIn(folder: Folder): Promise<WholeLog> {
  if (!(await holdsLog(folder))) throw new Unreadable('cannot-read', folder.name, { fault: 'noLog' })
  return logOf({
    async file(path) {
      const file = await folder.file(path)
      return file === null ? null : new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer())
    },
    async widths(path) {
      const names = await folder.names(path.slice(0, path.lastIndexOf('/')))
      return names.filter(name => /^[1-9][0-9]{0,2}$/.test(name)).map(Number)
    },
  })
}

const NOTES = ['checkpoint', 'checked']

async function holdsLog(folder: Folder): Promise<boolean> {
  const names = await folder.names('')
  return names.includes('tile') || NOTES.some(name => names.includes(name))
}

/** The files that an input for folders gives: all of them at once, each with its path. Null where there are none. */
export function chosenFolder(files: readonly File[]): Folder | null {
  const [first] = files
  if (first === undefined) return null
  const below = new Map(files.map(file => [file.webkitRelativePath.split('/').slice(1).join('/'), file]))
  return {
    name: first.webkitRelativePath.split('/')[0] ?? first.name,
    file: async path => below.get(path) ?? null,
    async names(path) {
      const start = path === '' ? '' : `${path}/`
      const inside = [...below.keys()].filter(one => one.startsWith(start))
      return [...new Set(inside.map(one => one.slice(start.length).split('/')[0] ?? ''))]
    },
  }
}

/** What was dropped: files by themselves, and a folder where there was one. */
export type Dropped = { files: File[]; folder: Folder | null }

/**
 * What an event drops. Has to be called while the event lasts.
 * The contents of a log's folder, dropped without the folder, are taken for the folder.
 */
export async function dropped(data: DataTransfer): Promise<Dropped> {
  const things = await Promise.all([...data.items].filter(({ kind }) => kind === 'file').map(thingOf))
  const files = things.filter(thing => thing instanceof File)
  const folders = things.flatMap(thing => (thing === null || thing instanceof File ? [] : [thing]))
  const tile = folders.find(({ name }) => name === 'tile')
  if (tile === undefined) return { files, folder: folders[0] ?? null }
  const notes = new Map(files.filter(({ name }) => NOTES.includes(name)).map(file => [file.name, file]))
  return { files: files.filter(({ name }) => !notes.has(name)), folder: around(tile, notes) }
}

function around(tile: Folder, notes: ReadonlyMap<string, File>): Folder {
  const inTile = (path: string) => path.split('/').slice(1).join('/')
  return {
    name: [...notes.keys(), tile.name].join(', '),
    file: async path => (path.startsWith('tile/') ? tile.file(inTile(path)) : (notes.get(path) ?? null)),
    names: async path => (path === '' ? [...notes.keys(), tile.name] : tile.names(inTile(path))),
  }
}

/**
 * A page that was opened from a disk cannot read in Chromium what an entry leads to (EncodingError), but it can what a handle
 * leads to; Firefox has entries only. All is asked for before the first await: afterwards the event tells nothing any more.
 */
async function thingOf(item: DataTransferItem): Promise<File | Folder | null> {
  const [file, entry] = [item.getAsFile(), item.webkitGetAsEntry()]
  const handle = item.getAsFileSystemHandle?.()
  if (entry?.isDirectory !== true) return file
  const led = await handle
  if (led instanceof FileSystemDirectoryHandle) return handleFolder(led)
  return entry instanceof FileSystemDirectoryEntry ? entryFolder(entry) : null
}

function handleFolder(root: FileSystemDirectoryHandle): Folder {
  const at = async (names: readonly string[]) => {
    let folder = root
    for (const name of names) folder = await folder.getDirectoryHandle(name)
    return folder
  }
  return {
    name: root.name,
    file: path => orNull(async () => (await (await at(split(path).slice(0, -1))).getFileHandle(last(path))).getFile()),
    async names(path) {
      const names = await orNull(async () => {
        const found: string[] = []
        for await (const name of (await at(split(path))).keys()) found.push(name)
        return found
      })
      return names ?? []
    },
  }
}

function entryFolder(root: FileSystemDirectoryEntry): Folder {
  const file = async (path: string) => {
    const entry = await new Promise<FileSystemEntry>((found, failed) => root.getFile(path, {}, found, failed))
    if (!(entry instanceof FileSystemFileEntry)) throw new DOMException(path, 'TypeMismatchError')
    return new Promise<File>((read, failed) => entry.file(read, failed))
  }
  const names = async (path: string) => {
    const entry =
      path === ''
        ? root
        : await new Promise<FileSystemEntry>((found, failed) => root.getDirectory(path, {}, found, failed))
    return entry instanceof FileSystemDirectoryEntry ? listed(entry) : []
  }
  return {
    name: root.name,
    file: path => orNull(() => file(path)),
    names: async path => (await orNull(() => names(path))) ?? [],
  }
}

/** A browser gives a folder's entries in parts, and an empty part at the end. */
async function listed(folder: FileSystemDirectoryEntry): Promise<string[]> {
  const reader = folder.createReader()
  const names: string[] = []
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((read, failed) => reader.readEntries(read, failed))
    if (part.length === 0) return names
    names.push(...part.map(({ name }) => name))
  }
}

function split(path: string): string[] {
  return path === '' ? [] : path.split('/')
}

function last(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** That there is nothing of that name is an answer; anything else is the browser's or the disk's trouble. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (failed) {
    const missing = failed instanceof DOMException && ['NotFoundError', 'TypeMismatchError'].includes(failed.name)
    if (missing) return null
    throw failed
  }
}
