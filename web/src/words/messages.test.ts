import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFormatter, createTranslator } from 'use-intl/core'
import { expect, test } from 'vitest'
import { FORMATS } from './formats.ts'
import { forms, type Language, languages } from './language.ts'

type Messages = { [key: string]: string | Messages }

const desk = join(import.meta.dirname, '../../../locales/desk')
const rooms = readdirSync(desk)

function flat(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  )
}
const read = (room: string, language: Language) =>
  JSON.parse(readFileSync(join(desk, room, `${language}.json`), 'utf8')) as Messages

/** What a message is given: the kind of each argument, the arms of a choice, the marks around words. */
type Wanted = { readonly kinds: ReadonlyMap<string, string>; readonly arms: ReadonlyMap<string, readonly string[]> }

function wantedBy(text: string): Wanted {
  const kinds = new Map<string, string>()
  const arms = new Map<string, readonly string[]>()
  for (const match of text.matchAll(/\{(\w+)(?:, (plural|selectordinal|select|number|date|time))?(,)?/g)) {
    if (!isArgument(text, match)) continue
    const [, name = '', kind = 'text'] = match
    if (!kinds.has(name) || kind !== 'text') kinds.set(name, kind)
    if (kind === 'select') arms.set(name, armsAt(text, match.index + match[0].length))
  }
  for (const [, tag = ''] of text.matchAll(/<(\w+)>/g)) kinds.set(tag, 'mark')
  return { kinds, arms }
}

/** The words of an arm that is one word alone are no argument. */
function isArgument(text: string, match: RegExpExecArray): boolean {
  if (match[2] === undefined && text[match.index + match[0].length] !== '}') return false
  return !(/(?:^|\s)(?:=\d+|\w+) $/.test(text.slice(0, match.index)) && inChoice(text, match.index))
}

/** Whether the brace at that place opens an arm of a plural or a select. */
function inChoice(text: string, at: number): boolean {
  let depth = 0
  for (let place = at - 1; place >= 0; place--) {
    if (text[place] === '}') depth++
    if (text[place] === '{' && depth-- === 0) return /^\{\w+, (?:plural|select)/.test(text.slice(place))
  }
  return false
}

/** The names of the arms of a choice, from behind its second comma. */
function armsAt(text: string, from: number): string[] {
  const names: string[] = []
  let depth = 0
  let word = ''
  for (const letter of text.slice(from)) {
    if (letter === '{' && depth++ === 0) names.push(word.trim())
    else if (letter === '}' && depth-- === 0) return names
    else if (depth === 0) word = letter === '}' ? '' : word + letter
    if (letter === '}' && depth === 0) word = ''
  }
  return names
}

const COUNTS = [0, 1, 2, 5]
const NOON = Date.UTC(2026, 2, 1, 12)

/** The messages of a room in a language, said with these values; a fault of the message throws. */
function sayer(room: string, language: Language) {
  const t = createTranslator({
    locale: forms[language],
    messages: read(room, language) as never,
    timeZone: 'Europe/Copenhagen',
    formats: FORMATS,
    onError(error: Error) {
      throw error
    },
  })
  return (key: string, wanted: Wanted, count: number, arm: (name: string) => string): string => {
    const values = [...wanted.kinds].map(([name, kind]) => {
      if (kind === 'mark') return [name, (words: unknown) => String(words)] as const
      if (kind === 'select') return [name, arm(name)] as const
      if (kind === 'date' || kind === 'time') return [name, new Date(NOON)] as const
      return [name, kind === 'text' ? `‹${name}›` : count] as const
    })
    return String(t.markup(key as never, Object.fromEntries(values) as never))
  }
}

const first = (wanted: Wanted) => (name: string) => wanted.arms.get(name)?.[0] ?? 'other'
const all = rooms.flatMap(room => flat(read(room, 'en')).map(([key, text]) => ({ room, key, text })))
const told = (language: Language, { room, key }: { room: string; key: string }) =>
  new Map(flat(read(room, language))).get(key) ?? ''

test('the reader of messages sees kinds, arms and marks', () => {
  const { kinds, arms } = wantedBy(
    '{n, plural, =0 {none of {total}} one {one} other {# days}} <b>{kind, select, a {word} other {no}}</b>',
  )
  expect(Object.fromEntries(kinds)).toEqual({ n: 'plural', total: 'text', kind: 'select', b: 'mark' })
  expect(arms.get('kind')).toEqual(['a', 'other'])
})

test.each(rooms)(
  '%s: every message can be said in four languages, with 0, 1, 2 and 5 and each of its choices',
  room => {
    for (const language of languages) {
      const say = sayer(room, language)
      for (const [key, text] of flat(read(room, 'en'))) {
        const wanted = wantedBy(text)
        const choices = [...wanted.arms.values()].flat()
        for (const count of COUNTS)
          for (const choice of choices.length === 0 ? ['other'] : choices) {
            const said = say(key, wanted, count, name =>
              wanted.arms.get(name)?.includes(choice) ? choice : first(wanted)(name),
            )
            expect({ key, language, said }).not.toMatchObject({
              said: expect.stringMatching(/[{}]|undefined|^\s*$/),
            })
          }
      }
    }
  },
)

test.each(['da', 'sv', 'de'] as const)(
  'in %s every message takes what the English one takes, of the same kind',
  language => {
    for (const one of all) {
      const [english, theirs] = [wantedBy(one.text), wantedBy(told(language, one))]
      const shape = ({ kinds, arms }: Wanted) => ({
        key: one.key,
        kinds: Object.fromEntries(kinds),
        arms: Object.fromEntries([...arms].map(([name, names]) => [name, names.toSorted()])),
      })
      expect(shape(theirs)).toEqual(shape(english))
    }
  },
)

/** Words that are the same for one and for several in that language, after the number. */
const SAME_FOR_ALL: Readonly<Record<string, readonly string[]>> = {
  da: ['# venter', '# ting', '# er tilbage', '# bilag'],
  sv: ['# väntar', '# är kvar', '# bevisföremål'],
}

test.each(['da', 'sv', 'de'] as const)('in %s one is told from several wherever English tells it', language => {
  const kept = all.flatMap(one => {
    const wanted = wantedBy(one.text)
    if (![...wanted.kinds.values()].includes('plural')) return []
    const say = (which: Language, count: number) =>
      sayer(one.room, which)(one.key, wanted, count, first(wanted)).replaceAll(/\d+/g, '#')
    const differs = (which: Language) => say(which, 1) !== say(which, 2)
    return differs('en') && !differs(language) ? [`${one.room}: ${one.key}: ${say(language, 2)}`] : []
  })
  expect(kept.filter(line => !(SAME_FOR_ALL[language] ?? []).some(word => line.includes(word)))).toEqual([])
})

test('days and times are told in the form of each language, on the days when summer time begins and ends too', () => {
  const at = (text: string) => new Date(text)
  const inEach = (when: string, form: keyof typeof FORMATS.dateTime) =>
    languages.map(language =>
      createFormatter({ locale: forms[language], timeZone: 'Europe/Copenhagen', formats: FORMATS })
        .dateTime(at(when), form)
        .replaceAll(/[\u00a0\u202f]/g, ' '),
    )
  expect(inEach('2026-03-29T00:30:00Z', 'day')).toEqual([
    '29 March 2026',
    '29. marts 2026',
    '29 mars 2026',
    '29. März 2026',
  ])
  expect(inEach('2026-03-29T01:30:00Z', 'moment')).toEqual([
    '29 Mar 2026, 03:30',
    '29. mar. 2026, 03.30',
    '29 mars 2026 03:30',
    '29. März 2026, 03:30',
  ])
  expect(inEach('2026-10-25T22:59:59Z', 'exact')).toEqual([
    '25 Oct 2026, 23:59:59 CET',
    '25. okt. 2026, 23.59.59 CET',
    '25 okt. 2026 23:59:59 CET',
    '25. Okt. 2026, 23:59:59 MEZ',
  ])
  expect(inEach('2026-12-31T23:00:00Z', 'shortDay')).toEqual([
    '1 Jan 2027',
    '1. jan. 2027',
    '1 jan. 2027',
    '1. Jan. 2027',
  ])
})
