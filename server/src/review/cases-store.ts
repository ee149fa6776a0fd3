import { type Insertable, type RawBuilder, type Selectable, type Transaction, sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { type Seer, visible } from '../rules/rules.ts'

export type Duty = 'lead' | 'investigates' | 'reads' | 'prosecutor' | 'defence'

type CaseTables = {
  review_case: {
    id: string
    agency: string
    unit: string | null
    number: string
    number_key: string
    title: string
    summary: string
    state: 'open' | 'closed'
    version: number
    exhibits: number
    opened_by: string
    opened_at: Date
    changed_by: string
    changed_at: Date
    closed_at: Date | null
    ended_at: Date | null
  }
  review_case_person: {
    id: string
    agency: string
    case_id: string
    person: string
    duty: Duty
    until: Date
    added_by: string
    added_at: Date
    removed_at: Date | null
  }
  review_exhibit: {
    id: string
    agency: string
    case_id: string
    number: number
    reference: string
    title: string
    recording: string | null
    from_ms: bigint | null
    until_ms: bigint | null
    version: number
    added_by: string
    added_at: Date
    removed_at: Date | null
    gone_at: Date | null
  }
  review_case_grant: {
    grant_id: string
    agency: string
    case_id: string
    person: string
    recording: string
    until: Date
    ended_at: Date | null
  }
}

export type CaseRow = Selectable<CaseTables['review_case']>
export type CasePersonRow = Selectable<CaseTables['review_case_person']>
export type ExhibitRow = Selectable<CaseTables['review_exhibit']>
export type CaseGrantRow = Selectable<CaseTables['review_case_grant']>

export function caseTables(trx: Trx): Transaction<CaseTables> {
  return trx.$extendTables<CaseTables>()
}

/** Who asks for cases: `all` where he answers for the agency's footage, or for that of his unit. */
export type CaseSeer = {
  readonly agency: string
  readonly person: string
  readonly all: boolean
  readonly unit: string | null
  readonly now: number
}

/** The condition on `review_case` under the alias `c`; asking for one case is asking the list for that id. */
export function visibleCase({ agency, person, all, unit, now }: CaseSeer): RawBuilder<boolean> {
  const member = sql<boolean>`exists (select from review_case_person p where p.case_id = c.id and p.person = ${person}::uuid
    and p.removed_at is null and p.until > ${new Date(now)})`
  const answersFor = unit === null ? sql<boolean>`true` : sql<boolean>`c.unit = ${unit}::uuid`
  const reaches = all ? sql<boolean>`(${answersFor} or ${member})` : member
  // One whose texts have ended is nobody's any more.
  return sql<boolean>`(c.agency = ${agency}::uuid and c.ended_at is null and ${reaches})`
}

/** Where a page ends; the next begins behind it. */
export type CaseMark = { readonly changedAt: number; readonly id: string }

export type CaseListed = Pick<CaseRow, 'id' | 'number' | 'title' | 'state' | 'changed_at' | 'closed_at'> & {
  footage: number
  standing: number
  people: number
  tasks: number
}

type CasePage = { state: 'open' | 'closed' | 'all'; text: string | null; most: number; after: CaseMark | null }

/** The cases that somebody may see, those changed last first. */
export async function listCases(trx: Trx, seer: CaseSeer, page: CasePage): Promise<CaseListed[]> {
  const { state, text, most, after } = page
  const behind =
    after === null
      ? sql`true`
      : sql`(c.changed_at, c.id) < (${new Date(after.changedAt)}::timestamptz, ${after.id}::uuid)`
  const called =
    text === null
      ? sql`true`
      : sql`(position(lower(${text}) in lower(c.number)) > 0 or position(lower(${text}) in lower(c.title)) > 0)`
  const wanted = state === 'all' ? sql`true` : sql`c.state = ${state}`
  const { rows } = await sql<CaseListed>`
    select c.id, c.number, c.title, c.state, c.changed_at, c.closed_at,
      (select count(*)::int from review_exhibit e
        where e.case_id = c.id and e.removed_at is null and e.gone_at is null) as footage,
      (select count(*)::int from review_exhibit e where e.case_id = c.id and e.removed_at is null) as standing,
      (select count(*)::int from review_case_person p where p.case_id = c.id and p.removed_at is null) as people,
      (select count(*)::int from review_entry t where t.subject = c.id and t.kind = 'task' and t.removed_at is null
        and t.content ->> 'done' = 'false') as tasks
    from review_case c
    where ${visibleCase(seer)} and ${behind} and ${called} and ${wanted}
    order by c.changed_at desc, c.id desc limit ${most}`.execute(trx)
  return rows
}

/** The case, as far as it is on his list. */
export async function findCase(trx: Trx, seer: CaseSeer, id: string): Promise<CaseRow | null> {
  const { rows } = await sql<CaseRow>`
    select c.* from review_case c where c.id = ${id}::uuid and ${visibleCase(seer)}`.execute(trx)
  return rows[0] ?? null
}

/** Locks the case until the transaction ends: what is changed of it is changed by one at a time. */
export async function lockCase(trx: Trx, id: string): Promise<CaseRow | null> {
  const query = caseTables(trx).selectFrom('review_case').selectAll().where('id', '=', id)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}

/** False: the agency has a case of that number. */
export async function insertCase(trx: Trx, row: Insertable<CaseTables['review_case']>): Promise<boolean> {
  const made = await caseTables(trx)
    .insertInto('review_case')
    .values(row)
    .onConflict(conflict => conflict.columns(['agency', 'number_key']).doNothing())
    .returning('id')
    .execute()
  return made.length > 0
}

export async function numberTaken(trx: Trx, p: { agency: string; key: string; beside: string }): Promise<boolean> {
  const found = await caseTables(trx)
    .selectFrom('review_case')
    .select('id')
    .where('agency', '=', p.agency)
    .where('number_key', '=', p.key)
    .where('id', '<>', p.beside)
    .execute()
  return found.length > 0
}

export async function updateCase(
  trx: Trx,
  id: string,
  set: Partial<Pick<CaseRow, 'number' | 'number_key' | 'title' | 'summary' | 'state' | 'version' | 'exhibits'>> &
    Pick<CaseRow, 'changed_by' | 'changed_at'> & { closed_at?: Date | null },
): Promise<void> {
  await caseTables(trx).updateTable('review_case').set(set).where('id', '=', id).execute()
}

/** Who is on a case now, those added first first; also those whose time is over. */
export async function peopleOfCase(trx: Trx, id: string): Promise<CasePersonRow[]> {
  return caseTables(trx)
    .selectFrom('review_case_person')
    .selectAll()
    .where('case_id', '=', id)
    .where('removed_at', 'is', null)
    .orderBy('added_at')
    .orderBy('id')
    .execute()
}

export async function insertCasePerson(trx: Trx, row: Insertable<CaseTables['review_case_person']>): Promise<void> {
  await caseTables(trx).insertInto('review_case_person').values(row).execute()
}

export async function updateCasePerson(
  trx: Trx,
  id: string,
  set: Partial<Pick<CasePersonRow, 'duty' | 'until' | 'removed_at'>>,
): Promise<void> {
  await caseTables(trx).updateTable('review_case_person').set(set).where('id', '=', id).execute()
}

/** The exhibits of a case that were not taken out, by number. */
export async function exhibitsOf(trx: Trx, id: string): Promise<ExhibitRow[]> {
  return caseTables(trx)
    .selectFrom('review_exhibit')
    .selectAll()
    .where('case_id', '=', id)
    .where('removed_at', 'is', null)
    .orderBy('number')
    .execute()
}

export async function insertExhibit(trx: Trx, row: Insertable<CaseTables['review_exhibit']>): Promise<void> {
  await caseTables(trx).insertInto('review_exhibit').values(row).execute()
}

export async function updateExhibit(
  trx: Trx,
  id: string,
  set: Partial<Pick<ExhibitRow, 'reference' | 'title' | 'version' | 'removed_at'>>,
): Promise<void> {
  await caseTables(trx).updateTable('review_exhibit').set(set).where('id', '=', id).execute()
}

/** The grants that came of a case and stand, as far as `of` narrows them. */
export async function grantsOfCase(
  trx: Trx,
  id: string,
  of: { person?: string; recording?: string } = {},
): Promise<CaseGrantRow[]> {
  const base = caseTables(trx)
    .selectFrom('review_case_grant')
    .selectAll()
    .where('case_id', '=', id)
    .where('ended_at', 'is', null)
  const mine = of.person === undefined ? base : base.where('person', '=', of.person)
  return (of.recording === undefined ? mine : mine.where('recording', '=', of.recording)).execute()
}

export async function insertCaseGrant(trx: Trx, row: Insertable<CaseTables['review_case_grant']>): Promise<void> {
  await caseTables(trx).insertInto('review_case_grant').values(row).execute()
}

export async function endCaseGrant(trx: Trx, grant: string, at: Date): Promise<void> {
  await caseTables(trx).updateTable('review_case_grant').set({ ended_at: at }).where('grant_id', '=', grant).execute()
}

/** What is known of the recording of an exhibit. */
export type Footage = {
  id: string
  sha256: Uint8Array | null
  bytes: bigint | null
  camera: string | null
  wearer: string | null
  recorded_at: Date | null
  recorded_at_source: string | null
  received_at: Date
  sealed_at: Date | null
  index: bigint | null
  life: string | null
  delete_after: Date | null
  held: boolean | null
}

/** Those of these recordings that are on somebody's list, by id. */
export async function footageOf(trx: Trx, seer: Seer, recordings: readonly string[]): Promise<Map<string, Footage>> {
  const { rows } = await sql<Footage>`
    select r.id, r.sha256, r.bytes, r.camera, r.wearer, r.recorded_at, r.recorded_at_source, r.received_at,
      s.at as sealed_at, s.index, k.state as life, k.delete_after, k.held
    from dock_v_recording r
    left join history_event e on e.subject = r.id and e.seq = 0
    left join seal_v_sealed s on s.label = e.label
    left join keep_v_recording k on k.recording = r.id
    where r.id = any(${[...recordings]}::uuid[]) and ${visible(seer, 'r')}`.execute(trx)
  return new Map(rows.map(row => [row.id, row]))
}

export type CaseOfRecording = Pick<CaseRow, 'id' | 'number' | 'title'> & { exhibit: number }

/** The cases that a recording is an exhibit of, as far as somebody may see them. */
export async function casesOfRecording(trx: Trx, seer: CaseSeer, recording: string): Promise<CaseOfRecording[]> {
  const { rows } = await sql<CaseOfRecording>`
    select c.id, c.number, c.title, e.number as exhibit from review_exhibit e join review_case c on c.id = e.case_id
    where e.recording = ${recording}::uuid and e.removed_at is null and ${visibleCase(seer)}
    order by c.number, e.number`.execute(trx)
  return rows
}

/** What people wrote of an exhibit goes with its footage; number, reference and day stay. asInstallation. */
export async function markExhibitsGone(trx: Trx, recording: string, at: Date): Promise<void> {
  await caseTables(trx)
    .updateTable('review_exhibit')
    .set({ title: '', from_ms: null, until_ms: null, gone_at: at })
    .where('recording', '=', recording)
    .where('gone_at', 'is', null)
    .execute()
  await caseTables(trx).deleteFrom('review_case_grant').where('recording', '=', recording).execute()
}

/** With the tombstone goes which recording it was. asInstallation. */
export async function forgetExhibits(trx: Trx, recording: string): Promise<void> {
  await caseTables(trx)
    .updateTable('review_exhibit')
    .set({ recording: null })
    .where('recording', '=', recording)
    .execute()
}
