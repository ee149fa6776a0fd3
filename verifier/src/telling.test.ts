import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TEST_LOG_SKEY, TEST_WITNESS_SKEY } from '@vidne/evidence/testing/small-log'
import { languages, say } from '@vidne/locales/say'
import { describe, expect, test } from 'vitest'
import { verdictLines } from './printing.ts'
import { factsOf, languageOf, partsOf, sentenceOf } from './telling.ts'
import { DELETED, TRUST, makePackage } from './testing/sample-package.ts'
import { packageOf } from './testing/zipped.ts'
import { REASONS } from './verdict.ts'
import { verifyPackage } from './verify.ts'

const specification = readFileSync(join(import.meta.dirname, '../../docs/spec/verification.md'), 'utf8')

test('every reason is in the specification, and has a sentence of its own in every language', () => {
  expect(REASONS.filter(code => !specification.includes(`\`${code}\``))).toEqual([])
  for (const language of languages) {
    const sentences = REASONS.map(code => sentenceOf(language, { code }))
    expect(new Set(sentences).size).toBe(REASONS.length)
    expect(sentences.filter(sentence => !/^\p{Lu}.*\.$/su.test(sentence))).toEqual([])
  }
})

describe.each(languages)('in words (%s)', language => {
  test('a verdict is three parts, whatever it says, and no part is a sum', async () => {
    const { files } = await makePackage()
    const trusted = await verifyPackage(await packageOf(files), { trust: TRUST })
    const untrusted = await verifyPackage(await packageOf(files), {})
    expect(partsOf(language, trusted).map(part => part.good)).toEqual([true, true, true])
    expect(partsOf(language, untrusted).map(part => part.good)).toEqual([true, false, false])
    expect(partsOf(language, trusted)[0]?.sentences).not.toEqual(partsOf(language, untrusted)[0]?.sentences)
  })

  test('a deletion is a committed one, and that nobody can prove more is said', async () => {
    const { files } = await makePackage({ story: DELETED })
    const words = verdictLines(language, await verifyPackage(await packageOf(files), { trust: TRUST })).join('\n')
    expect(words).toMatch(/Nobody can prove|Ingen kan bevis|Niemand kann beweisen/)
  })

  test('that a checkpoint may be a private one is told, where nobody is known to have seen it', async () => {
    const told = async (skeys: string[], trust?: string) => {
      const { files } = await makePackage({ skeys })
      return verdictLines(language, await verifyPackage(await packageOf(files), { trust })).join('\n')
    }
    const sentence = say(language, 'verdict.countersigned.private')
    expect(await told([TEST_LOG_SKEY], TRUST)).toContain(sentence)
    expect(await told([TEST_LOG_SKEY, TEST_WITNESS_SKEY], TRUST)).not.toContain(sentence)
    expect(await told([TEST_LOG_SKEY])).not.toContain(sentence)
  })

  test('no place for a value is left empty', async () => {
    const { files } = await makePackage()
    for (const trust of [TRUST, undefined, 'nonsense']) {
      const verdict = await verifyPackage(await packageOf(files), { trust })
      const words = [...verdictLines(language, verdict), ...factsOf(language, verdict).flat()].join('\n')
      expect(words).not.toMatch(/[{}]|undefined|null|NaN/)
    }
  })
})

test('the language is the one asked for, then that of the environment, then English', () => {
  expect(languageOf('da', 'de_DE.UTF-8')).toBe('da')
  expect(languageOf(undefined, 'de_DE.UTF-8')).toBe('de')
  expect(languageOf(undefined, 'C.UTF-8')).toBe('en')
  expect(languageOf(undefined, undefined)).toBe('en')
})
