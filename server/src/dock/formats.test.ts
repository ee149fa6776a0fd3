import * as fc from 'fast-check'
import { PieceHasher } from '@vidne/evidence/pieces'
import { describe, expect, test } from 'vitest'
import { PieceDigester, WholeDigester } from './digesting.ts'
import { levelOf } from './level.ts'
import { readMetadata } from './metadata.ts'
import { extensionOf, writePath } from './path-names.ts'
import { isRefusal } from './refusals.ts'
import { metadata, footage } from './testing/client.ts'
import { base64Bytes, bytesHeader, checksumHeader, wholeDigestHeader } from './tus-headers.ts'

describe('metadata', () => {
  test('what a browser sends is read, and what it adds is left alone', () => {
    const uppy = { filename: 'a.mp4', filetype: 'video/mp4', name: 'a.mp4', type: 'video/mp4', relativePath: 'null' }
    expect(readMetadata(metadata(uppy))).toMatchObject({
      path: { path: 'a.mp4' },
      camera: null,
      clocks: [],
      sha256: null,
    })
    expect(readMetadata(undefined)).toMatchObject({ path: { path: '', encoding: 'utf-8' } })
  })

  test('default ids name nobody', () => {
    const said = readMetadata(metadata({ camera: '0000000', wearer: '000000' }))
    expect(said).toMatchObject({ camera: null, wearer: null })
  })

  test.each([
    ['a key twice', 'path YQ==,path Yg=='],
    ['no base64', 'path a.mp4'],
    ['too much', `path ${'A'.repeat(20_000)}`],
    ['a digest of another length', metadata({ sha256: 'abcd' })],
    ['a clock without a time', metadata({ clocks: '[{"source":"mtime"}]' })],
    ['a clock with half a millisecond', metadata({ clocks: '[{"source":"mtime","at":1.5}]' })],
    ['a wall clock of another form', metadata({ clocks: '[{"source":"name","local":"yesterday"}]' })],
    ['a camera with a line break', metadata({ camera: 'a\nb' })],
    ['a path that is too long', metadata({ path: 'x'.repeat(4097) })],
  ])('%s is refused', (_, header) => {
    expect(readMetadata(header)).toMatchObject({ refused: 'metadata-unreadable' })
  })

  test('any header is read or refused', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), header => typeof readMetadata(header) === 'object'))
  })
})

describe('paths', () => {
  test('two different paths are never written the same', () => {
    const bytes = fc.uint8Array({ maxLength: 12 })
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [one, two] = [writePath(a), writePath(b)]
        const same = one.path === two.path && one.encoding === two.encoding
        expect(same).toBe(Buffer.compare(a, b) === 0)
      }),
      { numRuns: 2000, examples: [[Buffer.from('a%FF'), Buffer.from([0x61, 0xff])]] },
    )
  })

  test('extensions are short and plain, whatever the name', () => {
    expect(
      ['a.MP4', 'b/c.mov', 'x.tar.gz', 'noext', '.hidden', 'a.b c', 'a.ücü', 'a.toolongext', ''].map(extensionOf),
    ).toEqual(['mp4', 'mov', 'gz', 'bin', 'bin', 'bin', 'bin', 'bin', 'bin'])
    fc.assert(fc.property(fc.string({ unit: 'binary' }), name => /^[a-z0-9]{1,8}$/.test(extensionOf(name))))
  })
})

describe('headers', () => {
  test('a length is a whole number in plain digits', () => {
    expect(bytesHeader({ a: '12' }, 'a')).toBe(12)
    expect(bytesHeader({}, 'a')).toBeNull()
    for (const odd of ['-1', '1.5', '0x10', ' 1', '', '9007199254740993', '1e3']) {
      expect(isRefusal(bytesHeader({ a: odd }, 'a'))).toBe(true)
    }
  })

  test('a checksum names an algorithm that is known and a digest of its length', () => {
    const digest = Buffer.alloc(32, 7).toString('base64')
    expect(checksumHeader({ 'upload-checksum': `sha256 ${digest}` })).toMatchObject({ algorithm: 'sha256' })
    expect(checksumHeader({ 'upload-checksum': `sha1 ${digest}` })).toMatchObject({ refused: 'header-unreadable' })
    expect(checksumHeader({ 'upload-checksum': `md5 ${digest}` })).toMatchObject({ refused: 'algorithm-unknown' })
    expect(wholeDigestHeader({ 'repr-digest': `sha-256=:${digest}:` })).toEqual(new Uint8Array(32).fill(7))
    expect(wholeDigestHeader({ 'repr-digest': `sha-512=:${digest}:` })).toMatchObject({ refused: 'header-unreadable' })
  })

  test('base64 has one form for the same bytes', () => {
    fc.assert(
      fc.property(
        fc.string(),
        text => base64Bytes(text) === null || Buffer.from(base64Bytes(text) ?? []).toString('base64') === text,
      ),
    )
    expect(base64Bytes('YR==')).toBeNull()
  })
})

test('pieces and whole are the same however a recording is cut', () => {
  const bytes = footage(3 * 1_048_576 + 1234, 'cuts')
  const reference = new PieceHasher()
  reference.update(bytes)
  const { sha256, leaves } = reference.finish()
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 }), cuts => {
      const [pieces, whole] = [new PieceDigester(), new WholeDigester()]
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      for (const [index, from] of at.entries()) {
        const part = bytes.subarray(from, at[index + 1] ?? from)
        pieces.take(part)
        whole.take(part)
      }
      expect(Buffer.from(pieces.finish().pieces)).toEqual(Buffer.concat(leaves))
      expect(whole.finish()).toMatchObject({ bytes: bytes.length, sha256: new Uint8Array(sha256) })
    }),
    { numRuns: 30 },
  )
})

test('only a dock that was told the camera seals at the gateway', () => {
  const said = readMetadata(metadata({ camera: 'A', cameraSource: 'operator', dockSession: 's' }))
  if (isRefusal(said)) throw new Error('refused')
  expect(levelOf({ roles: ['dock'] }, said)).toBe('gateway')
  expect(levelOf({ roles: ['evidence-clerk'] }, said)).toBe('received')
  expect(levelOf({ roles: ['dock'] }, { ...said, camera: null })).toBe('received')
  expect(levelOf({ roles: ['dock'] }, { ...said, session: null })).toBe('received')
})
