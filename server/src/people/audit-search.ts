import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { nameKey } from './persons.ts'
import { peopleTables } from './store.ts'

/** What is looked for in an agency's audit. Times in epoch milliseconds; `after`: the mark of the last row of the page before. */
export type AuditWish = {
  readonly agency: string
  readonly from: number
  readonly until: number
  readonly person: string | null
  readonly act: string | null
  readonly subject: string | null
  readonly refusedOnly: boolean
  readonly after: string | null
  readonly most: number
}

export type FoundRow = {
  readonly id: string
  readonly at: number
  readonly person: string | null
  readonly act: string
  readonly subject: string | null
  readonly outcome: string
  readonly sealed: boolean
}

/** What is no refusal: somebody signed in, something was listed, somebody looked for rows of the audit. */
const NO_REFUSALS = [
  'signed-in',
  'signed-in-passkey',
  'signed-in-password',
  'signed-in-oidc',
  'signed-in-persona',
  'signed-out',
  'listed',
  'allowed',
  'lawfulness',
  'self-monitoring',
  'security',
  'criminal-proceedings',
]

/** Rows one by one, newest first: never grouped, never counted, since nothing of them becomes a figure about a person (I-12). */
export async function searchAudit(trx: Trx, wish: AuditWish): Promise<FoundRow[]> {
  let rows = peopleTables(trx)
    .selectFrom('people_audit as row')
    .leftJoin('people_person as person', 'person.id', 'row.person')
    .select(['row.id', 'row.at', 'person.name', 'row.act', 'row.subject', 'row.outcome', 'row.covered_by'])
    .where('row.agency', '=', wish.agency)
    .where('row.at', '>=', new Date(wish.from))
    .where('row.at', '<=', new Date(wish.until))
  if (wish.person !== null) rows = rows.where('person.name_key', '=', nameKey(wish.person))
  if (wish.act !== null) rows = rows.where('row.act', '=', wish.act)
  if (wish.subject !== null) rows = rows.where('row.subject', '=', wish.subject)
  if (wish.refusedOnly) rows = rows.where('row.outcome', 'not in', NO_REFUSALS)
  // Ids are UUIDs of version 7: their order is that of time.
  if (wish.after !== null) rows = rows.where(sql<boolean>`row.id < ${wish.after}::uuid`)
  const found = await rows.orderBy('row.id', 'desc').limit(wish.most).execute()
  return found.map(({ id, at, name, act, subject, outcome, covered_by }) => ({
    id,
    at: at.getTime(),
    person: name,
    act,
    subject,
    outcome,
    sealed: covered_by !== null,
  }))
}
