import { expect, test } from 'vitest'
import en from '../changes/en.json' with { type: 'json' }
import { type CodeWords, looseningWords, overrideRefusalWords, policyChangeWords } from './policy-words.ts'
import { languages } from './say.ts'

test('a change of a policy is told in words, with which way it goes', () => {
  const change = {
    path: 'retention.uncategorised',
    what: 'changed',
    effect: 'tighter',
    from: 'P31D',
    to: 'P20D',
  } as const
  expect(policyChangeWords('en', change)).toBe(
    'How long footage is kept, “uncategorised”: 20 days instead of 31 days. This is stricter.',
  )
  expect(policyChangeWords('de', change)).toBe(
    'Wie lange Aufnahmen bleiben, „uncategorised“: 20 Tage statt 31 Tage. Das ist strenger.',
  )
  const zone = { path: 'mustNot.break_room', what: 'added', effect: 'tighter', from: null, to: 'break_room' } as const
  const words: CodeWords = (_path, code) => (code === 'break_room' ? 'break rooms' : null)
  expect(policyChangeWords('en', zone, words)).toContain(': break rooms is new.')
  const off = { path: 'buffer.audio', what: 'changed', effect: 'tighter', from: 'true', to: 'false' } as const
  expect(policyChangeWords('da', off)).toBe('Lyd før start: nej i stedet for ja. Det er strengere.')
})

test('every reason why something was refused has a sentence in every language that fills all its places', () => {
  for (const language of languages) {
    for (const because of Object.keys(en.loosening) as (keyof typeof en.loosening)[])
      expect(looseningWords(language, { path: 'override.reason.least', because, from: null, to: '10' })).not.toMatch(
        /[{}]/,
      )
    for (const because of Object.keys(en.override) as (keyof typeof en.override)[])
      expect(overrideRefusalWords(language, { path: 'retention.x.v', because, detail: null })).not.toMatch(/[{}]/)
  }
  expect(overrideRefusalWords('en', { path: 'retention.x.v', because: 'bad-period', detail: '31 days' })).toBe(
    'retention.x.v: 31 days is no period. Write it like P30D, P6M or PT72H.',
  )
})
