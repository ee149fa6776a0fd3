import { sql } from 'kysely'
import { leafHash } from '@vidne/tlog/merkle'
import type { Trx } from '../platform/database/door.ts'
import { auditLeaf, type KeptRow } from './audit.ts'

const AT_ONCE = 1000

/**
 * Removes audit rows whose time is over, up to a thousand: those about a recording along with its history, once that was erased;
 * the rest when they are older than `before` (epoch ms). The hash of each stays, in place of the row. asInstallation. Says how many.
 */
export async function endAudit(trx: Trx, { agency, before }: { agency: string; before: number }): Promise<number> {
  const { rows } = await sql<KeptRow & { covered_by: string }>`
    select a.* from people_audit a join history_event e on e.subject = a.subject and e.type = 'tombstone-erased'
    where a.agency = ${agency}::uuid and a.covered_by is not null and e.at >= a.at
    union
    select a.* from people_audit a
    where a.agency = ${agency}::uuid and a.covered_by is not null and a.at < ${new Date(before)} and not exists (
      select from history_chain c where c.subject = a.subject and c.kind = 'recording' and not exists (
        select from history_event e where e.subject = c.subject and e.type = 'tombstone-erased'))
    order by id limit ${AT_ONCE}`.execute(trx)
  if (rows.length === 0) return 0
  const leaves = rows.map(row => leafHash(auditLeaf(row)))
  const ids = rows.map(row => row.id)
  await sql`
    insert into people_audit_gone (id, agency, covered_by, leaf)
    select id, ${agency}::uuid, covered_by, leaf
    from unnest(${ids}::uuid[], ${rows.map(row => row.covered_by)}::uuid[], ${leaves}::bytea[]) as g (id, covered_by, leaf)`.execute(
    trx,
  )
  await sql`delete from people_audit where id = any(${ids}::uuid[])`.execute(trx)
  return rows.length
}
