import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hash } from '../testing/arbitraries.ts'
import { refusal } from '../testing/people.ts'
import { CheckpointRefused, formatCheckpoint, parseCheckpoint, parseCount } from './checkpoint.ts'
import { EMPTY_ROOT } from './merkle.ts'

const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='
const EMPTY = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='

describe('a checkpoint', () => {
  test('has origin, size and root', () => {
    const checkpoint = parseCheckpoint(`example.com/behind-the-sofa\n20852163\n${ROOT}\n`)
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163, extensions: [] })
    expect(Buffer.from(checkpoint.root).toString('base64')).toBe(ROOT)
  })

  test('may have extension lines, any origin that is one line, and no entries', () => {
    expect(parseCheckpoint(`go.sum database tree\n7\n${ROOT}\none\n two \n`)).toMatchObject({
      origin: 'go.sum database tree',
      extensions: ['one', ' two '],
    })
    expect(parseCheckpoint(`o\n0\n${EMPTY}\n`)).toMatchObject({ size: 0, root: EMPTY_ROOT })
    expect(parseCheckpoint(`o\n9007199254740991\n${ROOT}\n`).size).toBe(2 ** 53 - 1)
  })

  test.each([
    ['not-lines', ''],
    ['not-lines', '\n'],
    ['not-lines', 'o\n'],
    ['not-lines', 'o\n1\n'],
    ['not-lines', `o\n1\n${ROOT}`],
    ['origin', `\n1\n${ROOT}\n`],
    ['origin', `o\t\n1\n${ROOT}\n`],
    ['origin', `\ud800\n1\n${ROOT}\n`],
    ['size', `o\n\n${ROOT}\n`],
    ['size', `o\n01\n${ROOT}\n`],
    ['size', `o\n-1\n${ROOT}\n`],
    ['size', `o\n+1\n${ROOT}\n`],
    ['size', `o\n1 \n${ROOT}\n`],
    ['size', `o\n1e3\n${ROOT}\n`],
    ['size', `o\n0x1\n${ROOT}\n`],
    ['size', `o\n١\n${ROOT}\n`],
    ['size', `o\n9007199254740992\n${ROOT}\n`],
    ['size', `o\n18446744073709551616\n${ROOT}\n`],
    ['root', 'o\n1\n\n'],
    ['root', 'o\n1\nAAAA\n'],
    ['root', `o\n1\n${ROOT.replace('=', '')}\n`],
    ['root', `o\n1\n${ROOT.replace('2I=', '2J=')}\n`],
    ['root', `o\n0\n${ROOT}\n`],
    ['extension', `o\n1\n${ROOT}\n\n`],
    ['extension', `o\n1\n${ROOT}\none\n\ntwo\n`],
    ['extension', `o\n1\n${ROOT}\none\r\n`],
  ])('is refused for its %s: %j', async (code, text) => {
    const refused = await refusal(() => parseCheckpoint(text))
    expect(refused).toBeInstanceOf(CheckpointRefused)
    expect(refused).toMatchObject({ code })
  })

  test('comes back from its text', () => {
    const plainLine = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter(text => /^[ -\u{10ffff}]+$/u.test(text) && text.isWellFormed())
    const checkpoint = fc.record({
      origin: plainLine,
      size: fc.oneof(
        fc.integer({ min: 1, max: 1000 }),
        fc.maxSafeNat().filter(size => size > 0),
      ),
      root: hash,
      extensions: fc.array(plainLine, { maxLength: 3 }),
    })
    const property = fc.property(checkpoint, made => {
      expect(parseCheckpoint(formatCheckpoint(made))).toEqual(made)
    })
    fc.assert(property)
  })

  test.each([
    { origin: '' },
    { origin: 'two\nlines' },
    { size: -1 },
    { size: 1.5 },
    { size: 2 ** 53 },
    { size: 0 },
    { root: new Uint8Array(31) },
    { extensions: [''] },
    { extensions: ['a\nb'] },
  ])('has no text when it is %o', odd => {
    const good = { origin: 'o', size: 1, root: new Uint8Array(32), extensions: [] }
    expect(() => formatCheckpoint({ ...good, ...odd })).toThrow(CheckpointRefused)
  })
})

test('a count is decimal digits without leading zeroes, to 2^53 - 1', () => {
  const property = fc.property(fc.maxSafeNat(), count => {
    expect(parseCount(String(count))).toBe(count)
  })
  fc.assert(property)
  for (const odd of ['', '00', '1.0', ' 1', '1\n', '９', String(2 ** 53)]) expect(parseCount(odd)).toBeNull()
})
