import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { PolicyPack } from './pack.ts'
import { packById, packs, publishedPolicy, readPolicy } from './packs.ts'
import { deNrwOa } from './packs/de-nrw-oa.ts'
import { ukMet } from './packs/uk-met.ts'
import { secondPersonAsked } from './second-person.ts'
import { holdsAt, valuesAt } from './validity.ts'

const uk = packById('uk-met')!
const nrw = packById('de-nrw-oa')!

describe('the packs', () => {
  test('London keeps what nobody needs for 31 days, Duisburg for two weeks', () => {
    expect(uk.retention['uncategorised']).toMatchObject({ v: 'P31D', dir: 'max', f: 'seed', anchor: 'end_of_capture' })
    expect(nrw.retention['uncategorised']).toMatchObject({ v: 'P14D', dir: 'max', f: 'law', anchor: 'end_of_capture' })
  })

  test('London keeps evidence at least until the case is over, six months from a conviction', () => {
    const rule = uk.retention['evidence']!
    expect([rule.dir, rule.anchor]).toEqual(['min', 'case'])
    expect(rule.until).toContainEqual({ event: 'convicted', period: 'P6M' })
  })

  test('in Duisburg nothing starts by itself, nothing is buffered and no home is filmed, by law', () => {
    expect(nrw.autoStart).toMatchObject({ v: false, f: 'law' })
    expect(nrw.buffer.seconds).toMatchObject({ v: 0, f: 'law' })
    expect(nrw.mustNot.find(rule => rule.v === 'home_for_municipal_staff')?.f).toBe('law')
  })

  test('an unknown pack is none', () => {
    expect(packById('atlantis')).toBeNull()
  })

  test('what a policy digest is taken over is pinned, so no release changes a pack unnoticed', () => {
    const digest = (id: string) =>
      createHash('sha256')
        .update(sorted(publishedPolicy(packById(id)!, packById(id)!.zone.v)))
        .digest('hex')
    expect(Object.fromEntries([...packs.keys()].map(id => [id, digest(id).slice(0, 16)]))).toMatchInlineSnapshot(`
      {
        "de-nrw-oa": "8c690f8d73aa4375",
        "dk-borger": "99b1cd798ef9543b",
        "dk-politi": "c23b9f29563d5877",
        "se-skola": "0536abcc751821ba",
        "uk-met": "933497d7b822de2e",
      }
    `)
  })

  test('name sources that somebody who does not know us can look for', () => {
    const bases = [...packs.values()].flatMap(pack => [
      ...sorted(publishedPolicy(pack, pack.zone.v)).matchAll(/"s":"((?:[^"\\\\]|\\\\.)*)"/g),
    ])
    expect(bases.length).toBeGreaterThan(60)
    expect(
      bases.map(([, basis = '']) => basis).filter(basis => /\bseed \d|own knowledge|\(k\)|\bS\d-\d/.test(basis)),
    ).toEqual([])
  })

  test('an agency elsewhere publishes its own time zone, and the text reads back', () => {
    const published = publishedPolicy(uk, 'Europe/Dublin')
    expect(readPolicy(JSON.parse(JSON.stringify(published))).zone).toMatchObject({ v: 'Europe/Dublin', f: 'policy' })
  })
})

describe('a pack is refused', () => {
  const broken = (change: (source: Record<string, unknown>) => void, from: object = ukMet) => {
    const source = structuredClone(from) as Record<string, unknown>
    change(source)
    return PolicyPack.safeParse(source).success
  }

  test('but not when it is left as it is', () => expect(broken(() => {})).toBe(true))

  test('when a value that is law cites nothing', () => {
    expect(broken(pack => Object.assign(pack['regime'] as object, { s: 'everybody knows' }))).toBe(false)
  })

  test('when a value that is no default names no source', () => {
    expect(broken(pack => Object.assign(pack['decider'] as object, { s: ' ' }))).toBe(false)
  })

  test('when the wearer decides and the camera starts by itself', () => {
    expect(broken(pack => Object.assign(pack['autoStart'] as object, { v: true }), deNrwOa)).toBe(false)
  })

  test('when what has no category has no maximum', () => {
    expect(
      broken(pack => Object.assign((pack['retention'] as Record<string, object>)['uncategorised']!, { dir: 'review' })),
    ).toBe(false)
    expect(broken(pack => void delete (pack['retention'] as Record<string, object>)['uncategorised'])).toBe(false)
  })

  test('when a value ends before it begins, or its day is none', () => {
    const dated = (dates: object) => broken(pack => Object.assign(pack['legalBasis'] as object, dates))
    expect(dated({ validFrom: '2025-04-01', validTo: '2025-04-01' })).toBe(true)
    expect(dated({ validFrom: '2025-04-01', validTo: '2025-03-31' })).toBe(false)
    expect(dated({ validFrom: '2025-02-30' })).toBe(false)
  })

  test('when it looks back more than thirty seconds and no law says so', () => {
    const seconds = (leaf: object) =>
      broken(pack => Object.assign((pack['buffer'] as Record<string, object>)['seconds']!, leaf))
    expect(seconds({ v: 31 })).toBe(false)
    expect(seconds({ v: 31, f: 'law', s: 'an imagined § 1' })).toBe(true)
  })

  test('when people decide about a deletion only after it has happened by itself', () => {
    expect(
      broken(
        pack => Object.assign(pack['decision'] as object, { v: { fromDay: 14, atDay: 14, by: ['wearer'] } }),
        deNrwOa,
      ),
    ).toBe(false)
  })

  test('when a trigger is no code, hours are none or a role is unknown', () => {
    const first = (field: string, leaf: object) => broken(pack => Object.assign((pack[field] as object[])[0]!, leaf))
    expect(first('mustRecord', { v: 'Stop and search' })).toBe(false)
    expect(first('mayRecord', { schedule: [{ days: [1], from: '20:00', to: '24:00' }] })).toBe(false)
    expect(first('mayRecord', { schedule: [{ days: [8], from: '20:00', to: '06:00' }] })).toBe(false)
    expect(first('mayRecord', { schedule: [{ days: [7], from: '20:00', to: '06:00' }] })).toBe(true)
    expect(first('purposes', { roles: ['friend'] })).toBe(false)
  })

  test('when a period is none, a zone is nowhere or a field is unknown', () => {
    expect(
      broken(pack => Object.assign((pack['retention'] as Record<string, object>)['uncategorised']!, { v: '31 days' })),
    ).toBe(false)
    expect(broken(pack => Object.assign(pack['zone'] as object, { v: 'Europe/Atlantis' }))).toBe(false)
    expect(broken(pack => Object.assign(pack['zone'] as object, { v: 'UTC' }))).toBe(false)
    expect(broken(pack => Object.assign(pack, { faceRecognition: true }))).toBe(false)
  })
})

describe('what holds on a day', () => {
  const se = packById('se-skola')!
  const asked = (day: string) => valuesAt(se.gates ?? [], Date.parse(day), se.zone.v).map(({ v }) => v)

  test('S4-04 a camera started in March 2025 asks for a permit, in April 2025 for an assessment and a register entry', () => {
    expect(asked('2025-03-31T23:59:59+02:00')).toEqual(['permit', 'sign', 'union_negotiation'])
    const now = ['documented_assessment', 'register_entry', 'sign', 'union_negotiation']
    expect(asked('2025-04-01T00:00:00+02:00')).toEqual(now)
    expect(asked('2026-11-22T12:00:00Z')).toEqual(now)
  })

  test('S5-04 public-order offices have their legal basis from 1 July 2021, local time', () => {
    const allowed = (day: string) => holdsAt(nrw.legalBasis, Date.parse(day), nrw.zone.v)
    expect([allowed('2021-06-30T23:59:59+02:00'), allowed('2021-07-01T00:00:00+02:00')]).toEqual([false, true])
    expect(nrw.validFrom).toBe(nrw.legalBasis.validFrom)
  })

  test('a value without days holds as long as its pack', () => {
    expect(holdsAt(uk.legalBasis, 0, uk.zone.v)).toBe(true)
    expect(
      holdsAt({ validFrom: null, validTo: '2020-12-31' }, Date.parse('2021-01-01T00:00:00Z'), 'Europe/London'),
    ).toBe(false)
  })
})

describe('the catalogue of tasks', () => {
  test.each([...packs.values()])(
    'S1-06 of $id brings triggers and places that the pack has a rule for, and always one',
    pack => {
      const triggers = [...pack.mustRecord, ...pack.mayRecord].map(({ v }) => v)
      const zones = pack.mustNot.map(({ v }) => v)
      expect(pack.tasks.length).toBeGreaterThan(3)
      for (const task of pack.tasks) {
        expect({ task: task.v, unknown: task.triggers.filter(code => !triggers.includes(code)) }).toMatchObject({
          unknown: [],
        })
        expect({ task: task.v, unknown: task.zones.filter(code => !zones.includes(code)) }).toMatchObject({
          unknown: [],
        })
        expect(task.triggers.length + task.zones.length).toBeGreaterThan(0)
      }
      expect(new Set(pack.tasks.map(({ v }) => v)).size).toBe(pack.tasks.length)
    },
  )

  test('every trigger that must record belongs to a task, so that the catalogue has no gap', () => {
    // Force is used in the course of a task; in Denmark no task is about it.
    const inCourse = ['dk-politi: use_of_force']
    const gaps = [...packs.values()].flatMap(pack => {
      const brought = pack.tasks.flatMap(({ triggers }) => triggers)
      return pack.mustRecord.filter(({ v }) => !brought.includes(v)).map(({ v }) => `${pack.id}: ${v}`)
    })
    expect(gaps).toEqual(inCourse)
  })
})

describe('a second person', () => {
  test('is asked in London only for what leaves the authority, in Duisburg for every export', () => {
    expect(secondPersonAsked(uk, 'export', { outside: false })).toBe(false)
    expect(secondPersonAsked(uk, 'export', { outside: true })).toBe(true)
    expect(secondPersonAsked(nrw, 'export', { outside: false })).toBe(true)
  })

  test('is asked before London deletes early', () => {
    expect(secondPersonAsked(uk, 'early-deletion', { outside: false })).toBe(true)
  })
})

/** Sorted keys are the canonical text here: a pack holds no number that is not whole. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sorted(member)}`).join(',')}}`
}
