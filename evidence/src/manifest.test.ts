import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from './jcs.ts'
import { decodeManifest, encodeManifest, parseManifest } from './manifest.ts'
import { PIECE_BYTES } from './pieces.ts'
import { anyJson, mutated, mutatedJson } from './testing/arbitrary.ts'
import { formatFault } from './testing/refusal.ts'

const valid = {
  v: 1,
  salt: '11'.repeat(32),
  level: 'received',
  bytes: PIECE_BYTES + 1,
  sha256: '22'.repeat(32),
  pieces: { size: PIECE_BYTES, count: 2, root: '33'.repeat(32) },
  media: { extension: 'mp4' },
}
const fault = (manifest: Json) => formatFault(() => parseManifest(manifest))

describe('a manifest', () => {
  test('comes back from its canonical text', () => {
    const text = encodeManifest(parseManifest(valid))
    expect(decodeManifest(text)).toEqual(valid)
  })

  test('has exactly its members: none missing, none more', () => {
    for (const name of Object.keys(valid)) {
      const { [name as 'v']: _, ...without } = valid
      expect(fault(without)).toBe(`missing-member manifest.${name}`)
    }
    expect(fault({ ...valid, device: 'BC-0417' })).toBe('unknown-member manifest.device')
    expect(fault({ ...valid, media: { extension: 'mp4', name: 'x' } })).toBe('unknown-member manifest.media.name')
  })

  test('counts as many pieces as its length gives', () => {
    const of = (bytes: number, count: number) => fault({ ...valid, bytes, pieces: { ...valid.pieces, count } })
    expect(of(0, 0)).toBe('accepted')
    expect(of(1, 1)).toBe('accepted')
    expect(of(PIECE_BYTES, 1)).toBe('accepted')
    for (const [bytes, count] of [
      [0, 1],
      [1, 0],
      [PIECE_BYTES, 2],
      [PIECE_BYTES + 1, 1],
    ] as const) {
      expect(of(bytes, count)).toBe('wrong-value manifest.pieces.count')
    }
  })

  test.each<[string, Json]>([
    ['v', { ...valid, v: 2 }],
    ['salt', { ...valid, salt: '11'.repeat(16) }],
    ['level', { ...valid, level: 'device' }],
    ['bytes', { ...valid, bytes: -1 }],
    ['sha256', { ...valid, sha256: 'AA'.repeat(32) }],
    ['pieces.size', { ...valid, pieces: { ...valid.pieces, size: 4096 } }],
    ['media.extension', { ...valid, media: { extension: '../x' } }],
    ['media.extension', { ...valid, media: { extension: 'MP4' } }],
    ['media.extension', { ...valid, media: { extension: '' } }],
  ])('with a wrong %s is refused there', (where, manifest) => {
    expect(fault(manifest)).toBe(`wrong-value manifest.${where}`)
  })

  test('is refused by name, never by another error, whatever is offered', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, mutatedJson(valid)), value => fault(value) !== ''),
      { numRuns: 2000 },
    )
    const text = encodeManifest(parseManifest(valid))
    fc.assert(
      fc.property(mutated(text), changed => {
        const outcome = formatFault(() => expect(encodeManifest(decodeManifest(changed))).toBe(changed))
        expect(outcome).not.toBe('')
      }),
      { numRuns: 2000 },
    )
  })
})
