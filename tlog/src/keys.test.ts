import { describe, expect, test } from 'vitest'
import { NOW, refusal, someone } from '../testing/people.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { CheckpointRefused, formatCheckpoint } from './checkpoint.ts'
import { mlDsa44PublicKey } from './crypto.node.ts'
import { KeyRefused, generateKey, parseVerifierKey, publicKeyOf, signerFromKey } from './keys.ts'
import { leafHash } from './merkle.ts'
import type { NoteKey } from './note.ts'

const KINDS: readonly NoteKey['kind'][] = ['ed25519', 'cosignature-ed25519', 'cosignature-ml-dsa-44']
const ROOT = leafHash(new Uint8Array([1]))
const CHECKPOINT = formatCheckpoint({ origin: 'example.com/log', size: 20_852_163, root: ROOT, extensions: [] })
const EXTENDED = formatCheckpoint({ origin: 'example.com/log', size: 20_852_163, root: ROOT, extensions: ['more'] })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe.each(KINDS)('a key of kind %s', kind => {
  test('is one text that reads back to itself, and signs what it verifies', async () => {
    const { signer, key, vkey, skey } = await someone('example.com/someone', kind)
    expect(key).toMatchObject({ name: 'example.com/someone', kind, vkey, keyId: signer.keyId })
    expect(signer).toMatchObject({ name: 'example.com/someone', vkey })
    expect(skey).not.toContain(encodeBase64(publicKeyOf(key)))
    const signature = await signer.sign(bytes(CHECKPOINT))
    const at = kind === 'ed25519' ? {} : { at: Math.floor(NOW / 1000) }
    expect(await key.verify(bytes(CHECKPOINT), signature)).toEqual({ holds: true, ...at })
  })

  test('refuses another text, another signature, and one of another length', async () => {
    const { signer, key } = await someone('example.com/someone', kind)
    const signature = await signer.sign(bytes(CHECKPOINT))
    const other = bytes(CHECKPOINT.replace('20852163', '20852164'))
    expect(await key.verify(other, signature)).toEqual({ holds: false })
    for (const at of [0, 7, 8, 40, signature.length - 1]) {
      const changed = new Uint8Array(signature)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await key.verify(bytes(CHECKPOINT), changed)).toEqual({ holds: false })
    }
    for (const length of [0, 7, 8, signature.length - 1]) {
      expect(await key.verify(bytes(CHECKPOINT), signature.subarray(0, length))).toEqual({ holds: false })
    }
    expect(await key.verify(bytes(CHECKPOINT), new Uint8Array([...signature, 0]))).toEqual({ holds: false })
  })

  test('under another name has another key ID', async () => {
    const { vkey } = await someone('example.com/someone', kind)
    expect(await refusal(() => parseVerifierKey(vkey.replace('someone', 'anyone')))).toMatchObject({ code: 'key-id' })
  })
})

describe('a cosigner', () => {
  test('signs the time, a newline and the whole checkpoint with Ed25519', async () => {
    const { signer, key } = await someone('w', 'cosignature-ed25519')
    const message = bytes(`cosignature/v1\ntime 1700000000\n${EXTENDED}`)
    const signature = await signer.sign(bytes(EXTENDED))
    expect([...signature.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0x65, 0x53, 0xf1, 0])
    const { ed25519PublicKey } = await import('./crypto.node.ts')
    const plain = await ed25519PublicKey(publicKeyOf(key))
    expect(await plain.verify(message, signature.subarray(8))).toBe(true)
    expect(await key.verify(bytes(EXTENDED), signature)).toEqual({ holds: true, at: 1_700_000_000 })
  })

  test('signs name, time, origin, size and root with ML-DSA-44', async () => {
    const { signer, key } = await someone('witness.example.com/w1', 'cosignature-ml-dsa-44')
    const signature = await signer.sign(bytes(CHECKPOINT))
    const time = [0, 0, 0, 0, 0x65, 0x53, 0xf1, 0]
    const range = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x3e, 0x2d, 0xc3]
    const [name, origin] = [bytes('witness.example.com/w1'), bytes('example.com/log')]
    const message = [...bytes('subtree/v1\n\0'), 22, ...name, ...time, 15, ...origin, ...range, ...ROOT]
    const plain = await mlDsa44PublicKey(publicKeyOf(key))
    expect(await plain.verify(new Uint8Array(message), signature.subarray(8))).toBe(true)
  })

  test.each(['cosignature-ed25519', 'cosignature-ml-dsa-44'] as const)(
    'with %s signs nothing but checkpoints',
    async kind => {
      const { signer, key } = await someone('w', kind)
      for (const text of ['hello\n', 'log\n01\nAAAA\n', '']) {
        await expect(signer.sign(bytes(text))).rejects.toThrow(CheckpointRefused)
        expect(await key.verify(bytes(text), new Uint8Array(72))).toEqual({ holds: false })
        expect(await key.verify(bytes(text), new Uint8Array(2428))).toEqual({ holds: false })
      }
      await expect(signer.sign(new Uint8Array([0xff]))).rejects.toThrow(CheckpointRefused)
      expect(await key.verify(new Uint8Array([0xff]), new Uint8Array(72))).toEqual({ holds: false })
    },
  )

  test('with ML-DSA-44 signs and accepts no extension lines, which its message leaves out', async () => {
    const { signer, key } = await someone('w', 'cosignature-ml-dsa-44')
    await expect(signer.sign(bytes(EXTENDED))).rejects.toThrow('extension')
    const signature = await signer.sign(bytes(CHECKPOINT))
    expect(await key.verify(bytes(EXTENDED), signature)).toEqual({ holds: false })
  })

  test('with ML-DSA-44 has names and origins of at most 255 bytes', async () => {
    const { signer } = await someone('é'.repeat(128), 'cosignature-ml-dsa-44')
    await expect(signer.sign(bytes(CHECKPOINT))).rejects.toThrow('255')
    const long = formatCheckpoint({ origin: 'o'.repeat(256), size: 1, root: ROOT, extensions: [] })
    await expect((await someone('w', 'cosignature-ml-dsa-44')).signer.sign(bytes(long))).rejects.toThrow('255')
  })

  test('says nothing about the time by writing 0 with ML-DSA-44, and 1970 with Ed25519', async () => {
    const lattice = await someone('w', 'cosignature-ml-dsa-44', 0)
    expect(await lattice.key.verify(bytes(CHECKPOINT), await lattice.signer.sign(bytes(CHECKPOINT)))).toEqual({
      holds: true,
    })
    const curve = await someone('w', 'cosignature-ed25519', 0)
    const verdict = await curve.key.verify(bytes(CHECKPOINT), await curve.signer.sign(bytes(CHECKPOINT)))
    expect(verdict).toEqual({ holds: true, at: 0 })
  })

  test('is not believed about a time that no number holds exactly', async () => {
    const far = await someone('w', 'cosignature-ed25519', (2 ** 53 - 1) * 1000)
    const signature = await far.signer.sign(bytes(CHECKPOINT))
    expect(await far.key.verify(bytes(CHECKPOINT), signature)).toEqual({ holds: true, at: 2 ** 53 - 1 })
    signature.fill(0xff, 0, 8)
    expect(await far.key.verify(bytes(CHECKPOINT), signature)).toEqual({ holds: false })
  })

  test('with a clock that is not one signs nothing', async () => {
    for (const now of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const { signer } = await someone('w', 'cosignature-ed25519', now)
      await expect(signer.sign(bytes(CHECKPOINT))).rejects.toThrow(RangeError)
    }
  })

  test('cannot have its key passed off as a note key, nor the other way round', async () => {
    const { signer, key } = await someone('w', 'cosignature-ed25519')
    const raw = publicKeyOf(key)
    const asNote = await someone('w', 'ed25519')
    expect(asNote.key.keyId).not.toBe(key.keyId)
    expect(await asNote.key.verify(bytes(CHECKPOINT), (await signer.sign(bytes(CHECKPOINT))).subarray(8))).toEqual({
      holds: false,
    })
    expect(raw).toHaveLength(32)
  })
})

describe('a key text', () => {
  test.each([
    ['not-a-key', ''],
    ['not-a-key', 'name'],
    ['not-a-key', 'name+00000000'],
    ['not-a-key', 'name+0000000+AQ=='],
    ['not-a-key', 'name+000000000+AQ=='],
    ['not-a-key', 'name+0000000g+AQ=='],
    ['not-a-key', 'name+0000000A+AQ=='],
    ['not-a-key', 'name+00000000+'],
    ['not-a-key', 'name+00000000+AQ'],
    ['not-a-key', 'name+00000000+A$=='],
    ['name', '+00000000+AQ=='],
    ['name', 'na me+00000000+AQ=='],
    ['name', 'na\nme+00000000+AQ=='],
    ['name', 'na\u{2003}me+00000000+AQ=='],
    ['unknown-type', 'name+00000000+AA=='],
    ['unknown-type', 'name+00000000+Ag=='],
    ['unknown-type', 'name+00000000+BQ=='],
    ['unknown-type', 'name+00000000+/w=='],
    ['length', 'name+00000000+AQ=='],
    ['length', 'name+00000000+BAAA'],
    ['length', 'name+00000000+BgAA'],
  ])('is refused as %s: %j', async (code, text) => {
    const refused = await refusal(() => parseVerifierKey(text))
    expect(refused).toBeInstanceOf(KeyRefused)
    expect(refused).toMatchObject({ code })
  })

  test('with another key ID, or one byte of the key changed, is refused', async () => {
    const { vkey } = await someone('name', 'ed25519')
    const [name, id, encoded] = [vkey.slice(0, 4), vkey.slice(5, 13), vkey.slice(14)]
    const otherId = id === '00000000' ? '00000001' : '00000000'
    expect(await refusal(() => parseVerifierKey(`${name}+${otherId}+${encoded}`))).toMatchObject({ code: 'key-id' })
    const raw = decodeBase64(encoded)!
    raw[20] = (raw[20] ?? 0) ^ 1
    expect(await refusal(() => parseVerifierKey(`${name}+${id}+${encodeBase64(raw)}`))).toMatchObject({
      code: 'key-id',
    })
  })

  test('of a secret key is refused when it is none, or belongs to another name', async () => {
    const { skey, vkey } = await someone('name', 'ed25519')
    for (const odd of [
      vkey,
      skey.slice(0, -4),
      skey.replace('+name+', '+eman+'),
      `${skey}\n`,
      ' '.concat(skey),
      'PRIVATE+KEY+',
    ]) {
      expect(await refusal(() => signerFromKey(odd))).toBeInstanceOf(KeyRefused)
    }
  })

  test('is never made under a name that no note can carry', async () => {
    for (const name of ['', 'a b', 'a+b', 'a\u{2028}b', 'a\0b', '\ud800']) {
      expect(await refusal(() => generateKey(name, 'ed25519'))).toMatchObject({ code: 'name' })
    }
  })

  test('for a log with ML-DSA-44 is of the type C2SP gives it, 0x06', async () => {
    const { skey, vkey } = await generateKey('log', 'ml-dsa-44')
    expect(parseVerifierKey(vkey).kind).toBe('cosignature-ml-dsa-44')
    expect((await signerFromKey(skey)).vkey).toBe(vkey)
  })
})
