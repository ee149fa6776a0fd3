import { expect, test } from 'vitest'
import da from '../texts/da.json' with { type: 'json' }
import de from '../texts/de.json' with { type: 'json' }
import en from '../texts/en.json' with { type: 'json' }
import sv from '../texts/sv.json' with { type: 'json' }
import { packs } from './packs.ts'
import { wordedValues, wordsFor } from './words.ts'

const languages = ['en', 'da', 'sv', 'de'] as const
const texts = { en, da, sv, de }
const all = [...packs.values()].flatMap(pack => wordedValues(pack).map(value => ({ pack: pack.id, ...value })))

test('every value of every pack has words in four languages', () => {
  expect(all.length).toBeGreaterThan(250)
  for (const language of languages)
    expect({
      language,
      wordless: all.filter(({ group, value }) => wordsFor(language, group, value) === null),
    }).toEqual({ language, wordless: [] })
})

test('no value has words in one language that it lacks in another, and none has words that no pack needs', () => {
  const keys = (language: keyof typeof texts) =>
    Object.entries(texts[language]).flatMap(([group, words]) => Object.keys(words).map(value => `${group}: ${value}`))
  const used = new Set(all.map(({ group, value }) => `${group}: ${value}`))
  for (const language of languages) expect(keys(language)).toEqual(keys('en'))
  // No pack names the commander, and an agency may.
  expect(keys('en').filter(key => !used.has(key))).toEqual(['decider: commander'])
})

test('no words are left in English, and no code or sentence of the data is shown as it stands', () => {
  for (const language of ['da', 'sv', 'de'] as const)
    for (const [group, words] of Object.entries(texts[language]))
      for (const [value, text] of Object.entries(words)) {
        const english = wordsFor('en', group as keyof typeof en, value)
        expect({ group, value, same: text === english && text.split(' ').length > 2 }).toMatchObject({ same: false })
        expect(text).not.toMatch(/_|^$/)
      }
})

test('a sentence that an agency wrote itself has no words of ours', () => {
  expect(wordsFor('da', 'noticeDuty', 'we ring a bell')).toBeNull()
  expect(wordsFor('da', 'noticeDuty', 'constructor')).toBeNull()
})
