import { closeSync, openSync, readSync } from 'node:fs'
import { Unreadable } from './verdict.ts'

/** A stretch of a file on a disk. */
export type Stretch = { path: string; offset: number; bytes: number }

/**
 * Reads a stretch in blocks into one buffer, so that memory stays flat. `each` is given every block from the `first` on, every
 * `step`-th, and where in the stretch it begins; it must be done with the bytes when it returns.
 */
export async function readBlocks(
  { path, offset, bytes }: Stretch,
  { blockBytes, first, step }: { blockBytes: number; first: number; step: number },
  each: (block: Uint8Array, from: number) => void | Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(blockBytes)
  const file = openSync(path, 'r')
  try {
    for (let from = first * blockBytes; from < bytes; from += step * blockBytes)
      await each(readBlock(file, buffer, offset + from, Math.min(blockBytes, bytes - from)), from)
  } finally {
    closeSync(file)
  }
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

/** A failure of the disk as an answer that names the file; anything else is passed on as it is. */
export function asUnreadable(failed: unknown, where: string): unknown {
  return failed instanceof Error && 'syscall' in failed ? new Unreadable('cannot-read', where, failed) : failed
}
