import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PolicyPack } from '@vidne/policies/pack'
import { packById } from '@vidne/policies/packs'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

/** The policy with another period for what has no category. */
const lasting = (v: string) => (pack: PolicyPack) => {
  const uncategorised = { ...pack.retention['uncategorised']!, v }
  return { ...pack, retention: { ...pack.retention, uncategorised } }
}

onEachEngine('what shortens a life', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  beforeEach(() => trial.newAgency())
  const approvalOf = (asked: { state: 'waiting'; approval: string } | { state: 'refused'; because: string }) => {
    if (asked.state === 'refused') throw new Error(asked.because)
    return asked.approval
  }

  describe('a category that is taken away', () => {
    const downgrade = (recording: string, rule: string, instead: string | null = null) =>
      trial.keep.askDowngrade(trial.clerk, { recording, rule, instead, reason: 'given by mistake' })

    test('I-09 takes a second person: until then nothing changes, and then the rules that are left decide', async () => {
      const recording = await trial.record()
      await trial.keep.categorise(trial.clerk, { recording, rule: 'complaint', basis: 'C-12' })
      const approval = approvalOf(await downgrade(recording, 'complaint'))
      expect(await trial.approve(approval, trial.clerk)).toMatchObject({ because: 'same-person' })
      trial.clock.at += 32 * DAY
      expect((await trial.run()).deleted).toEqual([])
      expect(await trial.state(recording)).toMatchObject({ rule: 'complaint', deleteAfter: null })
      expect(await trial.approve(approval)).toMatchObject({ because: 'lapsed' })
      await trial.approve(approvalOf(await downgrade(recording, 'complaint')))
      const deadline = trial.clock.at - 32 * DAY + 31 * DAY
      expect(await trial.state(recording)).toMatchObject({ rule: 'uncategorised', deleteAfter: deadline })
      expect(await trial.field(recording, 'category-removed', 'rule')).toBe('complaint')
      expect(await trial.field(recording, 'retention-changed', 'because')).toBe('category-removed')
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
    })

    test('can be replaced by a lower one, and be given again', async () => {
      const change = {
        ...lasting('P31D')((await trial.inAgency(trx => trial.rules.policyInForce(trx, trial.agency))).pack),
      }
      const use = { ...change.retention['uncategorised']!, v: 'P6M' }
      await trial.newAgency('uk-met', { retention: { ...change.retention, use_of_force: use } })
      const recording = await trial.record()
      await trial.keep.categorise(trial.clerk, { recording, rule: 'complaint', basis: 'C-12' })
      await trial.approve(approvalOf(await downgrade(recording, 'complaint', 'use_of_force')))
      const { rule, deleteAfter } = await trial.state(recording)
      expect(rule).toBe('use_of_force')
      expect(deleteAfter).toBeGreaterThan(trial.clock.at + 180 * DAY)
      const again = await trial.keep.categorise(trial.clerk, { recording, rule: 'complaint', basis: 'C-13' })
      expect(again).toMatchObject({ state: 'categorised', life: { rule: 'complaint', deleteAfter: null } })
    })

    test('can be replaced by one that is shorter than having none, which one person alone cannot do', async () => {
      const { retention } = packById('uk-met')!
      const practice = { ...retention['uncategorised']!, v: 'P7D' }
      await trial.newAgency('uk-met', { retention: { ...retention, practice } })
      const [recording, end] = [await trial.record(), trial.clock.at + 31 * DAY]
      const wish = { recording, basis: 'practice' }
      await trial.keep.categorise(trial.clerk, { ...wish, rule: 'practice' })
      expect(await trial.state(recording)).toMatchObject({ rule: 'uncategorised', deleteAfter: end })
      await trial.mediaRead(recording, {})
      expect(await trial.state(recording)).toMatchObject({ rule: 'uncategorised', deleteAfter: end })
      await trial.keep.categorise(trial.clerk, { ...wish, rule: 'complaint' })
      await trial.approve(approvalOf(await downgrade(recording, 'practice')))
      await trial.approve(approvalOf(await downgrade(recording, 'complaint', 'practice')))
      expect(await trial.state(recording)).toMatchObject({ rule: 'practice', deleteAfter: trial.clock.at + 7 * DAY })
    })

    test('is refused where there is none, or nothing of that name to put in its place', async () => {
      const recording = await trial.record()
      expect(await downgrade(recording, 'complaint')).toMatchObject({ because: 'not-categorised' })
      await trial.keep.categorise(trial.clerk, { recording, rule: 'complaint', basis: 'C-12' })
      expect(await downgrade(recording, 'complaint', 'for_ever')).toMatchObject({ because: 'no-such-rule' })
      const investigator = await trial.person('Ivy Case', 'investigator')
      const wish = { recording, rule: 'complaint', instead: null, reason: 'x' }
      expect(await trial.keep.askDowngrade(investigator, wish)).toMatchObject({ because: 'not-allowed' })
      const approval = approvalOf(await downgrade(recording, 'complaint'))
      await trial.approve(approvalOf(await downgrade(recording, 'complaint', 'mopi_group3')))
      expect(await trial.approve(approval)).toMatchObject({ detail: 'not-categorised' })
      expect(await trial.state(recording)).toMatchObject({ rule: 'mopi_group3', deleteAfter: null })
    })

    test('of a held recording leaves the hold', async () => {
      const recording = await trial.record()
      await trial.keep.categorise(trial.clerk, { recording, rule: 'complaint', basis: 'C-12' })
      await trial.hold(recording)
      await trial.approve(approvalOf(await downgrade(recording, 'complaint')))
      trial.clock.at += 40 * DAY
      expect((await trial.run()).deleted).toEqual([])
    })
  })

  describe('a case', () => {
    const note = (recording: string, event: 'not_charged' | 'convicted' | 'sentence_ended', number: string, ago = 0) =>
      trial.keep.noteCase(trial.clerk, {
        recording,
        event,
        case: number,
        on: trial.clock.at - ago,
        reason: 'so says the court',
      })
    const named = async (number: string | null) => {
      const recording = await trial.record()
      const wish = { recording, rule: 'evidence', basis: 'CPIA', case: number, offence: null }
      await trial.keep.categorise(trial.clerk, wish)
      return recording
    }
    const evidence = () => named(null)

    test('whose state is not known keeps its evidence, also from two persons', async () => {
      const recording = await evidence()
      trial.clock.at += 400 * DAY
      expect((await trial.run()).deleted).toEqual([])
      const wish = { recording, reason: 'space is short' }
      expect(await trial.keep.askEarlyDeletion(trial.clerk, wish)).toMatchObject({ because: 'minimum-runs' })
      await note(recording, 'convicted', '0100-12')
      expect(await trial.keep.askEarlyDeletion(trial.clerk, wish)).toMatchObject({ because: 'minimum-runs' })
    })

    test('that is over ends the minimum six months from conviction or with the sentence, whichever is later', async () => {
      const recording = await evidence()
      trial.clock.at += 10 * DAY
      const convicted = trial.clock.at
      await note(recording, 'convicted', '0100-12')
      trial.clock.at += 30 * DAY
      const noted = await note(recording, 'sentence_ended', '0100-12')
      const reviewAt = noted.state === 'noted' ? noted.life.reviewAt : null
      const london = Temporal.Instant.fromEpochMilliseconds(convicted).toZonedDateTimeISO('Europe/London')
      // The day of the conviction is over before the six months begin.
      const months = london.toPlainDate().add({ days: 1 }).add({ months: 6 })
      expect(reviewAt).toBe(months.toZonedDateTime('Europe/London').epochMilliseconds)
      expect(noted).toMatchObject({ life: { rule: 'evidence', direction: 'min', deleteAfter: null } })
      const wish = { recording, reason: 'case closed' }
      expect(await trial.keep.askEarlyDeletion(trial.clerk, wish)).toMatchObject({ because: 'minimum-runs' })
      trial.clock.at = reviewAt ?? 0
      expect((await trial.run()).deleted).toEqual([])
      await trial.approve(approvalOf(await trial.keep.askEarlyDeletion(trial.clerk, wish)))
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'early-deletion' }])
    })

    test('that the category names keeps it while nothing was noted of it, whatever was noted of another', async () => {
      const recording = await named('0100-12')
      expect(await note(recording, 'not_charged', '0100-99')).toMatchObject({ life: { reviewAt: null } })
      const early = { recording, reason: 'space is short' }
      expect(await trial.keep.askEarlyDeletion(trial.clerk, early)).toMatchObject({ because: 'minimum-runs' })
      expect(await note(recording, 'not_charged', '0100-12')).toMatchObject({ life: { reviewAt: expect.any(Number) } })
    })

    test('that nobody numbered is the one that the category names', async () => {
      const recording = await named('0100-12')
      const acquitted = {
        recording,
        event: 'acquitted',
        case: null,
        on: trial.clock.at,
        reason: 'told by the court',
      } as const
      const noted = await trial.keep.noteCase(trial.clerk, acquitted)
      expect(noted).toMatchObject({ life: { reviewAt: expect.any(Number) } })
    })

    test('of two keeps it while the other is not over, and says who noted what', async () => {
      const recording = await evidence()
      const events = [await note(recording, 'convicted', '0100-12'), await note(recording, 'not_charged', '0100-13')]
      expect(events).toMatchObject([{ life: { reviewAt: null } }, { life: { reviewAt: null } }])
      trial.clock.at += DAY
      expect(await note(recording, 'sentence_ended', '0100-12')).toMatchObject({
        life: { reviewAt: expect.any(Number) },
      })
      expect(await trial.field(recording, 'case-noted', 'case-event')).toBe('sentence_ended')
      expect(await trial.field(recording, 'case-noted', 'person')).toBe(trial.clerk.person)
      expect(await note(recording, 'convicted', '0100-12', -DAY)).toMatchObject({ because: 'not-yet' })
    })
  })

  describe('a policy published later', () => {
    test('with a shorter maximum shortens what was captured before, in its history too', async () => {
      const recording = await trial.record()
      const at = trial.clock.at
      await trial.publish(lasting('P14D'))
      expect(await trial.state(recording)).toMatchObject({ deleteAfter: at + 14 * DAY })
      expect(await trial.field(recording, 'retention-changed', 'because')).toBe('policy-published')
      const shortened = await trial.inAgency(trx =>
        sql<{ kind: string; policy: Uint8Array }>`select kind, policy from keep_shortening`.execute(trx),
      )
      expect(shortened.rows).toEqual([{ kind: 'policy', policy: expect.any(Uint8Array) }])
      trial.clock.at = at + 14 * DAY
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
    })

    test('with a longer one gives it no more time, and what is captured then has it', async () => {
      const [recording, read] = [await trial.record(), await trial.record({ recordedAgo: 2 * HOUR })]
      const at = trial.clock.at
      await trial.publish(lasting('P60D'))
      await trial.mediaRead(read, { durationMs: HOUR })
      expect(await trial.state(recording)).toMatchObject({ deleteAfter: at + 31 * DAY })
      expect(await trial.state(read)).toMatchObject({ deleteAfter: at - HOUR + 31 * DAY })
      const later = await trial.record()
      expect(await trial.state(later)).toMatchObject({ deleteAfter: trial.clock.at + 60 * DAY })
      const old = await trial.record({ recordedAgo: DAY })
      expect((await trial.state(old)).deleteAfter).toBe(trial.clock.at + 30 * DAY)
    })

    test('of several the shortest counts', async () => {
      const recording = await trial.record()
      const at = trial.clock.at
      for (const period of ['P20D', 'P40D', 'P25D']) await trial.publish(lasting(period))
      expect((await trial.state(recording)).deleteAfter).toBe(at + 20 * DAY)
      expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed', 'retention-changed'])
    })

    test('passes the brake: what a shorter maximum makes due at once waits for two persons', async () => {
      await trial.newAgency('uk-met', { brake: { v: { items: 2, share: 10 }, f: 'default', s: '' } })
      const recordings = [await trial.record(), await trial.record(), await trial.record()]
      trial.clock.at += 10 * DAY
      await trial.publish(lasting('P5D'))
      const braked = await trial.run()
      expect(braked).toMatchObject({ state: 'waiting', deleted: [] })
      for (const recording of recordings) expect(await trial.bytesAreThere(recording)).toBe(true)
      await trial.approve(braked.approval ?? '')
      expect((await trial.run()).deleted).toHaveLength(3)
    })

    test('is reckoned by the run where nobody had the time before, and by it once only', async () => {
      const recording = await trial.record()
      const at = trial.clock.at
      await trial.publish(lasting('P14D'), { woken: false })
      expect((await trial.state(recording)).deleteAfter).toBe(at + 31 * DAY)
      expect((await trial.run()).deleted).toEqual([])
      expect((await trial.state(recording)).deleteAfter).toBe(at + 14 * DAY)
      await trial.run()
      expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed', 'retention-changed'])
    })

    test('does not touch a hold, nor what a category keeps', async () => {
      const [held, kept] = [await trial.record(), await trial.record()]
      await trial.hold(held)
      await trial.keep.categorise(trial.clerk, { recording: kept, rule: 'complaint', basis: 'C-12' })
      await trial.publish(lasting('P3D'))
      trial.clock.at += 40 * DAY
      expect((await trial.run()).deleted).toEqual([])
      expect(await trial.state(kept)).toMatchObject({ rule: 'complaint', deleteAfter: null })
    })
  })

  test('the database takes no earlier deadline by a decision that was used before, or of another recording', async () => {
    const [one, other] = [await trial.record(), await trial.record()]
    await trial.mediaRead(one, {})
    await trial.mediaRead(other, {})
    await trial.publish(lasting('P14D'))
    const sooner = (recording: string, shortening: string) =>
      trial.inAgency(trx =>
        sql`update keep_deadline set delete_after = delete_after - interval '1 day',
          shortening = (select id from keep_shortening where recording = ${shortening}::uuid)
          where recording = ${recording}::uuid`.execute(trx),
      )
    await expect(sooner(one, one)).rejects.toThrow('no edit brings a deletion forward')
    await expect(sooner(one, other)).rejects.toThrow(/foreign key/)
    const forged = trial.inAgency(trx => sql`update keep_shortening set kind = 'policy'`.execute(trx))
    await expect(forged).rejects.toThrow(/append-only|permission denied/)
  })
})
