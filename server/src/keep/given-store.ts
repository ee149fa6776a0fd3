import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { keepTables } from './tables.ts'
import type { CaseNote, Category, Given } from './terms.ts'

/** What people have said about a recording that its life follows from. */
export type Said = Omit<Given, 'packs'>

const NOTHING_SAID: Said = { categories: [], cases: [] }

/** The standing categories and the cases of recordings, by id; those of which nothing was said are left out. */
export async function readSaid(trx: Trx, recordings: readonly string[]): Promise<Map<string, Said>> {
  if (recordings.length === 0) return new Map()
  const among = sql<string>`any(${[...recordings]}::uuid[])`
  const categories = await keepTables(trx)
    .selectFrom('keep_category')
    .select(['recording', 'rule', 'case_number', 'offence', 'approval'])
    .where('recording', '=', among)
    .where('until', 'is', null)
    .orderBy('rule')
    .execute()
  const events = await keepTables(trx)
    .selectFrom('keep_case_event')
    .select(['recording', 'case_number', 'event', 'happened_at'])
    .where('recording', '=', among)
    .orderBy('id')
    .execute()
  const [byRecording, casesOf] = [
    Map.groupBy(categories, row => row.recording),
    Map.groupBy(events, row => row.recording),
  ]
  return new Map(
    [...new Set([...byRecording.keys(), ...casesOf.keys()])].map(recording => [
      recording,
      {
        categories: (byRecording.get(recording) ?? []).map(row => ({
          rule: row.rule,
          case: row.case_number,
          offence: row.offence,
          byTwo: row.approval !== null,
        })),
        cases: (casesOf.get(recording) ?? []).map(row => ({
          case: row.case_number,
          event: row.event,
          on: row.happened_at.getTime(),
        })),
      },
    ]),
  )
}

/** As `readSaid`, of one. */
export async function saidOf(trx: Trx, recording: string): Promise<Said> {
  return (await readSaid(trx, [recording])).get(recording) ?? NOTHING_SAID
}

/**
 * Puts a recording under a rule, or names the ground of one that it is under without. `approval`: the question by which two persons
 * put it there in the place of another. False when nothing is new.
 */
export async function addCategory(
  trx: Trx,
  category: Omit<Category, 'byTwo'> & {
    recording: string
    agency: string
    at: number
    person: string | null
    approval?: string
  },
): Promise<boolean> {
  const { recording, agency, rule, at, person, offence } = category
  const ground = { case_number: category.case, offence }
  const row = { since: new Date(at), person, until: null, approval: category.approval ?? null }
  const added = await keepTables(trx)
    .insertInto('keep_category')
    .values({ recording, agency, rule, ...row, ...ground })
    .onConflict(conflict =>
      conflict
        .columns(['recording', 'rule'])
        .doUpdateSet({ ...row, ...ground })
        .where(eb =>
          eb.or([
            eb('keep_category.until', 'is not', null),
            eb.and([eb('keep_category.case_number', 'is', null), eb.val(category.case !== null)]),
          ]),
        ),
    )
    .returning('rule')
    .execute()
  return added.length > 0
}

/** Takes a category away. False when the recording is not under that rule. */
export async function removeCategory(
  trx: Trx,
  { recording, rule, at, approval }: { recording: string; rule: string; at: number; approval: string },
): Promise<boolean> {
  const removed = await keepTables(trx)
    .updateTable('keep_category')
    .set({ until: new Date(at), approval })
    .where('recording', '=', recording)
    .where('rule', '=', rule)
    .where('until', 'is', null)
    .returning('rule')
    .execute()
  return removed.length > 0
}

export async function addCaseEvent(
  trx: Trx,
  note: CaseNote & { id: string; recording: string; agency: string; at: number; person: string },
): Promise<void> {
  const { id, recording, agency, event, on, at, person } = note
  const times = { happened_at: new Date(on), noted_at: new Date(at) }
  await keepTables(trx)
    .insertInto('keep_case_event')
    .values({ id, recording, agency, case_number: note.case, event, person, ...times })
    .execute()
}
