import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { packById } from '@vidne/policies/packs'
import type { Role } from '../people/people.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('where the policy lets people decide', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  const approvalOf = (asked: { state: 'waiting'; approval: string } | { state: 'refused'; because: string }) => {
    if (asked.state === 'refused') throw new Error(asked.because)
    return asked.approval
  }

  beforeEach(() => trial.newAgency('de-nrw-oa'))
  const worn = () => trial.record({ wearer: 'Asks as wearer' })
  const wearerAsks = async (recording: string, outcome: 'delete' | 'keep' = 'delete', role: Role = 'wearer') => {
    const ground = { rule: 'evidence', case: '12 Js 34/26', offence: '§ 223 StGB' }
    const wish = { recording, reason: 'seen together' }
    const by = await trial.person(`Asks as ${role}`, role)
    return trial.keep.askDecision(by, outcome === 'delete' ? { ...wish, outcome } : { ...wish, outcome, ...ground })
  }

  test('S5-15 the run of day 14 deletes all without a case number and an offence', async () => {
    const [plain, kept] = [await trial.record(), await trial.record()]
    const wish = { rule: 'evidence', basis: 'assault on staff' }
    for (const ground of [{}, { case: '12 Js 34/26' }, { offence: '§ 223 StGB' }])
      expect(await trial.keep.categorise(trial.clerk, { ...wish, recording: plain, ...ground })).toMatchObject({
        because: 'no-ground',
      })
    const ground = { case: '12 Js 34/26', offence: '§ 223 StGB' }
    expect(await trial.keep.categorise(trial.clerk, { ...wish, recording: kept, ...ground })).toMatchObject({
      state: 'categorised',
      life: { rule: 'evidence', deleteAfter: null },
    })
    trial.clock.at += 14 * DAY - HOUR
    expect((await trial.run()).deleted).toEqual([])
    trial.clock.at += HOUR
    expect((await trial.run()).deleted).toEqual([{ recording: plain, rule: 'uncategorised' }])
    expect(await trial.bytesAreThere(kept)).toBe(true)
  })

  test('S5-15 a category that was written without its ground keeps nothing', async () => {
    const recording = await trial.record()
    await trial.inAgency(trx =>
      sql`insert into keep_category (recording, agency, rule, since)
        values (${recording}::uuid, ${trial.agency}::uuid, 'evidence', now())`.execute(trx),
    )
    await trial.mediaRead(recording, { durationMs: HOUR })
    trial.clock.at += 14 * DAY + HOUR
    expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
  })

  test('S5-17 what nobody decided goes on day 14 by itself, and its history names both roles', async () => {
    const recording = await worn()
    trial.clock.at += 14 * DAY
    expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
    expect(await trial.field(recording, 'deletion-due', 'decision')).toBe('nobody-decided')
    expect(await trial.field(recording, 'deletion-due', 'decision-roles')).toEqual(['wearer', 'supervisor'])
    expect(await trial.field(recording, 'deletion-due', 'person')).toBeUndefined()
  })

  test('S5-17 wearer and superior confirm a deletion from day 10; both roles are recorded, and no name in the log', async () => {
    const recording = await worn()
    trial.clock.at += 10 * DAY - HOUR
    expect(await wearerAsks(recording)).toMatchObject({ because: 'too-early' })
    trial.clock.at += HOUR
    const approval = approvalOf(await wearerAsks(recording))
    expect((await trial.run()).deleted).toEqual([])
    expect(await trial.approve(approval)).toMatchObject({ state: 'done' })
    expect((await trial.run()).deleted).toEqual([{ recording, rule: 'deletion-decision' }])
    expect(await trial.field(recording, 'deletion-due', 'decision')).toBe('both-roles')
    expect(await trial.field(recording, 'deletion-due', 'decision-roles')).toEqual(['wearer', 'supervisor'])
    expect(await trial.field(recording, 'deletion-decided', 'outcome')).toBe('delete')
    const { rows } = await trial.place.database.asInstallation(trx =>
      sql<{ leaf: Uint8Array }>`select leaf from history_pending`.execute(trx),
    )
    const said = rows.map(row => Buffer.from(row.leaf).toString('latin1')).join('\n')
    expect(said).toContain('"counts":[{"items":1,"rule":"deletion-decision"}]')
    for (const secret of ['Asks as', 'Sam Supervisor', 'seen together', recording]) expect(said).not.toContain(secret)
  })

  test('takes two different roles: two wearers are not enough', async () => {
    const recording = await worn()
    trial.clock.at += 11 * DAY
    const approval = approvalOf(await wearerAsks(recording))
    const other = await trial.person('Another wearer', 'wearer')
    expect(await trial.approve(approval, other)).toMatchObject({ because: 'not-allowed', detail: 'not-both-roles' })
    expect((await trial.run()).deleted).toEqual([])
    // And the question still waits for the one who is meant.
    const told = { reason: 'seen together', outcome: 'delete', rule: null }
    const [question] = await trial.inAgency(trx => trial.people.approvals.waiting(trx, trial.agency))
    expect(question).toMatchObject({ id: approval, told, left: 1, confirmedBy: [] })
    expect(await trial.approve(approval)).toMatchObject({ state: 'done' })
    expect(await wearerAsks(recording, 'delete', 'commander')).toMatchObject({ because: 'not-allowed' })
  })

  test('S5-17 the wearer is whoever wore the camera, and the superior somebody who sees the recording', async () => {
    const [mine, theirs, nobodys] = [await worn(), await trial.record({ wearer: 'Bo Ek' }), await trial.record()]
    const north = await trial.record({ wearer: 'Asks as wearer', camera: 'north' })
    trial.clock.at += 11 * DAY
    for (const recording of [theirs, nobodys])
      expect(await wearerAsks(recording)).toMatchObject({ because: 'not-the-wearer' })
    // Nor does anybody confirm as the wearer who is one of another recording.
    const asks = (recording: string) =>
      trial.keep.askDecision(trial.supervisor, { recording, outcome: 'delete', reason: 'nothing on it' })
    const wearer = await trial.person('Asks as wearer', 'wearer')
    expect(await trial.approve(approvalOf(await asks(theirs)), wearer)).toMatchObject({ detail: 'not-both-roles' })
    expect(await trial.approve(approvalOf(await asks(mine)), wearer)).toMatchObject({ state: 'done' })
    // A superior of another unit asks nothing, and his word is not the one that is missing.
    const other = await trial.person('Sue of the south', 'supervisor')
    await trial.inAgency(async trx => {
      const unit = await trial.people.units.named(trx, trial.clerk, 'South')
      await trial.people.units.assign(trx, trial.clerk, { member: { person: other.person }, unit })
    })
    const wish = { recording: north, outcome: 'delete', reason: 'nothing on it' } as const
    expect(await trial.keep.askDecision(other, wish)).toMatchObject({ because: 'not-allowed' })
    expect(await trial.approve(approvalOf(await wearerAsks(north)), other)).toMatchObject({
      detail: 'not-both-roles',
    })
    expect(await trial.approve(approvalOf(await wearerAsks(north)))).toMatchObject({ state: 'done' })
  })

  test('a superior who is away is spoken for by a delegate', async () => {
    const recording = await worn()
    trial.clock.at += 11 * DAY
    const approval = approvalOf(await wearerAsks(recording))
    const delegate = await trial.person('Dora Delegate', 'investigator')
    expect(await trial.approve(approval, delegate)).toMatchObject({ because: 'not-allowed' })
    const wish = { to: 'Dora Delegate', until: trial.clock.at + DAY }
    await trial.inAgency(trx => trial.people.delegations.delegate(trx, trial.supervisor, wish))
    expect(await trial.approve(approval, delegate)).toMatchObject({ state: 'done' })
    expect(await trial.field(recording, 'deletion-decided', 'decision-roles')).toEqual(['wearer', 'supervisor'])
  })

  test('they may decide to keep it, with case number and offence', async () => {
    const recording = await worn()
    trial.clock.at += 11 * DAY
    await trial.approve(approvalOf(await wearerAsks(recording, 'keep')))
    expect(await trial.state(recording)).toMatchObject({ rule: 'evidence', deleteAfter: null })
    expect(await trial.field(recording, 'deletion-decided', 'case')).toBe('12 Js 34/26')
    trial.clock.at += 10 * DAY
    expect((await trial.run()).deleted).toEqual([])
    expect(await wearerAsks(recording)).toMatchObject({ because: 'nothing-to-decide' })
  })

  test('they cannot decide to keep it under a rule that keeps nothing', async () => {
    const { retention } = packById('de-nrw-oa')!
    const week = { ...retention['uncategorised']!, v: 'P7D' }
    await trial.newAgency('de-nrw-oa', { retention: { ...retention, practice: week } })
    const recording = await trial.record({ wearer: 'Asks to keep' })
    trial.clock.at += 11 * DAY
    const by = await trial.person('Asks to keep', 'wearer')
    for (const rule of ['uncategorised', 'practice']) {
      const wish = {
        recording,
        outcome: 'keep',
        rule,
        case: '12 Js 34/26',
        offence: '§ 223 StGB',
        reason: 'x',
      } as const
      expect(await trial.keep.askDecision(by, wish)).toMatchObject({ because: 'keeps-nothing' })
    }
  })

  test('a hold stands against a decision to delete', async () => {
    const recording = await worn()
    trial.clock.at += 11 * DAY
    const approval = approvalOf(await wearerAsks(recording))
    await trial.hold(recording)
    expect(await trial.approve(approval)).toMatchObject({ detail: 'held' })
    expect(await wearerAsks(recording)).toMatchObject({ because: 'held' })
  })

  test('and nobody is asked where it does not', async () => {
    await trial.newAgency()
    expect(await wearerAsks(await worn())).toMatchObject({ because: 'nothing-to-decide' })
  })
})
