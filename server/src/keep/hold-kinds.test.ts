import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '../people/people.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import type { HoldKind } from './keep.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('a hold of a kind', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  beforeEach(() => trial.newAgency())
  const place = (recording: string, kind: HoldKind, by: Actor = trial.clerk) =>
    trial.keep.hold(by, { recording, kind, reason: 'C-12', review: null })
  const release = (recording: string, by: Actor) => trial.keep.askRelease(by, { recording, reason: 'closed' })

  test('S3-09 a complaint filed on day 30 stops deletion on day 31, and the unit cannot delete or release it', async () => {
    const standards = await trial.person('Pia Standards', 'professional-standards')
    const officer = await trial.person('Dana Data', 'data-protection-officer')
    const recording = await trial.record()
    const free = await trial.record()
    trial.clock.at += 30 * DAY
    expect(await place(recording, 'complaint', standards)).toMatchObject({ state: 'held', kind: 'complaint' })
    trial.clock.at += DAY
    expect((await trial.run()).deleted).toEqual([{ recording: free, rule: 'uncategorised' }])
    expect(await trial.bytesAreThere(recording)).toBe(true)

    for (const unit of [trial.clerk, trial.supervisor, await trial.person('Sid Head', 'site-head')]) {
      expect(await release(recording, unit)).toEqual({ state: 'refused', because: 'complaint' })
    }
    const wish = { recording, reason: 'no longer needed' }
    expect(await trial.keep.askEarlyDeletion(trial.clerk, wish)).toMatchObject({ because: 'held' })

    const asked = await release(recording, standards)
    if (asked.state !== 'waiting') throw new Error(asked.because)
    for (const unit of [trial.clerk, trial.supervisor])
      expect(await trial.approve(asked.approval, unit)).toMatchObject({ because: 'not-allowed' })
    expect(await trial.approve(asked.approval, standards)).toMatchObject({ because: 'same-person' })
    trial.clock.at += DAY
    expect((await trial.run()).deleted).toEqual([])
    expect(await trial.approve(asked.approval, officer)).toMatchObject({ state: 'done' })
    expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
  })

  test('lets the unit lift its own holds beside a complaint, and not that of the complaint', async () => {
    const standards = await trial.person('Pia Standards', 'professional-standards')
    const recording = await trial.record()
    await place(recording, 'case')
    await place(recording, 'complaint', standards)
    expect(await trial.release(recording)).toMatchObject({ state: 'done' })
    expect(await trial.keep.holds(trial.agency)).toMatchObject([{ recording, kind: 'complaint' }])
    trial.clock.at += 40 * DAY
    expect((await trial.run()).deleted).toEqual([])
  })

  test('is placed by the roles of its kind', async () => {
    const recording = await trial.record()
    const investigator = await trial.person('Ivy Case', 'investigator')
    expect(await place(recording, 'case', investigator)).toMatchObject({ state: 'held' })
    for (const kind of ['complaint', 'preservation', 'access', 'dispute'] as const)
      expect(await place(recording, kind, investigator)).toEqual({ state: 'refused', because: 'not-this-kind' })
    expect(await place(recording, 'complaint', trial.supervisor)).toMatchObject({ because: 'not-this-kind' })
    for (const kind of ['case', 'complaint', 'preservation', 'access', 'dispute'] as const)
      expect(await place(recording, kind)).toMatchObject({ state: 'held', kind })
    expect(await trial.field(recording, 'held', 'hold-kind')).toBe('dispute')
  })

  test('I-08 past its review date is listed as overdue, and holds all the same', async () => {
    const recording = await trial.record()
    const marked = await trial.record({ proposedHold: true })
    trial.clock.at += HOUR
    await place(recording, 'preservation')
    const review = trial.clock.at + 30 * DAY
    expect(await trial.keep.holds(trial.agency)).toMatchObject([
      { recording: marked, kind: 'camera', placedBy: null, reason: null, overdue: false },
      { recording, kind: 'preservation', placedBy: trial.clerk.person, review, overdue: false, duty: null },
    ])
    trial.clock.at += 60 * DAY
    expect((await trial.run()).deleted).toEqual([])
    const [, standing] = await trial.keep.holds(trial.agency)
    expect(standing).toMatchObject({ recording, overdue: true })

    const again = { hold: standing!.hold, reason: 'the citizen still waits', review: null }
    expect(await trial.keep.reviewHold(trial.clerk, { ...again, review: trial.clock.at })).toMatchObject({
      because: 'review-is-past',
    })
    const next = trial.clock.at + 30 * DAY
    expect(await trial.keep.reviewHold(trial.clerk, again)).toEqual({ state: 'reviewed', review: next })
    expect((await trial.keep.holds(trial.agency)).at(-1)).toMatchObject({ recording, review: next, overdue: false })
    expect(await trial.field(recording, 'hold-reviewed', 'reason')).toBe('the citizen still waits')
    expect(await trial.release(recording)).toMatchObject({ state: 'done' })
    expect(await trial.keep.reviewHold(trial.clerk, again)).toMatchObject({ because: 'no-such-hold' })
  })

  test('about a dispute begins a duty of thirty days, which is overdue until the other party was told and offered a copy', async () => {
    await trial.newAgency('dk-borger')
    const recording = await trial.record()
    const due = trial.clock.at + 30 * DAY
    const held = await place(recording, 'dispute')
    expect(held).toMatchObject({ state: 'held', duty: due })
    expect(await trial.field(recording, 'held', 'duty')).toBe(due)
    expect(await place(recording, 'case')).toMatchObject({ duty: null })
    const hold = held.state === 'held' ? held.hold : ''
    const duty = async () => (await trial.keep.holds(trial.agency)).find(one => one.hold === hold)?.duty
    expect(await duty()).toEqual({ due, toldAt: null, offeredAt: null, overdue: false })
    trial.clock.at = due
    expect(await trial.keep.fulfilDuty(trial.clerk, { hold, done: 'told' })).toEqual({ state: 'open' })
    expect(await duty()).toEqual({ due, toldAt: due, offeredAt: null, overdue: true })
    expect(await trial.keep.fulfilDuty(trial.clerk, { hold, done: 'told' })).toMatchObject({ because: 'done-already' })
    expect(await trial.keep.fulfilDuty(trial.clerk, { hold, done: 'offered-copy' })).toEqual({ state: 'fulfilled' })
    expect(await duty()).toMatchObject({ overdue: false })
    expect(await trial.field(recording, 'duty-done', 'duty-done')).toBe('offered-copy')
    expect(await trial.keep.fulfilDuty(trial.supervisor, { hold, done: 'told' })).toMatchObject({
      because: 'not-allowed',
    })
  })

  test('about a dispute obliges to nothing where the policy knows no such duty', async () => {
    const recording = await trial.record()
    const held = await place(recording, 'dispute')
    expect(held).toMatchObject({ state: 'held', duty: null })
    const hold = held.state === 'held' ? held.hold : ''
    expect(await trial.keep.fulfilDuty(trial.clerk, { hold, done: 'told' })).toMatchObject({ because: 'no-duty' })
  })

  test('is not listed, reviewed or fulfilled by another agency', async () => {
    const held = await place(await trial.record(), 'case')
    const hold = held.state === 'held' ? held.hold : ''
    await trial.newAgency()
    expect(await trial.keep.holds(trial.agency)).toEqual([])
    const wish = { hold, reason: 'mine now', review: null }
    expect(await trial.keep.reviewHold(trial.clerk, wish)).toMatchObject({ because: 'no-such-hold' })
    expect(await trial.keep.fulfilDuty(trial.clerk, { hold, done: 'told' })).toMatchObject({ because: 'no-such-hold' })
  })
})
