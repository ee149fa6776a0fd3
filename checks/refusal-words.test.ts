import { expect, test } from 'vitest'
import { filesOf, textOf } from './tree.ts'

/** What gives a sentence in the language of whoever asks; a code that has no words in English does not compile in them. */
const WORDED =
  /^(?:refusalWords|refusedWords|ofAnswers|ofInstallation|caseWords|foundingWords|stillWords|inWords|answerWords|refusalSentence|wordsOf|wordsOfView|words|unknown)\(/

/** A sentence that comes from elsewhere, each with where it was worded; everything else has to be worded on the spot. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'server/src/entrance.ts error.sentence': 'worded where the refusal is made, by a key of locales/installation',
  'server/src/review/listing-csv.ts words.notAllowed': 'the words of the language that the table was asked for in',
  'server/src/review/listing-csv.ts z.prettifyError(read.error)': 'an address that no page of ours makes',
  'server/src/configuring/routes.ts refusalWords(imported)':
    'the command line alone imports a configuration; it speaks English',
  'server/src/record/routes.ts sentence': 'worded the line before',
}

/** The value of every `sentence:` in an answer, and every sentence that is sent raw. */
function sentencesIn(source: string): string[] {
  const text = source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
  const given = [...text.matchAll(/\bsentence: (?!string\b)([^\n]+)/g)].map(match => match[1] ?? '')
  const sent = [...text.matchAll(/\bsendSentence\(response, [^,\n]+(?:\? \d+ : \d+)?, ([^\n]+)/g)].map(
    match => match[1] ?? '',
  )
  return [...given, ...sent]
}

const REMOTE = /^server\/src\/(?:operations\/operator-socket|log-door|platform\/http\/sentence)\.ts$/

test('a refusal that has no words in four languages does not reach whoever asks', () => {
  const files = filesOf('server/src/**/*.ts').filter(
    path => !/\.test\.ts$|\/testing\//.test(path) && !REMOTE.test(path),
  )
  const all = files.flatMap(path => sentencesIn(textOf(path)).map(value => ({ path, value })))
  expect(all.length).toBeGreaterThan(30)
  const excused = (path: string, value: string): boolean =>
    Object.keys(ELSEWHERE).some(one => `${path} ${value}`.startsWith(one))
  const unworded = all.filter(
    ({ path, value }) => (!WORDED.test(value) || path === 'server/src/configuring/routes.ts') && !excused(path, value),
  )
  expect(unworded).toEqual([])
})

test('a sentence that was typed where it is sent is noticed', () => {
  const typed = "throw errors.CONFLICT({ data: { sentence: 'It is too late.' } })"
  expect(sentencesIn(typed).filter(value => !WORDED.test(value))).toHaveLength(1)
  const table = 'throw errors.CONFLICT({ data: { sentence: sentences[done.because] } })'
  expect(sentencesIn(table).filter(value => !WORDED.test(value))).toHaveLength(1)
  expect(
    sentencesIn("sendSentence(response, 503, 'Nobody is here.')").filter(value => !WORDED.test(value)),
  ).toHaveLength(1)
})
