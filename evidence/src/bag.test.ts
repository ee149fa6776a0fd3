import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BAG_DECLARATION,
  BagRefused,
  checkDeclaration,
  formatBagInfo,
  formatManifest,
  parseBagInfo,
  parseManifest,
  payloadOxum,
} from './bag.ts'

const DIGEST = 'ab'.repeat(32)

describe('the manifest of a bag', () => {
  test('has a line a file, as sha256sum writes them', () => {
    expect(formatManifest([{ path: 'data/media/recording.mp4', sha256: DIGEST }])).toBe(
      `${DIGEST}  data/media/recording.mp4\n`,
    )
  })

  test('percent-encodes line ends and percent signs, and nothing else', () => {
    const path = 'data/100% a\r\nb %0A ø.txt'
    const text = formatManifest([{ path, sha256: DIGEST }])
    expect(text).toBe(`${DIGEST}  data/100%25 a%0D%0Ab %250A ø.txt\n`)
    expect(parseManifest(text)).toEqual([{ path, sha256: DIGEST }])
  })

  test('reads back any path', () => {
    const part = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter(text => !/[/]/.test(text) && text !== '.' && text !== '..')
    fc.assert(
      fc.property(fc.uniqueArray(part), parts => {
        const lines = parts.map(name => ({ path: `data/${name}`, sha256: DIGEST }))
        expect(parseManifest(formatManifest(lines))).toEqual(lines)
      }),
    )
  })

  test('is read with other white space, line ends and upper-case digits', () => {
    const text = `${DIGEST.toUpperCase()}\tdata/a\r\n${DIGEST} data/b`
    expect(parseManifest(text).map(line => line.path)).toEqual(['data/a', 'data/b'])
    expect(parseManifest(text)[0]?.sha256).toBe(DIGEST)
    expect(parseManifest('')).toEqual([])
  })

  test.each([
    ['a digest of the wrong length', `${DIGEST}a  data/a\n`, 'line', 1],
    ['no path', `${DIGEST}  \n`, 'line', 1],
    ['an empty line', `${DIGEST}  data/a\n\n${DIGEST}  data/b\n`, 'line', 2],
    ['a path out of the bag', `${DIGEST}  data/../../x\n`, 'path', 1],
    ['an absolute path', `${DIGEST}  /etc/passwd\n`, 'path', 1],
    ['a home folder', `${DIGEST}  ~/x\n`, 'path', 1],
    ['a percent sign that encodes nothing', `${DIGEST}  data/100%\n`, 'path', 1],
    ['the same path twice', `${DIGEST}  data/a\n${DIGEST}  data/a\n`, 'duplicate-path', 2],
  ])('is refused for %s', (_, text, code, line) => {
    expect(() => parseManifest(text)).toThrow(BagRefused)
    try {
      parseManifest(text)
    } catch (error) {
      expect(error).toMatchObject({ code, line })
    }
  })
})

describe('the declaration of a bag', () => {
  test('is that of BagIt 1.0 with UTF-8', () => {
    expect(() => checkDeclaration(BAG_DECLARATION)).not.toThrow()
    expect(() => checkDeclaration(BAG_DECLARATION.replaceAll('\n', '\r\n'))).not.toThrow()
  })

  test.each([
    ['', 1],
    ['BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n', 1],
    ['BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n', 2],
    [`${BAG_DECLARATION}more\n`, 2],
    [`\ufeff${BAG_DECLARATION}`, 1],
  ])('and no other: %j', (text, line) => {
    expect(() => checkDeclaration(text)).toThrow(`declaration in line ${line}`)
  })
})

describe('the information about a bag', () => {
  const info = [
    { label: 'Source-Organization', value: 'Amt für Ordnung' },
    { label: 'Contact-Name', value: 'a: b' },
    { label: 'Contact-Name', value: 'c' },
  ]

  test('reads back what was written, repeated labels in order', () => {
    expect(formatBagInfo(info)).toBe('Source-Organization: Amt für Ordnung\nContact-Name: a: b\nContact-Name: c\n')
    expect(parseBagInfo(formatBagInfo(info))).toEqual(info)
  })

  test('joins folded lines', () => {
    expect(parseBagInfo('A: one\n  two\n\tthree\nB: x')).toEqual([
      { label: 'A', value: 'one two three' },
      { label: 'B', value: 'x' },
    ])
  })

  test('is refused where a line is no label and value', () => {
    expect(() => parseBagInfo('no colon')).toThrow(BagRefused)
    expect(() => parseBagInfo('  begins folded')).toThrow(BagRefused)
    expect(() => parseBagInfo('A: b\n\nC: d')).toThrow('line in line 2')
  })

  test('is never written so that it reads back as something else', () => {
    expect(() => formatBagInfo([{ label: 'A', value: 'b\nInjected: c' }])).toThrow(RangeError)
    expect(() => formatBagInfo([{ label: 'A:b', value: 'c' }])).toThrow(RangeError)
    expect(() => formatBagInfo([{ label: 'A', value: ' c' }])).toThrow(RangeError)
    expect(() => formatBagInfo([{ label: '', value: 'c' }])).toThrow(RangeError)
  })

  test('counts the payload', () => {
    expect(payloadOxum([{ bytes: 5 }, { bytes: 7 }])).toBe('12.2')
    expect(payloadOxum([])).toBe('0.0')
  })
})
