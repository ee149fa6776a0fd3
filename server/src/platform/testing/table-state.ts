import { sql } from 'kysely'
import type { Database } from '../database/door.ts'

/** What every table holds, by its name. */
export type State = Readonly<Record<string, string>>

/**
 * What every table holds, but for the audit, which grows with each refusal, when a session was last seen, who guessed, and what jobs
 * reckon from the history: so that of two of these it can be said that nothing was changed in between.
 */
export async function tableState(database: Database): Promise<State> {
  return database.asInstallation(async trx => {
    const names = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'seal\\_%'
        and table_name not in
          ('people_audit', 'people_session', 'people_tried', 'history_pending', 'keep_deadline', 'keep_ground')
      order by 1`.execute(trx)
    const held: Record<string, string> = {}
    for (const { name } of names.rows) {
      const rows = await sql<{ held: string }>`
        select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as held
        from ${sql.table(name)} t`.execute(trx)
      held[name] = rows.rows[0]?.held ?? ''
    }
    return held
  })
}
