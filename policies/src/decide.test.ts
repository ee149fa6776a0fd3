import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { freeze } from './freeze.ts'
import { merge } from './merge.ts'
import type { PolicyPack } from './pack.ts'
import { packs } from './packs.ts'
import type { Situation, Verdict, VerdictWord } from './situation.ts'
import { aTrigger, noon, pack, quiet } from './testing/situations.ts'

const dk = pack('dk-politi')
const shops = pack('dk-borger')
const uk = pack('uk-met')
const se = pack('se-skola')
const nrw = pack('de-nrw-oa')

const danger = 'facts_indicate_concrete_danger_to_life_or_limb_of_staff_or_third_party'
const facade = 'facade_plus_2m_mon_fri_20_06_weekend_17_07'

const by = ({ verdict, clause }: Verdict) => [verdict, clause?.field, clause?.leaf.v]

describe('S1-06 every task type of every pack resolves to exactly one verdict', () => {
  const expected: Record<string, VerdictWord> = {
    'dk-politi selected_operation': 'must',
    'dk-politi task_with_risk_of_confrontation': 'must',
    'dk-politi patrol': 'may',
    'dk-politi strip_search': 'must-not',
    'uk-met stop_and_search': 'must',
    'uk-met witness_first_account': 'may',
    'uk-met legal_consultation': 'must-not',
    'de-nrw-oa traffic_monitoring': 'may',
    'de-nrw-oa entering_a_home': 'must-not',
    'se-skola camera_inside_its_schedule': 'must',
    'se-skola toilets_and_changing_rooms': 'must-not',
    'se-skola facade_evenings_and_nights': 'must-not',
  }
  const catalogue = [...packs.values()].flatMap(one => one.tasks.map(task => ({ policy: one, task: task.v })))

  test('none is left out, and each is decided by a clause of its pack', () => {
    expect(catalogue.length).toBeGreaterThan(35)
    expect([...packs.values()].filter(({ tasks }) => tasks.length === 0)).toEqual([])
    const verdicts = new Map(
      catalogue.map(({ policy, task }) => {
        const { verdict, clause, marks } = decide({ ...quiet, task }, policy)
        expect({ task, words: marks.filter(mark => mark.startsWith('unknown')) }).toEqual({ task, words: [] })
        expect(clause, task).not.toBeNull()
        return [`${policy.id} ${task}`, verdict]
      }),
    )
    expect([...verdicts.values()].every(verdict => ['must', 'may', 'must-not'].includes(verdict))).toBe(true)
    expect(Object.fromEntries(Object.keys(expected).map(key => [key, verdicts.get(key)]))).toEqual(expected)
  })

  test('a task that is banned is banned whatever else is happening', () => {
    const banned = catalogue.filter(({ policy, task }) => policy.tasks.find(({ v }) => v === task)!.zones.length > 0)
    expect(banned.length).toBeGreaterThan(10)
    for (const { policy, task } of banned)
      for (const { v } of [...policy.mustRecord, ...policy.mayRecord])
        expect(decide({ ...quiet, task, triggers: [aTrigger(v)] }, policy).verdict).toBe('must-not')
  })

  test('a task that no catalogue knows is no gap: it may be recorded, for a reason', () => {
    const verdict = decide({ ...quiet, task: 'parade' }, dk)
    expect(verdict).toMatchObject({ verdict: 'may', reasonNeeded: true, marks: ['unknown-task'] })
  })
})

describe('S1-15 on, off, silent, conflict', () => {
  type Row = [name: string, policy: PolicyPack, situation: Partial<Situation>, expected: unknown[]]
  const on = (...codes: string[]) => codes.map(code => aTrigger(code))
  const zone = (code: string) => [{ code }]
  const rows: Row[] = [
    ['on: a duty', dk, { triggers: on('use_of_force') }, ['must', 'mustRecord', 'use_of_force']],
    ['on: a permission', dk, { triggers: on('patrol') }, ['may', 'mayRecord', 'patrol']],
    [
      'on: a duty beside a permission',
      uk,
      { triggers: on('first_account', 'arrest') },
      ['must', 'mustRecord', 'arrest'],
    ],
    [
      'on: the stronger of two duties is cited',
      dk,
      { triggers: on('arrest', 'confrontation_risk') },
      ['must', 'mustRecord', 'confrontation_risk'],
    ],
    [
      'on: what must not elsewhere is only a may where the wearer decides',
      nrw,
      { triggers: on(danger) },
      ['may', 'mayRecord', danger],
    ],
    [
      'off: a reason to stop',
      dk,
      { running: true, triggers: on('patrol'), stops: ['task_ended'] },
      ['must-stop', 'mustStop', 'task_ended'],
    ],
    [
      'off: nothing to stop while nothing runs',
      dk,
      { triggers: on('patrol'), stops: ['task_ended'] },
      ['may', 'mayRecord', 'patrol'],
    ],
    ['off: a forbidden zone', dk, { zones: zone('strip_search') }, ['must-not', 'mustNot', 'strip_search']],
    ['silent: a person may have a reason', dk, {}, ['may', 'decider', 'policy']],
    ['silent: the wearer decides', nrw, {}, ['may', 'decider', 'wearer']],
    ['silent: a camera on a wall has none', se, {}, ['must-not', 'decider', 'controller_assessment']],
    ['silent: a shop camera neither', shops, {}, ['must-not', 'decider', 'camera_owner']],
    ['unknown trigger: for a reason', dk, { triggers: on('parade') }, ['may', 'override.reason', dk.override.reason.v]],
    [
      'conflict: zone beats duty',
      dk,
      { triggers: on('use_of_force'), zones: zone('break_room') },
      ['must-not', 'mustNot', 'break_room'],
    ],
    [
      'conflict: a weak zone beats the strongest duty',
      uk,
      { triggers: on('stop_and_search'), zones: zone('covert') },
      ['must-not', 'mustNot', 'covert'],
    ],
    [
      'conflict: zone beats duty while running',
      uk,
      { running: true, triggers: on('arrest'), zones: zone('intimate_search') },
      ['must-not', 'mustNot', 'intimate_search'],
    ],
    [
      'conflict: a zone that no pack knows hides none that it does',
      nrw,
      { zones: [{ code: 'parade' }, { code: 'covert' }] },
      ['must-not', 'mustNot', 'covert'],
    ],
    [
      'conflict: a stronger duty beats a reason to stop',
      uk,
      { running: true, triggers: on('domestic_abuse'), stops: ['sensitive_location_no_longer_needed'] },
      ['must', 'mustRecord', 'domestic_abuse'],
    ],
    [
      'conflict: of equals the reason to stop',
      uk,
      { running: true, triggers: on('stop_and_search'), stops: ['incident_concluded_after_short_tail'] },
      ['must-stop', 'mustStop', 'incident_concluded_after_short_tail'],
    ],
    [
      'conflict: a weaker duty gives way',
      uk,
      { running: true, triggers: on('arrest'), stops: ['incident_concluded_after_short_tail'] },
      ['must-stop', 'mustStop', 'incident_concluded_after_short_tail'],
    ],
    [
      'hours: by night',
      se,
      { at: Date.parse('2026-07-15T20:30:00Z'), triggers: on(facade) },
      ['may', 'mayRecord', facade],
    ],
    ['hours: at noon', se, { triggers: on(facade) }, ['must-not', 'mayRecord', facade]],
    [
      'hours: at noon an unknown trigger opens nothing',
      se,
      { triggers: on(facade, 'parade') },
      ['must-not', 'mayRecord', facade],
    ],
    [
      'hours: on Saturday from 17',
      se,
      { at: Date.parse('2026-07-18T15:00:00Z'), triggers: on(facade) },
      ['may', 'mayRecord', facade],
    ],
    [
      'hours: on Saturday before 17',
      se,
      { at: Date.parse('2026-07-18T14:59:00Z'), triggers: on(facade) },
      ['must-not', 'mayRecord', facade],
    ],
  ]
  test.each(rows)('%s', (_name, policy, situation, expected) => {
    expect(by(decide({ ...quiet, ...situation }, policy))).toEqual(expected)
  })

  test('a trigger that is itself banned stays banned: must-not beats must in one pack too', () => {
    const both = { ...dk, mustNot: [...dk.mustNot, { v: 'arrest', f: 'default' as const, s: '' }] }
    expect(by(decide({ ...quiet, triggers: on('arrest') }, both))).toEqual(['must-not', 'mustNot', 'arrest'])
  })

  test('a recording that runs on where it must not is marked, never cut', () => {
    const late = decide({ ...quiet, running: true, stops: ['task_ended'] }, dk)
    expect(late.marks).toContain('late-stop')
    expect(decide({ ...quiet, running: true, zones: zone('strip_search') }, dk).marks).toContain('late-stop')
  })

  test('a camera starts by itself where the policy decides, never where the wearer does', () => {
    const forced: PolicyPack = { ...nrw, autoStart: { ...nrw.autoStart, v: true } }
    const mustToo = { ...forced, mustRecord: [{ v: 'arrest', f: 'law' as const, s: '§ 1' }] }
    expect(decide({ ...quiet, triggers: on('arrest') }, dk).startsItself).toBe(true)
    expect(decide({ ...quiet, triggers: on('patrol') }, dk).startsItself).toBe(false)
    expect(decide({ ...quiet, running: true, triggers: on('arrest') }, dk).startsItself).toBe(false)
    const verdict = decide({ ...quiet, triggers: on('arrest') }, mustToo)
    expect(verdict).toMatchObject({ verdict: 'may', startsItself: false, marks: ['wearer-decides'] })
  })

  test('a camera on a wall starts by its schedule or a sensor, and not because somebody says so', () => {
    const night = { ...quiet, at: Date.parse('2026-07-15T20:30:00Z') }
    expect(decide({ ...night, triggers: [aTrigger(facade, 'schedule')] }, se).startsItself).toBe(true)
    expect(decide({ ...night, triggers: [aTrigger(facade, 'wearer')] }, se).startsItself).toBe(false)
  })

  test('where a commander decides, only a commander’s order starts a camera by itself', () => {
    const ordered: PolicyPack = { ...dk, decider: { ...dk.decider, v: 'commander' } }
    expect(decide({ ...quiet, triggers: [aTrigger('commander_order', 'commander')] }, ordered).startsItself).toBe(true)
    expect(decide({ ...quiet, triggers: [aTrigger('commander_order', 'sensor')] }, ordered).startsItself).toBe(false)
  })
})

describe('S1-20 a risk of confrontation is a duty to record', () => {
  test.each(['dispatcher', 'wearer'] as const)('told by the %s, with source and time', source => {
    const verdict = decide({ ...quiet, triggers: [aTrigger('confrontation_risk', source, noon - 90_000)] }, dk)
    expect(by(verdict)).toEqual(['must', 'mustRecord', 'confrontation_risk'])
    expect(verdict.trigger).toEqual({ code: 'confrontation_risk', source, at: noon - 90_000 })
  })
})

test('S5-03 two units of one office come to two verdicts for the same trigger', () => {
  const office = freeze(nrw)
  const ban = { v: danger, f: 'policy' as const, s: 'traffic wardens call the field service' }
  const field = merge(office, {})
  const traffic = merge(office, { mustNot: [...office.mustNot, ban] })
  expect([field.refused, traffic.refused]).toEqual([[], []])
  const situation = { ...quiet, triggers: [aTrigger(danger)] }
  expect(decide(situation, field.policy).verdict).toBe('may')
  expect(by(decide(situation, traffic.policy))).toEqual(['must-not', 'mustNot', danger])

  const district = freeze(dk)
  const motorcycles = merge(district, {
    mustRecord: [...district.mustRecord, { v: 'patrol', f: 'policy', s: 'motorcycle unit' }],
  })
  expect(decide({ ...quiet, triggers: [aTrigger('patrol')] }, district).verdict).toBe('may')
  expect(decide({ ...quiet, triggers: [aTrigger('patrol')] }, motorcycles.policy).verdict).toBe('must')
})

test('S5-04 a capture before the legal basis is refused, to the minute of the local day, and no emergency makes one', () => {
  const at = (text: string) =>
    decide({ ...quiet, at: Date.parse(text), triggers: [aTrigger(danger)], emergency: true }, nrw)
  const before = at('2021-06-30T21:59:00Z')
  expect(by(before)).toEqual(['must-not', 'legalBasis', nrw.legalBasis.v])
  expect(before.marks).toEqual(['before-legal-basis'])
  expect(at('2021-06-30T22:00:00Z').verdict).toBe('may')
  const ended = { ...nrw, legalBasis: { ...nrw.legalBasis, validTo: '2026-01-01' } }
  expect(decide({ ...quiet, running: true }, ended).marks).toEqual(['after-legal-basis', 'late-stop'])
})

describe('S5-13 stage 3 needs stage 2, or a reason', () => {
  const stage = (reached: 0 | 1 | 2 | 3, wanted: 1 | 2 | 3, more: object = {}) =>
    decide(
      { ...quiet, triggers: [aTrigger(danger, 'wearer')], stage: { reached, wanted, ...more }, noticed: 'spoken' },
      nrw,
    )

  test('after stage 2 it is recorded without a question', () => {
    expect(stage(2, 3)).toMatchObject({ verdict: 'may', reasonNeeded: false, review: false, marks: [] })
  })

  test('a direct stage 3 asks for a reason afterwards and carries the mark of the statute', () => {
    for (const more of [{}, { imminentDanger: true }])
      expect(stage(1, 3, more)).toMatchObject({
        verdict: 'may',
        reasonNeeded: true,
        review: true,
        marks: ['stage-skipped', '§ 15c(3) s. 2'],
      })
  })

  test('who says that there is no danger has to go through stage 2', () => {
    const verdict = stage(1, 3, { imminentDanger: false })
    expect(by(verdict)).toEqual(['must-not', 'stages', nrw.stages!.v])
    expect(verdict.marks).toEqual(['stage-missing'])
  })

  test('stages 1 and 2 record nothing, and no zone is lifted by a stage', () => {
    expect(stage(0, 1)).toMatchObject({ verdict: 'must-not', marks: ['stage-without-recording'] })
    expect(stage(1, 2)).toMatchObject({ verdict: 'must-not', buffer: { seconds: 0, audio: false } })
    const home = { ...quiet, zones: [{ code: 'home_for_municipal_staff' }] }
    expect(decide({ ...home, stage: { reached: 2, wanted: 3 } }, nrw).clause?.field).toBe('mustNot')
  })
})

describe('without a policy', () => {
  test('nothing is recorded, save in an emergency, and then it is marked', () => {
    expect(decide(quiet, null)).toMatchObject({ verdict: 'must-not', clause: null, marks: ['no-policy'] })
    expect(decide({ ...quiet, emergency: true }, null)).toMatchObject({
      verdict: 'may',
      clause: null,
      reasonNeeded: true,
      review: true,
      startsItself: false,
      marks: ['no-policy', 'emergency'],
    })
  })

  test('a policy that does not hold yet, or no longer, is none', () => {
    const later = { ...dk, validFrom: '2026-07-16' }
    expect(decide({ ...quiet, triggers: [aTrigger('arrest')] }, later).marks).toEqual(['no-policy'])
    expect(decide({ ...quiet, triggers: [aTrigger('arrest')] }, { ...dk, validTo: '2026-07-15' }).verdict).toBe('must')
  })
})
