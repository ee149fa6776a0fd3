import { expect, test } from 'vitest'
import type { Override } from './directions.ts'
import { diff } from './diff.ts'
import { freeze } from './freeze.ts'
import { bindingLoosened } from './loosened.ts'
import { merge } from './merge.ts'
import { readOverride } from './override.ts'
import { PolicyPack } from './pack.ts'
import { packs } from './packs.ts'
import { type Dice, dice } from './testing/dice.ts'
import { fullPack, reflagged } from './testing/full-pack.ts'
import { fields, randomOverride } from './testing/random-override.ts'
import { towards } from './towards.ts'

const bases = [...packs.values(), fullPack]

/** Differences of value; that a value was given another source is none. */
const differences = (one: PolicyPack, other: PolicyPack) => diff(one, other).filter(({ what }) => what !== 'source')

/** A policy, and one that came of it by one or two versions. */
function pairAt(at: number, random: Dice): { current: PolicyPack; target: PolicyPack } {
  const base = random.one(bases)
  const current = at % 2 === 0 ? freeze(base) : reflagged(base, random)
  const first = merge(current, randomOverride(random, current)).policy
  const published = at % 3 === 0 ? freeze(first) : first
  return { current, target: at % 5 === 0 ? merge(published, randomOverride(random, published)).policy : published }
}

/** What makes a draft unreadable. Of the random tasks some name triggers that nobody knows; that is theirs. */
function faultsOf(said: Override, { current, target }: { current: PolicyPack; target: PolicyPack }) {
  if (!PolicyPack.safeParse(target).success) return []
  const { refused } = readOverride(JSON.parse(JSON.stringify(said)), current)
  return (refused ?? []).filter(({ because }) => because !== 'unknown-here')
}

test('an override towards a policy that is no looser gives its values: 12 000 random ones over all kinds of leaves', () => {
  const random = dice(26)
  let tighter = 0
  const seen = new Map(fields.map(field => [field, 0]))
  for (let at = 0; at < 12_000; at++) {
    const { current, target } = pairAt(at, random)
    if (bindingLoosened(current, target).length > 0) continue
    tighter += 1
    const said = towards(current, target)
    const { policy, refused } = merge(current, said)
    const differing = differences(policy, target)
    if (refused.length + differing.length > 0) expect({ at, said, refused, differing }).toEqual({ at, said })
    if (at % 20 === 0) expect(faultsOf(said, { current, target })).toEqual([])
    for (const field of fields) if (said[field] !== undefined) seen.set(field, (seen.get(field) ?? 0) + 1)
  }
  expect(tighter).toBeGreaterThan(9_000)
  expect([...seen].filter(([, count]) => count < 30)).toEqual([])
})

test('it says only what differs, and nothing between two that say the same', () => {
  for (const pack of bases) {
    expect(towards(pack, pack)).toEqual({})
    expect(towards(pack, freeze(pack))).toEqual({})
    expect(towards(pack, { ...pack, mustNot: pack.mustNot.toReversed(), title: 'another' })).toEqual({})
  }
  const { uncategorised } = fullPack.retention
  if (uncategorised === undefined) throw new Error('every pack has it')
  const shorter = { ...fullPack, retention: { ...fullPack.retention, uncategorised: { ...uncategorised, v: 'P2D' } } }
  expect(towards(fullPack, shorter)).toEqual({
    retention: { uncategorised: { ...uncategorised, v: 'P2D', f: 'policy' } },
  })
})

test('what the other does not have is null, and a list is given whole', () => {
  const { complaint, ...kept } = fullPack.retention
  expect(complaint).toBeDefined()
  expect(towards(fullPack, { ...fullPack, retention: kept })).toEqual({ retention: { complaint: null } })
  expect(towards(fullPack, { ...fullPack, liveStream: undefined })).toEqual({ liveStream: null })
  expect(towards(fullPack, { ...fullPack, gates: undefined })).toEqual({ gates: null })
  const stops = [...fullPack.mustStop, { v: 'prayer', f: 'law' as const, s: 'Act 1, s. 2' }]
  const said = towards(fullPack, { ...fullPack, mustStop: stops }).mustStop
  expect(said?.map(({ v, f, s }) => [v, f, s]).at(-1)).toEqual(['prayer', 'policy', 'Act 1, s. 2'])
  expect(said).toHaveLength(stops.length)
})
