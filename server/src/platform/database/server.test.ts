import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asSuperuser, engines } from '../testing/databases.ts'
import { postgresPrograms, startPostgres, type PostgresServer } from '../testing/postgres-server.ts'
import { openDatabase, type Database } from './door.ts'
import { DatabaseAway } from './errors.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const agency = '00000000-0000-7000-8000-00000000000a'

describe.runIf(engines.includes('postgres'))('a PostgreSQL server of its own', () => {
  let server: PostgresServer
  const open = async (url: string): Promise<Database> => openDatabase({ url, folder: '/nowhere', log: silent })

  beforeAll(async () => {
    server = await startPostgres(postgresPrograms()!)
  })
  afterAll(async () => server.remove())

  async function newDatabase(): Promise<string> {
    const name = `t${randomBytes(6).toString('hex')}`
    await asSuperuser(
      server.url('postgres'),
      `create database ${name} encoding 'UTF8' locale 'C.UTF-8' template template0`,
    )
    return name
  }

  test('that goes away in the middle of work and comes back is used again without hands', async () => {
    const database = await open(server.url(await newDatabase()))
    let underWay: (() => void) | null = null
    const started = new Promise<void>(resolve => (underWay = resolve))
    const cut = database.asInstallation(async trx => {
      await sql`insert into history_pending (leaf) values ('\\x01')`.execute(trx)
      underWay?.()
      await sql`select pg_sleep(30)`.execute(trx)
    })
    const told = cut.catch((error: unknown) => error)
    await started
    await server.kill()
    expect(await told).toMatchObject({ name: 'DatabaseAway', retryable: true, committed: 'no' })
    await expect(database.asInstallation(async () => {})).rejects.toThrow(
      /^the database does not answer \(\w+\); see that it runs/,
    )
    expect(await database.ready()).toBe(false)
    await server.start()
    expect(await database.ready()).toBe(true)
    const { rows } = await database.asInstallation(trx =>
      sql`select count(*) as rows from history_pending`.execute(trx),
    )
    expect(rows).toEqual([{ rows: 0n }])
    await database.close()
  })

  test('that breaks off during a commit leaves the outcome open, and says so', async () => {
    const database = await open(server.url(await newDatabase()))
    const cut = database.asInstallation(async trx => {
      await sql`insert into history_pending (leaf) values ('\\x01')`.execute(trx)
      await server.kill()
    })
    await expect(cut).rejects.toMatchObject({ name: 'DatabaseAway', committed: 'unknown' })
    await server.start()
    await database.close()
  })

  test('serves a login that owns nothing: once migrated, it needs no more than the two roles', async () => {
    const name = await newDatabase()
    await (await open(server.url(name))).close()
    await asSuperuser(
      server.url(name),
      'create role clerk login noinherit in role vidne_app, vidne_installation; grant select on platform_migration to clerk',
    )
    const url = server.url(name).replace('//postgres@', '//clerk@')
    const database = await open(url)
    await database.asInstallation(trx => sql`insert into history_pending (leaf) values ('\\x01')`.execute(trx))
    const escape = database.asAgency(agency, trx => sql`reset role; select * from history_event`.execute(trx))
    await expect(escape).rejects.toMatchObject({ code: '42501' })
    await database.close()
  })

  test('may be owned by a login that is no superuser, and still no agency sees another', async () => {
    const name = `t${randomBytes(6).toString('hex')}`
    await asSuperuser(server.url('postgres'), 'create role owner login createrole')
    await asSuperuser(
      server.url('postgres'),
      `create database ${name} owner owner encoding 'UTF8' locale 'C.UTF-8' template template0`,
    )
    const url = server.url(name).replace('//postgres@', '//owner@')
    const database = await open(url)
    await database.asAgency(agency, async trx => {
      const zero = new Uint8Array(32)
      await sql`insert into history_chain values (${agency}, ${agency}, 'agency', ${zero}, now())`.execute(trx)
      await sql`insert into history_head values (${agency}, ${agency}, 0, ${zero}, ${zero})`.execute(trx)
    })
    const chains = async (of: string): Promise<number> => {
      const { rows } = await database.asAgency(of, trx => sql`select subject from history_chain`.execute(trx))
      return rows.length
    }
    expect(await chains(agency)).toBe(1)
    expect(await chains(agency.replace(/a$/, 'b'))).toBe(0)
    await database.close()
  })

  test('with another encoding is refused in words', async () => {
    const name = `t${randomBytes(6).toString('hex')}`
    await asSuperuser(
      server.url('postgres'),
      `create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`,
    )
    await expect(open(server.url(name))).rejects.toThrow("encoding 'UTF8' locale 'C.UTF-8'")
  })
})

test('a server that is not there is away, not broken', async () => {
  const nowhere = openDatabase({ url: 'postgres://vidne:secret@127.0.0.1:1/vidne', folder: '/nowhere', log: silent })
  const error: unknown = await nowhere.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(DatabaseAway)
  expect(String(error)).not.toContain('secret')
})
