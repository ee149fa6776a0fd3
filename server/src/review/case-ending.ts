import { sql } from 'kysely'
import type { PolicyPack } from '@vidne/policies/pack'
import { loggedEnd } from '../keep/keep.ts'
import { actorFields } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { CaseGround } from './case-ground.ts'
import type { CaseRow } from './cases-store.ts'

/** When the texts of a closed case go by rule; `footage`: how many exhibits keep them until their footage is gone. */
export type CaseGoes = { readonly at: number; readonly footage: number }

/** Null while the case is open: nothing of it ends by itself then. The rule is the policy's time of the log. */
export function goesOf(
  { closed_at, footage }: Pick<CaseRow, 'closed_at'> & { footage: number },
  pack: PolicyPack,
): CaseGoes | null {
  return closed_at === null ? null : { at: loggedEnd(pack, closed_at.getTime()), footage }
}

const AT_ONCE = 100
/** In place of whoever opened, changed or added: nobody. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

type Ending = Pick<CaseGround, 'database' | 'clock' | 'history' | 'rules'>

/** Ends the texts of the agency's cases that were closed before then and keep no footage; says how many. Each is an event of the agency. */
export async function endCases(ground: Ending, agency: string, before: number): Promise<number> {
  let ended = 0
  for (;;) {
    const more = await ground.database.asInstallation(trx => endSome(ground, trx, { agency, before }))
    ended += more
    if (more < AT_ONCE) return ended
  }
}

async function endSome(
  ground: Ending,
  trx: Trx,
  { agency, before }: { agency: string; before: number },
): Promise<number> {
  // The case before the agency's chain, as whoever changes one takes them; one that is opened again meanwhile is left.
  const { rows } = await sql<{ id: string }>`
    select c.id from review_case c
    where c.agency = ${agency}::uuid and c.ended_at is null and c.closed_at < ${new Date(before)} and not exists (
      select from review_exhibit e where e.case_id = c.id and e.removed_at is null and e.gone_at is null)
    order by c.id limit ${AT_ONCE} for update of c`.execute(trx)
  if (rows.length === 0) return 0
  await ground.history.lock(trx, [agency])
  const { pol } = await ground.rules.policyInForce(trx, agency)
  for (const { id } of rows) {
    await forgetTexts(trx, id, new Date(ground.clock.now()))
    const fields = [{ name: 'case-id', value: id }, { name: 'change', value: 'ended' }, ...actorFields(null)]
    await ground.history.append(trx, { subject: agency, type: 'case-changed', pol, fields })
  }
  return rows.length
}

async function forgetTexts(trx: Trx, id: string, at: Date): Promise<void> {
  for (const table of ['review_case_person', 'review_case_grant'])
    await sql`delete from ${sql.table(table)} where case_id = ${id}::uuid`.execute(trx)
  for (const table of ['review_entry_version', 'review_entry'])
    await sql`delete from ${sql.table(table)} where subject = ${id}::uuid`.execute(trx)
  await sql`update review_exhibit set reference = '', title = '', added_by = ${NOBODY}::uuid
    where case_id = ${id}::uuid`.execute(trx)
  await sql`update review_case set number = '', number_key = id::text, title = '', summary = '', opened_by = ${NOBODY}::uuid,
      changed_by = ${NOBODY}::uuid, ended_at = ${at} where id = ${id}::uuid`.execute(trx)
}
