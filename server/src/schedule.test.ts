import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from './platform/testing/databases.ts'
import { DAY, HOUR, RecordTrial, type TrialAgency } from './record/testing/trial-record.ts'
import { workByTheClock } from './schedule.ts'

describe.each(engines)('what runs by the clock (%s)', engine => {
  let trial: RecordTrial
  let agency: TrialAgency
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
    agency = await trial.agency('dk-politi')
  })
  afterAll(() => trial?.close())

  const ran = (name: string) => {
    const found = workByTheClock(trial.ground, trial.house).find(one => one.name === name)
    if (found === undefined) throw new Error(`nothing called ${name} runs`)
    return found.work()
  }

  test('stands in the database’s own schedule, each hour at least', async () => {
    const { rows } = await trial.ground.database.asInstallation(trx =>
      sql<{ name: string; cron: string }>`select name, cron from jobs.schedule order by name`.execute(trx),
    )
    const names = ['dock-expire', 'dock-read', 'keep-run', 'keep-settle', 'people-hourly', 'record-deviations']
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
    for (const { name, cron } of rows.filter(row => names.includes(row.name)))
      expect({ name, cron }).toEqual({ name, cron: expect.stringMatching(/^(\*\/)?\d{1,2} \* \* \* \*$/) })
  })

  test('S1-16 looks for missing recordings', async () => {
    const [commander, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
    const operation = await agency.order(commander)
    await trial.ground.rehearsal?.set(Date.parse(operation.until) + 23 * HOUR)
    await ran('record-deviations')
    expect(await agency.reviews(supervisor, 'missing-recording')).toMatchObject([{ operation: operation.id }])
  })

  test('lets questions lapse that nobody answered', async () => {
    const wish = { override: { autoStart: { v: false, s: 'our choice' } }, reason: 'the trial is over' }
    const { approval } = await agency.must<{ approval: string }>(agency.clerk, 'POST', '/policy/publications', wish)
    await trial.ground.rehearsal?.set(trial.now() + 8 * DAY)
    await ran('people-hourly')
    const { rows } = await trial.ground.database.asInstallation(trx =>
      sql<{ state: string }>`select state from people_approval where id = ${approval}::uuid`.execute(trx),
    )
    expect(rows).toEqual([{ state: 'lapsed' }])
  })

  test('deletes what is due', async () => {
    const recording = await agency.docks({ at: trial.now() })
    await trial.ground.rehearsal?.set(trial.now() + 31 * DAY)
    await ran('keep-run')
    await ran('keep-settle')
    const { rows } = await trial.ground.database.asAgency(agency.id, trx =>
      sql<{ state: string }>`select state from keep_v_recording where recording = ${recording}::uuid`.execute(trx),
    )
    expect(rows).toEqual([{ state: 'deleted' }])
  })
})
