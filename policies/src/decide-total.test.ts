import { expect, test } from 'vitest'
import { decide } from './decide.ts'
import { freeze } from './freeze.ts'
import { inForce } from './in-force.ts'
import { merge } from './merge.ts'
import type { PolicyPack } from './pack.ts'
import { packs } from './packs.ts'
import type { Override, Situation, Stage, TriggerSource, Verdict, Zone } from './situation.ts'
import { type Dice, dice } from './testing/dice.ts'
import { fullPack } from './testing/full-pack.ts'
import { randomOverride } from './testing/random-override.ts'
import { aTrigger, quiet } from './testing/situations.ts'

const policies = [...packs.values(), fullPack]
const verdicts = new Set(['must', 'may', 'must-not', 'must-stop'])
const times = ['2020-02-01T12:00:00Z', '2026-07-15T10:00:00Z', '2026-07-15T21:00:00Z', '2026-10-25T00:30:00Z'].map(at =>
  Date.parse(at),
)
const codes = (policy: PolicyPack) => [...policy.mustRecord, ...policy.mayRecord].map(({ v }) => v)

/** What holds of every verdict, whatever the situation. */
function soundness(situation: Situation, policy: PolicyPack | null, verdict: Verdict): string[] {
  const records = verdict.verdict === 'must' || verdict.verdict === 'may'
  const rules: Record<string, boolean> = {
    'one verdict': verdicts.has(verdict.verdict),
    'a clause, but without a policy': (verdict.clause === null) === verdict.marks.includes('no-policy'),
    'a stop only of what runs': verdict.verdict !== 'must-stop' || situation.running,
    'nothing starts by itself that must not': records || !verdict.startsItself,
    'no buffer of what is not recorded': records || verdict.buffer.seconds === 0,
    'nobody told of what is not recorded': records || !verdict.noticeNeeded,
    'the wearer starts by hand': policy?.decider.v !== 'wearer' || !verdict.startsItself,
    'the wearer has no duty': policy?.decider.v !== 'wearer' || verdict.verdict !== 'must',
    'a running recording that must end is marked': records || !situation.running || verdict.marks.includes('late-stop'),
  }
  return Object.keys(rules).filter(name => rules[name] !== true)
}

/** One of each: a time, a trigger, its source, a place and a reason to stop, known and unknown, on and off. */
function* combinations(policy: PolicyPack): Generator<Situation> {
  const sources: TriggerSource[] = ['dispatcher', 'sensor', 'schedule']
  const stops = [[], ['unknown'], ...policy.mustStop.map(({ v }) => [v])]
  const zones = [[], [{ code: 'unknown' }], ...policy.mustNot.map(({ v }) => [{ code: v }])]
  for (const at of times) {
    const known = [...codes(policy), 'unknown'].flatMap(code => sources.map(source => [aTrigger(code, source, at)]))
    for (const triggers of [[], ...known])
      for (const zone of zones)
        for (const stop of stops)
          for (const running of [false, true]) yield { at, running, triggers, zones: zone, stops: stop }
  }
}

test('S1-15 every pack, trigger, source, zone, stop and time has exactly one verdict, and zones always beat triggers', () => {
  const decided = policies.map(policy => {
    let count = 0
    for (const situation of combinations(policy)) {
      const verdict = decide(situation, policy)
      const now = inForce(policy, situation.at)
      const legal = now.holds(policy.legalBasis) && now.holds(policy)
      const banned = situation.zones.some(({ code }) => now.find(policy.mustNot, code) !== undefined)
      const broken = soundness(situation, policy, verdict)
      if (legal && banned && verdict.clause?.field !== 'mustNot') broken.push('the ban decides')
      if (banned && verdict.verdict !== 'must-not') broken.push('zones beat triggers')
      if (broken.length > 0) expect({ policy: policy.id, situation, broken }).toBeNull()
      count += 1
    }
    return count
  })
  expect(decided.reduce((sum, count) => sum + count)).toBeGreaterThan(20_000)
})

function randomSituation(throws: Dice, policy: PolicyPack): Situation {
  const at = throws.one(times)
  const triggers = throws.some([...codes(policy), 'unknown']).slice(0, 3)
  const zone = (code: string): Zone => ({
    code,
    urgentDanger: throws.yes(),
    ...(throws.yes() ? { decidedBy: throws.one(['wearer', 'commander', 'supervisor'] as const) } : {}),
  })
  const override = (): Override => ({
    by: throws.one(['wearer', 'supervisor', 'site-head'] as const),
    reason: throws.one(['', 'a reason that is long enough for all']),
    second: throws.yes(),
    imminentDanger: throws.yes(),
  })
  const stage = (): Stage => ({
    reached: throws.one([0, 1, 2, 3] as const),
    wanted: throws.one([1, 2, 3] as const),
    ...(throws.yes() ? { imminentDanger: throws.yes() } : {}),
  })
  return {
    at,
    running: throws.yes(),
    triggers: triggers.map(code => aTrigger(code, throws.one(['dispatcher', 'wearer', 'schedule', 'sensor']), at)),
    zones: throws.yes(0.2) ? [zone(throws.one([...policy.mustNot.map(({ v }) => v), 'unknown']))] : [],
    stops: throws.yes(0.3) ? [throws.one(policy.mustStop).v] : [],
    ...(throws.yes(0.3) ? { task: throws.one(policy.tasks).v } : {}),
    ...(throws.yes(0.3) ? { stage: stage() } : {}),
    ...(throws.yes(0.3) ? { override: override() } : {}),
    noticed: throws.one(['spoken', 'sign', 'not-possible', null]),
    emergency: throws.yes(0.1),
  }
}

test('any situation under any policy, or none, has one sound verdict, and the same one each time', () => {
  const throws = dice(15)
  for (let count = 0; count < 30_000; count++) {
    const base = throws.one(policies)
    const situation = randomSituation(throws, base)
    const policy = throws.yes(0.1) ? null : merge(base, randomOverride(throws, base)).policy
    const verdict = decide(situation, policy)
    const broken = soundness(situation, policy, verdict)
    if (broken.length > 0) expect({ situation, broken }).toBeNull()
    if (count % 50 === 0) expect(decide(structuredClone(situation), structuredClone(policy))).toEqual(verdict)
  }
})

const records = ({ verdict }: Verdict) => verdict === 'must' || verdict === 'may'

/** How the second verdict lets a camera do more, or asks people less, than the first. */
function slackened(before: Verdict, after: Verdict): string[] {
  if (!records(after)) return []
  if (!records(before)) return ['records']
  const same = before.verdict === after.verdict
  const [was, is] = [before.buffer, after.buffer]
  const worse: Record<string, boolean> = {
    'no duty': before.verdict === 'must' && !same && !after.marks.includes('override'),
    'starts by itself': same && after.startsItself && !before.startsItself,
    'no reason': same && before.reasonNeeded && !after.reasonNeeded,
    'no notice': before.noticeNeeded && !after.noticeNeeded,
    'a longer look back': is.seconds > was.seconds || (is.audio && !was.audio),
  }
  return Object.keys(worse).filter(name => worse[name] === true)
}

test('S1-19 what a unit publishes never lets a camera do more than its agency does: 30 000 situations decided by both', () => {
  const throws = dice(5)
  for (let count = 0; count < 30_000; count++) {
    const agency = freeze(throws.one(policies))
    const unit = freeze(merge(agency, randomOverride(throws, agency)).policy)
    const situation = randomSituation(throws, agency)
    const worse = slackened(decide(situation, agency), decide(situation, unit))
    if (worse.length > 0) expect({ situation, agency: agency.id, worse, unit: decide(situation, unit) }).toBeNull()
  }
})

test('nothing of the situation or the policy is changed by deciding', () => {
  const policy = freeze(fullPack)
  const before = JSON.stringify([quiet, policy])
  decide(quiet, policy)
  expect(JSON.stringify([quiet, policy])).toBe(before)
})
