import { randomBytes } from 'node:crypto'
import { toHex, utf8 } from '@vidne/evidence/bytes'
import { canonicalize } from '@vidne/evidence/jcs'
import { Frontier, leafHash } from '@vidne/tlog/merkle'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { Act, Actor } from './roles.ts'
import { peopleTables } from './store.ts'

const HOUR_MS = 3_600_000

/** Something that changes nothing and still has to be answered for: a refusal, a listing, a sign-in. */
export type AuditRow = {
  readonly agency: string
  readonly person: string | null
  readonly token: string | null
  readonly act: Act | 'sign-in' | 'approve'
  /** The recording it was about, if one. */
  readonly subject: string | null
  readonly outcome: string
}

/** Writes an audit row. It never touches the log itself, so nobody can flood the log by asking. */
export async function noteAudit(trx: Trx, clock: Clock, row: AuditRow): Promise<void> {
  await peopleTables(trx)
    .insertInto('people_audit')
    .values({ ...row, id: uuidv7(clock), at: new Date(clock.now()), salt: randomBytes(32), covered_by: null })
    .execute()
}

/** Notes what a token lists: the first of each kind in an hour, so that a page that asks every minute makes one row. */
export function listingNotes(
  clock: Clock,
  note: (row: AuditRow) => Promise<void>,
): (actor: Actor, act: Act, subject?: string) => Promise<void> {
  const noted = new Set<string>()
  let hour = 0
  return async ({ agency, person, token }, act, subject) => {
    const now = Math.floor(clock.now() / HOUR_MS)
    if (now !== hour) noted.clear()
    hour = now
    const what = `${token} ${act} ${subject ?? ''}`
    if (noted.has(what)) return
    await note({ agency, person, token, act, subject: subject ?? null, outcome: 'listed' })
    noted.add(what)
  }
}

/** A row as it is kept. */
export type KeptRow = {
  readonly id: string
  readonly at: Date
  readonly person: string | null
  readonly token: string | null
  readonly act: string
  readonly subject: string | null
  readonly outcome: string
  readonly salt: Uint8Array
}

/** What an hour's leaf is computed over for one row: RFC 6962 leaf data, JCS with the row's own salt. */
export function auditLeaf(row: KeptRow): Uint8Array {
  const { id, at, person, token, act, subject, outcome, salt } = row
  return utf8(canonicalize({ id, at: at.getTime(), person, token, act, subject, outcome, salt: toHex(salt) }))
}

/**
 * Commits the agency's rows of all finished hours that no event covers yet in one `audited` event of the agency's chain;
 * at most one an hour. Answers how many rows it covered; 0 when there were none or the hour has its event already.
 * Its field `root` is the RFC 6962 root over the rows in the order of their ids.
 */
export async function commitAudit(
  trx: Trx,
  { agency, clock, history, pol }: { agency: string; clock: Clock; history: History; pol: Uint8Array },
): Promise<number> {
  const tables = peopleTables(trx)
  const thisHour = Math.floor(clock.now() / HOUR_MS) * HOUR_MS
  const hour = new Date(thisHour - HOUR_MS)
  const done = await tables
    .selectFrom('people_audit_hour')
    .select('id')
    .where('agency', '=', agency)
    .where('hour', '>=', hour)
    .limit(1)
    .executeTakeFirst()
  if (done !== undefined) return 0
  const id = uuidv7(clock)
  const covered = await tables
    .updateTable('people_audit')
    .set({ covered_by: id })
    .where('agency', '=', agency)
    .where('covered_by', 'is', null)
    .where('at', '<', new Date(thisHour))
    .returning(['id', 'at', 'person', 'token', 'act', 'subject', 'outcome', 'salt'])
    .execute()
  if (covered.length === 0) return 0
  const tree = Frontier.empty()
  const rows = covered.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  for (const row of rows) tree.append(leafHash(auditLeaf(row)))
  const root = tree.root()
  await tables.insertInto('people_audit_hour').values({ id, agency, hour, rows: rows.length, root }).execute()
  const fields = [
    { name: 'hour', value: hour.getTime() },
    { name: 'rows', value: rows.length },
    { name: 'root', value: toHex(root) },
  ]
  await history.append(trx, { subject: agency, type: 'audited', pol, fields })
  return rows.length
}
