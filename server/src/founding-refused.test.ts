import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { languages } from '@vidne/locales/say'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FoundingRefused, foundingWords } from './founding-refused.ts'
import { silentLogger } from './platform/http/logging.ts'
import { type SetUpWish, openSetUp } from './set-up.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vidne-refused-'))
  mkdirSync(join(root, 'full'))
  writeFileSync(join(root, 'full/letter.txt'), 'a letter')
  writeFileSync(join(root, 'file'), '')
})
afterEach(() => rmSync(root, { recursive: true }))

const plain: SetUpWish = {
  agency: 'Prøvekommunen',
  pack: 'dk-borger',
  origin: null,
  rehearsal: true,
  administrator: 'Ada Adler',
  second: null,
  snapshots: 'none',
  vault: null,
}

/** What somebody is told in each language, in the order of the languages. */
async function told(wish: Partial<SetUpWish>, data = 'data'): Promise<string[]> {
  const settings = { data: join(root, data), database: undefined, objects: undefined, vault: undefined }
  const setUp = openSetUp({ settings, log: silentLogger, stands: Promise.resolve() })
  const done = await setUp.found({ ...plain, ...wish })
  if (!('refused' in done)) throw new Error('it was founded')
  return languages.map(language => foundingWords(language, done.refused).replaceAll(root, ''))
}

test('what the wizard refuses is told whole in the language of whoever asks', async () => {
  const said = [
    await told({ agency: ' ' }),
    await told({ agency: 'A'.repeat(201) }),
    await told({ pack: 'none' }),
    await told({ origin: 'Århus' }),
    await told({}, 'full'),
    await told({ vault: join(root, 'file') }),
    await told({ second: { name: 'ada adler', role: 'supervisor' } }),
  ]
  for (const sentences of said) expect(new Set(sentences).size).toBe(languages.length)
  expect(said.map(([english]) => english)).toEqual([
    '--agency is empty: give the name of whose footage it will keep.',
    '--agency has 201 characters; 200 are the most.',
    expect.stringMatching(/^--pack "none" is none of .*\bdk-borger\b/),
    expect.stringMatching(/^--origin "Århus" may have letters/),
    '--data /full is not empty: an installation is founded in new places only.',
    expect.stringMatching(/^--vault \/file\S* cannot be used: a part of its path is a file and not a folder\.$/),
    'The second person is the administrator; some acts take two persons, so name another one.',
  ])
  expect(said[5]?.[1]).toMatch(/kan ikke bruges: en del af stien er en fil og ikke en mappe\.$/)
})

test('what a server says of itself stands in the sentence as it was said, and what follows in the same language', () => {
  const more = { then: ['nothing-founded', 'begun-in-database'] as const }
  const refused = new FoundingRefused('failed', { what: 'permission denied' }, more)
  expect(languages.map(language => foundingWords(language, refused))).toEqual([
    'permission denied. Nothing was founded. In the database a beginning was made; take a new one.',
    'Det lykkedes ikke. Programmet siger: permission denied. Intet blev grundlagt. I databasen blev der begyndt; tag en ny.',
    'Det gick inte. Programmet säger: permission denied. Inget grundades. I databasen gjordes en början; ta en ny.',
    'Es ist nicht gelungen. Das Programm sagt: permission denied. Nichts wurde gegründet. In der Datenbank wurde ein Anfang gemacht; nehmen Sie eine neue.',
  ])
})
