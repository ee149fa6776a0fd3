import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Clearing } from '../../platform/database/clearing.ts'
import { type Database, openDatabase } from '../../platform/database/door.ts'
import { type OwnedDatabase, startCleared } from '../../platform/testing/cleared-server.ts'
import { engines } from '../../platform/testing/databases.ts'
import { mailTrial, type MailTrial } from '../testing/with-mail.ts'

const AT_NIGHT = 3
const waits = { readersMs: 0, lockMs: 200, tableMs: 50_000 }
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe.runIf(engines.includes('postgres'))('an address that was removed', () => {
  let own: OwnedDatabase
  let database: Database
  let trial: MailTrial
  const folder = mkdtempSync(join(tmpdir(), 'vidne-mail-traces-'))
  beforeAll(async () => {
    own = await startCleared({ autovacuum: 'off' })
    database = await openDatabase({ url: own.url, folder: '/nowhere', log })
    trial = await mailTrial({ engine: 'postgres', database, folder, url: own.url, logged: [] })
  })
  afterAll(async () => {
    await trial?.close()
    await database?.close()
    await own?.server.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  /** How many files of the server hold these words: tables, indexes, samples, write-ahead log, its own log. */
  const filesWith = (words: string): number =>
    readdirSync(own.server.data, { recursive: true, withFileTypes: true })
      .filter(one => one.isFile())
      .filter(one => readFileSync(join(one.parentPath, one.name)).includes(words)).length

  test('stands in no file of the database server after the next night', async () => {
    const ann = (await trial.found('Southwark')).operatorActor
    await trial.address(ann, 'ann-of-southwark@example.org')
    await database.asAgency(ann.agency, trx => trial.people.mail.notice(trx, { ...ann, about: 'passkey-added' }))
    await trial.round()
    expect(filesWith('ann-of-southwark')).toBeGreaterThan(0)
    await database.asAgency(ann.agency, trx => trial.people.mail.remove(trx, { ...ann, by: ann }))
    await new Clearing({ url: own.url, log, waits }).look(AT_NIGHT)
    expect(filesWith('ann-of-southwark')).toBe(0)
  })
})
