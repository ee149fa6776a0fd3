// The words by which recordings are found: names of files, cameras and wearers, and what people wrote, by the stems of four languages.

import { type RawBuilder, sql } from 'kysely'
import { may, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Seer } from '../rules/rules.ts'
import type { Elsewhere } from './listing-filter.ts'

/** Shorter words say too little, longer ones are no words. */
const [SHORTEST, LONGEST] = [2, 100]
/** What every camera writes into every path. */
const IN_EVERY_PATH: ReadonlySet<string> = new Set(['dcim'])
const LANGUAGES = ['danish', 'swedish', 'german', 'english'] as const

/** A word that is looked for: as it was typed, and its stems. `written`: whether what people wrote is looked through too. */
export type SoughtWord = { readonly typed: string; readonly stems: readonly string[]; readonly written: boolean }

/** Text about a recording; `source` names where it comes from, and a later text of the same source takes its place. */
export type Text = {
  readonly agency: string
  readonly recording: string
  readonly source: string
  readonly text: string
  /** By people, about what they do: found by those who may read reasons and notes, not by a wearer or a recipient. */
  readonly written: boolean
}

/** Letters and digits, and what holds them together in names: `D10-A4`, `GX010123`, `O'Neill`. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:[-_.'’][\p{L}\p{M}\p{N}]+)*/gu
const PART = /[\p{L}\p{M}\p{N}]+/gu

const fits = (word: string): boolean => word.length >= SHORTEST && word.length <= LONGEST

/** The words of a text, as they are looked for: a name of several parts is one of them. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.normalize('NFC').toLowerCase().match(WORD) ?? [])].filter(fits)
}

/** The words of a text, as it is found by them: names of several parts, and the parts. */
export function wordsIn(text: string): string[] {
  return [...new Set(wordsOf(text).flatMap(word => [word, ...(word.match(PART) ?? [])]))].filter(fits)
}

/** The words of a file's name and of who made it; folders count, what tells only the format does not. */
export function wordsOfFile(file: { path: string | null; camera: string | null; wearer: string | null }): string[] {
  const path = (file.path ?? '').replace(/\.[^./]*$/, '')
  return wordsIn(`${path} ${file.camera ?? ''} ${file.wearer ?? ''}`).filter(word => !IN_EVERY_PATH.has(word))
}

/** Puts texts into the index, each in place of what its source said before; an empty text takes it away. */
export async function indexTexts(trx: Trx, texts: readonly Text[]): Promise<void> {
  for (const { agency, recording, source, text, written } of texts) {
    await sql`delete from review_word where recording = ${recording}::uuid and source = ${source}`.execute(trx)
    const words = wordsIn(text)
    await insertWords(
      trx,
      [{ agency, recording, words: [...new Set([...words, ...(await stemsOf(trx, words)).flat()])] }],
      {
        source,
        written,
      },
    )
  }
}

/** Puts the names of files into the index. */
export async function indexFiles(trx: Trx, recordings: readonly string[]): Promise<void> {
  const { rows } = await sql<{
    id: string
    agency: string
    path: string | null
    camera: string | null
    wearer: string | null
  }>`
    select id, agency, path, camera, wearer from dock_v_recording
    where id = any(${[...recordings]}::uuid[]) and erased_at is null`.execute(trx)
  const named = rows.map(row => ({ agency: row.agency, recording: row.id, words: wordsOfFile(row) }))
  await insertWords(trx, named, { source: 'file', written: false })
}

type Worded = { readonly agency: string; readonly recording: string; readonly words: readonly string[] }

async function insertWords(
  trx: Trx,
  worded: readonly Worded[],
  { source, written }: { source: string; written: boolean },
): Promise<void> {
  const rows = worded.flatMap(({ agency, recording, words }) => words.map(word => ({ agency, recording, word })))
  if (rows.length === 0) return
  await sql`
    insert into review_word (agency, word, recording, source, written)
    select w.agency, w.word, w.recording, ${source}, ${written}
    from unnest(${rows.map(row => row.agency)}::uuid[], ${rows.map(row => row.word)}::text[],
      ${rows.map(row => row.recording)}::uuid[]) as w (agency, word, recording)
    on conflict do nothing`.execute(trx)
}

/** What is looked for, with the stems that the database's dictionaries give it. Null: the text has no words. */
export async function soughtIn(trx: Trx, actor: Actor, text: string): Promise<SoughtWord[] | null> {
  const words = wordsOf(text)
  if (words.length === 0) return null
  const written = may(actor, 'read-questions') && may(actor, 'see-work')
  const stems = await stemsOf(trx, words)
  return words.map((typed, i) => ({ typed, stems: stems[i] ?? [], written }))
}

const LETTERS = /^[\p{L}\p{M}]+$/u

/** The stems of each word, in every language of ours. A language may have none for it, and a name with digits or signs has none. */
async function stemsOf(trx: Trx, words: readonly string[]): Promise<string[][]> {
  if (words.length === 0) return []
  const stems = LANGUAGES.map(language => sql`tsvector_to_array(to_tsvector(${language}::regconfig, w.word))`)
  const { rows } = await sql<{ stems: string[] }>`
    select ${sql.join(stems, sql` || `)} as stems
    from unnest(${words.map(word => (LETTERS.test(word) ? word : ''))}::text[]) with ordinality as w (word, ord) order by w.ord`.execute(
    trx,
  )
  return rows.map(row => [...new Set(row.stems)])
}

/** Where a word is found: as it stands, as the beginning of one, or by its stem. */
export function foundBy({ agency }: Seer, { typed, stems, written }: SoughtWord): Elsewhere {
  const who = written ? sql`` : sql`and not w.written`
  const beginning = sql`w.word >= ${typed} and w.word < ${`${typed}\u{10ffff}`}`
  const stem = sql`w.word = any(${[...stems]}::text[])`
  const set = (which: RawBuilder<unknown>) =>
    sql`select w.recording from review_word w where w.agency = ${agency}::uuid ${who} and ${which}`
  return {
    set: sql`${set(beginning)} union all ${set(stem)}`,
    probe: sql<boolean>`exists (select from review_word w where w.recording = r.id ${who} and ((${beginning}) or ${stem}) offset 0)`,
  }
}

/** Forgets the words of a recording that is gone. asInstallation. */
export async function forgetWords(trx: Trx, recording: string): Promise<void> {
  await sql`delete from review_word where recording = ${recording}::uuid`.execute(trx)
}
