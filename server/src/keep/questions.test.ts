import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('what keep asks two persons', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  const waiting = () => trial.inAgency(trx => trial.people.approvals.waiting(trx, trial.agency))

  test('of the hourly run is found among what waits, with the recordings that the brake lists', async () => {
    await trial.newAgency('uk-met', { brake: { v: { items: 2, share: 10 }, f: 'default', s: '' } })
    const recordings = [await trial.record(), await trial.record(), await trial.record()]
    const other = await trial.record()
    await trial.hold(other)
    trial.clock.at += 32 * DAY
    const report = await trial.run(null)
    expect(report).toMatchObject({ state: 'waiting', deleted: [] })
    const [question, ...more] = await waiting()
    expect(more).toEqual([])
    expect(question).toMatchObject({
      id: report.approval,
      kind: 'brake',
      askedBy: null,
      left: 2,
      listed: recordings.toSorted(),
      withoutAnswer: 'nothing-is-deleted',
      told: { reason: '3 of 4 recordings at once' },
    })
  })

  test('about a clock is found there too, and lists nothing', async () => {
    await trial.newAgency()
    await trial.record()
    await trial.run(null)
    trial.strings.deliberate = false
    trial.clock.at += 3 * DAY
    const report = await trial.run(null)
    expect(await waiting()).toMatchObject([
      { id: report.approval, kind: 'clock', listed: null, told: { reason: expect.stringContaining('72 h') } },
    ])
  })

  test('about an early deletion says why it cannot be any more, when a hold was placed meanwhile', async () => {
    await trial.newAgency()
    const recording = await trial.record()
    const asked = await trial.keep.askEarlyDeletion(trial.clerk, { recording, reason: 'filmed by mistake' })
    if (asked.state !== 'waiting') throw new Error(asked.because)
    expect(await waiting()).toMatchObject([{ kind: 'early-deletion', told: { reason: 'filmed by mistake' } }])
    await trial.hold(recording)
    expect(await trial.approve(asked.approval)).toMatchObject({ because: 'no-longer-possible', detail: 'held' })
    expect(await waiting()).toEqual([])
    expect(await trial.state(recording)).toMatchObject({ state: 'kept', rule: 'uncategorised' })
  })

  test('says which category is to go and what comes in its place, or what is decided and under which rule it is kept', async () => {
    await trial.newAgency()
    const recording = await trial.record()
    await trial.keep.categorise(trial.clerk, { recording, rule: 'complaint', basis: 'C-12', case: null, offence: null })
    const lower = { recording, rule: 'complaint', instead: 'mopi_group3', reason: 'a mistake' }
    await trial.keep.askDowngrade(trial.clerk, lower)
    const lowered = { reason: 'a mistake', rule: 'complaint', instead: 'mopi_group3', outcome: null }
    expect(await waiting()).toMatchObject([{ kind: 'category-downgrade', told: lowered }])
    expect(await trial.field(recording, 'approval-asked', 'instead')).toBe('mopi_group3')
    await trial.newAgency('de-nrw-oa')
    const other = await trial.record({ wearer: 'Wanda Wearer' })
    trial.clock.at += 11 * DAY
    const kept = { rule: 'evidence', case: '12 Js 34/26', offence: '§ 223 StGB' }
    const by = await trial.person('Wanda Wearer', 'wearer')
    await trial.keep.askDecision(by, { recording: other, outcome: 'keep', reason: 'charged', ...kept })
    const told = { reason: 'charged', outcome: 'keep', instead: null, ...kept }
    expect(await waiting()).toMatchObject([{ kind: 'deletion-decision', told }])
  })

  test('holds up what an alarm goes by: a run that stops or waits does not count as one that was done', async () => {
    await trial.newAgency('uk-met', { brake: { v: { items: 1, share: 1 }, f: 'default', s: '' } })
    const founded = trial.clock.at
    expect(await trial.keep.lastRun(trial.agency)).toEqual({ completedAt: founded, halted: false })
    trial.clock.at += HOUR
    for (const _ of [1, 2]) await trial.record()
    await trial.run(null)
    const done = { completedAt: trial.clock.at, halted: false }
    expect(await trial.keep.lastRun(trial.agency)).toEqual(done)
    trial.clock.at += 32 * DAY
    expect(await trial.run(null)).toMatchObject({ state: 'waiting' })
    expect(await trial.keep.lastRun(trial.agency)).toEqual({ ...done, halted: true })
    trial.strings.standing = { stopped: 'behind-witness' }
    expect(await trial.run(null)).toMatchObject({ state: 'stopped' })
    expect(await trial.keep.lastRun(trial.agency)).toEqual({ ...done, halted: true })
  })
})
