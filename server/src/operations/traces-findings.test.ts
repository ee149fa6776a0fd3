import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openGround } from '../ground.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { Clearing } from '../platform/database/clearing.ts'
import { openDatabase, type Database } from '../platform/database/door.ts'
import { startCleared, type OwnedDatabase } from '../platform/testing/cleared-server.ts'
import { asSuperuser, engines } from '../platform/testing/databases.ts'
import { diagnose, toldIn } from './doctor.ts'
import { settingsOf } from './quiet-ground.ts'
import { type TrialInstallation, trialInstallation } from './testing/trial-installation.ts'
import { traceFindings } from './traces-findings.ts'

describe.runIf(engines.includes('postgres'))('the doctor says of a PostgreSQL server', () => {
  let own: OwnedDatabase
  let trial: TrialInstallation
  let database: Database
  const codes = async (of = database) => (await traceFindings({ database: of })).map(({ ok, code }) => [code, ok])

  beforeAll(async () => {
    own = await startCleared()
    trial = await trialInstallation({ database: own.url })
    database = await openDatabase({ url: own.url, folder: '/nowhere', log: silentLogger })
  })
  afterAll(async () => {
    await database?.close()
    trial?.remove()
    await own?.server.remove()
  })

  test('nothing, where it is as the guide asks, before the first night and after it', async () => {
    expect(await codes()).toEqual([['database-traces', true]])
    await new Clearing({ url: own.url, log: silentLogger }).look(3)
    expect(await asSuperuser(own.past, "select from platform_upkeep where what like 'rewritten %'")).not.toEqual([])
    expect(await codes()).toEqual([['database-traces', true]])
  })

  test('what it says along with everything else of an installation', async () => {
    const { findings } = await diagnose(trial.data, silentLogger)
    expect(findings).toContainEqual(expect.objectContaining({ code: 'database-traces', ok: true }))
  })

  test('what an installation does of itself while it is open to be served, also by day when nights were missed', async () => {
    const table = 'public.dock_recording'
    const missed = `update platform_upkeep set at = now() - interval '40 hours' where what = 'rewritten ${table}'`
    await asSuperuser(own.past, missed)
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const ground = await openGround(settingsOf(trial.data), silentLogger)
    vi.advanceTimersByTime(300_000)
    vi.useRealTimers()
    const anew = `select from platform_upkeep where what = 'rewritten ${table}' and at > now() - interval '1 hour'`
    await expect.poll(() => asSuperuser(own.past, anew)).toHaveLength(1)
    await ground.close()
  })

  test('which setting lets what was erased live on, and not only what a login has set for itself', async () => {
    await asSuperuser(
      own.past,
      'alter role vidne set wal_recycle = off; alter role vidne set log_parameter_max_length = 100',
    )
    await asSuperuser(own.past, "select pg_create_physical_replication_slot('standby')")
    const late = await openDatabase({ url: own.url, folder: '/nowhere', log: silentLogger })
    expect(await codes(late)).toEqual([
      ['database-traces', true],
      ['database-traces-recycled', false],
      ['database-traces-kept-log', false],
      ['database-traces-log', false],
    ])
    await late.close()
    await asSuperuser(own.past, "select pg_drop_replication_slot('standby'); alter role vidne reset all")
  })

  test('what it takes to set it right, of one that is set as PostgreSQL comes and archives', async () => {
    const other = await startCleared({ wal_recycle: 'on', archive_mode: 'on', archive_command: 'true' })
    const late = await openDatabase({ url: other.url, folder: '/nowhere', log: silentLogger })
    const found = await traceFindings({ database: late })
    expect(found.filter(one => !one.ok).map(one => toldIn('en', one))).toEqual([
      expect.objectContaining({ code: 'database-traces-recycled', text: expect.stringContaining('wal_recycle = off') }),
      expect.objectContaining({ code: 'database-traces-archive', text: expect.stringContaining('no longer than') }),
    ])
    await late.close()
    await other.server.remove()
  })

  test('when a table is too large, or was not cleared for long', async () => {
    await asSuperuser(own.past, "insert into platform_upkeep values ('gave-up public.dock_recording', now())")
    expect((await traceFindings({ database })).map(one => toldIn('en', one))).toMatchObject([
      {
        code: 'database-traces-large',
        ok: false,
        stops: false,
        text: expect.stringContaining('public.dock_recording'),
      },
    ])
    await asSuperuser(own.past, "delete from platform_upkeep where what like 'gave-up%'")
    await asSuperuser(own.past, "update platform_upkeep set at = now() - interval '11 days'")
    expect(await codes()).toEqual([['database-traces-late', false]])
    await asSuperuser(own.past, 'delete from platform_upkeep')
    expect(await codes()).toEqual([['database-traces', true]])
    await asSuperuser(own.past, "update platform_migration set applied_at = now() - interval '11 days'")
    expect(await codes()).toEqual([['database-traces-late', false]])
  })

  test('when the login may not do what clearing takes', async () => {
    await asSuperuser(own.past, 'revoke pg_checkpoint from vidne')
    expect(await codes()).toContainEqual(['database-traces-rights', false])
    await asSuperuser(
      own.past,
      'create role clerk login noinherit in role vidne_app, vidne_installation; grant select on platform_migration to clerk',
    )
    const url = own.url.replace('//vidne@', '//clerk@')
    const clerk = await openDatabase({ url, folder: '/nowhere', log: silentLogger })
    expect(await codes(clerk)).toContainEqual(['database-traces-owner', false])
    await clerk.close()
  })
})
