import { describe, expect, test } from 'vitest'
import en from '../../locales/changes/en.json' with { type: 'json' }
import { diff } from './diff.ts'
import { directions } from './directions.ts'
import { freeze } from './freeze.ts'
import type { Parts } from './leaf-rule.ts'
import type { Leaf } from './leaf.ts'
import { loosened } from './loosened.ts'
import { merge } from './merge.ts'
import { readAgain, readOverride } from './override.ts'
import { PolicyPack } from './pack.ts'
import { packs } from './packs.ts'
import { fullPack } from './testing/full-pack.ts'
import { fields } from './testing/random-override.ts'
import { pack } from './testing/situations.ts'

const uk = pack('uk-met')
const nrw = pack('de-nrw-oa')
const decision = { s: 'decision 12 of the district' }

/** An override as somebody writes it, read; fails where it cannot be. */
function read(input: unknown, base = uk) {
  const { override, refused } = readOverride(input, base)
  expect(refused).toBeNull()
  return override!
}

const refusals = (input: unknown) => readOverride(input, uk).refused?.map(({ path, because }) => [path, because])

describe('an override', () => {
  test('names only what is different; its flag is policy without saying so', () => {
    const { policy, refused } = merge(
      uk,
      read({ retention: { uncategorised: { v: 'P20D', dir: 'max', ...decision } } }),
    )
    expect(refused).toEqual([])
    expect(policy.retention['uncategorised']).toMatchObject({ v: 'P20D', f: 'policy', s: decision.s })
    expect(policy.retention['evidence']).toEqual(uk.retention['evidence'])
    expect(PolicyPack.safeParse(policy).success).toBe(true)
  })

  test('can take a viewer away with null, and leave a permission out of its list', () => {
    const { policy, refused } = merge(freeze(uk), read({ view: { supervisor: null }, mayRecord: [] }))
    expect(refused).toEqual([])
    expect([Object.keys(policy.view).includes('supervisor'), policy.mayRecord]).toEqual([false, []])
  })

  test('keeps what it says the same as it was, flag and source too', () => {
    const said = read({ regime: { v: uk.regime.v, ...decision } })
    expect(merge(uk, said).policy.regime).toEqual(uk.regime)
  })

  test('is refused in parts: what is looser stays, what is tighter is taken, and each refusal has its place', () => {
    const input = {
      retention: { uncategorised: { v: 'P1Y', dir: 'max', ...decision } },
      buffer: { seconds: { v: 90, ...decision }, audio: { v: false, ...decision } },
      notice: { duty: { v: 'when it suits', required: false, ...decision } },
      override: { reason: { v: 'at length', least: 50, within: 'shift', ...decision } },
    }
    const { policy, refused } = merge(uk, read(input))
    expect(refused.map(({ path, because }) => [path, because])).toEqual(
      [
        ['notice.duty.required', 'switched-off'],
        ['buffer.seconds', 'ceiling'],
        ['retention.uncategorised', 'longer'],
      ].toSorted((a, b) => refused.findIndex(one => one.path === a[0]) - refused.findIndex(one => one.path === b[0])),
    )
    expect([policy.retention['uncategorised']?.v, policy.buffer.seconds.v, policy.override.reason.least]).toEqual([
      'P31D',
      30,
      50,
    ])
  })

  test('may move a default either way until it is published, and not afterwards', () => {
    const said = read({ brake: { v: { items: 500, share: 20 }, ...decision } })
    expect(merge(uk, said).refused).toEqual([])
    expect(merge(freeze(uk), said).refused.map(({ because }) => because)).toEqual(['more'])
  })

  test('cannot make a camera start by itself where the wearer decides, nor give the wearer a duty, not even a default', () => {
    const soft = { ...nrw, autoStart: { v: false, f: 'default' as const, s: '' } }
    const said = read({ autoStart: { v: true, ...decision }, mustRecord: [{ v: 'arrest', ...decision }] }, soft)
    const { policy, refused } = merge(soft, said)
    expect([policy.autoStart.v, policy.mustRecord]).toEqual([false, []])
    expect(refused.map(({ because }) => because)).toEqual(['wearer-decides', 'wearer-decides'])
  })
})

test('a list may name what the pack has by its code, or repeat it as it stands there', () => {
  const [first, ...others] = nrw.mustNot
  const { policy, refused } = merge(
    nrw,
    read({ mustNot: [first, ...others.map(({ v }) => v), { v: 'new', ...decision }] }, nrw),
  )
  expect(refused).toEqual([])
  expect(policy.mustNot).toEqual([...nrw.mustNot, { v: 'new', f: 'policy', ...decision }])
})

test('where the wearer decides nothing starts by itself, also when the policy it departs from says so', () => {
  const unsound: PolicyPack = { ...nrw, autoStart: { ...nrw.autoStart, v: true } }
  expect(merge(unsound, {}).policy.autoStart.v).toBe(false)
})

test('what has no category keeps a maximum, even where that is a mere default', () => {
  const soft: PolicyPack = {
    ...uk,
    retention: { uncategorised: { ...uk.retention['uncategorised']!, f: 'default', s: '' } },
  }
  const { policy, refused } = merge(soft, read({ retention: { uncategorised: null } }, soft))
  expect(policy.retention).toEqual(soft.retention)
  expect(refused).toMatchObject([{ path: 'retention.uncategorised', because: 'kind' }])
})

describe('an override that cannot be read', () => {
  test.each<[string, unknown, unknown[]]>([
    ['an unknown field', { faceRecognition: true }, [['faceRecognition', 'unknown-field']]],
    ['an unknown part', { autoStart: { v: true, extra: 1, ...decision } }, [['autoStart.extra', 'unknown-field']]],
    ['the name of the pack', { id: 'uk-other' }, [['id', 'unknown-field']]],
    [
      'a bad period',
      { retention: { a: { v: '31 days', dir: 'max', ...decision } } },
      [['retention.a.v', 'bad-period']],
    ],
    ['a bad code', { mustNot: [{ v: 'Break room', ...decision }] }, [['mustNot.0.v', 'bad-code']]],
    [
      'an unknown role',
      { override: { who: { v: 'x', roles: ['boss'], inDanger: false, ...decision } } },
      [['override.who.roles.0', 'unknown-code']],
    ],
    ['a flag that is not its own', { autoStart: { v: false, f: 'law', s: '§ 1' } }, [['autoStart.f', 'not-its-flag']]],
    ['no source', { autoStart: { v: false, s: ' ' } }, [['autoStart', 'no-source']]],
    ['a missing source', { autoStart: { v: false } }, [['autoStart.s', 'missing']]],
    [
      'a code twice',
      {
        mustStop: [
          { v: 'a', ...decision },
          { v: 'a', ...decision },
        ],
      },
      [['mustStop.a', 'twice']],
    ],
    [
      'a task with a place that nothing bans',
      { tasks: [{ v: 'a', triggers: [], zones: ['hom'], ...decision }] },
      [['tasks.a.zones', 'unknown-here']],
    ],
    [
      'an end before the beginning',
      { autoStart: { v: false, validFrom: '2026-02-01', validTo: '2026-01-01', ...decision } },
      [['autoStart', 'bad-value']],
    ],
    ['nothing at all', null, [['', 'bad-value']]],
  ])('%s', (_name, input, expected) => expect(refusals(input)).toEqual(expected))
})

describe('an override from before, upon what has changed since', () => {
  const noted = { v: 'note', triggers: ['first_account'], zones: [], f: 'policy', s: 'x' }
  const input = { mayRecord: ['first_account'], tasks: ['gone', noted], autoStart: { v: false, ...decision } }
  const base = { ...uk, mayRecord: uk.mayRecord.filter(({ v }) => v !== 'first_account') }

  test('keeps whatever still fits: what is gone takes nothing else with it', () => {
    expect(readOverride(input, base).override).toBeNull()
    const again = readAgain(input, base)
    expect(again).toMatchObject({ mayRecord: [], autoStart: { v: false, f: 'policy' } })
    expect(again.tasks?.map(({ v }) => v)).toEqual(['note'])
  })

  test('leaves a field as it is of which nothing can be read any more', () => {
    expect(readAgain({ ...input, purposes: ['gone'], retentoin: {} }, base)).toEqual(readAgain(input, base))
    expect(readAgain(null, base)).toEqual({})
  })
})

describe('a published policy', () => {
  test('has no default left, is as sound as its pack, and says nothing else', () => {
    for (const one of [...packs.values(), fullPack]) {
      const published = freeze(one)
      expect(PolicyPack.safeParse(published).error).toBeUndefined()
      expect(JSON.stringify(published)).not.toMatch(/"f":"(?:default|seed)"/)
      expect([diff(one, published), loosened(one, published), loosened(published, one)]).toEqual([[], [], []])
      expect(freeze(published)).toEqual(published)
    }
  })

  test('keeps law as law', () => expect(freeze(nrw).autoStart).toBe(nrw.autoStart))
})

test('a diff names each difference once, with which way it goes', () => {
  const said = read({
    mustNot: [...uk.mustNot, { v: 'break_room', ...decision }],
    view: { supervisor: null },
    buffer: { seconds: { v: 10, ...decision } },
    brake: { v: { items: 50, share: 90 }, ...decision },
    notice: { duty: { v: 'in other words', required: true, ...decision } },
  })
  const told = diff(uk, merge(uk, said).policy).map(({ path, what, effect }) => `${path} ${what} ${effect}`)
  expect(told.toSorted()).toEqual([
    'brake changed incomparable',
    'buffer.seconds changed tighter',
    'mustNot.break_room added tighter',
    'notice.duty changed neither',
    'view.supervisor removed tighter',
  ])
})

test('every field of a policy has a direction, a random override and a name in words', () => {
  const known = Object.keys(PolicyPack.shape)
  const groups = ['override', 'notice', 'buffer']
  expect(known.filter(name => !(name in en.field) && !groups.includes(name) && !['v', 'id'].includes(name))).toEqual([])
  const names = ['v', 'id', 'title', 'language', 'validFrom', 'validTo']
  expect(known.filter(name => !names.includes(name)).toSorted()).toEqual(fields.toSorted())
  expect(directions.loosened(fullPack, fullPack, { path: '', base: fullPack })).toEqual([])
})

test('a part of a leaf without a direction does not compile', () => {
  type Watched = Leaf<string, { roles: string[]; secretly: boolean }>
  const whole: Parts<Watched> = { v: () => null, roles: () => null, secretly: () => null }
  // @ts-expect-error -- the part `secretly` has no direction
  const lacking: Parts<Watched> = { v: () => null, roles: () => null }
  expect([Object.keys(whole).length, Object.keys(lacking).length]).toEqual([3, 2])
})
