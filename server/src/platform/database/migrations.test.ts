import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { engines, freshPlace } from '../testing/databases.ts'
import { openDatabase, type Database } from './door.ts'
import { pending, readMigrations, type Migration } from './migrations.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const ROLES = `do $$ begin create role vidne_app nologin; exception when duplicate_object or unique_violation then null; end $$;
  do $$ begin create role vidne_installation nologin; exception when duplicate_object or unique_violation then null; end $$;
  grant usage on schema public to vidne_installation;`

const step = (version: number, sha256 = `${version}`): Migration => ({ version, name: `${version}`, sha256, sql: '' })

test('what is lacking is applied in order, what is there is not applied again', () => {
  expect(pending([step(1), step(2), step(3)], [step(1)]).map(({ version }) => version)).toEqual([2, 3])
  expect(pending([step(1)], [step(1)])).toEqual([])
})

test('a database newer than the program is refused in words that say what to do', () => {
  expect(() => pending([step(1)], [step(1), step(2)])).toThrow(/newer version of the program.*Start that newer version/)
})

test('a database migrated by another text is refused', () => {
  expect(() => pending([step(1)], [step(1, 'other')])).toThrow('another text of')
})

test('a database that skipped a step is refused', () => {
  expect(() => pending([step(1), step(2), step(3)], [step(1), step(3)])).toThrow('comes before it')
})

describe.each(engines)('migrations on a real database (%s)', engine => {
  let place: Awaited<ReturnType<typeof freshPlace>>
  let migrations: string

  beforeEach(async () => {
    place = await freshPlace(engine, 'empty')
    migrations = mkdtempSync(join(tmpdir(), 'vidne-migrations-'))
    write(
      '0001_first.sql',
      `${ROLES} create table a (x int); create table b (x int); grant select on a to vidne_installation;`,
    )
  })
  afterEach(async () => {
    await place.remove()
    rmSync(migrations, { recursive: true, force: true })
  })

  const write = (name: string, text: string): void => writeFileSync(join(migrations, name), text)
  const open = async (): Promise<Database> => openDatabase({ ...place, migrations, log: silent })
  const has = async (database: Database, table: string): Promise<boolean> => {
    const { rows } = await database.asInstallation(trx =>
      sql<{ there: boolean }>`select to_regclass(${table}) is not null as there`.execute(trx),
    )
    return rows[0]?.there === true
  }

  test('each file is applied once, and line ends turned by a checkout change nothing', async () => {
    await (await open()).close()
    write('0001_first.sql', (await readMigrations(migrations))[0]!.sql.replaceAll('\n', '\r\n'))
    write('0002_second.sql', 'create table c (x int)')
    const database = await open()
    expect(await has(database, 'c')).toBe(true)
    await database.close()
  })

  test('a step that fails half-way leaves the database as it was before it', async () => {
    write('0002_second.sql', 'create table c (x int); create table c (y int);')
    await expect(open()).rejects.toThrow('migration 0002_second.sql failed')
    rmSync(join(migrations, '0002_second.sql'))
    const database = await open()
    expect(await has(database, 'a')).toBe(true)
    expect(await has(database, 'c')).toBe(false)
    await database.close()
  })

  test('a text that was altered after it was applied is refused', async () => {
    await (await open()).close()
    write('0001_first.sql', ROLES)
    await expect(open()).rejects.toMatchObject({ because: 'migration-altered' })
  })

  test('a program older than the database refuses to start', async () => {
    write('0002_second.sql', 'create table c (x int)')
    await (await open()).close()
    rmSync(join(migrations, '0002_second.sql'))
    await expect(open()).rejects.toMatchObject({ because: 'newer-than-program' })
  })

  test.runIf(engine === 'postgres')('four processes that start at once migrate once', async () => {
    const doors = await Promise.all([open(), open(), open(), open()])
    expect(await has(doors[3]!, 'b')).toBe(true)
    await Promise.all(doors.map(async door => door.close()))
  })
})
