import { expect, test } from 'vitest'
import { icuArguments } from './icu.ts'
import { filesOf, textOf } from './tree.ts'

const languages = ['en', 'da', 'sv', 'de']

type Messages = { [key: string]: string | Messages }

function flat(messages: Messages, prefix = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') all.set(prefix + key, value)
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text)
  }
  return all
}

/** Every message of a language; those about recordings lie apart. */
const read = (language: string) =>
  new Map(
    filesOf(`locales/**/${language}.json`).flatMap(path => [
      ...flat(JSON.parse(textOf(path)) as Messages, `${path.split('/').at(-2)}: `),
    ]),
  )

test('the reader of arguments knows words from arguments', () => {
  expect(icuArguments('{a} and {b, number}')).toEqual(['a', 'b'])
  expect(icuArguments('{n, plural, =0 {none of {total}} one {# day} other {# days}} {x}')).toEqual(['n', 'total', 'x'])
  expect(icuArguments('{kind, select, a {word} other {<b>{name}</b>}}')).toEqual(['kind', 'name'])
})

test('every message stands in all four languages with the same arguments', () => {
  const english = read('en')
  expect(english.size).toBeGreaterThan(400)
  for (const language of languages) {
    const messages = read(language)
    expect([...messages.keys()].toSorted()).toEqual([...english.keys()].toSorted())
    for (const [key, text] of messages)
      expect({ key, of: icuArguments(text) }).toEqual({ key, of: icuArguments(english.get(key) ?? '') })
  }
})

/** Words that read the same in English and in another language, each with why; everything else that reads the same was not translated. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  'names of formats and signs': [
    'AVI',
    'MP4',
    'Matroska (MKV)',
    'QuickTime (MOV)',
    'WebM',
    'SHA-256',
    'Passkey',
    'Passkeys',
  ],
  'letters of the compass': ['N', 'S', 'W'],
  'loanwords of these languages': [
    'Administration',
    'Authenticator',
    'Administrator',
    'Browser',
    'Bytes',
    'Database',
    'Evaluator',
    'evaluator',
    'Film',
    'Link',
    'Log',
    'Mail',
    'Manifest',
    'Menu',
    'Name',
    'Normal',
    'Pause',
    'Person',
    'Session',
    'Snapshots',
    'Version',
    'Interval: {period}.',
    '{event} plus {period}',
    '{size} GB',
    'SHA-256 {digest}',
  ],
  'a preposition that Danish has too': ['For'],
}

/** Only places to fill in, and what stands between them. */
const noWords = (text: string): boolean => !/\p{L}/u.test(text.replaceAll(/\{[^{}]*\}/g, ''))

test('no message in another language was left in English', () => {
  const english = read('en')
  const allowed = new Set(Object.values(SAME).flat())
  const used = new Set<string>()
  for (const language of ['da', 'sv', 'de']) {
    const same = [...read(language)].filter(([key, text]) => text === english.get(key) && !noWords(text))
    for (const [, text] of same) used.add(text)
    expect(same.filter(([, text]) => !allowed.has(text))).toEqual([])
  }
  // What is allowed and stands nowhere any more would let the next one through.
  expect([...allowed].filter(text => !used.has(text))).toEqual([])
})

test('relative links in the documents lead somewhere', () => {
  const documents = filesOf('**/*.md')
  const present = new Set(filesOf('**/*', '.ci/*'))
  const links = documents.flatMap(from =>
    [
      ...textOf(from)
        .replaceAll(/```[\s\S]*?```/g, '')
        .matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g),
    ].map(match => ({ from, to: match[1] ?? '' })),
  )
  expect(links.length).toBeGreaterThan(5)
  const lost = links.filter(({ from, to }) => {
    const path = new URL(to, `file:///${from}`).pathname.slice(1).replace(/\/$/, '')
    return !present.has(decodeURIComponent(path))
  })
  expect(lost).toEqual([])
})
