import type { Language } from '@vidne/locales/say'
import da from '@vidne/locales/recording/da.json' with { type: 'json' }
import de from '@vidne/locales/recording/de.json' with { type: 'json' }
import en from '@vidne/locales/recording/en.json' with { type: 'json' }
import sv from '@vidne/locales/recording/sv.json' with { type: 'json' }
import { EVENT_TYPES } from '@vidne/evidence/event-types'
import { FIELDS } from '../page/vocabulary.ts'

const messages = { en, da, sv, de }

/** Every name and fixed value of a history that is more than one plain word, and so can be told from words of people. */
const CODES = [
  ...EVENT_TYPES,
  ...Object.keys(FIELDS),
  ...Object.values(en.value).flatMap(group => Object.keys(group)),
].filter(code => /[-_ ]/.test(code))

/** Words of machines in a text for people: known codes, and whatever else is written like one and stands in no message. */
export function wordsOfMachines(text: string, language: Language): string[] {
  const others = text.replaceAll(/“[^”]*”|»[^«]*«|”[^”]*”|„[^“]*“/g, '')
  const known = CODES.filter(code => others.includes(code) && !isWord(language, code))
  const written = others.match(/(?<![\w./+-])[a-z]+(?:[-_][a-z\d]+)+(?![\w./+-])/g) ?? []
  return [...known, ...written.filter(word => !isWord(language, word))]
}

function isWord(language: Language, word: string): boolean {
  return textsIn(messages[language]).some(text => text.includes(word))
}

function textsIn(tree: unknown): string[] {
  if (typeof tree === 'string') return [tree]
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(textsIn) : []
}
