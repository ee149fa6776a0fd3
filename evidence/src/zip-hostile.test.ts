import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32 } from './crc32.ts'
import { CENTRAL_BYTES, encodeCentral, encodeEnd, encodeLocal, END_BYTES, LOCAL_BYTES } from './zip-format.ts'
import { openZip, readZipFile } from './zip-reader.ts'
import { ZipRefused } from './zip-refused.ts'
import { writeZip, zipEntry } from './zip-writer.ts'
import type { EntryRecord } from './zip-format.ts'
import type { ZipSource } from './zip-reader.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const TIME = { date: 0x5d75, time: 0x6dad }

// Two files: 'a.txt' (header 35, 5 bytes) at 0, 'b.txt' (35, 6) at 40; the directory at 81.
const GOOD = await goodZip()
const CENTRAL_A = 81
const CENTRAL_B = CENTRAL_A + CENTRAL_BYTES + 5
const END = CENTRAL_B + CENTRAL_BYTES + 5

describe('a ZIP is refused by name when', () => {
  test('(the untouched one is not)', async () => {
    expect(GOOD.length).toBe(END + END_BYTES)
    expect([...(await openZip(sourceOf(GOOD))).keys()]).toEqual(['a.txt', 'b.txt'])
  })

  test('it is something else, or nothing', async () => {
    expect(await refusal(new Uint8Array(0))).toBe('not-a-zip')
    expect(await refusal(utf8('this is not a ZIP, whatever it is called'))).toBe('not-a-zip')
    expect(await refusal(GOOD.subarray(0, END))).toBe('not-a-zip')
  })

  test('something stands before, behind or between', async () => {
    const one = new Uint8Array(1)
    expect(await refusal(Buffer.concat([GOOD, one]))).toBe('trailing-bytes')
    expect(await refusal(Buffer.concat([GOOD, utf8('x'.repeat(60_000))]))).toBe('trailing-bytes')
    expect(await refusal(Buffer.concat([one, GOOD]))).toBe('gap')
    expect(await refusal(build([{ name: 'a', content: 'x' }], { lead: 7 }))).toBe('leading-bytes')
    expect(
      await refusal(
        build([
          { name: 'a', content: 'x' },
          { name: 'b', content: 'y', gap: 3 },
        ]),
      ),
    ).toBe('gap')
    expect(await refusal(build([{ name: 'a', content: 'x' }], { tail: 9 }))).toBe('gap')
  })

  test('it carries a comment', async () => {
    const commented = Buffer.concat([GOOD, utf8('hi')])
    commented.writeUInt16LE(2, END + 20)
    expect(await refusal(commented)).toBe('trailing-bytes')
  })

  test('two entries share bytes (the bomb that needs no compression)', async () => {
    const record = recordOf('a.txt', utf8('hello'), 0)
    const local = encodeLocal(record)
    const body = Buffer.concat([local, utf8('hello')])
    const directory = Buffer.concat([encodeCentral(record), encodeCentral({ ...record, name: 'b.txt' })])
    const end = encodeEnd({ entries: 2, bytes: directory.length, offset: body.length })
    expect(await refusal(Buffer.concat([body, directory, end]))).toBe('overlap')
  })

  test('an entry reaches into the directory', async () => {
    expect(
      await refusal(
        patch([
          [CENTRAL_B + 20, 7],
          [CENTRAL_B + 24, 7],
          [40 + 18, 7],
          [40 + 22, 7],
        ]),
      ),
    ).toBe('overlap')
  })

  test('a name leaves the folder it is unpacked to, or means something to Windows', async () => {
    const names = [
      '/abs',
      '../up',
      'a/../../b',
      'a\\b',
      'C:x',
      'a//b',
      './a',
      'a/.',
      'dir/',
      'nul\u0000',
      'a:stream',
      'dot./x',
      'a ',
    ]
    for (const name of names) {
      expect({ name, refused: await refusal(build([{ name, content: '' }])) }).toEqual({ name, refused: 'unsafe-name' })
    }
  })

  test('a name is not UTF-8, empty or too long', async () => {
    expect(
      await refusal(
        patch([
          [CENTRAL_A + CENTRAL_BYTES, 0xff],
          [LOCAL_BYTES, 0xff],
        ]),
      ),
    ).toBe('unsafe-name')
    expect(await refusal(build([{ name: '', content: '' }]))).toBe('unsafe-name')
    expect(await refusal(build([{ name: 'x'.repeat(1025), content: '' }]))).toBe('unsafe-name')
    expect(
      await refusal(
        patch([
          [CENTRAL_B + 28, 0],
          [CENTRAL_B + 29, 3],
        ]),
      ),
    ).toBe('unsafe-name')
  })

  test('two names are one file on some file system', async () => {
    const pairs = [
      ['a', 'a'],
      ['a', 'A'],
      ['\u00e9', 'e\u0301'],
      ['\u212b', '\u00e5'],
      ['x', 'x/y'],
      ['x/y', 'X'],
      ['\ufb01', 'fi'],
      ['\u210c', 'h'],
    ]
    for (const names of pairs) {
      expect(await refusal(build(names.map(name => ({ name, content: name }))))).toBe('duplicate-name')
    }
  })

  test('an entry is compressed', async () => {
    expect(
      await refusal(
        patch([
          [CENTRAL_A + 10, 8],
          [8, 8],
        ]),
      ),
    ).toBe('compressed')
    expect(
      await refusal(
        patch([
          [CENTRAL_A + 24, 200],
          [22, 200],
        ]),
      ),
    ).toBe('compressed')
  })

  test('an entry is encrypted, or its directory is', async () => {
    expect(
      await refusal(
        patch([
          [CENTRAL_A + 8, 1],
          [6, 1],
        ]),
      ),
    ).toBe('encrypted')
    expect(
      await refusal(
        patch([
          [CENTRAL_A + 8, 0x40],
          [6, 0x40],
        ]),
      ),
    ).toBe('encrypted')
    expect(
      await refusal(
        patch([
          [CENTRAL_A + 9, 0x28],
          [7, 0x28],
        ]),
      ),
    ).toBe('encrypted')
  })

  test('an entry has its length behind it', async () => {
    expect(
      await refusal(
        patch([
          [CENTRAL_A + 8, 8],
          [6, 8],
        ]),
      ),
    ).toBe('data-descriptor')
  })

  test('it is spread over disks', async () => {
    expect(await refusal(patch([[CENTRAL_A + 34, 1]]))).toBe('multi-disk')
    expect(await refusal(patch([[END + 4, 1]]))).toBe('multi-disk')
    expect(await refusal(patch([[END + 6, 1]]))).toBe('multi-disk')
  })

  test('an entry is a link, a device or set-uid', async () => {
    expect(await refusal(patch([[CENTRAL_A + 41, 0xa1]]))).toBe('not-a-file')
    expect(await refusal(patch([[CENTRAL_A + 41, 0x89]]))).toBe('not-a-file')
    expect(await refusal(patch([[CENTRAL_A + 38, 0x10]]))).toBe('not-a-file')
  })

  test('the header before the content says something else than the directory', async () => {
    for (let at = 0; at < LOCAL_BYTES + 5; at++) {
      expect(await refusal(patch([[at, GOOD[at]! ^ 1]])), `byte ${at}`).toBe('local-differs')
    }
  })

  test('the directory counts wrong, is cut, or begins elsewhere', async () => {
    expect(
      await refusal(
        patch([
          [END + 8, 3],
          [END + 10, 3],
        ]),
      ),
    ).toBe('directory-malformed')
    expect(await refusal(patch([[END + 8, 1]]))).toBe('directory-malformed')
    expect(await refusal(patch([[END + 12, GOOD[END + 12]! - 1]]))).toBe('gap')
    expect(await refusal(patch([[END + 12, GOOD[END + 12]! + 1]]))).toBe('truncated')
    expect(
      await refusal(
        patch([
          [END + 16, 82],
          [END + 12, GOOD[END + 12]! - 1],
        ]),
      ),
    ).toBe('directory-malformed')
    expect(await refusal(GOOD.subarray(1))).toBe('truncated')
  })

  test('the directory carries fields or comments of its own', async () => {
    expect(await refusal(patch([[CENTRAL_B + 30, 4]]))).toBe('directory-malformed')
    expect(await refusal(patch([[CENTRAL_B + 32, 4]]))).toBe('directory-malformed')
    expect(await refusal(patch([[CENTRAL_B + 36, 1]]))).toBe('directory-malformed')
    expect(await refusal(patch([[CENTRAL_B + 4, 0]]))).toBe('directory-malformed')
  })

  test('a size is above 2^53, or a ZIP64 field stands where none is needed', async () => {
    const huge = { ...recordOf('a', utf8(''), 0), bytes: 2 ** 53 }
    const directory = encodeCentral(huge)
    const end = encodeEnd({ entries: 1, bytes: directory.length, offset: 0 })
    expect(await refusal(Buffer.concat([directory, end]))).toBe('too-large')
    const larger = { ...huge, bytes: 2 ** 53 - 2 }
    const wide = Buffer.from(encodeCentral(larger))
    expect(await refusal(Buffer.concat([wide, end]))).toBe('local-differs')
    wide.writeBigUInt64LE(5n, CENTRAL_BYTES + 1 + 4)
    wide.writeBigUInt64LE(5n, CENTRAL_BYTES + 1 + 12)
    expect(await refusal(Buffer.concat([wide, end]))).toBe('directory-malformed')
    const end64 = encodeEnd({ entries: 70_000, bytes: 2 ** 53, offset: 0 })
    expect(await refusal(end64)).toBe('too-large')
    const small = Buffer.from(encodeEnd({ entries: 70_000, bytes: 0, offset: 0 }))
    small.writeBigUInt64LE(5n, 24)
    small.writeBigUInt64LE(5n, 32)
    expect(await refusal(small)).toBe('directory-malformed')
  })

  test('the content is not what its CRC-32 says', async () => {
    const source = sourceOf(patch([[36, 0]]))
    const files = await openZip(source)
    await expect(readZipFile(source, files.get('a.txt')!, 100)).rejects.toMatchObject({
      code: 'checksum',
      where: 'a.txt',
    })
  })

  test('the source ends early although it says otherwise', async () => {
    for (const length of [0, 30, 60, 100, GOOD.length - 1]) {
      const cut = GOOD.subarray(0, length)
      const read = async (offset: number, count: number) => cut.subarray(offset, offset + count)
      await expect(openZip({ size: GOOD.length, read })).rejects.toThrow(ZipRefused)
    }
  })
})

test('whatever is changed in the framing, the answer is a refusal by name', async () => {
  const framing = [...range(0, 35), ...range(40, 75), ...range(CENTRAL_A, GOOD.length)]
  for (const at of framing) {
    for (const flip of [1, 0x80, 0xff]) {
      expect(await refusal(patch([[at, GOOD[at]! ^ flip]])), `byte ${at}`).not.toBeNull()
    }
  }
})

test('random bytes never do anything but be refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(GOOD.length), async (noise, at) => {
      expect(await refusal(noise)).not.toBeNull()
      const mixed = Uint8Array.from(GOOD)
      mixed.set(noise.subarray(0, Math.min(noise.length, GOOD.length - at)), at)
      await refusal(mixed)
    }),
    { numRuns: 500 },
  )
})

async function goodZip(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  const entries = [zipEntry('a.txt', utf8('hello')), zipEntry('b.txt', utf8('world!'))]
  for await (const chunk of writeZip(entries, { at: Date.UTC(2026, 10, 21) })) chunks.push(chunk)
  return Uint8Array.from(Buffer.concat(chunks))
}

function patch(changes: readonly (readonly [number, number])[]): Uint8Array {
  const bytes = Uint8Array.from(GOOD)
  for (const [at, value] of changes) bytes[at] = value
  return bytes
}

function recordOf(name: string, content: Uint8Array, offset: number): EntryRecord {
  return { name, bytes: content.length, crc32: crc32(content), time: TIME, offset }
}

/** A ZIP with whatever names, not checked as the writer would. */
function build(
  files: { name: string; content: string; gap?: number }[],
  p: { lead?: number; tail?: number } = {},
): Uint8Array {
  const parts: Uint8Array[] = [new Uint8Array(p.lead ?? 0)]
  const directory: Uint8Array[] = []
  let offset = p.lead ?? 0
  for (const { name, content, gap = 0 } of files) {
    offset += gap
    const record = recordOf(name, utf8(content), offset)
    const local = encodeLocal(record)
    parts.push(new Uint8Array(gap), local, utf8(content))
    directory.push(encodeCentral(record))
    offset += local.length + utf8(content).length
  }
  const central = Buffer.concat(directory)
  offset += p.tail ?? 0
  const end = encodeEnd({ entries: files.length, bytes: central.length, offset })
  return Buffer.concat([...parts, new Uint8Array(p.tail ?? 0), central, end])
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

function sourceOf(bytes: Uint8Array): ZipSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) }
}

async function refusal(bytes: Uint8Array): Promise<string | null> {
  try {
    await openZip(sourceOf(bytes))
    return null
  } catch (error) {
    if (error instanceof ZipRefused) return error.code
    throw error
  }
}
