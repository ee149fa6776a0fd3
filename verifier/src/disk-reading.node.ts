import { closeSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type ReadFault, Unreadable } from './verdict.ts'

/** A stretch of a file on a disk. */
export type Stretch = { path: string; offset: number; bytes: number }

/**
 * Reads a stretch in blocks into one buffer, so that memory stays flat. `each` is given every block from the `first` on, every
 * `step`-th, and where in the stretch it begins; it must be done with the bytes when it returns.
 */
export function readBlocks(
  { path, offset, bytes }: Stretch,
  { blockBytes, first, step }: { blockBytes: number; first: number; step: number },
  each: (block: Uint8Array, from: number) => void,
): void {
  const buffer = new Uint8Array(blockBytes)
  const file = openSync(path, 'r')
  try {
    for (let from = first * blockBytes; from < bytes; from += step * blockBytes)
      each(readBlock(file, buffer, offset + from, Math.min(blockBytes, bytes - from)), from)
  } finally {
    closeSync(file)
  }
}

/**
 * The blocks of a stretch in order; each is read while the one before it is being used. A block is good until the next but one
 * is asked for.
 */
export async function* blocksAhead(
  { path, offset, bytes }: Stretch,
  blockBytes: number,
): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, 'r')
  const [one, other] = [new Uint8Array(blockBytes), new Uint8Array(blockBytes)]
  const block = (number: number) => {
    const from = number * blockBytes
    const length = Math.max(0, Math.min(blockBytes, bytes - from))
    return fill(file, (number % 2 === 0 ? one : other).subarray(0, length), offset + from)
  }
  let next = block(0)
  try {
    for (let number = 0; number * blockBytes < bytes; number++) {
      const ready = await next
      next = block(number + 1)
      yield ready
    }
  } finally {
    await next.catch(() => {})
    await file.close()
  }
}

/** What a file has there, up to the length of the bytes to fill. */
export async function fill(file: FileHandle, bytes: Uint8Array, at: number): Promise<Uint8Array> {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/** Fewer bytes only where the file, unexpectedly, ends. */
function readBlock(file: number, buffer: Uint8Array, at: number, length: number): Uint8Array {
  let filled = 0
  while (filled < length) {
    const read = readSync(file, buffer, filled, length - filled, at + filled)
    if (read === 0) break
    filled += read
  }
  return buffer.subarray(0, filled)
}

/** A failure of the disk as an answer that names the file and the fault; anything else is passed on as it is. */
export function asUnreadable(failed: unknown, where: string): unknown {
  if (!(failed instanceof Error && 'syscall' in failed && 'code' in failed)) return failed
  const fault = FAULTS[String(failed.code)]
  if (fault !== undefined) return new Unreadable('cannot-read', where, { cause: failed, fault })
  return new Unreadable('cannot-read', `${where}, ${String(failed.code)}`, { cause: failed })
}

const FAULTS: Readonly<Record<string, ReadFault>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EISDIR: 'folder',
}
