import type { Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { faultWords } from './faults.ts'
import { isLockedFolder, vendorName } from './names.ts'

/** A regular file on a camera's storage. Names are bytes: a camera's file system knows no Unicode rules. */
export type CameraFile = {
  /** Where to open it. */
  readonly place: Buffer
  /** Below the folder that is docked, with `/` between its parts; what is kept. */
  readonly path: Buffer
  readonly bytes: number
  /** UTC epoch milliseconds. */
  readonly modifiedAt: number
  readonly inode: number
  /** Its folder or name says that its wearer locked it: a proposal to hold it. */
  readonly flagged: boolean
}

/** What was seen and is not docked, with the reason. */
export type Passed = { readonly path: Buffer; readonly why: string }

type Found = { files: CameraFile[]; passed: Passed[] }

const SLASH = Buffer.from('/')
/** What computers leave on storage that they have only looked at. */
const NOT_OF_THE_CAMERA = new Set(['System Volume Information', '.Spotlight-V100', '.fseventsd'])

/**
 * Walks a mounted storage. Symbolic links and special files are never followed, and are told. Flagged files come first, then
 * the oldest: what is most likely needed is safe soonest. `leaveOut`: folders of our own that may lie below. Throws where the
 * folder itself cannot be read.
 */
export async function walk(folder: string, leaveOut: readonly string[]): Promise<Found> {
  const found: Found = { files: [], passed: [] }
  const root = Buffer.from(resolve(folder))
  const skip = new Set(leaveOut.map(own => resolve(own)))
  for (const name of await readdir(root, { encoding: 'buffer' })) {
    await look({ place: within(root, name), path: name, name, flagged: false }, skip, found)
  }
  found.files.sort(
    (a, b) => Number(b.flagged) - Number(a.flagged) || a.modifiedAt - b.modifiedAt || a.path.compare(b.path),
  )
  return found
}

type Entry = { place: Buffer; path: Buffer; name: Buffer; flagged: boolean }

async function look(entry: Entry, skip: ReadonlySet<string>, found: Found): Promise<void> {
  const about = await lstat(entry.place).catch((error: unknown) => error)
  const name = entry.name.toString('utf8')
  if (about instanceof Error) found.passed.push({ path: entry.path, why: unreadable(about) })
  else if (!isStats(about)) throw new TypeError('not what lstat gives')
  else if (about.isDirectory()) await enter(entry, skip, found)
  else if (about.isFile()) found.files.push(fileOf(entry, about, name))
  else {
    const why = about.isSymbolicLink() ? 'it is a symbolic link, which is not followed' : 'it is not a regular file'
    found.passed.push({ path: entry.path, why })
  }
}

async function enter(folder: Entry, skip: ReadonlySet<string>, found: Found): Promise<void> {
  const name = folder.name.toString('utf8')
  if (NOT_OF_THE_CAMERA.has(name) || skip.has(folder.place.toString('utf8'))) return
  const flagged = folder.flagged || isLockedFolder(name)
  let names: Buffer[]
  try {
    names = await readdir(folder.place, { encoding: 'buffer' })
  } catch (error) {
    found.passed.push({ path: folder.path, why: unreadable(error) })
    return
  }
  for (const inner of names) {
    const [place, path] = [within(folder.place, inner), within(folder.path, inner)]
    await look({ place, path, name: inner, flagged }, skip, found)
  }
}

/** The same file as it is now, after it changed; null when it is gone or is a file no more. */
export async function lookAgain(file: CameraFile): Promise<CameraFile | null> {
  const about = await lstat(file.place).catch(() => null)
  if (about === null || !about.isFile()) return null
  return { ...file, bytes: about.size, modifiedAt: Math.trunc(about.mtimeMs), inode: about.ino }
}

function fileOf(entry: Entry, about: Stats, name: string): CameraFile {
  return {
    place: entry.place,
    path: entry.path,
    bytes: about.size,
    modifiedAt: Math.trunc(about.mtimeMs),
    inode: about.ino,
    flagged: entry.flagged || vendorName(name).locked,
  }
}

function isStats(value: unknown): value is Stats {
  return typeof value === 'object' && value !== null && 'isDirectory' in value
}

function unreadable(error: unknown): string {
  return `it cannot be read: ${faultWords(error) ?? String(error)}`
}

function within(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, SLASH, name])
}

/** The path as it can be printed: UTF-8 where it is without control characters, else percent-encoded byte by byte. */
export function printable(path: Buffer): string {
  const text = path.toString('utf8')
  if (Buffer.from(text).equals(path) && !/\p{Cc}/u.test(text)) return text
  return Array.from(path, byte =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
  ).join('')
}

/** A file's own name, as text. */
export function nameOf(path: Buffer): string {
  return path.subarray(path.lastIndexOf('/') + 1).toString('utf8')
}
