import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PolicyPack } from '@vidne/policies/pack'
import { packById } from '@vidne/policies/packs'
import type { Direction } from '@vidne/policies/retention'
import type { Captured } from './anchor.ts'
import { PLAUSIBLE_DAYS } from './ground.ts'
import { EARLY_RULE, endOf, isDecided } from './life.ts'
import { afterDowngrade, afterEdit, afterPolicy, lifeFrom, type Known, type Standing, type Version } from './moves.ts'
import type { CaseEvent, CaseNote, Category } from './terms.ts'

// Every edit there is, in any order, over the functions that the database's rows go through. Only what two persons decided (an
// early deletion, a category taken away, a published policy with a shorter maximum) may bring a deletion forward.

const DAY = 86_400_000
const START = Date.parse('2026-03-20T10:00:00Z')

const uk = packById('uk-met')!
const leaf = (dir: Direction, v: string) => ({ ...uk.retention['uncategorised']!, dir, v, f: 'default' as const })
const first: PolicyPack = {
  ...uk,
  retention: { ...uk.retention, use_of_force: leaf('max', 'P6M'), kept_long: leaf('min', 'P90D') },
}
const RULES = ['uncategorised', 'use_of_force', 'kept_long', 'evidence', 'complaint'] as const
const DAYS = [3, 14, 31, 60, 200, 900] as const
const EVENTS: readonly CaseEvent[] = ['not_charged', 'acquitted', 'convicted', 'sentence_ended']

type Edit =
  | { readonly kind: 'categorise'; readonly rule: string; readonly grounded: boolean }
  | { readonly kind: 'media-read'; readonly days: number; readonly hours: number }
  | { readonly kind: 'case'; readonly number: string | null; readonly event: CaseEvent }
  | { readonly kind: 'publish'; readonly rule: string; readonly days: number; readonly decision: boolean }
  | { readonly kind: 'reckon' | 'early' }
  | { readonly kind: 'downgrade'; readonly rule: string; readonly instead: string | null }
  | { readonly kind: 'wait'; readonly days: number }

const rule = fc.constantFrom(...RULES)
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('categorise'), rule, grounded: fc.boolean() }),
  fc.record({ kind: fc.constant('media-read'), days: fc.integer({ min: -90, max: 90 }), hours: fc.nat({ max: 9 }) }),
  fc.record({
    kind: fc.constant('case'),
    number: fc.constantFrom(null, '0100-12', '0100-13'),
    event: fc.constantFrom(...EVENTS),
  }),
  fc.record({
    kind: fc.constant('publish'),
    rule: fc.constantFrom('uncategorised', 'use_of_force', 'kept_long', 'complaint'),
    days: fc.constantFrom(...DAYS),
    decision: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('reckon', 'early') }),
  fc.record({ kind: fc.constant('downgrade'), rule, instead: fc.option(rule) }),
  fc.record({ kind: fc.constant('wait'), days: fc.constantFrom(1, 40) }),
)

/** A recording and its agency, moved as keep moves its rows. */
class Model {
  now = START
  versions: Version[] = [{ pack: first, since: START - 1000 * DAY }]
  reckoned = 1
  categories: Category[] = []
  cases: CaseNote[] = []
  captured: Captured = {
    receivedAt: START,
    recordedAt: START - DAY,
    recordedAtIs: 'start',
    durationMs: null,
    final: true,
    proposedHold: false,
  }
  standing: Standing

  /** `read`: whether the media was read as it was sealed; else its anchor is provisional until it is. */
  constructor(read: boolean) {
    this.captured = { ...this.captured, final: read }
    this.standing = { life: lifeFrom(this.known, this.captured, PLAUSIBLE_DAYS), settled: read }
  }

  get known(): Known {
    return { versions: this.versions, said: { categories: this.categories, cases: this.cases }, now: this.now }
  }

  edited(): void {
    this.standing = afterEdit(this.standing, this.known, this.captured, PLAUSIBLE_DAYS)
  }

  /** When it would go if nobody had given it a category; at any time where two persons put it under one. */
  withoutCategories(): number {
    if (this.categories.some(({ byTwo }) => byTwo === true)) return -Infinity
    const known = { ...this.known, said: { categories: [], cases: this.cases } }
    return endOf(lifeFrom(known, this.captured, PLAUSIBLE_DAYS))
  }

  happen(one: Edit): void {
    if (one.kind === 'wait') this.now += one.days * DAY
    else if (one.kind === 'publish') this.publish(one)
    else if (one.kind === 'reckon') this.reckon()
    else if (one.kind === 'early') {
      const life = { ...this.standing.life, rule: EARLY_RULE, direction: 'max', deleteAfter: this.now } as const
      this.standing = { life, settled: true }
    } else if (one.kind === 'downgrade') this.downgrade(one)
    else if (one.kind === 'categorise' || one.kind === 'media-read' || one.kind === 'case') this.learn(one)
  }

  learn(one: Extract<Edit, { kind: 'categorise' | 'media-read' | 'case' }>): void {
    if (one.kind === 'categorise') {
      const ground = one.grounded ? { case: '0100-12', offence: 'assault' } : { case: null, offence: null }
      this.categories = [...this.categories.filter(({ rule: had }) => had !== one.rule), { rule: one.rule, ...ground }]
    } else if (one.kind === 'case') this.cases.push({ case: one.number, event: one.event, on: this.now })
    else {
      const recordedAt = START + one.days * DAY
      this.captured = { ...this.captured, recordedAt, durationMs: one.hours * 3_600_000, final: true }
      if (isDecided(this.standing.life)) return
    }
    this.edited()
  }

  publish({ rule: name, days, decision }: Edit & { kind: 'publish' }): void {
    this.now += 1000
    const { pack } = this.versions.at(-1)!
    const changed = { ...pack.retention[name]!, v: `P${days}D` }
    const asked = { v: { fromDay: 2, atDay: 5, by: ['wearer' as const] }, f: 'default' as const, s: '' }
    const next = {
      ...pack,
      retention: { ...pack.retention, [name]: changed },
      ...(decision ? { decision: asked } : {}),
    }
    this.versions = [...this.versions, { pack: next, since: this.now }]
  }

  reckon(): void {
    const { life, settled } = this.standing
    const reckoned = this.versions.slice(0, this.reckoned)
    const moved = afterPolicy(life, this.known, { reckoned, receivedAt: START })
    this.standing = { life: moved, settled }
    this.reckoned = this.versions.length
  }

  downgrade({ rule: name, instead }: Edit & { kind: 'downgrade' }): void {
    const taken = this.categories.find(one => one.rule === name)
    if (taken === undefined) return
    this.categories = this.categories.filter(one => one !== taken && one.rule !== instead)
    if (instead !== null) this.categories.push({ ...taken, rule: instead, byTwo: true })
    this.standing = { ...this.standing, life: afterDowngrade(this.standing.life, this.known, instead !== null) }
  }
}

/** Whether what was published since it was last reckoned shortens anything: a maximum, or that people decide. */
function shortens({ versions, reckoned }: Model): boolean {
  return versions.slice(reckoned).some(({ pack }, at) => {
    const before = versions[reckoned + at - 1]!.pack
    const shorter = RULES.some(name => {
      const [was, is] = [before.retention[name]!, pack.retention[name]!]
      return was.dir === 'max' && daysOf(is.v) < daysOf(was.v)
    })
    return shorter || (before.decision === undefined && pack.decision !== undefined)
  })
}

const daysOf = (period: string): number => Number(/^P(\d+)D$/.exec(period)?.[1] ?? 180)

test('G8: no row of 10 000 of edits brings a deletion forward, except what two persons decided', () => {
  const seen = { later: 0, earlier: 0 }
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), fc.boolean(), (edits, read) => {
      const model = new Model(read)
      for (const one of edits) {
        const [before, published] = [endOf(model.standing.life), shortens(model)]
        const { settled } = model.standing
        model.happen(one)
        const after = endOf(model.standing.life)
        const byTwo = one.kind === 'early' || one.kind === 'downgrade' || (one.kind === 'reckon' && published)
        if (after < before) seen.earlier += 1
        if (after > before) seen.later += 1
        // What is read first may move the anchor either way; no category that one person gave takes anything then either.
        if (!settled && one.kind === 'media-read') expect(after).toBeGreaterThanOrEqual(model.withoutCategories())
        else if (!byTwo) expect(after).toBeGreaterThanOrEqual(before)
      }
    }),
    { numRuns: 10_000 },
  )
  // Else the edits did nothing, and showed nothing.
  expect(seen.earlier).toBeGreaterThan(1000)
  expect(seen.later).toBeGreaterThan(1000)
})

test('a longer maximum, published later, gives nothing more to what was captured under the shorter one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...DAYS), { minLength: 1, maxLength: 6 }), published => {
      const model = new Model(true)
      const [start] = [endOf(model.standing.life)]
      for (const days of published) {
        model.happen({ kind: 'publish', rule: 'uncategorised', days, decision: false })
        model.happen({ kind: 'reckon' })
        model.edited()
      }
      const shortest = Math.min(31, ...published)
      const by = model.standing.life.deleteAfter ?? Infinity
      expect(by).toBeLessThanOrEqual(start)
      expect(Math.round((by - (START - DAY)) / DAY)).toBe(shortest)
      model.captured = { ...model.captured, recordedAt: model.now, receivedAt: model.now }
      const fresh = lifeFrom(model.known, model.captured, PLAUSIBLE_DAYS)
      expect(Math.round(((fresh.deleteAfter ?? 0) - model.now) / DAY)).toBe(published.at(-1))
    }),
    { numRuns: 300 },
  )
})
