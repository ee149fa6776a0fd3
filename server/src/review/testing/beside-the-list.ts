import { sql } from 'kysely'
import type { Trx } from '../../platform/database/door.ts'
import { type Seer, visible } from '../../rules/rules.ts'
import type { Mark } from '../listing.ts'

/** As many rows by their primary key, by nobody's leave: what a page costs a database at the least. */
export async function rowsByKey(trx: Trx, ids: readonly string[]): Promise<void> {
  await sql`select * from dock_recording where id = any(${[...ids]}::uuid[])`.execute(trx)
}

/** Recordings from anywhere in the list. */
export async function someIds(trx: Trx, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from dock_recording order by sha256 limit ${most}`.execute(trx)
  return rows.map(row => row.id)
}

/** Where somebody is who has gone through all but so many. */
export async function nearTheEnd(trx: Trx, left: number): Promise<Mark> {
  const { rows } = await sql<{ id: string; at: Date }>`
    select id, recorded_at as at from dock_recording order by recorded_at, id offset ${left} limit 1`.execute(trx)
  const [row] = rows
  if (row === undefined) throw new Error('there are fewer recordings than that')
  return { at: row.at.getTime(), id: row.id }
}

/** What the page of one recording begins with: whether it is on the list, and what its file says. */
export async function oneRecording(trx: Trx, seer: Seer, id: string): Promise<void> {
  await sql`select r.* from dock_v_recording r where r.id = ${id}::uuid and ${visible(seer, 'r')}`.execute(trx)
  await sql`select name, value, source, parser from dock_v_fact where recording = ${id}::uuid order by ord`.execute(trx)
}
