import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blobAad, FloeSealer, SEGMENT_BYTES } from '@vidne/evidence/floe'

// Writes floe.json: sealed blobs with fixed keys, IVs and nonces, good and broken. Run it only for a new format version.

const PLACE = { agency: filled(16, 0xa1), recording: filled(16, 0xb2), kind: 1, part: 7 }
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i)

function sealed(plain: Uint8Array, segmentBytes: number): Uint8Array {
  let drawn = 0
  const random = (bytes: number): Uint8Array => filled(bytes, 0x10 + drawn++)
  const sealer = new FloeSealer({ key: KEY, aad: blobAad(PLACE), segmentBytes, random })
  const parts = [sealer.header]
  const held = segmentBytes - 32
  let at = 0
  for (; plain.length - at > held; at += held) parts.push(sealer.sealInternal(plain.subarray(at, at + held)))
  parts.push(sealer.sealFinal(plain.subarray(at)))
  return Buffer.concat(parts)
}

function filled(bytes: number, value: number): Uint8Array {
  return new Uint8Array(bytes).fill(value)
}

/** Byte i is i mod 251. */
function counting(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => i % 251)
}

function good(segmentBytes: number, plainBytes: number): object {
  const bytes = sealed(counting(plainBytes), segmentBytes)
  const digest = createHash('sha256').update(bytes).digest('hex')
  const common = { segmentBytes, plainBytes, sealedBytes: bytes.length, sealedSha256: digest }
  return bytes.length < 4096 ? { ...common, sealed: hex(bytes) } : { ...common, header: hex(bytes.subarray(0, 74)) }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

const base = sealed(counting(70), 64)
const segment = (i: number): Uint8Array => base.subarray(74 + i * 64, 74 + (i + 1) * 64)
const header = base.subarray(0, 74)
const bad = [
  { name: 'one bit of the ciphertext', sealed: base.map((byte, i) => (i === 100 ? byte ^ 1 : byte)), because: 'altered' },
  { name: 'one bit of the header', sealed: base.map((byte, i) => (i === 12 ? byte ^ 1 : byte)), because: 'key-or-aad' },
  { name: 'two segments changed places', sealed: Buffer.concat([header, segment(1), segment(0), segment(2)]), because: 'altered' },
  { name: 'a segment left out', sealed: Buffer.concat([header, segment(1), segment(2)]), because: 'altered' },
  { name: 'cut at a segment border', sealed: base.subarray(0, 74 + 128), because: 'truncated' },
  { name: 'cut inside the last segment', sealed: base.subarray(0, base.length - 1), because: 'truncated' },
  { name: 'one byte behind the end', sealed: Buffer.concat([base, filled(1, 0)]), because: 'extended' },
  { name: 'another segment length', sealed: base.map((byte, i) => (i === 5 ? 65 : byte)), because: 'parameters' },
]

const vectors = {
  format: 'FLOE AES-256-GCM HKDF-Expand-SHA-384; plaintext byte i is i mod 251; the n-th draw of random bytes is 0x10 + n repeated',
  key: hex(KEY),
  agency: hex(PLACE.agency),
  recording: hex(PLACE.recording),
  kind: PLACE.kind,
  part: PLACE.part,
  aad: hex(blobAad(PLACE)),
  good: [good(64, 0), good(64, 1), good(64, 32), good(64, 33), good(64, 70), good(SEGMENT_BYTES, 5), good(SEGMENT_BYTES, 1_048_577)],
  bad: bad.map(vector => ({ ...vector, sealed: hex(vector.sealed) })),
}
writeFileSync(join(import.meta.dirname, 'floe.json'), `${JSON.stringify(vectors, null, 1)}\n`)
