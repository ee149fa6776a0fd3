import { describe, expect, test } from 'vitest'
import { type Override, type PolicyRules, directions, directionsBy } from './directions.ts'
import { freeze } from './freeze.ts'
import { type Judges, judges } from './judges.ts'
import { bindingLoosened, loosened } from './loosened.ts'
import { mergeBy } from './merge.ts'
import { PolicyPack } from './pack.ts'
import { packs } from './packs.ts'
import type { Rule } from './rule.ts'
import { type Dice, dice } from './testing/dice.ts'
import { fullPack, reflagged } from './testing/full-pack.ts'
import { type Breach, breachesOf } from './testing/oracle.ts'
import { fields, randomOverride } from './testing/random-override.ts'

type Directions = Rule<PolicyRules, Override>

const byHand = {
  decider: { ...fullPack.decider, v: 'wearer' as const },
  autoStart: { ...fullPack.autoStart, v: false },
}
const bases = [...packs.values(), fullPack, { ...fullPack, ...byHand }]
const published = bases.map(freeze)

const throws = dice(19)
const withAnyFlags = Array.from({ length: 200 }, (_, count) =>
  reflagged(throws.one(count % 2 === 0 ? bases : [fullPack]), throws),
)

type Chain = {
  readonly pack: PolicyPack
  readonly agency: PolicyPack
  /** What the agency has published. */
  readonly ground: PolicyPack
  readonly unit: PolicyPack
  readonly said: Override
}

/** A pack, published or with flags as they came; an agency that publishes its own; a unit of it. */
function chain(by: Directions, at: number, random: Dice): Chain {
  const pack = random.one(at % 2 === 0 ? published : withAnyFlags)
  const said = randomOverride(random, pack)
  const agency = mergeBy(by, pack, said).policy
  const ground = freeze(agency)
  const unit = mergeBy(by, ground, randomOverride(random, ground)).policy
  return { pack, agency, ground, unit, said }
}

/** What was loosened along the chain although it is bound; and whatever makes a policy unsound. */
function breachesIn({ pack, agency, ground, unit }: Chain): Breach[] {
  const bound = ({ flag }: Breach) => flag !== 'default'
  const found = [...breachesOf(pack, agency).filter(bound), ...breachesOf(ground, unit)]
  for (const policy of [agency, unit]) {
    if (policy.decider.v === 'wearer' && policy.autoStart.v) found.push({ at: 'wearer', flag: null })
    const { v, f } = policy.buffer.seconds
    if (v > 30 && f !== 'law' && v > pack.buffer.seconds.v) found.push({ at: 'ceiling', flag: null })
    if (policy.retention['uncategorised']?.dir !== 'max') found.push({ at: 'uncategorised', flag: null })
  }
  return found
}

test('S1-19 a district tightens and never loosens: 100 000 chains pack, agency, unit over all kinds of leaves, 0 loosened', () => {
  const random = dice(20_261_122)
  const tally = new Map(fields.map(field => [field, { taken: 0, refused: 0 }]))
  for (let at = 0; at < 100_000; at++) {
    const one = chain(directions, at, random)
    const breaches = breachesIn(one)
    if (breaches.length > 0) expect({ at, breaches, said: one.said }).toEqual({ at, breaches: [], said: one.said })
    for (const field of fields) {
      if (one.said[field] === undefined) continue
      const counted = tally.get(field)!
      if (one.agency[field] === one.pack[field]) counted.refused += 1
      else counted.taken += 1
    }
    if (at % 500 === 0) {
      expect(PolicyPack.safeParse(one.unit).error).toBeUndefined()
      expect(bindingLoosened(one.pack, one.agency)).toEqual([])
      expect(loosened(one.ground, one.unit)).toEqual([])
    }
  }
  const seldom = [...tally].filter(([, { taken, refused }]) => taken + refused < 2000 || taken < 100)
  expect(seldom).toEqual([])
})

/** The first chain on which the property fails under these directions; null when it holds on all of them. */
function firstFailure(by: Directions): number | null {
  const random = dice(7)
  for (let at = 0; at < 20_000; at++) if (breachesIn(chain(by, at, random)).length > 0) return at
  return null
}

const { noLonger, noShorter, noMore, noLess, onlyOff, onlyOn, grows, shrinks, noMoreHours } = judges
const unchecked = () => true

const faults: Record<string, Partial<Judges>> = {
  'a maximum compared the wrong way round': { noLonger: noShorter },
  'a maximum unchecked': { noLonger: unchecked },
  'a minimum compared the wrong way round': { noShorter: noLonger },
  'a minimum unchecked': { noShorter: unchecked },
  'a number compared the wrong way round': { noMore: noLess },
  'a number unchecked': { noMore: unchecked },
  'the length of a reason the wrong way round': { noLess: noMore },
  'the length of a reason unchecked': { noLess: unchecked },
  'a boolean that only goes off turned round': { onlyOff: onlyOn },
  'a boolean that only goes off unchecked': { onlyOff: unchecked },
  'a boolean that only goes on turned round': { onlyOn: onlyOff },
  'a boolean that only goes on unchecked': { onlyOn: unchecked },
  'roles that may only grow turned round': { grows: shrinks },
  'roles that may only grow unchecked': { grows: unchecked },
  'roles that may only shrink turned round': { shrinks: grows },
  'roles that may only shrink unchecked': { shrinks: unchecked },
  'hours the wrong way round': { noMoreHours: (base, next) => noMoreHours(next, base) },
  'hours unchecked': { noMoreHours: unchecked },
  'what is fixed unchecked': { same: unchecked },
  'a growing list turned round': { growingList: judges.shrinkingList },
  'a growing list unchecked': { growingList: { mayAdd: true, mayRemove: true } },
  'a shrinking list turned round': { shrinkingList: judges.growingList },
  'a shrinking list unchecked': { shrinkingList: { mayAdd: true, mayRemove: true } },
}

describe('S1-19 the same property catches', () => {
  test('nothing where nothing is wrong', () => expect(firstFailure(directions)).toBeNull())

  test.each(Object.entries(faults))('%s', (_name, fault) => {
    expect(firstFailure(directionsBy({ ...judges, ...fault }))).not.toBeNull()
  })

  test('a publication that leaves defaults as they are: a unit then loosens its agency', () => {
    const random = dice(3)
    let loosenedUnits = 0
    for (let at = 0; at < 2000; at++) {
      const agency = random.one(withAnyFlags)
      const unit = mergeBy(directions, agency, randomOverride(random, agency)).policy
      if (breachesOf(agency, unit).length > 0) loosenedUnits += 1
    }
    expect(loosenedUnits).toBeGreaterThan(100)
  })
})
