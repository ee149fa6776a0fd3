import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hourOf } from '../platform/vault/port.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('keeping a recording', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())
  beforeEach(() => trial.newAgency())
  const expiring = (at: number) => trial.vault.under(trial.agency, hourOf(at))

  describe('a sealed recording', () => {
    test('has its deadline in the transaction that seals it, in its history, and its key under that hour', async () => {
      const recording = await trial.record({ recordedAgo: 2 * DAY })
      const deadline = trial.clock.at - 2 * DAY + 31 * DAY
      expect(await trial.state(recording)).toEqual({
        state: 'kept',
        rule: 'uncategorised',
        held: false,
        source: 'capture-start',
        deleteAfter: deadline,
      })
      expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed'])
      expect(await trial.field(recording, 'retention-changed', 'delete-after')).toBe(deadline)
      expect(await expiring(deadline)).toEqual([recording])
    })

    test('of Duisburg lives two weeks', async () => {
      await trial.newAgency('de-nrw-oa')
      const recording = await trial.record()
      expect((await trial.state(recording)).deleteAfter).toBe(trial.clock.at + 14 * DAY)
    })

    test('is counted from its end once the media says how long it is, and from then on only ever later', async () => {
      const { at } = trial.clock
      const recording = await trial.record({ recordedAgo: null })
      expect((await trial.state(recording)).deleteAfter).toBe(at + 31 * DAY)
      await trial.mediaRead(recording, { recordedAt: at - 5 * DAY, durationMs: HOUR })
      const settled = at - 5 * DAY + HOUR + 31 * DAY
      expect(await trial.state(recording)).toMatchObject({ deleteAfter: settled, source: 'capture-end' })
      expect(await expiring(settled)).toEqual([recording])
      await trial.mediaRead(recording, { recordedAt: at - 9 * DAY })
      expect((await trial.state(recording)).deleteAfter).toBe(settled)
      await trial.mediaRead(recording, { recordedAt: at - 3 * DAY })
      expect((await trial.state(recording)).deleteAfter).toBe(at - 3 * DAY + HOUR + 31 * DAY)
    })

    test('from a camera whose clock was never set is counted from docking, and says so', async () => {
      const recording = await trial.record({ recordedAgo: trial.clock.at })
      expect(await trial.state(recording)).toMatchObject({
        source: 'docked-clock-unset',
        deleteAfter: trial.clock.at + 31 * DAY,
      })
    })

    test('that was over its time before it was docked is not gone unseen: it has three days', async () => {
      const recording = await trial.record({ recordedAgo: 40 * DAY })
      expect(await trial.state(recording)).toMatchObject({
        source: 'docked-overdue',
        deleteAfter: trial.clock.at + 3 * DAY,
      })
      expect((await trial.run()).deleted).toEqual([])
      trial.clock.at += 3 * DAY
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
      const inTime = await trial.record({ recordedAgo: 31 * DAY - 2 * HOUR })
      expect(await trial.state(inTime)).toMatchObject({
        source: 'capture-start',
        deleteAfter: trial.clock.at + 2 * HOUR,
      })
    })

    test('lives longer by a category and never shorter by another', async () => {
      const recording = await trial.record()
      const wish = { recording, basis: 'crime report' }
      expect(await trial.keep.categorise(trial.clerk, { ...wish, rule: 'complaint' })).toMatchObject({
        state: 'categorised',
        life: { rule: 'complaint', deleteAfter: null },
      })
      expect(await trial.state(recording)).toMatchObject({ rule: 'complaint', deleteAfter: null })
      expect(await trial.keep.categorise(trial.clerk, { ...wish, rule: 'uncategorised' })).toMatchObject({
        state: 'categorised',
        life: { rule: 'complaint', deleteAfter: null },
      })
      expect(await trial.state(recording)).toMatchObject({ rule: 'complaint', deleteAfter: null })
      expect(await trial.keep.categorise(trial.clerk, { ...wish, rule: 'complaint' })).toMatchObject({
        state: 'had-it',
      })
      await trial.keep.settled()
      expect(await expiring(trial.clock.at + 31 * DAY)).toEqual([])
      trial.clock.at += 40 * DAY
      expect((await trial.run()).deleted).toEqual([])
    })

    test('is not given a category that its policy does not have', async () => {
      const recording = await trial.record()
      for (const rule of ['for_ever', 'constructor'])
        expect(await trial.keep.categorise(trial.clerk, { recording, basis: 'x', rule })).toMatchObject({
          because: 'no-such-rule',
          rules: expect.arrayContaining(['complaint', 'uncategorised']),
        })
      const commander = await trial.person('Cas Commander', 'commander')
      expect(await trial.keep.categorise(commander, { recording, basis: 'x', rule: 'complaint' })).toMatchObject({
        because: 'not-allowed',
      })
      expect(await trial.told(recording)).not.toContain('categorised')
    })
  })

  describe('a hold', () => {
    test('lets a recording outlive its retention, and its release lets it go at the next run', async () => {
      const recording = await trial.record()
      const { at } = trial.clock
      expect(await trial.hold(recording)).toMatchObject({ state: 'held', review: at + 30 * DAY })
      expect(await expiring(at + 31 * DAY)).toEqual([])
      trial.clock.at += 60 * DAY
      expect((await trial.run()).deleted).toEqual([])
      expect(await trial.state(recording)).toMatchObject({ state: 'kept', held: true, deleteAfter: null })
      expect(await trial.keyIsThere(recording)).toBe(true)

      expect(await trial.release(recording)).toMatchObject({ state: 'done' })
      expect(await trial.state(recording)).toMatchObject({ held: false, deleteAfter: at + 31 * DAY })
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
      expect(await trial.keyIsThere(recording)).toBe(false)
      expect(await trial.told(recording)).toEqual([
        'sealed',
        'retention-changed',
        'held',
        'approval-asked',
        'approval-given',
        'hold-released',
        'deletion-due',
        'key-destroyed',
        'deleted',
      ])
    })

    test('released before the deadline puts the key back under its hour', async () => {
      const recording = await trial.record()
      await trial.hold(recording)
      await trial.release(recording)
      expect(await expiring(trial.clock.at + 31 * DAY)).toEqual([recording])
    })

    test('is lifted by nobody alone', async () => {
      const recording = await trial.record()
      await trial.hold(recording)
      const asked = await trial.keep.askRelease(trial.clerk, { recording, reason: 'closed' })
      if (asked.state !== 'waiting') throw new Error(asked.because)
      const again = await trial.person('kim  CLERK', 'supervisor')
      expect(await trial.approve(asked.approval, again)).toMatchObject({ because: 'same-person' })
      trial.clock.at += 60 * DAY
      expect((await trial.run()).deleted).toEqual([])
      expect(await trial.approve(asked.approval)).toMatchObject({ because: 'lapsed' })
    })

    test('placed after the release was asked for was not part of the question and stands', async () => {
      const recording = await trial.record()
      await trial.hold(recording)
      const asked = await trial.keep.askRelease(trial.clerk, { recording, reason: 'closed' })
      await trial.hold(recording, trial.supervisor)
      if (asked.state !== 'waiting') throw new Error(asked.because)
      expect(await trial.approve(asked.approval)).toMatchObject({ state: 'done' })
      expect(await trial.state(recording)).toMatchObject({ held: true })
    })

    test('that the camera proposed stops deletion until two persons lift it', async () => {
      const recording = await trial.record({ proposedHold: true })
      expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed', 'held'])
      expect(await trial.field(recording, 'held', 'proposed-by')).toBe('camera')
      expect(await expiring(trial.clock.at + 31 * DAY)).toEqual([])
      trial.clock.at += 61 * DAY
      expect((await trial.run()).deleted).toEqual([])
      await trial.release(recording)
      expect((await trial.run()).deleted).toHaveLength(1)
    })

    test('is refused without a reason, by a role that may not, for a review in the past, and when it is too late', async () => {
      const recording = await trial.record()
      const wearer = await trial.person('Wearer', 'wearer')
      const wish = { recording, reason: 'x', review: null }
      expect(await trial.keep.hold(wearer, wish)).toEqual({ state: 'refused', because: 'not-allowed' })
      expect(await trial.keep.hold(trial.clerk, { ...wish, reason: '  ' })).toEqual({
        state: 'refused',
        because: 'no-reason',
      })
      expect(await trial.keep.hold(trial.clerk, { ...wish, review: trial.clock.at })).toEqual({
        state: 'refused',
        because: 'review-is-past',
      })
      expect(await trial.keep.askRelease(trial.clerk, wish)).toEqual({ state: 'refused', because: 'not-held' })
      trial.clock.at += 32 * DAY
      await trial.run()
      expect(await trial.keep.hold(trial.clerk, wish)).toEqual({ state: 'refused', because: 'too-late' })
    })

    test('cannot be placed on a recording of another agency', async () => {
      const recording = await trial.record()
      await trial.newAgency()
      expect(await trial.hold(recording)).toEqual({ state: 'refused', because: 'no-such-recording' })
    })
  })

  describe('an early deletion', () => {
    const ask = async (recording: string) => {
      const asked = await trial.keep.askEarlyDeletion(trial.supervisor, {
        recording,
        reason: 'recorded in a locker room',
      })
      return asked.state === 'waiting' ? asked.approval : asked.because
    }

    test('takes two persons, and then goes by the next run', async () => {
      const recording = await trial.record()
      const approval = await ask(recording)
      expect((await trial.run()).deleted).toEqual([])
      expect(await trial.approve(approval, trial.clerk)).toMatchObject({ state: 'done' })
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'early-deletion' }])
      expect(await trial.keyIsThere(recording)).toBe(false)
      expect(await trial.field(recording, 'deletion-due', 'decision')).toBe('two-persons')
    })

    test('is not undone by a parser, but by a hold', async () => {
      const one = await trial.record()
      await trial.approve(await ask(one), trial.clerk)
      await trial.mediaRead(one, { durationMs: HOUR })
      expect((await trial.state(one)).rule).toBe('early-deletion')
      await trial.hold(one)
      expect((await trial.run()).deleted).toEqual([])
      expect(await ask(one)).toBe('held')
    })

    test('confirmed while a hold stands does not happen', async () => {
      const recording = await trial.record()
      const approval = await ask(recording)
      await trial.hold(recording)
      expect(await trial.approve(approval, trial.clerk)).toMatchObject({
        because: 'no-longer-possible',
        detail: 'held',
      })
      expect((await trial.run()).deleted).toEqual([])
    })
  })

  test('what falls due is listed by rule, and listing changes nothing', async () => {
    const recording = await trial.record({ recordedAgo: DAY })
    const held = await trial.record({ recordedAgo: DAY })
    await trial.hold(held)
    const deadline = trial.clock.at + 30 * DAY
    expect(await trial.keep.forecast(trial.agency, deadline - HOUR)).toEqual({
      by: deadline - HOUR,
      rules: [],
      items: [],
      blocked: [],
    })
    expect(await trial.keep.forecast(trial.agency, deadline)).toEqual({
      blocked: [
        {
          recording: held,
          rule: 'uncategorised',
          deleteAfter: deadline,
          because: 'held',
          until: trial.clock.at + 30 * DAY,
        },
      ],
      by: deadline,
      rules: [{ rule: 'uncategorised', items: 1 }],
      items: [
        {
          recording,
          rule: 'uncategorised',
          direction: 'max',
          deleteAfter: deadline,
          anchor: trial.clock.at - DAY,
          anchorSource: 'capture-start',
        },
      ],
    })
    expect((await trial.state(recording)).state).toBe('kept')
  })

  test('the database itself lets no edit bring a deletion forward', async () => {
    const recording = await trial.record()
    await trial.mediaRead(recording, {})
    const edit = trial.inAgency(trx =>
      sql`update keep_deadline set delete_after = delete_after - interval '1 second' where recording = ${recording}::uuid`.execute(
        trx,
      ),
    )
    await expect(edit).rejects.toThrow('no edit brings a deletion forward')
  })

  test('the database itself lets no deletion go backwards', async () => {
    const recording = await trial.record()
    trial.clock.at += 32 * DAY
    await trial.run()
    for (const change of [
      "state = 'kept'",
      "state = 'erasing'",
      'key_destroyed_at = null',
      'key_destroyed_at = now()',
    ]) {
      const attempt = trial.inAgency(trx =>
        sql`update keep_deadline set ${sql.raw(change)} where recording = ${recording}::uuid`.execute(trx),
      )
      await expect(attempt).rejects.toThrow('one way')
    }
    await expect(trial.inAgency(trx => sql`delete from keep_deadline`.execute(trx))).rejects.toThrow(
      /append-only|permission denied/,
    )
  })
})
