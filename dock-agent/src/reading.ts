import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { CameraFile } from './walk.ts'

/** The file is not what it was when the folder was read; it is left alone until it rests. */
export class StillGrowing extends Error {
  override name = 'StillGrowing'
}

const portion = 4 * 1_048_576

/** Opens a file without following a link that came in its place. */
export async function openFile(file: CameraFile): Promise<FileHandle> {
  return open(file.place, constants.O_RDONLY | constants.O_NOFOLLOW)
}

/**
 * SHA-256 of the whole file, in hexadecimal.
 * @throws StillGrowing when its length or its modification time is not the one that was seen.
 */
export async function digestOf(file: CameraFile): Promise<string> {
  const handle = await openFile(file)
  try {
    const sha = createHash('sha256')
    const buffer = Buffer.allocUnsafe(portion)
    let read = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, portion, read)
      if (bytesRead === 0) break
      sha.update(buffer.subarray(0, bytesRead))
      read += bytesRead
    }
    const after = await handle.stat()
    if (read !== file.bytes || after.size !== file.bytes || Math.trunc(after.mtimeMs) !== file.modifiedAt)
      throw new StillGrowing('the file changed while it was read')
    return sha.digest('hex')
  } finally {
    await handle.close()
  }
}

/** Bytes `offset` to `offset + length` of an open file; fewer only at its end. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
