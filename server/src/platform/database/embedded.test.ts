import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ballast } from './ballast.ts'
import { openDatabase, type Database } from './door.ts'
import { proveDurable } from './durable.ts'
import { durableStartParams } from './durable-fs.ts'
import { openEmbedded } from './embedded.ts'
import { DatabaseAway, DatabaseRefused } from './errors.ts'
import { Upkeep } from './upkeep.ts'

const testing = join(import.meta.dirname, '../testing')
const silent = { info: () => {}, warn: () => {}, error: () => {} }
const patient = { log: silent, statementTimeoutMs: 60_000, idleInTransactionMs: 60_000 }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-embedded-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = async (): Promise<Database> => openDatabase({ url: null, folder, log: silent })

test('a PGlite that does not flush its write-ahead log is not opened for use', async () => {
  const startParams = durableStartParams(PGlite.defaultStartParams)
  const unpatched = await PGlite.create({ fs: new NodeFS(join(folder, 'cluster')), startParams })
  await expect(proveDurable(unpatched, { walSyncs: 0 })).rejects.toMatchObject({ because: 'not-durable' })
  await unpatched.close()
})

test('a PGlite that is told not to flush is not opened for use, whatever its file system counts', async () => {
  const plain = await PGlite.create({ fs: new NodeFS(join(folder, 'cluster')) })
  let counted = 0
  const countingAll = {
    get walSyncs() {
      return counted++
    },
  }
  await expect(proveDurable(plain, countingAll)).rejects.toMatchObject({ because: 'not-durable' })
  await plain.close()
})

test('what was committed is there when the folder is opened again', async () => {
  const first = await open()
  await first.asInstallation(trx => sql`insert into history_pending (leaf) values ('\\x01')`.execute(trx))
  await first.close()
  const second = await open()
  const { rows } = await second.asInstallation(trx => sql`select leaf from history_pending`.execute(trx))
  expect(rows).toEqual([{ leaf: new Uint8Array([1]) }])
  await second.close()
})

test('a second opener is refused in words, and the first goes on', async () => {
  const first = await open()
  await expect(open()).rejects.toThrow('in use by another process on this machine')
  expect(await first.ready()).toBe(true)
  await first.close()
  await (await open()).close()
})

test('a database of another PostgreSQL is refused before it is touched, and the words say what to do', async () => {
  mkdirSync(join(folder, 'cluster'))
  writeFileSync(join(folder, 'cluster', 'PG_VERSION'), '17\n')
  const refusal = await open().catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(DatabaseRefused)
  expect(refusal).toMatchObject({ because: 'made-by-another-postgresql' })
  expect(String(refusal)).toMatch(/PostgreSQL 17.*PostgreSQL 18.*vidne backup.*vidne restore/)
})

test('a folder that lost its database is refused, not filled with an empty one', async () => {
  mkdirSync(join(folder, 'cluster', 'base'), { recursive: true })
  await expect(open()).rejects.toMatchObject({ because: 'not-a-database' })
})

test('a first start that was cut short begins anew', async () => {
  mkdirSync(join(folder, 'cluster.new', 'base'), { recursive: true })
  writeFileSync(join(folder, 'cluster.new', 'PG_VERSION'), '18\n')
  const database = await open()
  expect(await database.ready()).toBe(true)
  expect(existsSync(join(folder, 'cluster.new'))).toBe(false)
  await database.close()
})

test('a server killed in the middle of writing, five times, has lost nothing that it acknowledged', async () => {
  const acknowledged: number[] = []
  for (let kill = 0; kill < 5; kill++) acknowledged.push(...(await writeUntilKilled(10 + kill * 37)))
  expect(acknowledged.length).toBeGreaterThan(400)
  const database = await open()
  const { rows } = await database.asInstallation(trx => sql`select leaf from history_pending`.execute(trx))
  const there = new Set((rows as { leaf: Uint8Array }[]).map(({ leaf }) => Buffer.from(leaf).readUInt32BE()))
  expect(acknowledged.filter(number => !there.has(number))).toEqual([])
  await database.close()
})

test('a flush that fails ends the process before anything more is acknowledged', async () => {
  const { output, signal } = await runUntilExit('flush-fails')
  expect(signal).toBe('SIGKILL')
  expect(output).toContain('acknowledged 1')
  expect(output).not.toContain('acknowledged 2')
  expect(output).toContain('could not be flushed to disk')
})

test('thirty who write at once are told only after the disk has it, and share the flushes', async () => {
  await (await open()).close()
  const hold = join(folder, 'hold')
  const writer = spawn(
    process.execPath,
    ['--import', join(testing, 'held-flushes.ts'), join(testing, 'database-writer.ts'), 'at-once', folder],
    { env: { ...process.env, VIDNE_TEST_HOLD: hold } },
  )
  let output = ''
  writer.stdout.on('data', (words: Buffer) => (output += words.toString()))
  await expect.poll(() => output).toBe('open\n')
  writeFileSync(hold, '')
  writeFileSync(`${hold}.count`, '')
  writer.stdin.write('go\n')
  await setTimeout(700)
  expect(output).toBe('open\n')
  rmSync(hold)
  const flushesBefore = readFileSync(`${hold}.count`, 'utf8')
  await once(writer, 'close')
  expect(output.match(/acknowledged/g)).toHaveLength(30)
  expect(output).toContain('the job began')
  expect(flushesBefore).toBe('')
  expect(readFileSync(`${hold}.count`, 'utf8').match(/flushed/g)?.length).toBeLessThan(15)
})

test('a disk that is full under the write-ahead log stops the engine, not just the statement', async () => {
  const { output, signal } = await runUntilExit('log-full')
  expect(signal).toBe('SIGKILL')
  expect(output).toMatch(/^(acknowledged \d+\n)*stopped .*\n$/)
})

test('the write-ahead log is folded in when it has grown, and deleted rows are given back at night', async () => {
  const connections = await openEmbedded({ ...patient, folder })
  const lease = await connections.lease()
  const read = async (what: string): Promise<unknown> =>
    (await lease.run(`select ${what} as found`, [])).rows[0]?.['found']
  await lease.run('create table grown (filler text)', [])
  await lease.run("insert into grown select repeat('x', 1000) from generate_series(1, 80000)", [])
  await lease.run('delete from grown', [])
  const before = await read('(select redo_lsn::text from pg_control_checkpoint())')
  const size = await read("pg_relation_size('grown')")
  await lease.run("insert into platform_upkeep values ('vacuum', now() - interval '21 hours')", [])
  lease.release(false)
  await new Upkeep(connections, silent).look(3)
  const after = await connections.lease()
  const { rows } = await after.run(
    "select (select redo_lsn::text from pg_control_checkpoint()) as redo, pg_relation_size('grown') as size",
    [],
  )
  after.release(false)
  expect(rows[0]?.['redo']).not.toBe(before)
  expect(size).toBeGreaterThan(80_000_000n)
  expect(rows[0]?.['size']).toBe(0n)
  await connections.close()
})

test('erased rows are in no file of the database any more after the night', async () => {
  const connections = await openEmbedded({ ...patient, folder })
  const lease = await connections.lease()
  await lease.run('create table told (id int primary key, name text)', [])
  await lease.run('create index told_name on told (name)', [])
  await lease.run("insert into told select n, 'K. Sørensen ' || n from generate_series(1, 2000) n", [])
  await lease.run('analyze told', [])
  await lease.run('update told set name = null where id > 1', [])
  await lease.run("insert into platform_upkeep values ('vacuum', now() - interval '40 hours')", [])
  lease.release(false)
  await new Upkeep(connections, silent).look()
  await connections.close()
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
  const found = files.map(one => readFileSync(join(one.parentPath, one.name)).toString('latin1'))
  const names = found.flatMap(text => [...text.matchAll(/K\. S\xc3\xb8rensen (\d+)/g)].map(match => match[1]))
  expect(new Set(names)).toEqual(new Set(['1']))
})

test('the reserve on the disk is real, is given up once, and is taken again when there is room', async () => {
  const ballast = await Ballast.reserve(folder, silent)
  const file = join(folder, 'ballast')
  expect(statSync(file).blocks * 512).toBeGreaterThanOrEqual(32 * 1024 * 1024)
  expect(await ballast.giveUp()).toBe(true)
  expect(await ballast.giveUp()).toBe(false)
  await ballast.refill()
  expect(existsSync(file)).toBe(true)
})

test('a thread that dies takes its transaction along, says so, and is replaced without hands', async () => {
  const ground = await openEmbedded({ ...patient, folder, statementTimeoutMs: 5000 })
  const lease = await ground.lease()
  await lease.run('begin', [])
  await lease.run('create table half_done (x int)', [])
  await expect(lease.run('select pg_sleep(60)', [])).rejects.toThrow('took longer than 5000 ms')
  await expect(lease.run('commit', [])).rejects.toThrow(DatabaseAway)
  lease.release(true)
  const next = await ground.lease()
  const { rows } = await next.run("select to_regclass('half_done') is null as gone", [])
  expect(rows).toEqual([{ gone: true }])
  next.release(false)
  await expect(next.run('select 1', [])).rejects.toThrow('after its transaction had ended')
  await ground.close()
})

test('a transaction that holds the connection and says nothing is ended, and the next one gets its turn', async () => {
  const ground = await openEmbedded({ ...patient, folder, idleInTransactionMs: 150 })
  const idle = await ground.lease()
  await idle.run('begin; create table half_done (x int)', [])
  const next = await ground.lease()
  const { rows } = await next.run("select to_regclass('half_done') is null as gone", [])
  expect(rows).toEqual([{ gone: true }])
  await expect(idle.commit()).rejects.toThrow('idle for too long')
  idle.release(true)
  next.release(false)
  await ground.close()
})

/** Starts a writer on the folder, kills it once it has acknowledged so many numbers, and tells which. */
async function writeUntilKilled(least: number): Promise<number[]> {
  const acknowledged = (output: string): RegExpExecArray[] => [...output.matchAll(/acknowledged (\d+)\n/g)]
  const { output } = await runUntilExit('write', said => acknowledged(said).length >= least)
  return acknowledged(output).map(([, number]) => Number(number))
}

async function runUntilExit(
  role: string,
  killAt: (output: string) => boolean = () => false,
): Promise<{ output: string; signal: string | null }> {
  const writer = spawn(process.execPath, [join(testing, 'database-writer.ts'), role, folder])
  let output = ''
  const hear = (words: Buffer): void => {
    output += words.toString()
    if (killAt(output)) writer.kill('SIGKILL')
  }
  writer.stdout.on('data', hear)
  writer.stderr.on('data', hear)
  const { promise, resolve } = Promise.withResolvers<string | null>()
  writer.on('close', (_code, signal) => resolve(signal))
  return { signal: await promise, output }
}
