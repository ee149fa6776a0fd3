import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import type { PolicyPack } from './pack.ts'
import type { Override } from './situation.ts'
import { aTrigger, pack, quiet } from './testing/situations.ts'

const dk = pack('dk-politi')
const uk = pack('uk-met')
const se = pack('se-skola')
const nrw = pack('de-nrw-oa')

const why = 'the witness is a child and asked me to'
const arrest = { ...quiet, triggers: [aTrigger('arrest')] }
const wearer = (more: Partial<Override> = {}): Override => ({ by: 'wearer', reason: why, ...more })

describe('who departs from the policy', () => {
  test('with a reason: the duty becomes a choice, and somebody looks at it afterwards', () => {
    const verdict = decide({ ...arrest, override: wearer() }, dk)
    expect(verdict).toMatchObject({ verdict: 'may', reasonNeeded: false, review: true, marks: ['override'] })
    expect(verdict.clause?.field).toBe('override.who')
  })

  test('with a reason that is too short, or none yet, still owes it', () => {
    expect(decide({ ...arrest, override: wearer({ reason: 'because' }) }, dk).reasonNeeded).toBe(true)
    expect(decide({ ...arrest, override: wearer({ reason: ' '.repeat(40) }) }, dk).reasonNeeded).toBe(true)
  })

  test('without the right to: the duty stays, and the attempt is seen', () => {
    const verdict = decide({ ...arrest, override: wearer({ by: 'supervisor' }) }, dk)
    expect(verdict).toMatchObject({ verdict: 'must', marks: ['override-refused'] })
  })

  test('cannot bend what the law says, or a ban', () => {
    const stop = { ...quiet, running: true, stops: ['core_private_life_touched'] }
    const danger = wearer({ imminentDanger: true })
    expect(decide({ ...stop, override: danger }, nrw)).toMatchObject({ verdict: 'must-stop' })
    expect(decide({ ...arrest, zones: [{ code: 'strip_search' }], override: danger }, dk)).toMatchObject({
      verdict: 'must-not',
      marks: ['override-refused'],
    })
    const byLaw: PolicyPack = {
      ...dk,
      mustRecord: dk.mustRecord.map(leaf => ({ ...leaf, f: 'law' as const, s: '§ 1' })),
    }
    expect(decide({ ...arrest, override: wearer() }, byLaw).verdict).toBe('must')
  })

  test('where only danger is a reason, has to be in danger', () => {
    const { override } = dk
    const careful: PolicyPack = { ...dk, override: { ...override, who: { ...override.who, inDanger: true } } }
    expect(decide({ ...arrest, override: wearer() }, careful).verdict).toBe('must')
    expect(decide({ ...arrest, override: wearer({ imminentDanger: true }) }, careful).verdict).toBe('may')
  })

  test('may go on past a reason to stop that is no law', () => {
    const stop = { ...quiet, running: true, stops: ['task_ended'] }
    expect(decide({ ...stop, override: wearer() }, dk).verdict).toBe('may')
  })

  test('beside a camera on a wall needs the second person at once', () => {
    const incident = { ...quiet, triggers: [aTrigger('assessed_schedule_only')] }
    const head: Override = { by: 'site-head', reason: why }
    expect(decide({ ...incident, override: head }, se)).toMatchObject({ verdict: 'must', marks: ['override-refused'] })
    expect(decide({ ...incident, override: { ...head, second: true } }, se).verdict).toBe('may')
  })
})

describe('a home under § 15c(2)', () => {
  const code = 'home_unless_urgent_danger_and_leader_decides'
  const home = (zone: object, override?: Override) =>
    decide({ ...quiet, zones: [{ code, ...zone }], ...(override === undefined ? {} : { override }) }, nrw)

  test('is banned, unless the danger is urgent and a leader decides', () => {
    expect(home({}).verdict).toBe('must-not')
    expect(home({ urgentDanger: true }).verdict).toBe('must-not')
    expect(home({ urgentDanger: true, decidedBy: 'wearer' }).verdict).toBe('must-not')
    expect(home({ decidedBy: 'commander' }).verdict).toBe('must-not')
    const lifted = home({ urgentDanger: true, decidedBy: 'commander' })
    expect(lifted).toMatchObject({ verdict: 'may', reasonNeeded: true, review: true, marks: ['urgent-danger'] })
  })

  test('in imminent danger the wearer decides in the leader’s place', () => {
    expect(home({}, wearer()).verdict).toBe('must-not')
    expect(home({}, wearer({ imminentDanger: true }))).toMatchObject({ verdict: 'may', review: true })
  })

  test('municipal staff have no such exception', () => {
    const zones = [{ code: 'home_for_municipal_staff', urgentDanger: true, decidedBy: 'commander' as const }]
    expect(decide({ ...quiet, zones, override: wearer({ imminentDanger: true }) }, nrw).verdict).toBe('must-not')
  })
})

describe('S3-14 people are told that they are recorded, or somebody asks why not', () => {
  const told = (noticed: 'spoken' | 'sign' | 'not-possible' | null, running = true, policy = uk) =>
    decide({ ...arrest, running, noticed }, policy)

  test('told by word or sign, nothing is left to do', () => {
    for (const how of ['spoken', 'sign'] as const)
      expect(told(how)).toMatchObject({ noticeNeeded: false, review: false, marks: [] })
  })

  test('at the start it is still to be done, and that is no fault', () => {
    expect(told(null, false)).toMatchObject({ noticeNeeded: true, review: false, marks: [] })
  })

  test('a recording that runs without it appears in review', () => {
    expect(told(null)).toMatchObject({ noticeNeeded: true, review: true, marks: ['no-notice'] })
  })

  test('where it was not possible, a reason says why', () => {
    expect(told('not-possible')).toMatchObject({
      noticeNeeded: false,
      reasonNeeded: true,
      review: true,
      marks: ['no-notice'],
    })
  })

  test('the reason why it was not possible is asked for until it is as long as the policy asks', () => {
    const because = (noticeReason: string) =>
      decide({ ...arrest, running: true, noticed: 'not-possible', noticeReason }, uk)
    expect(because('no time').reasonNeeded).toBe(true)
    expect(because(why)).toMatchObject({ reasonNeeded: false, review: true, marks: ['no-notice'] })
    const override = wearer({ reason: 'because' })
    const both = { ...arrest, running: true, noticed: 'not-possible' as const, noticeReason: why, override }
    expect(decide(both, uk).reasonNeeded).toBe(true)
  })

  test('where a pack knows no exception, it stays to be done', () => {
    const night = { ...quiet, triggers: [aTrigger('assessed_schedule_only')], noticed: 'not-possible' as const }
    expect(decide(night, se)).toMatchObject({ noticeNeeded: true, review: true })
  })

  test('nobody is told of a recording that there is not', () => {
    expect(decide({ ...quiet, zones: [{ code: 'covert' }] }, uk).noticeNeeded).toBe(false)
  })
})

describe('I-15 the time before the start', () => {
  test('is what the pack says where a recording is allowed, and nothing where it is not', () => {
    expect(decide(arrest, uk).buffer).toEqual({ seconds: 30, audio: false })
    expect(decide({ ...arrest, zones: [{ code: 'covert' }] }, uk).buffer.seconds).toBe(0)
    expect(decide(arrest, dk).buffer.seconds).toBe(0)
    expect(decide({ ...quiet, emergency: true }, null).buffer.seconds).toBe(0)
  })

  test('is 30 seconds at most unless a law says more, and has no sound of its own', () => {
    const long = (f: 'law' | 'policy'): PolicyPack => ({
      ...uk,
      buffer: { seconds: { v: 90, f, s: '§ 1' }, audio: { v: true, f: 'policy', s: 'x' } },
    })
    expect(decide(arrest, long('policy')).buffer).toEqual({ seconds: 30, audio: true })
    expect(decide(arrest, long('law')).buffer.seconds).toBe(90)
    const none = { ...uk, buffer: { ...long('law').buffer, seconds: { ...uk.buffer.seconds, v: 0 } } }
    expect(decide(arrest, none).buffer).toEqual({ seconds: 0, audio: false })
  })
})
