import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nameKey } from '../people/people.ts'
import { openDatabase, type Database } from '../platform/database/door.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { engines, freshPlace } from '../platform/testing/databases.ts'

const MIGRATIONS = join(import.meta.dirname, '../../migrations')
const NAMES = ['Anna Berg', ' ANNA\t  Berg ', 'ÅSA ÖBERG', 'A\u030Asa  \u00D6berg', 'Łukasz ŻÓŁĆ', '4711', 'Ærø']

describe.each(engines)('the wearers of recordings from before there was a key (%s)', engine => {
  const agency = randomUUID()
  let place: Awaited<ReturnType<typeof freshPlace>>
  let database: Database
  beforeAll(async () => {
    place = await freshPlace(engine, 'empty')
    const migrations = join(place.folder, 'earlier')
    mkdirSync(migrations)
    for (const name of readdirSync(MIGRATIONS).filter(file => Number(file.slice(0, 4)) < 17))
      cpSync(join(MIGRATIONS, name), join(migrations, name))
    const earlier = await openDatabase({ ...place, migrations, log: silentLogger })
    await earlier.asInstallation(async trx => {
      for (const wearer of [...NAMES, null])
        await sql`insert into dock_recording (id, agency, wearer, path, bytes, sha256, level, received_at, proposed_hold)
          values (gen_random_uuid(), ${agency}::uuid, ${wearer}, 'a.mp4', 1, sha256(gen_random_uuid()::text::bytea), 'gateway', now(), false)`.execute(
          trx,
        )
    })
    await earlier.close()
    database = await openDatabase({ ...place, log: silentLogger })
  })
  afterAll(async () => {
    await database?.close()
    await place?.remove()
  })

  test('are found under the key of persons after the upgrade, and none is without one', async () => {
    const { rows } = await database.asAgency(agency, trx =>
      sql<{ wearer: string; wearer_key: string }>`select wearer, wearer_key from dock_recording`.execute(trx),
    )
    const keys = new Map(rows.map(row => [row.wearer, row.wearer_key]))
    expect(keys).toEqual(new Map([...NAMES.map(name => [name, nameKey(name)] as const), [null, null]]))
  })

  test('and no wearer is written without his key from then on', async () => {
    const bare = sql`update dock_recording set wearer_key = null where wearer is not null`
    await expect(database.asInstallation(trx => bare.execute(trx))).rejects.toThrow('check constraint')
  })
})
