import type { Override } from '../directions.ts'
import type { PolicyPack } from '../pack.ts'
import { Role } from '../role.ts'
import { SecondPersonAct } from '../second-person.ts'
import { ViewNeed } from '../viewing.ts'
import type { Dice } from './dice.ts'

const periods = [
  'PT48H',
  'PT72H',
  'P7D',
  'P14D',
  'P28D',
  'P30D',
  'P31D',
  'P1M',
  'P180D',
  'P6M',
  'P364D',
  'P1Y',
  'P3Y',
  'P10Y',
]
const roles = Role.options.slice(0, 8)
const days = ['2020-01-01', '2024-06-01', '2027-01-01']

type Given = { [F in keyof Override]-?: (throws: Dice, base: PolicyPack) => Override[F] }

/** A leaf of an agency, now and then with days. */
function own<Parts extends { v: unknown }>(throws: Dice, parts: Parts) {
  const dated = throws.yes(0.1)
  return {
    f: 'policy' as const,
    s: 'decision 1',
    ...(dated && throws.yes() ? { validFrom: throws.one(days) } : {}),
    ...(dated && throws.yes() ? { validTo: '2031-01-01' } : {}),
    ...parts,
  }
}

const codes = (base: readonly { v: string }[]) => [...base.map(({ v }) => v), 'new_one', 'new_two']

/** Some of a list's values as they are or changed, and some that are new. */
function list<L extends { v: string }>(throws: Dice, base: readonly L[], make: (code: string) => L): L[] {
  const kept = base.filter(() => throws.yes(0.85))
  const left = codes(base).filter(code => kept.every(({ v }) => v !== code))
  return [...kept.map(leaf => (throws.yes(0.3) ? make(leaf.v) : leaf)), ...left.filter(() => throws.yes(0.2)).map(make)]
}

const text = (throws: Dice) => own(throws, { v: throws.one(['one sentence', 'another sentence']) })
const hours = (throws: Dice) => [
  {
    days: throws.some([1, 2, 3, 4, 5, 6, 7]).concat(3),
    from: throws.one(['20:00', '22:30', '00:00']),
    to: throws.one(['06:00', '23:00', '05:00', '20:00']),
  },
]
const until = ['not_charged', 'acquitted', 'convicted', 'sentence_ended'] as const

function category(throws: Dice, base: PolicyPack['retention'][string] | undefined) {
  const anchor = base !== undefined && throws.yes(0.9) ? base.anchor : throws.one(['end_of_capture', 'case'] as const)
  const dir = base !== undefined && throws.yes(0.9) ? base.dir : throws.one(['max', 'min', 'review'] as const)
  const appliesTo = base !== undefined && throws.yes(0.9) ? base.appliesTo : throws.one(['footage', 'record'] as const)
  const leaf = own(throws, { v: throws.one(periods), dir, appliesTo, anchor })
  if (anchor !== 'case') return leaf
  return {
    ...leaf,
    until: until.filter(() => throws.yes(0.85)).map(event => ({ event, period: throws.one(['P0D', ...periods]) })),
  }
}

/** What may come of each field: something tighter, looser, neither, or the field taken away. */
export const given: Given = {
  regime: text,
  legalBasis: text,
  zone: throws => own(throws, { v: throws.one(['Europe/London', 'Europe/Berlin', 'Europe/Dublin']) }),
  decider: throws => own(throws, { v: throws.one(['policy', 'wearer', 'commander', 'camera_owner'] as const) }),
  autoStart: throws => own(throws, { v: throws.yes() }),
  mustRecord: (throws, base) => list(throws, base.mustRecord, v => own(throws, { v })),
  mayRecord: (throws, base) =>
    list(throws, base.mayRecord, v => own(throws, { v, ...(throws.yes() ? { schedule: hours(throws) } : {}) })),
  mustNot: (throws, base) =>
    list(throws, base.mustNot, v => {
      const unless = { urgentDanger: true as const, decidedBy: [throws.one(roles), ...throws.some(roles)] }
      return own(throws, { v, ...(throws.yes() ? { unless } : {}) })
    }),
  mustStop: (throws, base) => list(throws, base.mustStop, v => own(throws, { v })),
  tasks: (throws, base) =>
    list(throws, base.tasks, v =>
      own(throws, { v, triggers: throws.some(codes(base.mustRecord)), zones: throws.some(codes(base.mustNot)) }),
    ),
  override: throws => ({
    who: own(throws, { v: 'who', roles: throws.some(roles), inDanger: throws.yes() }),
    reason: own(throws, {
      v: 'why',
      least: throws.one([0, 10, 20, 50]),
      within: throws.one([null, 'shift', 'P1D', 'PT12H'] as const),
      ...(throws.yes() ? { lasts: throws.one(periods) } : {}),
    }),
    second: own(throws, { v: throws.yes() }),
  }),
  notice: throws => ({
    duty: own(throws, { v: 'tell them', required: throws.yes() }),
    exception: own(throws, { v: 'or not', allowed: throws.yes() }),
  }),
  buffer: throws => ({
    seconds: own(throws, { v: throws.one([0, 10, 30, 31, 90]) }),
    audio: own(throws, { v: throws.yes() }),
  }),
  stages: throws =>
    throws.yes(0.2)
      ? null
      : own(throws, {
          v: throws.one([
            ['one', 'two', 'three'],
            ['worn', 'mirror', 'recording'],
          ]),
        }),
  liveStream: throws =>
    throws.yes(0.2) ? null : own(throws, { v: 'live', allowed: throws.yes(), roles: throws.some(roles) }),
  sound: throws => (throws.yes(0.2) ? null : own(throws, { v: 'sound', on: throws.yes() })),
  capture: throws => (throws.yes(0.2) ? null : own(throws, { v: 'sealed', sealedAtCapture: throws.yes() })),
  retention: (throws, base) => {
    const names = [...Object.keys(base.retention), 'new_one', 'new_two'].filter(() => throws.yes(0.3))
    return Object.fromEntries(
      names.map(name => [name, throws.yes(0.1) ? null : category(throws, base.retention[name])]),
    )
  },
  logRetention: (throws, base) =>
    own(throws, {
      v: throws.one(periods),
      dir: throws.yes(0.9) ? base.logRetention.dir : throws.one(['max', 'min', 'review'] as const),
      anchor: throws.yes(0.9) ? base.logRetention.anchor : throws.one(['end_of_item', 'end_of_calendar_year'] as const),
    }),
  logScope: (throws, base) => own(throws, { v: [...base.logScope.v.filter(() => throws.yes(0.9)), 'more'] }),
  view: (throws, base) => {
    const names = [...Object.keys(base.view), 'new_one'].filter(() => throws.yes(0.4))
    const rule = (name: string) =>
      own(throws, {
        v: 'who looks',
        roles: throws.some(throws.yes() ? (base.view[name]?.roles ?? roles) : roles),
        needs: throws.some(ViewNeed.options),
        ...(throws.yes(0.3) ? { own: true as const } : {}),
        ...(throws.yes(0.3) ? { never: throws.yes() } : {}),
      })
    return Object.fromEntries(names.map(name => [name, throws.yes(0.2) ? null : rule(name)]))
  },
  purposes: (throws, base) =>
    list(throws, base.purposes, v => own(throws, { v, roles: throws.some(roles), needsCase: throws.yes() })),
  secondPerson: (throws, base) =>
    list(throws, base.secondPerson, v =>
      own(throws, {
        v,
        act: throws.yes()
          ? (base.secondPerson.find(one => one.v === v)?.act ?? 'view')
          : throws.one(SecondPersonAct.options),
        when: throws.one(['always', 'outside-authority'] as const),
      }),
    ),
  disclosure: (throws, base) => list(throws, base.disclosure, v => own(throws, { v })),
  brake: throws => own(throws, { v: { items: throws.one([10, 100, 500]), share: throws.one([5, 20, 60]) } }),
  decision: throws =>
    throws.yes(0.2)
      ? null
      : own(throws, {
          v: {
            fromDay: throws.one([5, 10, 12]),
            atDay: throws.one([13, 14, 20]),
            by: throws.some(['wearer', 'supervisor', 'commander'] as const).concat('wearer'),
          },
        }),
  disputes: throws => (throws.yes(0.2) ? null : own(throws, { v: { days: throws.one([10, 30, 60]) } })),
  training: throws =>
    throws.yes(0.2)
      ? null
      : own(throws, {
          v: {
            rights: throws.some(['camera-checkout', 'export'] as const).concat('export'),
            validFor: throws.one(periods),
          },
        }),
  gates: (throws, base) =>
    throws.yes(0.2)
      ? null
      : list(throws, base.gates ?? [], v =>
          own(throws, { v, ...(throws.yes() ? { onlyWorkplace: true as const } : {}) }),
        ),
  register: throws =>
    throws.yes(0.2) ? null : own(throws, { v: throws.some(['address', 'purpose', 'sound']).concat('purpose') }),
  sanctions: throws => (throws.yes(0.2) ? null : own(throws, { v: ['missing_notice'] })),
  coDetermination: throws => (throws.yes(0.2) ? null : own(throws, { v: 'agreed', required: throws.yes() })),
  businessSharing: throws =>
    throws.yes(0.2) ? null : own(throws, { v: throws.some(['same_day', 'closed_system', 'third']).concat('same_day') }),
  businessPermit: throws => (throws.yes(0.2) ? null : own(throws, { v: 'permit', required: throws.yes() })),
  reporting: (throws, base) =>
    list(throws, base.reporting, v =>
      own(throws, {
        v,
        ...(throws.yes() ? { every: throws.one(periods) } : {}),
        ...(throws.yes() ? { within: throws.one(periods) } : {}),
      }),
    ),
}

export type Field = keyof Given
export const fields = Object.keys(given) as Field[]

/** An override of one or two fields. */
export function randomOverride(throws: Dice, base: PolicyPack): Override {
  const override: { -readonly [F in Field]?: unknown } = {}
  const say = <F extends Field>(field: F) => void (override[field] = given[field](throws, base))
  for (let count = 1 + Math.floor(throws.roll() * 2); count > 0; count--) say(throws.one(fields))
  return override as Override
}
