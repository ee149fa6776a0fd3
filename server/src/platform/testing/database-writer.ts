// A process of its own for tests that kill it: writes numbered rows and says each aloud once it is acknowledged.
// node database-writer.ts write|flush-fails|log-full|at-once FOLDER
import { once } from 'node:events'
import fs, { mkdirSync, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { sql } from 'kysely'
import { openDatabase } from '../database/door.ts'
import { openDurable } from '../database/durable.ts'

const [role, folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('a folder is needed')
const say = (words: string): number => writeSync(1, `${words}\n`)
/** PostgreSQL fills a new segment of its write-ahead log with zeroes in steps of this size, and nothing else does. */
const NEW_SEGMENT_BYTES = 1024 * 1024
const silent = { info: () => {}, warn: () => {}, error: () => {} }

if (role === 'write') await writeForEver(folder)
else if (role === 'flush-fails') await writeOverFailingFlush(folder)
else if (role === 'log-full') await writeOverFullLog(folder)
else if (role === 'at-once') await writeAtOnce(folder)
else throw new Error('write, flush-fails, log-full or at-once')

async function writeForEver(where: string): Promise<void> {
  const database = await openDatabase({ url: null, folder: where, log: silent })
  const first = (process.pid % 40_000) * 100_000
  say('open')
  for (let number = first; ; number += 8) {
    const eight = Array.from({ length: 8 }, (_, i) => number + i)
    await Promise.all(
      eight.map(async one => {
        const leaf = Buffer.alloc(4)
        leaf.writeUInt32BE(one)
        await database.asInstallation(trx => sql`insert into history_pending (leaf) values (${leaf})`.execute(trx))
        say(`acknowledged ${one}`)
      }),
    )
  }
}

/** At a word on stdin: thirty agencies write at the same time, and a job of the installation begins behind them. */
async function writeAtOnce(where: string): Promise<void> {
  const database = await openDatabase({ url: null, folder: where, log: silent })
  say('open')
  await once(process.stdin, 'data')
  const agency = '0198f0a0-0000-7000-8000-00000000000a'
  const writers = Array.from({ length: 30 }, async (_, number) => {
    await database.asAgency(agency, trx => sql`insert into history_pending (leaf) values ('\\x01')`.execute(trx))
    say(`acknowledged ${number}`)
  })
  const job = database.asInstallation(async () => void say('the job began'))
  await Promise.all([...writers, job])
  process.exit(0) // without closing, which flushes for reasons of its own
}

async function writeOverFailingFlush(where: string): Promise<void> {
  const lite = await openHere(where)
  await lite.exec('insert into acknowledged values (1)')
  say('acknowledged 1')
  fs.fsyncSync = () => {
    throw new Error('EIO: i/o error, fsync')
  }
  syncBuiltinESMExports()
  await lite.exec('insert into acknowledged values (2)').catch(() => {})
  say('acknowledged 2')
}

/** The disk fills up while the write-ahead log needs its next segment. */
async function writeOverFullLog(where: string): Promise<void> {
  const lite = await openHere(where)
  const write = fs.writeSync
  fs.writeSync = (...args: unknown[]): number => {
    if (args[3] === NEW_SEGMENT_BYTES) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    return Reflect.apply(write, fs, args)
  }
  for (let number = 1; ; number++) {
    await lite.exec(`insert into acknowledged select ${number} from generate_series(1, 100000)`)
    say(`acknowledged ${number}`)
  }
}

/** The engine in this very thread, so that the disk below it can be made to fail. */
async function openHere(where: string): Promise<PGlite> {
  const cluster = join(where, 'cluster')
  mkdirSync(cluster)
  const stop = (words: string): void => {
    say(`stopped ${words}`)
    process.kill(process.pid, 'SIGKILL')
  }
  const { lite } = await openDurable(cluster, { onAbort: stop, onLogLine: () => {} })
  await lite.exec('create table acknowledged (number int)')
  return lite
}
