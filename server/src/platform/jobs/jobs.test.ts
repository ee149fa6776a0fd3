import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { onEachEngine } from '../testing/databases.ts'
import { forTransaction, openJobs, type Jobs } from './jobs.ts'

const agency = '0198f0a0-0000-7000-8000-00000000000a'
const silent = { info: () => {}, warn: () => {}, error: () => {} }

onEachEngine('jobs', ground => {
  const open = (): Jobs => openJobs({ database: ground.database, log: silent, zone: 'Europe/Copenhagen' })

  test('a job is done once its cause has committed, and never when it was rolled back', async () => {
    const jobs = open()
    const done: string[] = []
    jobs.on<{ recording: string }>('index', async ({ recording }) => void done.push(recording))
    await jobs.start()
    const failing = ground.database.asAgency(agency, async trx => {
      await jobs.send(trx, 'index', { recording: 'rolled back' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await ground.database.asAgency(agency, async trx => {
      await jobs.send(trx, 'index', { recording: 'one' })
      await jobs.send(trx, 'index', { recording: 'two' })
      const { rows } = await sql`select current_user::text as role`.execute(trx)
      expect(rows).toEqual([{ role: 'vidne_app' }])
    })
    await expect.poll(() => done.toSorted()).toEqual(['one', 'two'])
    await jobs.stop()
    expect(done).toHaveLength(2)
  })

  test('an agency sees nothing of the queue', async () => {
    const look = ground.database.asAgency(agency, trx => sql`select * from jobs.job`.execute(trx))
    await expect(look).rejects.toMatchObject({ code: '42501' })
  })

  test('a failed job is tried again', async () => {
    const jobs = open()
    let tries = 0
    jobs.on('flaky', async () => {
      if (++tries === 1) throw new Error('not yet')
    })
    await jobs.start()
    await ground.database.asInstallation(trx => jobs.send(trx, 'flaky', {}))
    await expect.poll(() => tries, { interval: 200 }).toBe(2)
    await jobs.stop()
  })

  test('a schedule that the program no longer knows is forgotten', async () => {
    const yesterday = open()
    yesterday.every('nightly', '0 3 * * *', async () => {})
    yesterday.every('weekly', '0 4 * * 1', async () => {})
    await yesterday.start()
    await yesterday.stop()
    const today = open()
    today.every('nightly', '0 2 * * *', async () => {})
    await today.start()
    await today.stop()
    const { rows } = await ground.database.asInstallation(trx => sql`select name, cron from jobs.schedule`.execute(trx))
    expect(rows).toEqual([{ name: 'nightly', cron: '0 2 * * *' }])
  })

  test('a job that nobody works on is refused, not left lying', async () => {
    const jobs = open()
    const send = ground.database.asInstallation(trx => jobs.send(trx, 'nobody', {}))
    await expect(send).rejects.toThrow('nobody works on jobs called nobody')
  })
})

test('a script of the queue that brings its own transaction runs within ours', () => {
  expect(forTransaction('\n BEGIN;\n select 1;\n COMMIT;\n ').trim()).toBe('select 1;')
  expect(forTransaction('create index concurrently a on b (c)')).toBe('create index a on b (c)')
  expect(forTransaction('do $$ begin null; end $$')).toBe('do $$ begin null; end $$')
})
