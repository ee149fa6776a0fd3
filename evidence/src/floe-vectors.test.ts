import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import vectors from '../../vectors/evidence/floe.json' with { type: 'json' }
import { blobAad, FloeRefused, FloeSealer, openMessage, sealedLength } from './floe.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const aad = blobAad({
  agency: bytes(vectors.agency),
  recording: bytes(vectors.recording),
  kind: vectors.kind,
  part: vectors.part,
})
const key = bytes(vectors.key)

describe('the sealed blobs of our own vectors', () => {
  test('the associated data are as written down', () => {
    expect(Buffer.from(aad).toString('hex')).toBe(vectors.aad)
  })

  test.each(vectors.good)('$plainBytes bytes in segments of $segmentBytes', vector => {
    const plain = Uint8Array.from({ length: vector.plainBytes }, (_, i) => i % 251)
    const sealed = sealFixed(plain, vector.segmentBytes)
    expect(createHash('sha256').update(sealed).digest('hex')).toBe(vector.sealedSha256)
    expect(sealed.length).toBe(vector.sealedBytes)
    expect(sealedLength(plain.length, vector.segmentBytes)).toBe(vector.sealedBytes)
    const opened = openMessage({
      key,
      aad,
      sealed: vector.sealed ? bytes(vector.sealed) : sealed,
      segmentBytes: vector.segmentBytes,
    })
    expect(Buffer.compare(opened, plain)).toBe(0)
  })

  test.each(vectors.bad)('refused as $because: $name', vector => {
    const open = () => openMessage({ key, aad, sealed: bytes(vector.sealed), segmentBytes: 64 })
    expect(open).toThrow(FloeRefused)
    expect(open).toThrow(vector.because)
  })
})

function sealFixed(plain: Uint8Array, segmentBytes: number): Uint8Array {
  let drawn = 0
  const random = (count: number) => new Uint8Array(count).fill(0x10 + drawn++)
  const sealer = new FloeSealer({ key, aad, segmentBytes, random })
  const held = segmentBytes - 32
  const parts = [sealer.header]
  let at = 0
  for (; plain.length - at > held; at += held) parts.push(sealer.sealInternal(plain.subarray(at, at + held)))
  return Buffer.concat([...parts, sealer.sealFinal(plain.subarray(at))])
}
