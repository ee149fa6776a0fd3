import { expect, test } from 'vitest'
import type { PolicyPack } from './pack.ts'
import { pack } from './testing/situations.ts'
import { type Version, gatesAt, inForceAt, strictestMax } from './versions.ts'

const at = (text: string) => Date.parse(text)
const dk = pack('dk-politi')

const keeping = (period: string, more: object = {}): PolicyPack => ({
  ...dk,
  retention: { ...dk.retention, uncategorised: { ...dk.retention['uncategorised']!, v: period, ...more } },
})

const versions: Version[] = [
  { policy: keeping('P30D'), from: at('2026-01-01T00:00:00Z') },
  { policy: keeping('P10D'), from: at('2026-03-01T00:00:00Z') },
  { policy: keeping('P20D'), from: at('2026-03-05T00:00:00Z') },
]

test('S4-04 a Swedish camera started in March 2025 asks for a permit, in April 2025 for an assessment and the register', () => {
  const asked = (text: string, workplace = false) =>
    gatesAt(pack('se-skola'), at(text), { workplace }).map(({ v }) => v)
  expect(asked('2025-03-31T21:59:00Z')).toEqual(['permit', 'sign'])
  expect(asked('2025-03-31T22:00:00Z')).toEqual(['documented_assessment', 'register_entry', 'sign'])
  expect(asked('2025-04-15T10:00:00Z', true)).toContain('union_negotiation')
})

test('the version in force is the last that began; none before the first', () => {
  const period = (text: string) => inForceAt(versions, at(text))?.policy.retention['uncategorised']?.v
  expect(period('2025-12-31T23:59:59Z')).toBeUndefined()
  expect(period('2026-02-28T23:59:00Z')).toBe('P30D')
  expect(period('2026-03-01T00:00:00Z')).toBe('P10D')
  expect(period('2027-01-01T00:00:00Z')).toBe('P20D')
})

test('of two that begin at once the later in the list counts; one that has run out is not replaced by an older one', () => {
  const both = [...versions, { policy: keeping('P5D'), from: at('2026-03-05T00:00:00Z') }]
  expect(inForceAt(both, at('2026-04-01T00:00:00Z'))?.policy.retention['uncategorised']?.v).toBe('P5D')
  const ended = [...versions, { policy: { ...dk, validTo: '2026-05-01' }, from: at('2026-04-01T00:00:00Z') }]
  expect(inForceAt(ended, at('2026-06-01T00:00:00Z'))).toBeNull()
})

test('the strictest maximum since the capture deletes, also when it was in force for four days only', () => {
  const strictest = (captured: string, now: string) =>
    strictestMax(versions, 'uncategorised', { capturedAt: at(captured), now: at(now), anchor: at(captured) })?.rule.v
  expect(strictest('2026-02-20T12:00:00Z', '2026-02-25T00:00:00Z')).toBe('P30D')
  expect(strictest('2026-02-20T12:00:00Z', '2026-03-10T00:00:00Z')).toBe('P10D')
  expect(strictest('2026-03-06T12:00:00Z', '2026-03-10T00:00:00Z')).toBe('P20D')
})

test('the strictest is the one that deletes first, reckoned from the anchor, whatever unit it is said in', () => {
  const since = { capturedAt: at('2026-02-01T00:00:00Z'), now: at('2026-03-10T00:00:00Z') }
  const mixed = [versions[0]!, { policy: keeping('P1M'), from: at('2026-02-15T00:00:00Z') }]
  const february = strictestMax(mixed, 'uncategorised', { ...since, anchor: at('2026-02-01T00:00:00Z') })
  const march = strictestMax(mixed, 'uncategorised', { ...since, anchor: at('2026-03-01T00:00:00Z') })
  expect([february?.rule.v, march?.rule.v]).toEqual(['P1M', 'P30D'])
  expect(february?.deadline).toBe(at('2026-03-01T00:00:00Z'))
})

test('a maximum that did not hold in that time does not count, and a review is no maximum', () => {
  const since = { capturedAt: at('2026-03-06T00:00:00Z'), now: at('2026-03-10T00:00:00Z') }
  const later = [
    versions[0]!,
    { policy: keeping('P1D', { validFrom: '2026-04-01' }), from: at('2026-03-07T00:00:00Z') },
  ]
  expect(strictestMax(later, 'uncategorised', { ...since, anchor: 0 })?.rule.v).toBe('P30D')
  expect(strictestMax(versions, 'evidence', { ...since, anchor: 0 })).toBeNull()
})
