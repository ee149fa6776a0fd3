import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { CameraFile } from './walk.ts'

/** The file is not what it was when it was looked at; it is left alone until it rests. */
export class Changed extends Error {
  override readonly name = 'Changed'
}

const PORTION_BYTES = 4 * 1_048_576

/** Opens a file without following a link that came in its place. Throws Changed where another file is there. */
export async function openFile(file: CameraFile): Promise<FileHandle> {
  // Windows has no such flag.
  const noFollow = constants.O_NOFOLLOW ?? 0
  const handle = await open(file.place, constants.O_RDONLY | noFollow)
  try {
    await demandUnchanged(handle, file)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Throws Changed unless length, time and inode are those that were seen. */
export async function demandUnchanged(handle: FileHandle, file: CameraFile): Promise<void> {
  const now = await handle.stat()
  const same = now.size === file.bytes && Math.trunc(now.mtimeMs) === file.modifiedAt && now.ino === file.inode
  if (!same || !now.isFile()) throw new Changed('the file changed while it was docked')
}

/** SHA-256 of the whole file, in hexadecimal. Throws Changed. */
export async function digestOf(file: CameraFile): Promise<string> {
  const handle = await openFile(file)
  try {
    const sha256 = createHash('sha256')
    const portion = Buffer.allocUnsafe(PORTION_BYTES)
    for (let at = 0; at < file.bytes;) {
      const bytes = await readInto(handle, portion, at, Math.min(PORTION_BYTES, file.bytes - at))
      sha256.update(portion.subarray(0, bytes))
      at += bytes
    }
    await demandUnchanged(handle, file)
    return sha256.digest('hex')
  } finally {
    await handle.close()
  }
}

/** Fills the beginning of `target` with exactly `length` bytes of the file. Throws Changed where it ends before. */
export async function readInto(handle: FileHandle, target: Buffer, offset: number, length: number): Promise<number> {
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(target, filled, length - filled, offset + filled)
    if (bytesRead === 0) throw new Changed('the file became shorter while it was read')
    filled += bytesRead
  }
  return length
}
