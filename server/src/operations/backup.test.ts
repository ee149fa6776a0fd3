import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseManifest } from '@vidne/evidence/bag'
import { parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
// What the outside uses to check a log; the server itself never does.
import { checkLog } from '../../../verifier/src/log-check.ts'
import { folderLog } from '../../../verifier/src/log-source.node.ts'
import { openRehearsalClock } from '../platform/clock.ts'
import { engines, freshPlace } from '../platform/testing/databases.ts'
import { DESCRIPTION, MANIFEST, SIGNATURE } from './description.ts'
import { filesBelow } from './hashed-files.ts'
import {
  type TrialInstallation,
  asServed,
  backupOf,
  copyOf,
  dockInto,
  restoreFrom,
  shown,
  trialInstallation,
  within,
} from './testing/trial-installation.ts'

const DAY = 86_400_000

let trial: TrialInstallation
let backup: string
const keys = (): string => join(trial.data, 'keys')
const lock = (): string => join(trial.data, 'lock')

beforeAll(async () => {
  trial = await trialInstallation({ files: 3 })
  backup = trial.fresh()
  await backupOf(trial.data, backup)
})
afterAll(() => trial?.remove())

describe('a backup', () => {
  test('made of a stopped installation brings it back elsewhere, and its log goes on', async () => {
    const again = trial.fresh()
    const report = await restoreFrom(backup, again, { keys: keys(), lock: lock() })
    expect(report).toMatchObject({ restored: ['log', 'database', 'vault', 'objects'], log: 'ok', cleanUp: null })
    const recordings = await shown(again)
    expect(recordings).toHaveLength(3)
    for (const { listed, read } of recordings) expect(read).toBe(listed)
    expect(recordings).toEqual(await shown(trial.data))
    const skey = readFileSync(join(keys(), 'log.skey'), 'utf8').trim()
    const verdict = await checkLog({
      source: folderLog(join(again, 'log')),
      keys: [parseVerifierKey((await signerFromKey(skey)).vkey)],
    })
    expect(verdict).toMatchObject({ sound: true, findings: [] })
    await dockInto(trial, again, 1)
    expect(await shown(again)).toHaveLength(4)
    expect(await within(again, ground => ground.logStanding())).toBe('ok')
  })

  test('of what was restored from a backup holds the same rows to the last byte', async () => {
    const again = trial.fresh()
    await restoreFrom(backup, again, { keys: keys(), lock: lock() })
    const second = trial.fresh()
    await backupOf(again, second)
    const rowsIn = (folder: string) =>
      parseManifest(readFileSync(join(folder, MANIFEST), 'utf8')).filter(({ path }) => path.startsWith('database/'))
    // The vault's position moves when its restore is finished; everything else is as it was.
    const steady = (folder: string) => rowsIn(folder).filter(({ path }) => !/keep_(ground|deadline)/.test(path))
    expect(steady(second)).toEqual(steady(backup))
    expect(steady(backup).length).toBeGreaterThan(20)
  })

  test('holds every table of the installation', async () => {
    const tables = await within(trial.data, ({ database }) =>
      database.asInstallation(async trx => {
        const { rows } = await sql<{ name: string }>`
          select tablename as name from pg_tables where schemaname = 'public' order by tablename`.execute(trx)
        return rows.map(row => row.name)
      }),
    )
    const left = tables.filter(name => !existsSync(join(backup, 'database', `${name}.jsonl`)))
    expect(left).toEqual(['platform_migration', 'platform_upkeep'])
  })

  test('can be checked without the program: sha256sum understands its manifest', () => {
    for (const { path, sha256 } of parseManifest(readFileSync(join(backup, MANIFEST), 'utf8')))
      expect(
        createHash('sha256')
          .update(readFileSync(join(backup, path)))
          .digest('hex'),
      ).toBe(sha256)
  })

  test('holds neither master key nor signing keys nor the lock folder', async () => {
    const secrets = readdirSync(keys()).map(name => readFileSync(join(keys(), name), 'utf8').trim())
    expect(secrets).toHaveLength(3)
    const master = Buffer.from(readFileSync(join(keys(), 'master.key'), 'utf8').trim(), 'hex')
    for (const path of await filesBelow(backup)) {
      const bytes = readFileSync(join(backup, path))
      for (const secret of [...secrets, master]) expect(bytes.includes(secret), path).toBe(false)
      expect(path).not.toMatch(/lock|\.skey|master/)
    }
  })

  test('holds the signing keys when it was asked for, and then needs only the master key from elsewhere', async () => {
    const out = trial.fresh()
    await backupOf(trial.data, out, { logKeys: true })
    const apart = trial.fresh()
    cpSync(join(keys(), 'master.key'), join(apart, 'master.key'))
    const report = await restoreFrom(out, trial.fresh(), { keys: apart })
    expect(report.log).toMatchObject({ stopped: 'lock-missing' })
  })

  test('is closed to other users', async () => {
    for (const path of await filesBelow(backup)) expect(statSync(join(backup, path)).mode & 0o077).toBe(0)
    expect(statSync(backup).mode & 0o077).toBe(0)
  })

  test('goes into a new folder outside the installation only', async () => {
    await expect(backupOf(trial.data, join(trial.data, 'objects', 'backup'))).rejects.toThrow('outside')
    await expect(backupOf(trial.data, trial.root)).rejects.toThrow('within each other')
    await expect(backupOf(trial.data, backup)).rejects.toThrow('not empty')
  })

  test('that was cut off while it was made is no backup', async () => {
    const cut = trial.fresh()
    cpSync(backup, cut, { recursive: true })
    rmSync(join(cut, DESCRIPTION))
    await expect(restoreFrom(cut, trial.fresh(), { keys: keys() })).rejects.toThrow('cut off')
  })

  test('that was stopped in the middle leaves no keys behind', async () => {
    const out = trial.fresh()
    const stop = new AbortController()
    const stopped = backupOf(trial.data, out, { stop: stop.signal, onProgress: () => stop.abort() })
    await expect(stopped).rejects.toThrow('stopped')
    expect(existsSync(join(out, 'vault', 'keys'))).toBe(false)
    expect(existsSync(join(out, DESCRIPTION))).toBe(false)
  })
})

describe('an altered backup is refused by name', () => {
  /** A copy of the backup in which the first byte that can be changed in `path` is another. */
  const spoil = (path: string, change = flip): string => {
    const spoiled = trial.fresh()
    cpSync(backup, spoiled, { recursive: true })
    const bytes = readFileSync(join(spoiled, path))
    writeFileSync(join(spoiled, path), change(bytes))
    return spoiled
  }
  const flip = (bytes: Buffer): Buffer => {
    const middle = Math.floor(bytes.length / 2)
    return Buffer.from(bytes.map((byte, at) => (at === middle ? byte ^ 1 : byte)))
  }
  const refusal = async (spoiled: string): Promise<string> => {
    const data = trial.fresh()
    const said = await restoreFrom(spoiled, data, { keys: keys(), lock: lock() }).then(
      () => 'restored',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    )
    expect(existsSync(join(data, 'vidne.toml'))).toBe(false)
    return said
  }

  test('a bit of a row, of a tile, of a key, of the settings, of the footage', async () => {
    const one = async (prefix: string): Promise<string> =>
      (await filesBelow(backup)).find(path => path.startsWith(prefix)) ?? ''
    for (const prefix of [
      'database/dock_recording',
      'log/tile/0/',
      'log/tile/entries/',
      'vault/keys',
      'settings/',
      'objects/',
    ]) {
      const path = await one(prefix)
      expect(await refusal(spoil(path)), path).toContain(path)
    }
  })

  test('a file that is missing, and one that nobody has backed up', async () => {
    const without = trial.fresh()
    cpSync(backup, without, { recursive: true })
    rmSync(join(without, 'database/people_token.jsonl'))
    expect(await refusal(without)).toContain('database/people_token.jsonl')
    const more = trial.fresh()
    cpSync(backup, more, { recursive: true })
    writeFileSync(join(more, 'database/people_more.jsonl'), '{}\n')
    expect(await refusal(more)).toContain('database/people_more.jsonl')
  })

  test('the manifest and the description', async () => {
    expect(await refusal(spoil(MANIFEST))).toContain(MANIFEST)
    const later = (bytes: Buffer): Buffer =>
      Buffer.from(bytes.toString().replace(/"expires": \d+/, '"expires": 99999999999999'))
    expect(await refusal(spoil(DESCRIPTION, later))).toContain(SIGNATURE)
    expect(await refusal(spoil(SIGNATURE))).toContain(SIGNATURE)
  })

  test('one whose digests were computed again: the signature tells', async () => {
    const forged = spoil('database/people_token.jsonl', bytes =>
      Buffer.from(bytes.toString().replace('"revoked_at":null', '"revoked_at": null')),
    )
    const digest = (path: string): string =>
      createHash('sha256')
        .update(readFileSync(join(forged, path)))
        .digest('hex')
    const manifest = readFileSync(join(forged, MANIFEST), 'utf8')
    const old = parseManifest(manifest).find(({ path }) => path === 'database/people_token.jsonl')!.sha256
    writeFileSync(join(forged, MANIFEST), manifest.replace(old, digest('database/people_token.jsonl')))
    const description = readFileSync(join(forged, DESCRIPTION), 'utf8')
    writeFileSync(
      join(forged, DESCRIPTION),
      description.replace(/"manifest": "[0-9a-f]{64}"/, `"manifest": "${digest(MANIFEST)}"`),
    )
    expect(await refusal(forged)).toContain(SIGNATURE)
  })

  test('the keys of another log', async () => {
    const other = await trialInstallation()
    try {
      await expect(restoreFrom(backup, trial.fresh(), { keys: join(other.data, 'keys') })).rejects.toThrow(
        'signing key is of the log',
      )
    } finally {
      other.remove()
    }
  })
})

describe('the vault in a backup', () => {
  test('has expired after 7 days; it is refused then, and erased by the next backup beside it', async () => {
    const data = copyOf(trial)
    const folder = trial.fresh()
    const first = join(folder, 'first')
    const { description, at } = await backupOf(data, first)
    expect(description.vault.expires - at).toBeLessThanOrEqual(7 * DAY + 60_000)
    expect(description.vault).toMatchObject({ omitted: 0 })
    const clock = await openRehearsalClock(join(data, 'rehearsal-clock.json'))
    await clock.set(clock.now() + 8 * DAY)
    // By a clock that nothing has yet happened by, nothing is erased.
    expect((await backupOf(data, join(folder, 'second'))).erased).toEqual([])
    await asServed(data, ({ keep }) => keep.run(trial.agency, null))
    expect((await backupOf(data, join(folder, 'third'))).erased).toEqual([first])
    expect(await filesBelow(join(first, 'vault'))).toEqual([])
    await expect(restoreFrom(join(folder, 'third'), trial.fresh(), { keys: keys() })).resolves.toMatchObject({
      restored: expect.arrayContaining(['vault']),
    })
  })

  test('that has expired is not restored, whatever is left of it', async () => {
    const old = trial.fresh()
    cpSync(backup, old, { recursive: true })
    const data = copyOf(trial)
    const clock = await openRehearsalClock(join(data, 'rehearsal-clock.json'))
    await clock.set(clock.now() + 8 * DAY)
    rmSync(join(data, 'vault'), { recursive: true })
    await expect(restoreFrom(old, data, { missing: true })).rejects.toThrow('expired')
    expect(existsSync(join(data, 'vault'))).toBe(false)
  })

  test('leaves out what goes before it does', async () => {
    const data = copyOf(trial)
    const clock = await openRehearsalClock(join(data, 'rehearsal-clock.json'))
    await clock.set(clock.now() + 28 * DAY) // they go after 31
    const out = join(trial.fresh(), 'backup')
    const { description } = await backupOf(data, out)
    expect(description.vault.omitted).toBe(3)
    const again = trial.fresh()
    await restoreFrom(out, again, { keys: keys() })
    await expect(shown(again)).rejects.toThrow('the vault knows no key')
  })
})

test.skipIf(!engines.includes('postgres'))(
  'a backup of the embedded database moves an installation to a server',
  async () => {
    const place = await freshPlace('postgres', 'empty')
    try {
      const again = trial.fresh()
      const report = await restoreFrom(backup, again, { keys: keys(), lock: lock(), database: place.url })
      expect(report).toMatchObject({ restored: ['log', 'database', 'vault', 'objects'], log: 'ok', cleanUp: null })
      expect(await shown(again)).toEqual(await shown(trial.data))
      await dockInto(trial, again, 1)
      await expect(restoreFrom(backup, trial.fresh(), { keys: keys(), database: place.url })).rejects.toThrow(
        'not empty',
      )
      const out = trial.fresh()
      expect((await backupOf(again, out)).description.database).toBeNull()
      rmSync(join(again, 'vault'), { recursive: true })
      const missing = await restoreFrom(out, again, { missing: true })
      expect(missing).toMatchObject({
        restored: ['vault'],
        left: ['log', 'database', 'objects'],
        log: 'ok',
        cleanUp: null,
      })
      expect(await shown(again)).toHaveLength(4)
      expect((await backupOf(again, trial.fresh(), { database: 'export' })).description.database).not.toBeNull()
    } finally {
      await place.remove()
    }
  },
)
