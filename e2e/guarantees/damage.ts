import { join } from 'node:path'
import { Clearing } from '@vidne/server/platform/database/clearing'
import { MAKE_UPKEEP } from '@vidne/server/platform/database/clearing-tables'
import { openEmbedded } from '@vidne/server/platform/database/embedded'
import { Upkeep } from '@vidne/server/platform/database/upkeep'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { asSuperuser } from '@vidne/server/platform/testing/databases'

/** A database of an installation that nobody serves just now. */
export type AtRest = { readonly data: string; readonly url: string | null }

type Row = Record<string, unknown>
type Ask = (statement: string) => Promise<readonly Row[]>

/** Asks with all rights, past every rule of the program, as a faulty one would or an operator with a console. */
async function pastAll<T>({ data, url }: AtRest, work: (ask: Ask) => Promise<T>): Promise<T> {
  if (url !== null) return work(statement => asSuperuser(url, statement))
  const limits = { statementTimeoutMs: 60_000, idleInTransactionMs: 60_000 }
  const database = await openEmbedded({ ...limits, folder: join(data, 'database'), log: silentLogger })
  const lease = await database.lease('unhurried')
  try {
    return await work(async statement => (await lease.run(statement, [])).rows)
  } finally {
    lease.release(false)
    await database.close()
  }
}

/** Runs statements with all rights. */
export async function pastAllRules(place: AtRest, statements: readonly string[]): Promise<void> {
  await pastAll(place, async ask => {
    for (const statement of statements) await ask(statement)
  })
}

/** The tables that hold one of these texts in some row, in whatever column; those of tomorrow are looked through too. */
export async function tablesWith(place: AtRest, texts: readonly string[]): Promise<string[]> {
  const words = texts.map(text => `'${text.replaceAll("'", "''")}'`).join(', ')
  return pastAll(place, async ask => {
    const tables = await ask(`select schemaname, tablename from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') order by tablename`)
    const holding: string[] = []
    for (const { schemaname, tablename } of tables) {
      const found = await ask(`select 1 as found from "${String(schemaname)}"."${String(tablename)}" t
        where exists (select from unnest(array[${words}]) as w (word) where position(w.word in t::text) > 0) limit 1`)
      if (found.length > 0) holding.push(String(tablename))
    }
    return holding
  })
}

/** What the database does each night, or the installation does to its server. */
export async function night({ data, url }: AtRest): Promise<void> {
  const limits = { statementTimeoutMs: 60_000, idleInTransactionMs: 60_000, log: silentLogger }
  if (url !== null) return clearing(url)
  const database = await openEmbedded({ ...limits, folder: join(data, 'database') })
  const lease = await database.lease('unhurried')
  await lease.run("delete from platform_upkeep where what = 'vacuum'", [])
  await lease.run("insert into platform_upkeep values ('vacuum', clock_timestamp() - interval '40 hours')", [])
  lease.release(false)
  await new Upkeep(database, silentLogger).look()
  await database.close()
}

/**
 * A night's clearing, also where it is not the first of the day. A served installation goes on working meanwhile; on a slow machine
 * its statements are waited for longer than at night.
 */
async function clearing(url: string): Promise<void> {
  await asSuperuser(url, `${MAKE_UPKEEP}; delete from platform_upkeep`) // as who owns it, whoever that is
  await new Clearing({ url, log: silentLogger, waits: { readersMs: 90_000, lockMs: 45_000, tableMs: 50_000 } }).look(3)
}
