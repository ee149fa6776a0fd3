import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'

const AT_ONCE = 1000

/** Epoch milliseconds. `before`: what is older than this has its own time of the log behind it. */
type Ending = { readonly agency: string; readonly before: number; readonly at: number }

/**
 * Removes words of the record that no footage takes along, up to a thousand of a kind: who took part in an operation that ended before
 * then, except whose footage is still kept, and what was reported, and looked at, of something that nobody recorded. What stays counts,
 * as it does where footage went. asInstallation. Says how many rows it emptied.
 */
export async function endWords(trx: Trx, ending: Ending): Promise<number> {
  const steps = [endParticipants, endOperations, endReports, endReviews]
  let ended = 0
  for (const step of steps) ended += await step(trx, ending)
  return ended
}

async function endParticipants(trx: Trx, { agency, before, at }: Ending): Promise<number> {
  const { numAffectedRows } = await sql`
    update record_participant p set wearer = null, wearer_key = null, camera = null, ended_at = ${new Date(at)}
    from (
      select p.operation, p.ord from record_participant p join record_operation o on o.id = p.operation
      where p.agency = ${agency}::uuid and p.ended_at is null and o.until_at < ${new Date(before)} and not exists (
        select from record_capture c where c.recording = p.recording and c.erased_at is null)
      order by p.operation, p.ord limit ${AT_ONCE} for update of p
    ) old where old.operation = p.operation and old.ord = p.ord`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

/** Its title and who ordered it, once nobody is named in it any more. */
async function endOperations(trx: Trx, { agency, before, at }: Ending): Promise<number> {
  const { numAffectedRows } = await sql`
    update record_operation set title = '', ordered_by = '', ended_at = ${new Date(at)} where id in (
      select o.id from record_operation o
      where o.agency = ${agency}::uuid and o.ended_at is null and o.until_at < ${new Date(before)} and not exists (
        select from record_participant p where p.operation = o.id and p.ended_at is null)
      order by o.id limit ${AT_ONCE} for update of o)`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

async function endReports(trx: Trx, { agency, before, at }: Ending): Promise<number> {
  const { numAffectedRows } = await sql`
    update record_situation set reported = '{}', reporter = null, explanation = null, wearer_key = null, camera = null,
      erased_at = ${new Date(at)}
    where id in (
      select s.id from record_situation s
      where s.agency = ${agency}::uuid and s.recording is null and s.erased_at is null
        and greatest(s.at, s.reported_at) < ${new Date(before)}
      order by s.id limit ${AT_ONCE} for update of s)`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

async function endReviews(trx: Trx, { agency, before, at }: Ending): Promise<number> {
  const { numAffectedRows } = await sql`
    update record_review set words = '{}', reason = null, erased_at = ${new Date(at)} where id in (
      select r.id from record_review r
      where r.agency = ${agency}::uuid and r.recording is null and r.erased_at is null
        and greatest(r.since, r.opened_at, coalesce(r.closed_at, r.opened_at)) < ${new Date(before)}
      order by r.id limit ${AT_ONCE} for update of r)`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}
