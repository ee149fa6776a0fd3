import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PolicyPack } from '@vidne/policies/pack'
import { packById } from '@vidne/policies/packs'
import type { Anchored } from './anchor.ts'
import { braked } from './brake.ts'
import { clockLeads } from './clock-guard.ts'
import { classOf } from './classes.ts'
import { isDue } from './erasing.ts'
import { lifeOf as lifeUnder, neverShorter, type Life } from './life.ts'
import { RuleUnknown, type CaseNote } from './terms.ts'

const uk = packById('uk-met')!
const at = Date.parse('2026-06-01T12:00:00Z')
const anchor = { at, source: 'capture-end' as const }
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Under one policy, by rules alone. */
function lifeOf(pack: PolicyPack, rules: readonly string[], counted: Anchored, cases: readonly CaseNote[] = []): Life {
  const categories = rules.map(rule => ({ rule, case: null, offence: null }))
  return lifeUnder({ packs: [pack], categories, cases }, counted)
}

describe('how long a recording lives', () => {
  test('without a category, until the maximum of its pack', () => {
    expect(lifeOf(uk, [], anchor)).toMatchObject({ rule: 'uncategorised', deleteAfter: at + 31 * DAY, reviewAt: null })
  })

  test('with one that is reviewed, until a person decides', () => {
    expect(lifeOf(uk, ['complaint'], anchor)).toMatchObject({
      rule: 'complaint',
      direction: 'review',
      deleteAfter: null,
      reviewAt: at + 365 * DAY,
    })
  })

  test('as long as the longest of its rules', () => {
    const pack = {
      ...uk,
      retention: { ...uk.retention, use_of_force: { ...uk.retention['uncategorised']!, v: 'P6M' } },
    }
    expect(lifeOf(pack, ['uncategorised', 'use_of_force'], anchor).rule).toBe('use_of_force')
    expect(lifeOf(pack, ['use_of_force', 'complaint'], anchor)).toMatchObject({ rule: 'complaint', deleteAfter: null })
    const longMax = {
      ...pack,
      retention: { ...pack.retention, use_of_force: { ...pack.retention['use_of_force']!, v: 'P3Y' } },
    }
    expect(lifeOf(longMax, ['use_of_force', 'complaint'], anchor)).toMatchObject({
      rule: 'use_of_force',
      direction: 'max',
      reviewAt: at + 365 * DAY,
    })
  })

  test('until a person decides where a rule that lets it go by itself is no longer than one that does not', () => {
    const uncategorised = uk.retention['uncategorised']!
    for (const dir of ['review', 'min'] as const) {
      const pack = { ...uk, retention: { ...uk.retention, asked: { ...uncategorised, dir } } }
      for (const rules of [
        ['uncategorised', 'asked'],
        ['asked', 'uncategorised'],
      ])
        expect(lifeOf(pack, rules, anchor)).toMatchObject({ rule: 'asked', deleteAfter: null })
    }
  })

  test('with evidence of a case that is not over, without end', () => {
    expect(lifeOf(uk, ['evidence', 'complaint'], anchor)).toMatchObject({
      rule: 'evidence',
      direction: 'min',
      deleteAfter: null,
    })
  })

  test('is not guessed for a rule the policy does not have', () => {
    expect(() => lifeOf(uk, ['no_such_rule'], anchor)).toThrow(RuleUnknown)
  })

  test('never gets shorter by any row of edits', () => {
    const edit = fc.record({
      categories: fc.subarray(['uncategorised', 'complaint', 'evidence', 'mopi_group3']),
      shift: fc.integer({ min: -90 * DAY, max: 90 * DAY }),
    })
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 20 }), edits => {
        let life = lifeOf(uk, [], anchor)
        for (const { categories, shift } of edits) {
          const after: Life = neverShorter(life, lifeOf(uk, categories, { ...anchor, at: at + shift }))
          expect(after.deleteAfter ?? Infinity).toBeGreaterThanOrEqual(life.deleteAfter ?? Infinity)
          life = after
        }
      }),
    )
  })
})

describe('a key belongs', () => {
  const row = { delete_after: new Date(at + 31 * DAY + 59 * 60_000) }
  test('under the hour of its deadline, rounded down', () => {
    expect(classOf(row, false, at)).toEqual({ hour: (at + 31 * DAY) / HOUR })
  })
  test('under no hour while a hold or a life without end keeps it', () => {
    expect(classOf(row, true, at)).toBe('no-end')
    expect(classOf({ delete_after: null }, false, at)).toBe('no-end')
  })
  test('where it is when its hour has come already', () => {
    expect(classOf(row, false, at + 31 * DAY - 1)).toEqual({ hour: (at + 31 * DAY) / HOUR })
    expect(classOf(row, false, at + 31 * DAY)).toBe('as-it-is')
  })
})

test('a recording is due from the hour of its deadline on, not a millisecond before', () => {
  const row = { state: 'kept' as const, delete_after: new Date(at + 30 * 60_000) }
  expect(isDue(row, at - 1)).toBe(false)
  expect(isDue(row, at)).toBe(true)
  expect(isDue({ ...row, state: 'deleted' }, at)).toBe(false)
  expect(isDue({ ...row, delete_after: null }, at + 365 * DAY)).toBe(false)
})

test('the brake takes hold only when both bounds are passed', () => {
  const threshold = { items: 100, share: 20 }
  expect(braked(threshold, { removing: 101, kept: 504 })).toBe(true)
  expect(braked(threshold, { removing: 101, kept: 505 })).toBe(false)
  expect(braked(threshold, { removing: 100, kept: 100 })).toBe(false)
})

test('a clock more than 26 hours past the last run leads', () => {
  expect(clockLeads({ lastRun: at, now: at + 26 * HOUR })).toBe(false)
  expect(clockLeads({ lastRun: at, now: at + 26 * HOUR + 1 })).toBe(true)
  expect(clockLeads({ lastRun: at, now: at - DAY })).toBe(false)
})
