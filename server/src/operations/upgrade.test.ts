import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../platform/database/door.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { filesBelow } from './hashed-files.ts'
import { MIGRATIONS } from './migration-subset.ts'
import { type TrialInstallation, copyOf, shown, trialInstallation } from './testing/trial-installation.ts'
import { checkUpgrade } from './upgrade.ts'

let trial: TrialInstallation
beforeAll(async () => {
  trial = await trialInstallation({ files: 1 })
})
afterAll(() => trial?.remove())

async function fingerprint(data: string): Promise<string> {
  const hash = createHash('sha256')
  for (const path of await filesBelow(data)) hash.update(path).update(readFileSync(join(data, path)))
  return hash.digest('hex')
}

const finding = async (data: string, code: string) => (await checkUpgrade(data)).findings.find(one => one.code === code)

/** The installation as a program that ended at migration `last` has left it: its tables, and nothing in them. */
async function olderThan(last: number): Promise<string> {
  const data = copyOf(trial)
  const migrations = trial.fresh()
  mkdirSync(migrations)
  for (const name of readdirSync(MIGRATIONS).filter(file => Number(file.slice(0, 4)) <= last))
    cpSync(join(MIGRATIONS, name), join(migrations, name))
  rmSync(join(data, 'database'), { recursive: true })
  const database = await openDatabase({ url: null, folder: join(data, 'database'), log: silentLogger, migrations })
  await database.close()
  return data
}

test('an installation of this very program needs no upgrade, and looking changes no byte of it', async () => {
  const before = await fingerprint(trial.data)
  const report = await checkUpgrade(trial.data)
  expect(report).toMatchObject({ ok: true, pending: [] })
  expect(report.findings.map(one => one.code)).toEqual(['formats', 'vault', 'postgresql', 'migrations'])
  expect(await fingerprint(trial.data)).toBe(before)
})

test('what the next start would apply is named, was tried on a copy, and is not applied', async () => {
  const data = await olderThan(4)
  const before = await fingerprint(data)
  const report = await checkUpgrade(data)
  expect(report).toMatchObject({
    ok: true,
    pending: readdirSync(MIGRATIONS).filter(name => Number(name.slice(0, 4)) > 4),
  })
  expect(report.findings.find(one => one.code === 'migrations-trial')).toMatchObject({ ok: true })
  expect(report.findings.find(one => one.code === 'backup-first')?.text).toContain('vidne backup')
  expect(await fingerprint(data)).toBe(before)
  // The tables are still those of the older program: a command that only looks does not upgrade either.
  await expect(shown(data)).resolves.toEqual([])
  expect(await checkUpgrade(data)).toMatchObject({ pending: report.pending })
})

test('a database that another PostgreSQL has made is told in words', async () => {
  const data = copyOf(trial)
  writeFileSync(join(data, 'database', 'cluster', 'PG_VERSION'), '17\n')
  expect(await checkUpgrade(data)).toMatchObject({ ok: false, pending: null })
  expect(await finding(data, 'database')).toMatchObject({ stops: true, text: expect.stringContaining('PostgreSQL 17') })
})

test('what is missing or unknown is told', async () => {
  const data = copyOf(trial)
  rmSync(join(data, 'database'), { recursive: true })
  writeFileSync(join(data, 'vault', 'a', 'vault.json'), '{"v":2}')
  const { ok, findings } = await checkUpgrade(data)
  expect(ok).toBe(false)
  expect(findings.filter(one => one.stops).map(one => one.code)).toEqual(['database-missing', 'vault'])
  await expect(checkUpgrade(trial.fresh())).rejects.toThrow('holds no installation')
})
