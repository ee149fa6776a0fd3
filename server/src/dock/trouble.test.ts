import { closeSync, mkdtempSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database, Trx } from '../platform/database/door.ts'
import { DatabaseAway, StatementTimedOut } from '../platform/database/errors.ts'
import { ObjectsAway, openObjects } from '../platform/objects/objects.ts'
import type { Objects, ObjectWriter } from '../platform/objects/objects.ts'
import { VaultDegraded } from '../platform/vault/vault.ts'
import { freshGround } from '../platform/testing/databases.ts'
import { ask, begin, footage, offsetOf, patch } from './testing/client.ts'
import { AGENCY, openTrialDock } from './testing/trial-dock.ts'
import type { TrialDock } from './testing/trial-dock.ts'
import { readBack } from './testing/trial-for.ts'
import { own } from './tables.ts'
import { countOpen } from './uploads-store.ts'

const MIB = 1_048_576
const ground = freshGround('embedded')
/** What is wrong just now. */
const wrong = {
  disk: false,
  store: false,
  slow: null as Promise<void> | null,
  database: 'no' as 'no' | 'away' | 'away after the commit' | 'making no recordings',
}
let trial: TrialDock

beforeAll(async () => {
  const folder = mkdtempSync(join(ground.folder, 'dock-'))
  const objects = troubled(await openObjects(join(folder, 'objects')))
  trial = await openTrialDock({ folder, database: troubledDatabase(ground.database), objects })
})
afterAll(() => trial.close())

function errorIn(answer: { text: string }): unknown {
  return JSON.parse(answer.text).error
}

/** Half of an upload is acknowledged, the other half meets a trouble, and is sent again once it has passed. */
async function through(trouble: () => Promise<void>, after: () => void, seed: string): Promise<void> {
  const bytes = footage(5 * MIB + 17, seed)
  const upload = await begin(trial.url, bytes.length)
  expect((await patch(upload, 0, bytes.subarray(0, 2 * MIB + 5))).status).toBe(204)
  await trouble()
  const answer = await patch(upload, 2 * MIB + 5, bytes.subarray(2 * MIB + 5))
  expect(answer.status).toBeGreaterThanOrEqual(500)
  expect(JSON.parse(answer.text).message).toEqual(expect.any(String))
  after()
  const offset = await offsetOf(upload)
  expect(offset).toBeGreaterThanOrEqual(2 * MIB + 5)
  const done = offset === bytes.length ? await receiptOf(upload) : await patch(upload, offset, bytes.subarray(offset))
  expect((await readBack(trial, done.headers['vidne-recording'], bytes.length)).equals(bytes)).toBe(true)
}

async function receiptOf(upload: string) {
  await expect.poll(async () => (await ask('HEAD', upload)).headers['vidne-recording']).toBeDefined()
  return ask('HEAD', upload)
}

describe('what passes', () => {
  test('a full disk loses nothing that was acknowledged, is told, and needs no hands afterwards', async () => {
    await through(
      async () => void (wrong.disk = true),
      () => (wrong.disk = false),
      'full',
    )
    wrong.disk = true
    const upload = await begin(trial.url, 10)
    const answer = await patch(upload, 0, Buffer.alloc(10))
    wrong.disk = false
    expect({ status: answer.status, error: errorIn(answer) }).toEqual({ status: 507, error: 'storage-full' })
  })

  test('a store that is away', async () => {
    await through(
      async () => void (wrong.store = true),
      () => (wrong.store = false),
      'store',
    )
  })

  test('a database that is away', async () => {
    await through(
      async () => void (wrong.database = 'away'),
      () => (wrong.database = 'no'),
      'database',
    )
    wrong.database = 'away'
    const answer = await ask('POST', `${trial.url}/upload/`, { headers: { 'upload-length': '5' } })
    wrong.database = 'no'
    expect({ status: answer.status, error: errorIn(answer) }).toEqual({ status: 503, error: 'database-away' })
  })

  test('a database that was lost after it had written: what it wrote is there, with its bytes', async () => {
    await through(
      async () => void (wrong.database = 'away after the commit'),
      () => (wrong.database = 'no'),
      'unknown',
    )
  })

  test('a recording that could not be made: its last byte is kept, and it is made without being sent again', async () => {
    const bytes = footage(MIB + 9, 'kept whole')
    const upload = await begin(trial.url, bytes.length)
    wrong.database = 'making no recordings'
    const answer = await patch(upload, 0, bytes)
    wrong.database = 'no'
    expect({ status: answer.status, error: errorIn(answer) }).toEqual({ status: 503, error: 'database-away' })
    expect(await offsetOf(upload)).toBe(bytes.length)
    const done = await receiptOf(upload)
    expect((await readBack(trial, done.headers['vidne-recording'], bytes.length)).equals(bytes)).toBe(true)
  })
})

describe('what is not on the disk yet', () => {
  test('is neither answered nor told as the offset', async () => {
    const bytes = footage(MIB, 'not yet')
    const upload = await begin(trial.url, MIB)
    const disk = Promise.withResolvers<void>()
    wrong.slow = disk.promise
    let answered = false
    const sending = patch(upload, 0, bytes).finally(() => (answered = true))
    await sleep(300)
    expect(answered).toBe(false)
    expect(await ground.database.asAgency(AGENCY, trx => offsetInRow(trx, upload))).toBe(0n)
    wrong.slow = null
    disk.resolve()
    expect((await sending).headers['upload-offset']).toBe(String(MIB))
  })

  test('an upload whose key is not in the vault is not begun', async () => {
    const create = vi.spyOn(trial.vault, 'create').mockRejectedValueOnce(new VaultDegraded('copy b is gone'))
    const before = await ground.database.asAgency(AGENCY, countOpen)
    const answer = await ask('POST', `${trial.url}/upload/`, { headers: { 'upload-length': '5' } })
    create.mockRestore()
    expect({ status: answer.status, error: errorIn(answer) }).toEqual({ status: 503, error: 'storage-away' })
    expect(await ground.database.asAgency(AGENCY, countOpen)).toBe(before)
  })
})

describe('two processes that have the same upload', () => {
  test('only the one that took it up last can acknowledge, and no byte is mixed', async () => {
    const folder = mkdtempSync(join(ground.folder, 'two-'))
    const first = await openTrialDock({ folder, database: ground.database })
    const second = await openTrialDock({ folder, database: ground.database, shared: first })
    const bytes = footage(4 * MIB, 'two processes')
    const upload = await begin(first.url, bytes.length)
    const there = new URL(new URL(upload).pathname, second.url).href
    await patch(upload, 0, bytes.subarray(0, MIB))
    expect((await patch(there, MIB, bytes.subarray(MIB, 2 * MIB))).status).toBe(204)
    const stale = await patch(upload, MIB, footage(MIB, 'other bytes'))
    expect({ status: stale.status, error: errorIn(stale) }).toEqual({ status: 409, error: 'offset-conflict' })
    expect(await offsetOf(upload)).toBe(2 * MIB)
    const done = await patch(upload, 2 * MIB, bytes.subarray(2 * MIB))
    expect((await readBack(first, done.headers['vidne-recording'], bytes.length)).equals(bytes)).toBe(true)
    await second.close()
    await first.close()
  })
})

describe('another agency', () => {
  test('does not see a recording, its facts or its digest', async () => {
    const bytes = footage(100, 'agencies')
    const upload = await begin(trial.url, 100)
    const recording = String((await patch(upload, 0, bytes)).headers['vidne-recording'])
    const other = '00000000-0000-7000-8000-0000000000b2'
    expect(await ground.database.asAgency(other, trx => trial.dock.find(trx, recording))).toBeNull()
    expect(await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording))).not.toBeNull()
    await expect(trial.dock.openRecording(other, recording)).rejects.toThrow('no footage')
  })
})

async function offsetInRow(trx: Trx, upload: string): Promise<bigint | undefined> {
  const id = new URL(upload).pathname.split('/')[2] ?? ''
  const row = await own(trx).selectFrom('dock_upload').select('acknowledged').where('id', '=', id).executeTakeFirst()
  return row?.acknowledged
}

function troubled(objects: Objects): Objects {
  return new Proxy(objects, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (name === 'open') return (object: string) => troubledWriter(target.open(object))
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function troubledWriter(opening: Promise<ObjectWriter>): Promise<ObjectWriter> {
  const writer = await opening
  // Whatever is written to it meets ENOSPC.
  const full = wrong.disk ? openSync('/dev/full', 'w') : null
  return {
    file: full === null ? writer.file : { fd: full, direct: null },
    append: bytes => writer.append(bytes),
    close: async () => {
      if (wrong.store) await writer.abort()
      if (wrong.store) throw new ObjectsAway('the store does not answer')
      await wrong.slow
      await writer.close()
    },
    abort: async () => {
      if (full !== null) closeSync(full)
      await writer.abort()
    },
  }
}

function troubledDatabase(database: Database): Database {
  const away = (committed: 'no' | 'unknown') => new DatabaseAway('the connection was lost', { committed })
  return {
    engine: database.engine,
    ready: () => database.ready(),
    close: () => database.close(),
    asAgency: async (agency, work) => {
      if (wrong.database === 'away') throw away('no')
      if (wrong.database === 'making no recordings') throw new StatementTimedOut('too slow')
      const done = await database.asAgency(agency, work)
      if (wrong.database === 'away after the commit') throw away('unknown')
      return done
    },
    asInstallation: async work => {
      if (wrong.database === 'away') throw away('no')
      const done = await database.asInstallation(work)
      if (wrong.database === 'away after the commit') throw away('unknown')
      return done
    },
  }
}
