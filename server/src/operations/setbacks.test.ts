import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseLeaf } from '@vidne/evidence/leaf'
import { parsePolicy } from '@vidne/tlog/policy'
import { bundlePath, decodeBundle } from '@vidne/tlog/tiles'
import { rememberObjects } from '../keep/store-mark.ts'
import { serve } from '../main.ts'
import type { Actor } from '../people/people.ts'
import { historyKeyId } from '../platform/identifiers.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { KeyDestroyed } from '../platform/vault/vault.ts'

import { makeBackup } from './backup.ts'
import { diagnose } from './doctor.ts'
import { continueInNewLog } from './log-continuing.ts'
import { rebuildLog } from './log-upkeep.ts'
import { acceptOlderStore } from './objects-accepting.ts'
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
import { repairVault } from './vault-upkeep.ts'

let trial: TrialInstallation
/** Made before the installation in `trial.data` went on. */
let yesterday: string

beforeAll(async () => {
  trial = await trialInstallation({ files: 2 })
  yesterday = trial.fresh()
  await backupOf(trial.data, yesterday)
  await dockInto(trial, trial.data, 1)
})
afterAll(() => trial?.remove())

const keys = (): string => join(trial.data, 'keys')
const locked = (data: string): string[] => readdirSync(join(data, 'lock')).toSorted()

/** Serves it and shows that nothing is signed, numbered or acknowledged as sealed. */
async function expectStill(data: string, reason: string): Promise<void> {
  expect(await within(data, ground => ground.logStanding())).toMatchObject({ stopped: reason })
  const [before, leaves] = [existsSync(join(data, 'lock')) ? locked(data) : [], await leavesOf(data)]
  const serving = await serve(data, { port: 0, logLevel: 'silent' })
  try {
    const ready = await fetch(`${serving.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.text()).toContain('Nothing is signed or written until then')
  } finally {
    await serving.close()
  }
  expect(existsSync(join(data, 'lock')) ? locked(data) : []).toEqual(before)
  expect(await leavesOf(data)).toBe(leaves)
}

function leavesOf(data: string): Promise<number> {
  return within(data, async ({ database }) => {
    const { rows } = await database.asInstallation(trx =>
      sql<{ leaves: number }>`select count(*)::int as leaves from seal_leaf`.execute(trx),
    )
    return rows[0]?.leaves ?? 0
  })
}

describe('yesterday, restored alone', () => {
  test('the whole installation without its lock folder: the log stands still and says what to do', async () => {
    const data = trial.fresh()
    const report = await restoreFrom(yesterday, data, { keys: keys() })
    expect(report.log).toMatchObject({ stopped: 'lock-missing', text: expect.stringContaining('vidne log continue') })
    expect(report.cleanUp).toMatchObject({ code: 'log-stopped' })
    await expectStill(data, 'lock-missing')
    expect(await shown(data)).toHaveLength(2)
  })

  test('with the newest lock folder: the log knows that leaves are missing', async () => {
    const data = trial.fresh()
    const report = await restoreFrom(yesterday, data, { keys: keys(), lock: join(trial.data, 'lock') })
    expect(report.log).toMatchObject({ stopped: 'database-older' })
    await expectStill(data, 'database-older')
  })

  test('the database alone, with newer tiles: nothing is signed and nothing deleted', async () => {
    const data = copyOf(trial)
    renameSync(join(data, 'database'), join(trial.root, 'lost-database'))
    await expect(within(data, async () => 'opened')).rejects.toThrow('--missing')
    const report = await restoreFrom(yesterday, data, { missing: true })
    expect(report).toMatchObject({
      restored: ['database'],
      left: ['log', 'vault', 'objects'],
      log: { stopped: 'database-older', text: expect.stringContaining('Restore the database up to the moment') },
      cleanUp: { code: 'log-stopped' },
    })
    await expectStill(data, 'database-older')
    expect(await asServed(data, ({ keep }) => keep.run(trial.agency, null))).toMatchObject({ deleted: [] })
  })

  test('the tiles alone: they are written again from the database, and the log goes on', async () => {
    const data = copyOf(trial)
    rmSync(join(data, 'log'), { recursive: true })
    const report = await restoreFrom(yesterday, data, { missing: true })
    expect(report).toMatchObject({ restored: ['log'], log: { stopped: 'tiles-older' } })
    await expectStill(data, 'tiles-older')
    const heard: [leaves: number, of: number][] = []
    const leaves = await rebuildLog(data, silentLogger, (done, of) => heard.push([done, of]))
    expect(leaves).toBeGreaterThan(10)
    expect(heard.at(-1)).toEqual([leaves, leaves])
    expect(await within(data, ground => ground.logStanding())).toBe('ok')
  })

  test('the vault alone: what had been destroyed since is destroyed again before anybody reads', async () => {
    const data = copyOf(trial)
    const [gone] = await recordingsIn(data)
    await deleteEarly(data, gone ?? '')
    rmSync(join(data, 'vault'), { recursive: true })
    const report = await restoreFrom(yesterday, data, { missing: true })
    expect(report).toMatchObject({ restored: ['vault'], destroyedAgain: 1, log: 'ok', cleanUp: null })
    await within(data, async ({ vault }) => {
      await expect(vault.key(gone ?? '')).rejects.toThrow(KeyDestroyed)
      await expect(vault.key(historyKeyId(gone ?? ''))).resolves.toBeDefined()
    })
  })

  test('a restore of the vault that was cut off before that is finished by the same command', async () => {
    const data = copyOf(trial)
    const [first] = await recordingsIn(data)
    rmSync(join(data, 'vault'), { recursive: true })
    await restoreFrom(yesterday, data, { missing: true })
    for (const copy of ['a', 'b']) {
      const file = join(data, 'vault', copy, 'vault.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace('"awaitsReplay": false', '"awaitsReplay": true'))
    }
    await within(data, ({ vault }) => expect(vault.key(first ?? '')).rejects.toThrow('waits to be told'))
    expect(await restoreFrom(yesterday, data, { missing: true })).toMatchObject({ restored: [], log: 'ok' })
    await within(data, ({ vault }) => expect(vault.key(first ?? '')).resolves.toBeDefined())
  })

  test('nothing that is there is ever written over', async () => {
    const data = copyOf(trial)
    await expect(restoreFrom(yesterday, data, { keys: keys() })).rejects.toThrow('not empty')
    await expect(restoreFrom(yesterday, data, { missing: true })).rejects.toThrow(
      'Nothing that this backup holds is missing',
    )
    const lock = join(trial.data, 'lock')
    rmSync(join(data, 'database'), { recursive: true })
    await expect(restoreFrom(yesterday, data, { missing: true, lock })).rejects.toThrow('never written over')
    expect(existsSync(join(data, 'database'))).toBe(false)
  })

  test('keys and lock that lie in the new folder already are used as they are', async () => {
    const data = trial.fresh()
    for (const name of ['keys', 'lock']) cpSync(join(trial.data, name), join(data, name), { recursive: true })
    expect(await restoreFrom(yesterday, data)).toMatchObject({ log: { stopped: 'database-older' } })
    await expect(restoreFrom(yesterday, trial.fresh())).rejects.toThrow('log.skey is needed')
  })
})

describe('an object store of yesterday', () => {
  /** The installation of today with the objects of yesterday's backup: one recording was docked since. */
  async function withOlderObjects(): Promise<string> {
    const data = copyOf(trial)
    rmSync(join(data, 'objects'), { recursive: true })
    const report = await restoreFrom(yesterday, data, { missing: true })
    expect(report).toMatchObject({ restored: ['objects'], log: 'ok', cleanUp: { code: 'objects-older' } })
    return data
  }
  const codes = async (data: string) => (await diagnose(data, silentLogger)).findings.map(({ code, ok }) => [code, ok])

  test('restored alone is known for what it is, at every start and to the doctor', async () => {
    const data = await withOlderObjects()
    const serving = await serve(data, { port: 0, logLevel: 'silent' })
    try {
      const ready = await fetch(`${serving.url}/readyz`)
      expect(ready.status).toBe(503)
      expect(await ready.text()).toContain('Bring the newer store back')
    } finally {
      await serving.close()
    }
    expect(await codes(data)).toContainEqual(['clean-up', false])
  })

  test('is gone on with only when the number of what is lost is typed out; then each is marked, and none is deleted', async () => {
    const data = await withOlderObjects()
    const accept = (lost: number | null) =>
      acceptOlderStore({ data, lost, reason: 'the newer one is gone' }, silentLogger)
    const before = await recordingsIn(data)
    const asked = await accept(null)
    expect(asked).toMatchObject({ accepted: false, recordings: [before.at(-1)], uploads: 0 })
    expect(asked.asOf).toBeLessThan(asked.seen)
    await expect(accept(3)).rejects.toThrow('1 recordings have lost bytes, and --lost says 3')
    expect(await within(data, ({ keep }) => keep.standing())).toMatchObject({ code: 'objects-older' })
    expect(await accept(1)).toMatchObject({ accepted: true, recordings: asked.recordings })
    expect(await within(data, ({ keep }) => keep.standing())).toBeNull()
    expect(await codes(data)).toEqual(
      expect.arrayContaining([
        ['clean-up', true],
        ['recordings-lost', false],
      ]),
    )
    await expect(accept(1)).rejects.toThrow('not older than the database')
    await asServed(data, async ({ share, listing, keep, ground: { people } }) => {
      const found = await people.authenticate(`Bearer ${trial.operatorToken}`)
      if (!found.holds) throw new Error(found.because)
      const rows = await listing.page(found.actor, { asked: {}, sort: 'received', most: 10, after: null })
      expect(rows?.map(row => [row.bytesLost, row.life]).toSorted()).toEqual([
        [false, 'kept'],
        [false, 'kept'],
        [true, 'kept'],
      ])
      const wish = { recording: asked.recordings[0] ?? '', purpose: 'trial', case: null, to: null }
      expect(await share.ask(found.actor, wish, false)).toMatchObject({ refused: 'bytes-lost' })
      expect(await keep.run(trial.agency, null)).toMatchObject({ state: 'done', deleted: [] })
    })
  })

  test('is not what a backup makes that was made while the installation was served', async () => {
    const [out, data] = [trial.fresh(), trial.fresh()]
    const served = copyOf(trial)
    await asServed(served, async ({ ground, keep }) => {
      // Work goes on between the rows and the objects.
      const { objects } = ground
      const list = objects.list.bind(objects)
      objects.list = async function* () {
        await rememberObjects({ ...ground, installation: ground.settings.installation })
        yield* list()
      }
      await makeBackup(ground, { out, objects: 'copy', database: 'export', logKeys: false, onProgress() {} })
      expect(await keep.standing()).toBeNull()
    })
    const report = await restoreFrom(out, data, { keys: join(served, 'keys'), lock: join(served, 'lock') })
    expect(report).toMatchObject({ cleanUp: null })
    const forged = trial.fresh()
    cpSync(out, forged, { recursive: true })
    writeFileSync(join(forged, 'objects', 'vidne-objects-mark.json'), '{"v":1,"mark":9000000000000}\n')
    const wish = { keys: join(served, 'keys'), lock: join(served, 'lock') }
    await expect(restoreFrom(forged, trial.fresh(), wish)).rejects.toThrow('vidne-objects-mark.json is not as it was')
  })
})

describe('a log whose leaves are lost', () => {
  const lostDatabase = async (): Promise<string> => {
    const data = copyOf(trial)
    rmSync(join(data, 'database'), { recursive: true })
    await restoreFrom(yesterday, data, { missing: true })
    return data
  }
  const wish = { retire: null, origin: null, checkpoint: null }
  const firstStatements = (data: string) => {
    // A rehearsal's log grows every two seconds: where all of this takes longer, its first bundle is full.
    const full = existsSync(join(data, 'log', bundlePath(0, 256)))
    const width = full ? 256 : Number(readdirSync(join(data, 'log', 'tile', 'entries', '000.p'))[0])
    const bytes = readFileSync(join(data, 'log', bundlePath(0, width)))
    return decodeBundle(bytes, width)
      .slice(0, 2)
      .map(leaf => parseLeaf(leaf))
  }

  test('is retired only when its name is typed out', async () => {
    const data = await lostDatabase()
    await expect(continueInNewLog({ ...wish, data }, silentLogger)).rejects.toThrow(`--retire ${trial.origin}`)
    const other = { ...wish, data, retire: 'log.example.org/other' }
    await expect(continueInNewLog(other, silentLogger)).rejects.toThrow('--retire')
    const same = { ...wish, data, retire: trial.origin, origin: trial.origin }
    await expect(continueInNewLog(same, silentLogger)).rejects.toThrow('never used again')
    expect(readdirSync(join(data, 'keys')).toSorted()).toEqual(readdirSync(keys()).toSorted())
  })

  test('is followed by one that names its last checkpoint and seals again', async () => {
    const data = await lostDatabase()
    const size = Number(/^\d+/.exec(locked(data).at(-1) ?? '')?.[0])
    const continued = await continueInNewLog({ ...wish, data, retire: trial.origin }, silentLogger)
    expect(continued).toMatchObject({ origin: `${trial.origin}-2`, previous: { origin: trial.origin, size } })
    await dockInto(trial, data, 1)
    expect(await within(data, ground => ground.logStanding())).toBe('ok')
    expect(firstStatements(data)).toMatchObject([
      { kind: 'statement', statement: { type: 'log-opened', origin: continued.origin, mode: 'rehearsal' } },
      { kind: 'statement', statement: { type: 'log-continued', previous: { origin: trial.origin, size } } },
    ])
    const { logs } = parsePolicy(readFileSync(join(data, 'trust.policy'), 'utf8'))
    expect(logs.map(key => [key.name, key.kind])).toEqual([
      [continued.origin, 'ed25519'],
      [continued.origin, 'cosignature-ml-dsa-44'],
      [trial.origin, 'ed25519'],
      [trial.origin, 'cosignature-ml-dsa-44'],
    ])
    const recordings = await shown(data)
    expect(recordings).toHaveLength(3)
    for (const { listed, read } of recordings) expect(read).toBe(listed)
    expect(readdirSync(data)).toEqual(expect.arrayContaining(['log.retired-1', 'lock.retired-1']))
    await expect(continueInNewLog({ ...wish, data, retire: continued.origin }, silentLogger)).rejects.toThrow(
      'can go on',
    )
  })

  test('can be continued without its key, and where it was cut off', async () => {
    const data = await lostDatabase()
    for (const name of ['log.skey', 'log-ml-dsa-44.skey']) rmSync(join(data, 'keys', name))
    const continued = await continueInNewLog({ ...wish, data, retire: trial.origin }, silentLogger)
    expect(continued.previous).not.toBeNull()
    // As it lies after a power cut before the last two renames.
    for (const name of ['log.skey', 'log-ml-dsa-44.skey'])
      renameSync(join(data, 'keys', name), join(data, 'keys', `${name}.next`))
    await expect(within(data, async () => 'opened')).rejects.toThrow('signing key is not in')
    expect(await continueInNewLog({ ...wish, data }, silentLogger)).toMatchObject({
      origin: continued.origin,
      previous: null,
    })
    expect(await within(data, ground => ground.logStanding())).toBe('ok')
  })

  test('whose keys are lost can still be restored, by a trust file from elsewhere, and only be retired', async () => {
    const apart = trial.fresh()
    cpSync(join(keys(), 'master.key'), join(apart, 'master.key'))
    const data = trial.fresh()
    await expect(restoreFrom(yesterday, data, { keys: apart })).rejects.toThrow('log.skey is needed')
    await expect(restoreFrom(yesterday, data, { keys: apart, trust: 'quorum none\n' })).rejects.toThrow('--trust')
    const trust = readFileSync(trial.trust, 'utf8')
    const report = await restoreFrom(yesterday, data, { keys: apart, trust })
    expect(report.log).toMatchObject({ stopped: 'log-keys-lost' })
    expect(await continueInNewLog({ ...wish, data, retire: trial.origin }, silentLogger)).toMatchObject({
      previous: { origin: trial.origin },
    })
    expect(await within(data, ground => ground.logStanding())).toBe('ok')
  })

  test('an older backup is not restored into the installation of the new log', async () => {
    const data = await lostDatabase()
    await continueInNewLog({ ...wish, data, retire: trial.origin }, silentLogger)
    rmSync(join(data, 'database'), { recursive: true })
    await expect(restoreFrom(yesterday, data, { missing: true })).rejects.toThrow('was retired')
  })
})

test('a copy of the vault that is gone is brought back from the other one', async () => {
  const data = copyOf(trial)
  rmSync(join(data, 'vault', 'b'), { recursive: true })
  expect((await within(data, ({ vault }) => vault.check())).some(finding => finding.stops)).toBe(true)
  await expect(backupOf(data, trial.fresh())).rejects.toThrow('Copy b of the vault')
  expect((await repairVault(data)).filter(finding => finding.stops)).toEqual([])
  await backupOf(data, trial.fresh())
  rmSync(join(data, 'vault'), { recursive: true })
  await expect(repairVault(data)).rejects.toThrow('Neither copy')
  expect(existsSync(join(data, 'vault'))).toBe(false)
})

function recordingsIn(data: string): Promise<string[]> {
  return within(data, async ({ database }) => {
    const { rows } = await database.asInstallation(trx =>
      sql<{ id: string }>`select id from dock_recording order by id`.execute(trx),
    )
    return rows.map(row => row.id)
  })
}

/** Two persons agree that it goes before its time, and it goes. */
async function deleteEarly(data: string, recording: string): Promise<void> {
  await asServed(data, async ({ keep, ground: { people, database } }) => {
    const actor = async (token: string): Promise<Actor> => {
      const found = await people.authenticate(`Bearer ${token}`)
      if (!found.holds) throw new Error(found.because)
      return found.actor
    }
    const operator = await actor(trial.operatorToken)
    const person = async (name: string): Promise<Actor> => {
      const wish = { person: name, role: 'data-protection-officer', expires: null } as const
      const made = await database.asAgency(trial.agency, trx => people.createToken(trx, operator, wish))
      if (!made.made) throw new Error(made.because)
      return actor(made.token)
    }
    const [one, other] = [await person('One'), await person('Other')]
    const asked = await keep.askEarlyDeletion(one, { recording, reason: 'asked for by the person filmed' })
    if (asked.state !== 'waiting') throw new Error(asked.because)
    const { approval } = asked
    await database.asAgency(trial.agency, trx => people.approvals.answer(trx, { approval, actor: other }))
    const report = await keep.run(trial.agency, null)
    if (report.state !== 'done') throw new Error(report.because?.code ?? 'not done')
  })
}
