import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { crc32, crc32Behind } from './crc32.ts'
import { openZip, readZipFile } from './zip-reader.ts'
import { writeZip, zipCrc32, zipEntry, zipLength } from './zip-writer.ts'
import type { ZipSource } from './zip-reader.ts'
import type { ZipEntry } from './zip-writer.ts'

const AT = Date.UTC(2026, 10, 21, 13, 45, 30)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const folder = mkdtempSync(join(tmpdir(), 'vidne-zip-'))
afterAll(() => rmSync(folder, { recursive: true }))

const noPython = spawnSync('python3', ['--version']).status === 0 ? null : 'there is no python3'
const withoutPython = leftOut('other people’s ZIP readers', noPython)

test('the CRC-32 of two parts is known from theirs, whatever their lengths', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), (one, two) => {
      expect(crc32Behind(crc32(one), crc32(two), two.length)).toBe(crc32(two, crc32(one)))
    }),
  )
  // 5 GiB of zeros behind one letter: both numbers are those of Python's zlib.
  expect(crc32Behind(crc32(utf8('a')), 423_114_947, 5 * 2 ** 30)).toBe(586_633_510)
})

describe('a ZIP that we write', () => {
  test('opens again with every file as it was put in, and is as long as announced', async () => {
    const entry = fc.record({
      name: fc.stringMatching(/^[a-zæøå0-9_-]{1,20}(\/[a-z0-9_-]{1,8}){0,3}$/u),
      content: fc.uint8Array({ maxLength: 300 }),
    })
    const files = fc.uniqueArray(entry, { maxLength: 8, selector: file => file.name.split('/')[0] })
    await fc.assert(
      fc.asyncProperty(files, async given => {
        const entries = given.map(file => zipEntry(file.name, file.content))
        const zip = await written(entries)
        expect(zip.length).toBe(zipLength(entries))
        expect(zipCrc32(entries, { at: AT })).toBe(crc32(zip))
        const source = sourceOf(zip)
        const found = await openZip(source)
        expect([...found.keys()]).toEqual(given.map(file => file.name))
        for (const { name, content } of given) {
          expect([...(await readZipFile(source, found.get(name)!, 300))]).toEqual([...content])
        }
      }),
    )
  })

  test('is the same bytes for the same files and the same time', async () => {
    const entries = [zipEntry('a.txt', utf8('one')), zipEntry('b/c.txt', utf8('two'))]
    expect(await written(entries)).toEqual(await written(entries))
    expect(Buffer.compare(await written(entries), await written(entries, AT + 2000))).not.toBe(0)
  })

  test('is not made of unsafe or equal names', async () => {
    const unsafe = [
      '/etc/passwd',
      '../up',
      'a/../b',
      'a//b',
      'a\\b',
      'c:x',
      '',
      'a/',
      './a',
      'a\nb',
      'nul\0',
      'dot.',
      'end ',
      'a\ud800',
    ]
    for (const name of unsafe) await expect(written([zipEntry(name, utf8(''))])).rejects.toThrow(RangeError)
    await expect(written([zipEntry('x'.repeat(1025), utf8(''))])).rejects.toThrow(RangeError)
    const pairs = [
      ['a', 'a'],
      ['Ä', 'ä'],
      ['\u00e9', 'e\u0301'],
      ['a', 'a/b'],
      ['a/b', 'A'],
      ['stra\u00dfe', 'STRASSE'],
    ]
    for (const pair of pairs) {
      await expect(written(pair.map(name => zipEntry(name, utf8(''))))).rejects.toThrow(RangeError)
    }
  })

  test('breaks off when a file turns out longer or shorter than it said', async () => {
    for (const bytes of [2, 4]) {
      await expect(written([{ name: 'a', bytes, crc32: 0, content: () => [utf8('123')] }])).rejects.toThrow('length')
    }
  })

  test('reads no file before its turn', async () => {
    const opened: string[] = []
    const entry = (name: string): ZipEntry => ({
      ...zipEntry(name, utf8(name)),
      content: () => (opened.push(name), [utf8(name)]),
    })
    for await (const chunk of writeZip([entry('a'), entry('b')], { at: AT })) {
      if (Buffer.from(chunk).equals(utf8('a'))) expect(opened).toEqual(['a'])
    }
    expect(opened).toEqual(['a', 'b'])
  })
})

describe('a ZIP above 4 GiB', () => {
  const GIB5 = 5 * 1024 ** 3
  const entries: ZipEntry[] = [
    zipEntry('first.txt', utf8('first')),
    { name: 'large.bin', bytes: GIB5, crc32: 0x12345678, content: () => zeros(GIB5) },
    zipEntry('behind.txt', utf8('behind the large one')),
  ]

  test('opens again, sizes and offsets whole', async () => {
    const { source, length } = await sparse(entries)
    expect(length).toBe(zipLength(entries))
    const files = await openZip(source)
    expect(files.get('large.bin')).toMatchObject({ bytes: GIB5, crc32: 0x12345678 })
    expect(files.get('behind.txt')!.at).toBeGreaterThan(GIB5)
    expect(Buffer.from(await readZipFile(source, files.get('behind.txt')!, 100)).toString()).toBe(
      'behind the large one',
    )
    await expect(readZipFile(source, files.get('large.bin')!, 1000)).rejects.toThrow(RangeError)
  })

  test.skipIf(withoutPython)('is read by Python’s zipfile', async () => {
    const { chunks, length } = await sparse(entries)
    const path = join(folder, 'large.zip')
    const fd = openSync(path, 'w')
    ftruncateSync(fd, length)
    for (const { at, bytes } of chunks) writeSync(fd, bytes, 0, bytes.length, at)
    closeSync(fd)
    const script = `import zipfile,sys
z=zipfile.ZipFile(sys.argv[1])
print([(i.filename,i.file_size) for i in z.infolist()], z.read('behind.txt'), z.read('first.txt'))`
    expect(python(['-c', script, path])).toBe(
      `[('first.txt', 5), ('large.bin', ${GIB5}), ('behind.txt', 20)] b'behind the large one' b'first'\n`,
    )
  })
})

describe('a ZIP of 70 000 files', () => {
  const entries = Array.from({ length: 70_000 }, (_, i) =>
    zipEntry(`events/${String(i).padStart(6, '0')}`, utf8(`${i}`)),
  )

  test('opens again', async () => {
    const zip = await written(entries)
    expect(zip.length).toBe(zipLength(entries))
    const files = await openZip(sourceOf(zip))
    expect(files.size).toBe(70_000)
    await expect(openZip(sourceOf(zip), { entries: 69_999 })).rejects.toMatchObject({ code: 'too-many-entries' })
    await expect(openZip(sourceOf(zip), { directoryBytes: 1000 })).rejects.toMatchObject({
      code: 'directory-too-large',
    })
  })

  test.skipIf(withoutPython)('passes Python’s own test of a ZIP', async () => {
    const path = join(folder, 'many.zip')
    writeFileSync(path, await written(entries))
    expect(python(['-m', 'zipfile', '-t', path])).toBe('Done testing\n')
  })
})

describe.skipIf(withoutPython)('other people’s readers', () => {
  test('find names, times and contents', async () => {
    const path = join(folder, 'small.zip')
    writeFileSync(path, await written([zipEntry('data/æøå 😀.txt', utf8('blåbær')), zipEntry('tom', utf8(''))]))
    const script = `import zipfile,sys
z=zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(ascii([(i.filename,i.date_time,i.compress_type,oct(i.external_attr>>16)) for i in z.infolist()]), ascii(z.read('data/æøå 😀.txt').decode()))`
    expect(python(['-c', script, path])).toBe(
      "[('data/\\xe6\\xf8\\xe5 \\U0001f600.txt', (2026, 11, 21, 13, 45, 30), 0, '0o100644'), ('tom', (2026, 11, 21, 13, 45, 30), 0, '0o100644')] 'bl\\xe5b\\xe6r'\n",
    )
    const unzip = spawnSync('unzip', ['-tqq', path])
    if (unzip.error === undefined) expect(unzip.status).toBe(0)
  })

  test('and what they write compressed is refused by us', async () => {
    const script = `import zipfile,sys
with zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED) as z: z.writestr('a.txt','a'*1000)`
    const path = join(folder, 'deflated.zip')
    python(['-c', script, path])
    await expect(openZip(fileSource(path))).rejects.toMatchObject({ code: 'compressed' })
  })
})

test('the CRC-32 is the one of ISO 3309, also in parts', () => {
  expect(crc32(utf8('123456789'))).toBe(0xcbf43926)
  expect(crc32(utf8('6789'), crc32(utf8('12345')))).toBe(0xcbf43926)
  expect(crc32(new Uint8Array(0))).toBe(0)
})

async function written(entries: readonly ZipEntry[], at = AT): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of writeZip(entries, { at })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function sourceOf(bytes: Uint8Array): ZipSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) }
}

function fileSource(path: string): ZipSource {
  const { stdout } = spawnSync('cat', [path], { maxBuffer: 2 ** 24 })
  return sourceOf(stdout)
}

const MIB = new Uint8Array(1024 * 1024)
function* zeros(bytes: number): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= MIB.length) yield MIB.subarray(0, Math.min(left, MIB.length))
}

/** Keeps everything but the zeros. */
async function sparse(entries: readonly ZipEntry[]) {
  const chunks: { at: number; bytes: Uint8Array }[] = []
  let length = 0
  for await (const bytes of writeZip(entries, { at: AT })) {
    if (bytes.buffer !== MIB.buffer) chunks.push({ at: length, bytes })
    length += bytes.length
  }
  const read = async (offset: number, count: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(count, length - offset)))
    for (const chunk of chunks) {
      const start = Math.max(chunk.at, offset)
      const end = Math.min(chunk.at + chunk.bytes.length, offset + bytes.length)
      if (start < end) bytes.set(chunk.bytes.subarray(start - chunk.at, end - chunk.at), start - offset)
    }
    return bytes
  }
  return { chunks, length, source: { size: length, read } }
}

function python(args: string[]): string {
  const { stdout, stderr, status } = spawnSync('python3', args, {
    encoding: 'utf8',
    env: { ...process.env, PYTHONUTF8: '1' },
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
