import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixture, mutant } from './fixtures.ts'
import { readMatroska } from './matroska.ts'
import type { Fact } from './facts.ts'

const AT = Date.UTC(2026, 10, 22, 12, 0, 0)
const NANOSECONDS = BigInt(AT - Date.UTC(2001, 0, 1)) * 1_000_000n
const EBML = element('1a45dfa3', Buffer.alloc(20))
const CLUSTER = element('1f43b675', Buffer.alloc(50))

test('the date of a Matroska file is told, whether the segment’s size is known or not', () => {
  const info = element('1549a966', element('2ad7b1', Buffer.from([15, 66, 64])), date())
  const seekHead = element('114d9b74', Buffer.alloc(40))
  const expected = { name: 'created-at', value: AT, source: 'Info.DateUTC', parser: 'vidne matroska 1' }
  expect(told(EBML, element('18538067', seekHead, info, CLUSTER))).toEqual([expected])
  const live = Buffer.concat([Buffer.from('1853806701ffffffffffffff', 'hex'), info, CLUSTER])
  expect(told(EBML, live)).toEqual([expected])
  const short = Buffer.concat([Buffer.from('18538067ff', 'hex'), info])
  expect(told(EBML, short)).toEqual([expected])
})

test('a date before the year of its epoch is negative there and right here', () => {
  const earlier = Buffer.alloc(8)
  earlier.writeBigInt64BE(-1_000_000_000n)
  const info = element('1549a966', element('4461', earlier))
  expect(told(EBML, element('18538067', info))).toMatchObject([{ value: Date.UTC(2000, 11, 31, 23, 59, 59) }])
})

test('without a date, or with one behind the pictures, nothing is told', () => {
  expect(told(EBML, element('18538067', element('1549a966', Buffer.alloc(0)), CLUSTER))).toEqual([])
  expect(told(EBML, element('18538067', CLUSTER, element('1549a966', date())))).toEqual([])
  expect(told(EBML)).toEqual([])
  expect(told(fixture('plain.mp4'))).toEqual([])
})

test('no bytes make the reader throw, or read outside the file', () => {
  const base = Buffer.concat([EBML, element('18538067', element('1549a966', date()), CLUSTER)])
  const change = fc.tuple(fc.nat(base.length - 1), fc.nat(255))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 10 }), fc.nat(base.length), (changes, length) => {
      told(mutant(base, changes).subarray(0, length))
    }),
    { numRuns: 2000 },
  )
})

function told(...parts: Buffer[]): Fact[] {
  const bytes = Buffer.concat(parts)
  const facts: Fact[] = []
  const read = (offset: number, length: number): Buffer => {
    if (offset < 0 || length < 0 || offset + length > bytes.length) throw new Error('read outside the file')
    return bytes.subarray(offset, offset + length)
  }
  readMatroska(bytes.length, read, fact => facts.push(fact))
  return facts
}

/** An element with its size in eight bytes, as muxers write it. */
function element(id: string, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content)
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(bytes.length) | (1n << 56n))
  return Buffer.concat([Buffer.from(id, 'hex'), size, bytes])
}

function date(): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(NANOSECONDS)
  return element('4461', bytes)
}
