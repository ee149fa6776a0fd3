import type administration from '@vidne/locales/desk/administration/en.json'
import type approvals from '@vidne/locales/desk/approvals/en.json'
import type bringIn from '@vidne/locales/desk/bring-in/en.json'
import type cases from '@vidne/locales/desk/cases/en.json'
import type check from '@vidne/locales/desk/check/en.json'
import type link from '@vidne/locales/desk/link/en.json'
import type people from '@vidne/locales/desk/people/en.json'
import type recording from '@vidne/locales/desk/recording/en.json'
import type recordings from '@vidne/locales/desk/recordings/en.json'
import type retention from '@vidne/locales/desk/retention/en.json'
import type rules from '@vidne/locales/desk/rules/en.json'
import type setUp from '@vidne/locales/desk/set-up/en.json'
import type shell from '@vidne/locales/desk/shell/en.json'
import type signIn from '@vidne/locales/desk/sign-in/en.json'
import type today from '@vidne/locales/desk/today/en.json'
import type tour from '@vidne/locales/desk/tour/en.json'
import type work from '@vidne/locales/desk/work/en.json'
import type { FORMATS } from './formats.ts'
import type { forms, Language } from './language.ts'

/** The words of each room of the desk, by the English ones: `useTranslations('shell')` knows which there are. */
type Rooms = {
  administration: typeof administration
  approvals: typeof approvals
  'bring-in': typeof bringIn
  cases: typeof cases
  check: typeof check
  link: typeof link
  people: typeof people
  recording: typeof recording
  recordings: typeof recordings
  retention: typeof retention
  rules: typeof rules
  'set-up': typeof setUp
  shell: typeof shell
  'sign-in': typeof signIn
  today: typeof today
  tour: typeof tour
  work: typeof work
}
export type Room = keyof Rooms

declare module 'use-intl' {
  interface AppConfig {
    Messages: Rooms
    Locale: (typeof forms)[Language]
    Formats: typeof FORMATS
  }
}

export type Words = { readonly [key: string]: string | Words }

const files = import.meta.glob<Words>('../../../locales/desk/*/*.json', { import: 'default' })
const asked = new Map<string, Promise<Words>>()

/** The words of a room in a language, fetched once. */
export function wordsOf(language: Language, room: Room): Promise<Words> {
  const path = `../../../locales/desk/${room}/${language}.json`
  const there = asked.get(path)
  if (there !== undefined) return there
  const file = files[path]
  if (file === undefined) throw new Error(`there are no words for ${room} in ${language}`)
  const words = file()
  // What could not be fetched is asked for again the next time.
  words.catch(() => asked.delete(path))
  asked.set(path, words)
  return words
}
