import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A regular file on a camera's storage. Names are bytes: a camera's file system knows no Unicode rules. */
export type CameraFile = {
  /** Where to open it. */
  place: Buffer
  /** Below the folder that is docked, with `/` between its parts; what is kept. */
  path: Buffer
  bytes: number
  modifiedAt: number
  /** Lies in a folder where the camera puts what its wearer locked or marked as an emergency. */
  flagged: boolean
}

export type Passed = { path: Buffer; why: string }

const slash = Buffer.from('/')
const flaggedFolder = /^(locked|emergency|emr|ro|event|protected)$/i

/**
 * Walks a mounted storage. Symbolic links and special files are never followed, and are told. Flagged files come first, then
 * the oldest: what is most likely needed is safe soonest.
 */
export async function walk(folder: string): Promise<{ files: CameraFile[]; passed: Passed[] }> {
  const found = { files: [] as CameraFile[], passed: [] as Passed[] }
  await walkInto(Buffer.from(folder), Buffer.alloc(0), false, found)
  found.files.sort(
    (a, b) => Number(b.flagged) - Number(a.flagged) || a.modifiedAt - b.modifiedAt || a.path.compare(b.path),
  )
  return found
}

async function walkInto(
  place: Buffer,
  path: Buffer,
  flagged: boolean,
  found: { files: CameraFile[]; passed: Passed[] },
): Promise<void> {
  for (const name of await readdir(place, { encoding: 'buffer' })) {
    const [there, below] = [within(place, name), path.length === 0 ? name : within(path, name)]
    const about = await lstat(there).catch(() => null)
    if (about === null) found.passed.push({ path: below, why: 'it went away while the folder was read' })
    else if (about.isDirectory())
      await walkInto(there, below, flagged || flaggedFolder.test(name.toString('latin1')), found)
    else if (about.isFile())
      found.files.push({ place: there, path: below, bytes: about.size, modifiedAt: Math.trunc(about.mtimeMs), flagged })
    else
      found.passed.push({
        path: below,
        why: about.isSymbolicLink() ? 'a symbolic link is not followed' : 'it is not a regular file',
      })
  }
}

function within(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, slash, name])
}

/** The path as it can be printed: UTF-8 where it is, else percent-encoded byte by byte. */
export function printable(path: Buffer): string {
  const text = path.toString('utf8')
  if (Buffer.from(text).equals(path) && !/\p{Cc}/u.test(text)) return text
  return [...path]
    .map(byte =>
      byte > 0x20 && byte < 0x7f && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
    )
    .join('')
}

export function receiptFolderOf(folder: string, server: string): string {
  return join(folder, server.replace(/^https?:\/\//, '').replaceAll(/[^A-Za-z0-9.-]+/g, '_'))
}
