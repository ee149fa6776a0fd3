import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCleared, type OwnedDatabase } from '../testing/cleared-server.ts'
import { asSuperuser, engines } from '../testing/databases.ts'
import { Clearing, isDue } from './clearing.ts'
import type { Connections } from './connections.ts'
import { openDatabase } from './door.ts'
import { openServer } from './server.ts'

const AT_NIGHT = 3
const waits = { readersMs: 0, lockMs: 200, tableMs: 50_000 }

describe.runIf(engines.includes('postgres'))('a PostgreSQL server as the guide asks for it', () => {
  let own: OwnedDatabase
  let connections: Connections
  const logged: string[] = []
  const note = (facts: object, message: string): number => logged.push(`${message} ${JSON.stringify(facts)}`)
  const log = { info: note, warn: note, error: note }

  beforeAll(async () => {
    // PostgreSQL's own vacuum would now and then be in the way too, and a test says here which table is.
    own = await startCleared({ autovacuum: 'off' })
    await (await openDatabase({ url: own.url, folder: '/nowhere', log })).close()
    connections = await openServer({ log, url: own.url, statementTimeoutMs: 60_000, idleInTransactionMs: 60_000 })
  })
  afterAll(async () => {
    await connections?.close()
    await own?.server.remove()
  })

  const run = async (statement: string) => {
    const lease = await connections.lease('unhurried')
    try {
      return (await lease.run(statement, [])).rows
    } finally {
      lease.release(false)
    }
  }
  /** A table of people of whom only the first is left. */
  const erased = async (table: string): Promise<void> => {
    await run(`create table ${table} (id int primary key, name text)`)
    await run(`create index on ${table} (name)`)
    await run(`insert into ${table} select n, 'K. Sørensen ' || n || ' of ${table}' from generate_series(1, 2000) n`)
    await run(`analyze ${table}`)
    await run(`update ${table} set name = null where id > 1`)
  }
  /** The numbers of people of a table who stand in any file of the server. */
  const named = (table: string): Set<string | undefined> => {
    const files = readdirSync(own.server.data, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
    const texts = files.map(one => readFileSync(join(one.parentPath, one.name)).toString('latin1'))
    const name = new RegExp(`K\\. S\xc3\xb8rensen (\\d+) of ${table}`, 'g')
    return new Set(texts.flatMap(text => [...text.matchAll(name)].map(match => match[1])))
  }
  const clear = async (tableMs = waits.tableMs): Promise<string[]> => {
    const before = logged.length
    await new Clearing({ url: own.url, log, waits: { ...waits, tableMs } }).look(AT_NIGHT)
    return logged.slice(before)
  }
  const anew = () => run('delete from platform_upkeep')

  test('I-06 erased rows are in no file of it any more after the night, nor in its log', async () => {
    await erased('told')
    await run('checkpoint')
    expect(named('told').size).toBe(2000)
    expect(await clear()).toEqual([expect.stringMatching(/^erased rows were cleared from the database/)])
    expect(named('told')).toEqual(new Set(['1']))
    expect(await clear()).toEqual([]) // once a night
  })

  test('a row that somebody may still see stays until he has ended, and no longer', async () => {
    await anew()
    const reader = new pg.Client({ connectionString: own.url })
    await reader.connect()
    await reader.query('begin isolation level repeatable read; select 1 from platform_migration')
    await erased('read_on')
    expect(await clear()).toEqual([expect.stringContaining('still reads the database as it was before')])
    expect(named('read_on').size).toBe(2000)
    await reader.query('commit')
    expect(await clear()).toEqual([expect.stringMatching(/^erased rows were cleared/)])
    expect(named('read_on')).toEqual(new Set(['1']))
    await reader.end()
  })

  test('a table in use is left for the next look, and nobody waits for it', async () => {
    await anew()
    await erased('in_use')
    const user = new pg.Client({ connectionString: own.url })
    await user.connect()
    await user.query('begin; lock table in_use in access share mode')
    const [left, done] = await clear()
    expect(left).toContain('"table":"public.in_use"')
    expect(done).toMatch(/^erased rows were cleared/)
    await user.query('commit')
    expect(await clear()).toEqual([expect.stringMatching(/^erased rows were cleared/)])
    expect(named('in_use')).toEqual(new Set(['1']))
    await user.end()
  })

  test('a night that was cut off before its end is ended by the next look', async () => {
    await run("delete from platform_upkeep where what = 'ended'")
    expect(await clear()).toEqual([expect.stringMatching(/^erased rows were cleared/)])
    expect(await clear()).toEqual([])
  })

  test('a table that takes too long is given up, noted, and not tried again this week', async () => {
    await run("update platform_upkeep set at = at - interval '21 hours' where what = 'rewritten public.told'")
    // Slow for the clearing alone, which is known by how long it waits for a lock.
    await run(`create function slow(name text) returns text immutable language plpgsql as $$ begin
      if current_setting('lock_timeout') = '200ms' then perform pg_sleep(600); end if;
      return name;
    end $$`)
    await run('create index told_slowly on told (slow(name))')
    const [left, ...more] = await clear(5_000)
    expect(left).toMatch(/^a table was not written anew .*public\.told.*took too long/)
    expect(more).toEqual([])
    expect(await clear()).toEqual([])
    await run('drop index told_slowly')
  })

  test('a login that owns nothing clears nothing, and says so once', async () => {
    await asSuperuser(own.past, 'create role clerk login noinherit in role vidne_app, vidne_installation')
    const url = own.url.replace('//vidne@', '//clerk@')
    const before = logged.length
    const clearing = new Clearing({ url, log, waits })
    await clearing.look(AT_NIGHT)
    await clearing.look(AT_NIGHT)
    expect(logged.slice(before)).toEqual([expect.stringContaining('this login owns no table')])
  })
})

test.each([
  ['a small table', { bytes: 1_000n, rewritten: 21, gaveUp: null }, 3, true],
  ['a small table by day', { bytes: 1_000n, rewritten: 21, gaveUp: null }, 12, false],
  ['a small table whose night was missed, by day', { bytes: 1_000n, rewritten: 37, gaveUp: null }, 12, true],
  ['a table that never was', { bytes: 1_000n, rewritten: null, gaveUp: null }, 2, true],
  ['a table that never was, by day', { bytes: 1_000n, rewritten: null, gaveUp: null }, 6, false],
  ['a large table after a day', { bytes: 2n ** 31n, rewritten: 21, gaveUp: null }, 3, false],
  ['a large table after a week', { bytes: 2n ** 31n, rewritten: 165, gaveUp: null }, 3, true],
  ['a large table after a week, by day', { bytes: 2n ** 31n, rewritten: 400, gaveUp: null }, 12, false],
  ['one that took too long last night', { bytes: 2n ** 35n, rewritten: null, gaveUp: 24 }, 3, false],
  ['one that took too long a week ago', { bytes: 2n ** 35n, rewritten: null, gaveUp: 170 }, 3, true],
])('%s is due: $3', (_, table, hour, due) => {
  expect(isDue(table, hour)).toBe(due)
})
