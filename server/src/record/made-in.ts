// Which operations a recording was made in. A recording without one is an orphan on the list.

import { sql, type RawBuilder } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { CLOCK_MS } from './operations-store.ts'
import { recordTables } from './tables.ts'

/** Links recordings to every operation whose hours they touch, with their wearer or their camera taking part; anew each time. */
export async function linkRecordings(trx: Trx, recordings: readonly string[]): Promise<void> {
  const ids = [...recordings]
  await recordTables(trx)
    .deleteFrom('record_made_in')
    .where('recording', '=', sql<string>`any(${ids}::uuid[])`)
    .execute()
  await insertLinks(trx, sql<boolean>`c.recording = any(${ids}::uuid[])`)
}

/** Links an operation to what was made in its hours and docked before anybody ordered it. */
export async function linkOperation(trx: Trx, agency: string, operation: string): Promise<void> {
  await insertLinks(trx, sql<boolean>`c.agency = ${agency}::uuid and o.id = ${operation}::uuid`)
}

async function insertLinks(trx: Trx, which: RawBuilder<boolean>): Promise<void> {
  const slack = sql`${CLOCK_MS} * interval '1 millisecond'`
  await sql`
    insert into record_made_in (recording, operation, agency)
    select distinct c.recording, o.id, c.agency
    from record_capture c
    join record_participant p on p.agency = c.agency and (p.wearer_key = c.wearer_key or p.camera = c.camera)
    join record_operation o on o.id = p.operation
    where ${which} and c.erased_at is null
      and coalesce(c.started_at, c.ended_at) <= o.until_at + ${slack}
      and coalesce(c.ended_at, c.started_at) >= o.from_at - ${slack}
    on conflict do nothing`.execute(trx)
}
