import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flipped } from '../testing/arbitraries.ts'
import * as browser from './crypto.browser.ts'
import * as node from './crypto.node.ts'

const bytes = fc.uint8Array({ maxLength: 400 })
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 })
const sides = { node, browser }

describe('Node and browser', () => {
  test('export the same things of the same types', () => {
    const asNode: typeof node = browser
    const asBrowser: typeof browser = node
    expect(Object.keys(asNode).toSorted()).toEqual(Object.keys(asBrowser).toSorted())
  })

  test('share every other file: only one names anything of Node', () => {
    const files = readdirSync(import.meta.dirname).filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    const ofNode = files.filter(file =>
      /'node:|\bBuffer|process\./.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
    )
    expect(files.length).toBeGreaterThan(10)
    expect(ofNode).toEqual(['crypto.node.ts'])
  })

  test('hash alike, also a view into something larger, into plain bytes', () => {
    const property = fc.property(bytes, data => {
      const view = new Uint8Array([1, ...data, 2]).subarray(1, data.length + 1)
      const digest = node.sha256(view)
      expect(digest).toEqual(browser.sha256(view))
      expect(digest).toEqual(new Uint8Array(Buffer.from(node.sha256(data))))
      expect(Object.getPrototypeOf(digest)).toBe(Uint8Array.prototype)
    })
    fc.assert(property)
  })

  test.each(['node', 'browser'] as const)('%s draws random bytes, as many as asked', side => {
    const [a, b] = [sides[side].randomBytes(32), sides[side].randomBytes(32)]
    expect(a).toHaveLength(32)
    expect(Object.getPrototypeOf(a)).toBe(Uint8Array.prototype)
    expect(a).not.toEqual(b)
  })

  test('sign alike with Ed25519 and accept and refuse the same signatures', async () => {
    const property = fc.asyncProperty(seed, bytes, fc.nat(), async (secret, message, bit) => {
      const [a, b] = [await node.ed25519PrivateKey(secret), await browser.ed25519PrivateKey(secret)]
      expect(a.publicKey).toEqual(b.publicKey)
      const signature = await a.sign(message)
      expect(await b.sign(message)).toEqual(signature)
      for (const side of [node, browser]) {
        const key = await side.ed25519PublicKey(a.publicKey)
        expect(await key.verify(message, signature)).toBe(true)
        expect(await key.verify(message, flipped(signature, bit))).toBe(false)
        expect(await key.verify(new Uint8Array([...message, 0]), signature)).toBe(false)
      }
    })
    await fc.assert(property, { numRuns: 60 })
  })

  test('make the same ML-DSA-44 key of a seed, and each accepts what the other signs', async () => {
    const property = fc.asyncProperty(seed, bytes, fc.nat(), async (secret, message, bit) => {
      const [a, b] = [await node.mlDsa44PrivateKey(secret), await browser.mlDsa44PrivateKey(secret)]
      expect(a.publicKey).toHaveLength(1312)
      expect(a.publicKey).toEqual(b.publicKey)
      for (const signature of [await a.sign(message), await b.sign(message)]) {
        expect(signature).toHaveLength(2420)
        for (const side of [node, browser]) {
          const key = await side.mlDsa44PublicKey(a.publicKey)
          expect(await key.verify(message, signature)).toBe(true)
          expect(await key.verify(message, flipped(signature, bit))).toBe(false)
          expect(await key.verify(new Uint8Array([...message, 0]), signature)).toBe(false)
        }
      }
    })
    await fc.assert(property, { numRuns: 8 })
  })

  test('answer false to public keys and signatures that are noise, alike', async () => {
    const raw = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const noise = fc.oneof(fc.uint8Array({ minLength: 64, maxLength: 64 }), bytes)
    const property = fc.asyncProperty(raw, noise, bytes, async (publicKey, signature, message) => {
      for (const side of [node, browser]) {
        const key = await side.ed25519PublicKey(publicKey)
        expect(await key.verify(message, signature)).toBe(false)
      }
    })
    await fc.assert(property, { numRuns: 200 })
    const lattice = fc.tuple(
      fc.uint8Array({ minLength: 1312, maxLength: 1312 }),
      fc.uint8Array({ minLength: 2420, maxLength: 2420 }),
    )
    const latticeProperty = fc.asyncProperty(lattice, bytes, async ([publicKey, signature], message) => {
      for (const side of [node, browser]) {
        const key = await side.mlDsa44PublicKey(publicKey)
        expect(await key.verify(message, signature)).toBe(false)
      }
    })
    await fc.assert(latticeProperty, { numRuns: 15 })
  })

  test('answer false to a signature of the wrong length', async () => {
    for (const side of [node, browser]) {
      const ed25519 = await side.ed25519PublicKey((await side.ed25519PrivateKey(new Uint8Array(32))).publicKey)
      const mlDsa44 = await side.mlDsa44PublicKey((await side.mlDsa44PrivateKey(new Uint8Array(32))).publicKey)
      for (const length of [0, 63, 65, 2419, 2421]) {
        expect(await ed25519.verify(new Uint8Array(3), new Uint8Array(length))).toBe(false)
        expect(await mlDsa44.verify(new Uint8Array(3), new Uint8Array(length))).toBe(false)
      }
    }
  })

  // RFC 8032 section 5.1.7 demands 0 <= S < L; without it every signature has a second spelling.
  test('refuse an Ed25519 signature whose second half was raised by the group order', async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const secret = await node.ed25519PrivateKey(new Uint8Array(32).fill(5))
    const message = new Uint8Array([1, 2, 3])
    const signature = await secret.sign(message)
    const s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`) + order
    const raised = new Uint8Array(Buffer.from(s.toString(16).padStart(64, '0'), 'hex')).toReversed()
    const second = new Uint8Array([...signature.subarray(0, 32), ...raised])
    for (const side of [node, browser]) {
      const key = await side.ed25519PublicKey(secret.publicKey)
      expect(await key.verify(message, signature)).toBe(true)
      expect(await key.verify(message, second)).toBe(false)
    }
  })
})
