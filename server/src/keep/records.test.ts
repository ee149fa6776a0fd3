import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { packById } from '@vidne/policies/packs'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, KeepTrial } from './testing/trial-keep.ts'

const { retention } = packById('se-skola')!
const { balancing_record: _, ...without } = retention

onEachEngine('a record beside the footage', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  beforeEach(() => trial.newAgency('se-skola'))

  const kind = 'balancing_record'
  async function entered(): Promise<string> {
    const wish = { kind, ref: 'KS 2026/12', about: 'entrance hall, camera 4' } as const
    const done = await trial.keep.records.enter(trial.clerk, wish)
    if (done.state === 'refused') throw new Error(done.because)
    return done.record
  }
  async function decision(of: 'balancing_record' | 'camera_register' = kind): Promise<string> {
    const wish = { kind: of, authority: 'Kommunstyrelsen', date: '2026-05-20', reference: 'KS 2026/99 § 4' }
    const done = await trial.keep.records.decideDisposal(trial.clerk, wish)
    if (done.state === 'refused') throw new Error(done.because)
    return done.disposal
  }
  const gone = (record: string, disposal: string) => trial.keep.records.delete(trial.clerk, { record, disposal })

  test('is kept while the monitoring goes on and five years after, and then goes under a documented decision only', async () => {
    const record = await entered()
    const disposal = await decision()
    trial.clock.at += 3000 * DAY
    expect(await gone(record, disposal)).toEqual({ state: 'refused', because: 'monitoring-goes-on' })
    const on = trial.clock.at
    const ended = await trial.keep.records.endMonitoring(trial.clerk, { record, on })
    const until = ended.state === 'noted' ? (ended.keptUntil ?? 0) : 0
    expect(new Date(until).toISOString()).toBe('2039-08-18T22:00:00.000Z')
    trial.clock.at = until - 1
    expect(await gone(record, disposal)).toEqual({ state: 'refused', because: 'minimum-runs' })
    trial.clock.at = until
    expect(await gone(record, await decision('camera_register'))).toMatchObject({ because: 'no-such-decision' })
    expect(await gone(record, record)).toMatchObject({ because: 'no-such-decision' })
    expect(await gone(record, disposal)).toEqual({ state: 'deleted' })
    expect(await trial.keep.records.list(trial.agency)).toMatchObject([
      { record, kind, ref: null, about: null, deletedAt: trial.clock.at, keptUntil: until },
    ])
    expect(await gone(record, disposal)).toMatchObject({ because: 'deleted-already' })
    expect((await trial.told(trial.agency)).filter(type => /record|disposal/.test(type))).toEqual([
      'record-noted',
      'disposal-decided',
      'record-noted',
      'disposal-decided',
      'record-deleted',
    ])
    expect(await trial.field(trial.agency, 'disposal-decided', 'authority')).toBe('Kommunstyrelsen')
    expect(await trial.field(trial.agency, 'record-deleted', 'disposal')).toBe(disposal)
  })

  test('is kept five whole years: the last day of the monitoring counts to its end, also in a leap year', async () => {
    trial.clock.at = Date.parse('2028-03-01T08:00:00Z')
    await trial.newAgency('se-skola')
    const record = await entered()
    const on = Date.parse('2028-02-28T23:00:00Z')
    const ended = await trial.keep.records.endMonitoring(trial.clerk, { record, on })
    expect(ended).toMatchObject({ keptUntil: Date.parse('2033-02-28T23:00:00Z') })
  })

  test('has its decision entered from the first hour of its day on, where people live', async () => {
    const wish = { kind, authority: 'Kommunstyrelsen', date: '2028-03-01', reference: 'KS 2028/99 § 4' } as const
    trial.clock.at = Date.parse('2028-02-29T22:59:59Z')
    await trial.newAgency('se-skola')
    expect(await trial.keep.records.decideDisposal(trial.clerk, wish)).toMatchObject({ because: 'not-yet' })
    trial.clock.at += 1000
    expect(await trial.keep.records.decideDisposal(trial.clerk, wish)).toMatchObject({ state: 'entered' })
  })

  test('is not let go sooner by an earlier end of its monitoring, nor by a policy that is published later', async () => {
    const record = await entered()
    const on = trial.clock.at
    await trial.keep.records.endMonitoring(trial.clerk, { record, on })
    const earlier = { record, on: on - DAY }
    expect(await trial.keep.records.endMonitoring(trial.clerk, earlier)).toMatchObject({
      because: 'earlier-than-noted',
    })
    expect(await trial.keep.records.endMonitoring(trial.clerk, { record, on: on + 1 })).toMatchObject({
      because: 'not-yet',
    })
    await trial.publish(pack => ({ ...pack, retention: without }))
    trial.clock.at += 1000 * DAY
    await trial.publish(pack => ({ ...pack, retention }))
    expect(await gone(record, await decision())).toMatchObject({ because: 'minimum-runs' })
    const edit = (change: string) =>
      trial.inAgency(trx => sql`update keep_record set ${sql.raw(change)} where id = ${record}::uuid`.execute(trx))
    await expect(edit("monitoring_end = monitoring_end - interval '1 day'")).rejects.toThrow('no edit brings the end')
    await expect(edit('ref = null, about = null, deleted_at = now()')).rejects.toThrow(/check constraint/)
    const removal = trial.inAgency(trx => sql`delete from keep_record`.execute(trx))
    await expect(removal).rejects.toThrow(/append-only|permission denied/)
  })

  test('is entered where the policy has a rule for it, by those who keep records; footage cannot be put under that rule', async () => {
    const wish = { kind, ref: 'KS 2026/13', about: 'yard' } as const
    expect(await trial.keep.records.enter(trial.supervisor, wish)).toMatchObject({ because: 'not-allowed' })
    const recording = await trial.record()
    expect(await trial.keep.categorise(trial.clerk, { recording, rule: kind, basis: 'x' })).toMatchObject({
      because: 'no-such-rule',
      rules: expect.not.arrayContaining([kind]),
    })
    await trial.newAgency()
    expect(await trial.keep.records.enter(trial.clerk, wish)).toMatchObject({ because: 'no-such-rule' })
    expect(await trial.keep.records.list(trial.agency)).toEqual([])
  })
})
