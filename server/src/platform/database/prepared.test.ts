import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { embeddedParsers } from './column-types.ts'
import { PreparedStatements } from './prepared.ts'

let lite: PGlite
let prepared: PreparedStatements

beforeAll(async () => {
  lite = await PGlite.create({ parsers: embeddedParsers })
  await lite.exec(`
    create role reader;
    create table thing (id int primary key, owner text not null, what text);
    alter table thing enable row level security;
    create policy own on thing to reader using (owner = current_setting('app.owner', true));
    grant select, insert on thing to reader;
    insert into thing values (1, 'a', 'apple'), (2, 'b', 'pear')`)
  prepared = new PreparedStatements(lite)
})
afterAll(async () => lite.close())

const count = 'select count(*) as n from thing where id > $1'

test('what is prepared under one role does not let another role see more', async () => {
  for (let round = 0; round < 8; round++) {
    await lite.exec('begin')
    expect((await prepared.run('', count, [0])).rows).toEqual([{ n: 2n }])
    await lite.exec('commit')
    for (const owner of ['a', 'b', 'nobody']) {
      await lite.exec(`begin; set local role reader; set local app.owner = '${owner}'`)
      const { rows } = await prepared.run('reader', 'select what from thing where id > $1', [0])
      await lite.exec('commit')
      expect(rows).toEqual(owner === 'nobody' ? [] : [{ what: owner === 'a' ? 'apple' : 'pear' }])
    }
  }
})

test('values come back as they went in, and as an unprepared statement gives them', async () => {
  const sql = `select $1::bytea as b, $2::bytea[] as bs, $3::jsonb as j, $4::bigint as n, $5::timestamptz as t,
    $6::text[] as ts, $7::boolean as yes, $8::uuid as u, $9::text as nothing`
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  const values = [
    bytes,
    [bytes.subarray(3, 9), new Uint8Array(), null],
    { a: [1, 'ä"\\'] },
    2n ** 60n,
    new Date(1_700_000_000_123),
    ['a,b', '"', '\\x', 'ø'],
    true,
    '01234567-89ab-4cde-8f01-23456789abcd',
    null,
  ]
  const [row] = (await prepared.run('', sql, values)).rows
  expect(row).toEqual((await lite.query(sql, values)).rows[0])
  expect(row).toMatchObject({ b: bytes, n: 2n ** 60n, t: new Date(1_700_000_000_123), nothing: null })
})

test('a statement that fails leaves the next ones as good as before', async () => {
  for (const bad of ['select nonsense from nowhere where $1 = 1', 'insert into thing values ($1, null, null)'])
    await expect(prepared.run('', bad, [1])).rejects.toMatchObject({ severity: 'ERROR' })
  await expect(prepared.run('', 'insert into thing values ($1, $2, $3)', [1, 'a', 'again'])).rejects.toMatchObject({
    code: '23505',
  })
  expect((await prepared.run('', count, [0])).rows).toEqual([{ n: 2n }])
  await expect(prepared.run('', 'select $1::bytea as b', [{}])).rejects.toThrow('Invalid input')
  expect((await prepared.run('', count, [1])).rows).toEqual([{ n: 1n }])
})

test('after a script that changed a table it is seen as it is now', async () => {
  const all = 'select * from thing where id = $1'
  expect((await prepared.run('', all, [1])).rows).toEqual([{ id: 1, owner: 'a', what: 'apple' }])
  await prepared.forget()
  await lite.exec('alter table thing add column colour text default $$red$$')
  expect((await prepared.run('', all, [1])).rows).toEqual([{ id: 1, owner: 'a', what: 'apple', colour: 'red' }])
})

test('many different statements do not pile up in the engine', async () => {
  for (let i = 0; i < 700; i++)
    expect((await prepared.run('', `select $1::int + ${i} as n`, [1])).rows).toEqual([{ n: 1 + i }])
  const { rows } = await lite.query<{ n: bigint }>('select count(*) as n from pg_prepared_statements')
  expect(Number(rows[0]?.n)).toBeLessThan(310)
})
