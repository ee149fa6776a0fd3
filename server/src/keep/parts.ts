import { sql } from 'kysely'
import type { KeepGround } from './ground.ts'
import { keepTables, type KeepTables } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'objects'>

const PAGE = 10_000

/** What was written while the list was being made is there all the same, and what was erased since is not missed. */
export async function isLost(ground: Ground, object: string): Promise<boolean> {
  return (await ground.objects.size(object)) === null && isKnown(ground, object)
}

/** Every part of every agency, by the name of its object. */
export async function* parts({ database }: Pick<Ground, 'database'>): AsyncGenerator<KeepTables['dock_v_part']> {
  for (let after = ''; ;) {
    const rows = await database.asInstallation(trx =>
      keepTables(trx)
        .selectFrom('dock_v_part')
        .selectAll()
        .where('object', '>', after)
        .orderBy('object')
        .limit(PAGE)
        .execute(),
    )
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.object
  }
}

/** Whether a part lies in this object, or an upload has reserved its name. */
export async function isKnown({ database }: Pick<Ground, 'database'>, object: string): Promise<boolean> {
  const { rows } = await database.asInstallation(trx =>
    sql<{ known: boolean }>`
      select exists (select from dock_v_part where object = ${object})
        or exists (select from dock_v_reserved where object = ${object}) as known`.execute(trx),
  )
  return rows[0]?.known === true
}
