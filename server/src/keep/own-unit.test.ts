import { toHex } from '@vidne/evidence/bytes'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import { capturedAt, believed } from '../record/captures.ts'
import { unitOf } from '../record/policy-at.ts'
import { capturesOf } from '../dock/captures.ts'
import { seerOf, visible } from '../rules/rules.ts'
import { sql } from 'kysely'
import { policiesOfOne } from './policies.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

const s = 'our assessment'
const UNIT = 'North'

onEachEngine('whose a recording is', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  beforeEach(async () => {
    await trial.newAgency('dk-politi')
    await trial.assign('cam-7', UNIT)
    trial.clock.at += 1000
    await trial.publishByTwo({ unit: UNIT, override: { autoStart: { v: false, s } } })
  })

  test('is one answer, for its rules, for the policy of its capture and for the lists of the unit’s people', async () => {
    const { people, rules } = trial
    const sam = await trial.person('Sam of the north', 'supervisor')
    trial.clock.at += 100 * DAY
    await trial.assign('cam-7', null)
    trial.clock.at += DAY
    const docked = trial.clock.at
    // By the camera's clock while it was the unit's, by one far behind too; by the docking where it cannot be meant.
    const cases = [
      { recordedAgo: 2 * DAY, theirs: true },
      { recordedAgo: 90 * DAY, theirs: true },
      { recordedAgo: HOUR, theirs: false },
      { recordedAgo: null, theirs: false },
      { recordedAgo: docked - Date.UTC(1980, 0, 1), theirs: false },
      { recordedAgo: -2 * DAY, theirs: false },
      { recordedAgo: -HOUR, theirs: false },
    ]
    for (const { recordedAgo, theirs } of cases) {
      const recording = await trial.record({ camera: 'cam-7', recordedAgo })
      const found = await trial.inAgency(async trx => {
        const unit = (await people.units.called(trx, trial.agency, UNIT))?.id ?? null
        const under = (await policiesOfOne(trx, trial.ground, trial.agency, recording)).inForce.unit
        const [capture] = await capturesOf(trx, [recording])
        const at = capturedAt(believed(capture!))
        const record = await unitOf(trx, { people }, { agency: trial.agency, at, unit: null, camera: 'cam-7' })
        const { pack } = await rules.policyInForce(trx, trial.agency)
        const seer = seerOf(sam, pack, { unit, now: docked })
        const { rows } = await sql<{ id: string }>`
          select r.id from dock_v_recording r where r.id = ${recording}::uuid and ${visible(seer, 'r')}`.execute(trx)
        return { rules: under === unit, capture: record === unit, list: rows.length === 1 }
      })
      expect({ recordedAgo, ...found }).toEqual({ recordedAgo, rules: theirs, capture: theirs, list: theirs })
    }
  })

  test('is what its hold is reviewed, its duty done and its holds lifted under', async () => {
    const [own, other] = [await trial.record({ camera: 'cam-7' }), await trial.record()]
    for (const [recording, unit] of [
      [own, UNIT],
      [other, null],
    ] as const) {
      const wish = { recording, kind: 'dispute', reason: 'a dispute', review: null } as const
      const held = await trial.keep.hold(trial.clerk, wish)
      if (held.state === 'refused') throw new Error(held.because)
      const { hold } = held
      await trial.keep.reviewHold(trial.clerk, { hold, reason: 'still needed', review: null })
      await trial.keep.fulfilDuty(trial.clerk, { hold, done: 'told' })
      await trial.release(recording)
      const pols = await trial.inAgency(async trx => {
        const of = unit === null ? null : ((await trial.people.units.called(trx, trial.agency, unit))?.id ?? null)
        const { pol } = await trial.rules.policyInForce(trx, trial.agency, undefined, of)
        const events = await trial.history.of(trx, recording)
        const wanted = ['held', 'hold-reviewed', 'duty-done', 'hold-released']
        const told = events.filter(({ core }) => wanted.includes(core.type))
        return { pol: toHex(pol), told: told.map(({ core }) => [core.type, core.pol]), types: wanted }
      })
      const types = pols.types.filter(type => type !== 'duty-done' || held.duty !== null)
      expect(pols.told).toEqual(types.map(type => [type, pols.pol]))
    }
  })
})
