import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGround } from '../ground.ts'
import { openHouse } from '../compose.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { backUp } from './backing-up.ts'
import { type Diagnosis, diagnose, toldIn } from './doctor.ts'
import { DESCRIPTION } from './description.ts'
import { askServer, openOperatorSocket } from './operator-socket.ts'
import { settingsOf } from './quiet-ground.ts'
import {
  type TrialInstallation,
  copyOf,
  restoreFrom,
  shown,
  trialInstallation,
  within,
} from './testing/trial-installation.ts'
import { unownedKeyFindings } from './unowned-keys.ts'

let trial: TrialInstallation
beforeAll(async () => {
  trial = await trialInstallation({ files: 2 })
})
afterAll(() => trial?.remove())

const codes = ({ findings }: Diagnosis, which: 'ok' | 'weak' | 'stops'): string[] =>
  findings
    .filter(one => (which === 'ok' ? one.ok : which === 'stops' ? one.stops : !one.ok && !one.stops))
    .map(one => one.code)

const told = ({ findings }: Diagnosis, code: string) =>
  findings.map(one => toldIn('en', one)).find(one => one.code === code)

describe('the doctor', () => {
  test('finds a sound installation sound, says what could be better, and leaves nothing behind', async () => {
    const before = readdirSync(trial.data)
    const diagnosis = await diagnose(trial.data, silentLogger)
    expect(codes(diagnosis, 'stops')).toEqual([])
    expect(diagnosis.ok).toBe(true)
    expect(codes(diagnosis, 'ok')).toEqual(
      expect.arrayContaining([
        'node',
        'installation',
        'clock',
        'disk-flush',
        'permissions',
        'objects',
        'vault',
        'database',
      ]),
    )
    expect(codes(diagnosis, 'ok')).toEqual(
      expect.arrayContaining(['log', 'clean-up', 'openings', 'self-test-log', 'self-test-blob', 'self-test-vault']),
    )
    expect(codes(diagnosis, 'weak')).toEqual(
      expect.arrayContaining(['master-key', 'vault-on-one-disk', 'lock-beside-log']),
    )
    for (const finding of diagnosis.findings) expect(toldIn('en', finding).text.length).toBeGreaterThan(20)
    expect(readdirSync(trial.data)).toEqual(before)
  })

  test('names each thing that is wrong', async () => {
    const data = copyOf(trial)
    chmodSync(join(data, 'lock'), 0o755)
    rmSync(join(data, 'objects', 'vidne-objects.json'))
    truncateSync(join(data, 'vault', 'b', 'keys'), 7)
    rmSync(join(data, 'log', 'tile', '0'), { recursive: true })
    const diagnosis = await diagnose(data, silentLogger)
    expect(diagnosis.ok).toBe(false)
    expect(codes(diagnosis, 'stops')).toEqual(
      expect.arrayContaining(['objects', 'vault-copy-damaged', 'log', 'clean-up']),
    )
    expect(told(diagnosis, 'permissions')).toMatchObject({
      ok: false,
      text: expect.stringContaining(join(data, 'lock')),
    })
  })

  test('names a key that a crash left before its upload was written, and leaves it where it is', async () => {
    const data = copyOf(trial)
    const [left, beginning] = [randomUUID(), randomUUID()]
    await within(data, async ({ vault, database }) => {
      const agency = await database.asInstallation(async trx => {
        const { rows } = await sql<{ id: string }>`select id from people_agency`.execute(trx)
        return rows[0]!.id
      })
      const keys = [left, beginning].map(id => ({ id, kind: 'data' as const }))
      await vault.create({ agency, keys, expires: null })
      const looking = unownedKeyFindings({ vault, database }, 1_000)
      // Its row comes a moment behind its key.
      await database.asInstallation(trx =>
        sql`insert into dock_discard (stored, agency, because, since)
          values (${beginning}, ${agency}, 'expired', ${new Date()})`.execute(trx),
      )
      const [finding, ...more] = await looking
      expect(more).toEqual([])
      expect(finding).toMatchObject({ code: 'vault-keys-unowned', ok: false, stops: false })
      expect(finding && toldIn('en', finding).text).toContain(`1 data keys that nothing in the database owns (${left})`)
      expect(await vault.key(left)).toHaveLength(32)
    })
    expect(codes(await diagnose(data, silentLogger), 'weak')).toContain('vault-keys-unowned')
  })

  test('says what is not there, and makes none of it', async () => {
    const data = copyOf(trial)
    for (const name of ['database', 'vault']) rmSync(join(data, name), { recursive: true })
    const diagnosis = await diagnose(data, silentLogger)
    expect(told(diagnosis, 'opening')).toMatchObject({
      stops: true,
      text: expect.stringContaining('vidne restore'),
    })
    expect(existsSync(join(data, 'database'))).toBe(false)
    expect(existsSync(join(data, 'vault'))).toBe(false)
    rmSync(join(data, 'keys', 'log.skey'))
    expect(codes(await diagnose(data, silentLogger), 'stops')).toContain('log-keys')
    const nothing = await diagnose(trial.fresh(), silentLogger)
    expect(told(nothing, 'installation')?.text).toContain('vidne init')
  })
})

describe('while the installation is served', () => {
  const wish = { objects: 'default', database: 'default', logKeys: false, onProgress() {} } as const

  const whileServed = async <T>(data: string, work: (socket: string) => Promise<T>): Promise<T> => {
    const ground = await openGround(settingsOf(data), silentLogger)
    const house = await openHouse(ground)
    const socket = await openOperatorSocket(house, silentLogger)
    try {
      return await work(join(data, 'operator.sock'))
    } finally {
      await socket.close()
      await house.close()
      await ground.close()
    }
  }

  test('its server makes the backup, which is as good as any', async () => {
    const data = copyOf(trial)
    const out = trial.fresh()
    const steps: number[] = []
    await whileServed(data, async socket => {
      expect(statSync(socket).mode & 0o777).toBe(0o600)
      const report = await backUp(data, { ...wish, out, onProgress: done => steps.push(done) }, silentLogger)
      expect(report).toMatchObject({ out, description: { objects: { files: 2 } } })
    })
    expect(steps.at(-1)).toBeGreaterThan(2_000_000)
    const again = trial.fresh()
    await restoreFrom(out, again, { keys: join(data, 'keys'), lock: join(data, 'lock') })
    expect(await shown(again)).toEqual(await shown(trial.data))
    await expect(askServer(data, { ask: 'look' })).resolves.toBeNull()
  })

  test('its server tells what only it can see', async () => {
    const data = copyOf(trial)
    const diagnosis = await whileServed(data, () => diagnose(data, silentLogger))
    expect(codes(diagnosis, 'stops')).toEqual([])
    expect(codes(diagnosis, 'ok')).toEqual(expect.arrayContaining(['vault', 'database', 'log', 'clean-up', 'openings']))
  })

  test('a refusal of the server is told as one, and a second backup waits for its turn', async () => {
    const data = copyOf(trial)
    await whileServed(data, async () => {
      await expect(backUp(data, { ...wish, out: join(data, 'here') }, silentLogger)).rejects.toThrow('outside')
      const outs = [trial.fresh(), trial.fresh()]
      const both = await Promise.allSettled(outs.map(out => backUp(data, { ...wish, out }, silentLogger)))
      expect(both.map(one => one.status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(outs.filter(out => existsSync(join(out, DESCRIPTION)))).toHaveLength(1)
    })
  })

  test('without that door nobody else opens what the server has open', async () => {
    const data = copyOf(trial)
    const ground = await openGround(settingsOf(data), silentLogger)
    try {
      await expect(backUp(data, { ...wish, out: trial.fresh() }, silentLogger)).rejects.toThrow('is being served')
      expect(codes(await diagnose(data, silentLogger), 'ok')).toContain('served')
    } finally {
      await ground.close()
    }
  })
})
