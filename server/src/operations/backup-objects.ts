import { formatMark, MARK } from '../platform/objects/marker.ts'
import type { Objects } from '../platform/objects/objects.ts'
import { severalAtOnce } from '../platform/several-at-once.ts'
import type { Put } from './put.ts'

/** Where a backup keeps how far its objects had come. */
export const MARK_IN_BACKUP = `objects/${MARK}`

const PIECE_BYTES = 4 * 1024 * 1024
/** Each waits for the disk most of its time. */
const AT_ONCE = 4

/** Copies every object. They are ciphertext under keys that only the vault has. */
export async function backupObjects(
  objects: Objects,
  put: Put,
  onProgress: (done: number, total: number) => void,
): Promise<{ files: number; bytes: number }> {
  // Before the list is made: a store made from this backup must not seem to have come further than it has.
  const mark = await objects.mark()
  const waiting: { name: string; bytes: number }[] = []
  for await (const name of objects.list()) {
    const bytes = await objects.size(name)
    if (bytes !== null) waiting.push({ name, bytes })
  }
  const total = waiting.reduce((sum, one) => sum + one.bytes, 0)
  const copied = { files: 0, bytes: 0 }
  await severalAtOnce(waiting, AT_ONCE, async ({ name, bytes }) => {
    if ((await objects.size(name)) === null) return // deleted meanwhile, on time
    await put(`objects/${name}`, piecesOf(objects, name, bytes))
    copied.files += 1
    copied.bytes += bytes
    onProgress(copied.bytes, total)
  })
  if (mark !== null) await put(MARK_IN_BACKUP, [formatMark(mark)])
  return copied
}

async function* piecesOf(objects: Objects, name: string, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; at += PIECE_BYTES) yield objects.read(name, at, Math.min(PIECE_BYTES, bytes - at))
}
