import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PartFile, Scratches } from './part-file.ts'

const MIB = 1_048_576
const DIRECT = constants.O_WRONLY | (constants.O_DIRECT ?? 0)
let folder = ''
const open: number[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-part-file-'))
})
afterEach(() => {
  for (const fd of open.splice(0)) closeSync(fd)
  rmSync(folder, { recursive: true })
})

function opened(flags: number): number {
  const fd = openSync(join(folder, 'part'), flags | constants.O_CREAT, 0o600)
  open.push(fd)
  return fd
}

/** Bytes that differ at every place, so that one at a wrong place shows. */
function stretch(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (from + at) % 251)
}

/** Writes pieces of these lengths, each begun before the ones before it are on the disk, and compares what the file holds. */
async function written(file: PartFile, lengths: readonly number[]): Promise<void> {
  const scratches = new Scratches({ count: 3, bytes: 2 * MIB })
  const writes: Promise<void>[] = []
  let from = 0
  for (const [at, length] of lengths.entries()) {
    const scratch = await scratches.take()
    const begin = file.begin(scratch)
    scratch.set(stretch(from, length), begin)
    writes.push(file.write(scratch, begin + length, at === lengths.length - 1).finally(() => scratches.give(scratch)))
    from += length
  }
  await Promise.all(writes)
  expect(Buffer.compare(readFileSync(join(folder, 'part')), stretch(0, from))).toBe(0)
}

const SEGMENTS = [74 + MIB + 32, MIB + 32, MIB + 32, MIB + 32, MIB + 32, 4000]

describe('a file being filled', () => {
  test.each([
    ['segments', SEGMENTS],
    ['less than a block', [10]],
    ['nothing', [0]],
    ['whole blocks', [4096, 8192]],
    ['a rest that is carried over again and again', [100, 100, 100, 4000, 90, 8100]],
    ['a last piece that is empty', [5000, 0]],
  ])('past the page cache holds %s in their order', async (_, lengths) => {
    await written(
      new PartFile({ fd: opened(constants.O_WRONLY), direct: { fd: opened(DIRECT), blockBytes: 4096 } }),
      lengths,
    )
  })

  test('holds the same where the system has nothing that goes past the page cache', async () => {
    await written(new PartFile({ fd: opened(constants.O_WRONLY), direct: null }), SEGMENTS)
  })

  test('holds the same where the disk wants larger blocks than were thought', async () => {
    await written(
      new PartFile({ fd: opened(constants.O_WRONLY), direct: { fd: opened(DIRECT), blockBytes: 1 } }),
      SEGMENTS,
    )
  })

  test('is refused where the disk is full, and not tried another way', async () => {
    const full = openSync('/dev/full', 'w')
    open.push(full)
    const file = new PartFile({ fd: opened(constants.O_WRONLY), direct: { fd: full, blockBytes: 4096 } })
    await expect(written(file, [MIB])).rejects.toThrow('ENOSPC')
  })
})

test('a scratch memory is handed to who waits, and never to two', async () => {
  const scratches = new Scratches({ count: 1, bytes: 10 })
  const first = await scratches.take()
  let second: Uint8Array | null = null
  const waiting = scratches.take().then(scratch => (second = scratch))
  await new Promise(setImmediate)
  expect(second).toBeNull()
  scratches.give(first)
  expect(await waiting).toBe(first)
})
