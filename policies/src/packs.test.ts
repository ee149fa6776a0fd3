import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { PolicyPack } from './pack.ts'
import { packById, packs, publishedPolicy, readPolicy } from './packs.ts'
import { deNrwOa } from './packs/de-nrw-oa.ts'
import { ukMet } from './packs/uk-met.ts'
import { secondPersonAsked } from './second-person.ts'

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
        "de-nrw-oa": "6876b29b3ccc19f5",
        "uk-met": "3c4dbf2e17358d7a",
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

  test('when a period is none, a zone is nowhere or a field is unknown', () => {
    expect(
      broken(pack => Object.assign((pack['retention'] as Record<string, object>)['uncategorised']!, { v: '31 days' })),
    ).toBe(false)
    expect(broken(pack => Object.assign(pack['zone'] as object, { v: 'Europe/Atlantis' }))).toBe(false)
    expect(broken(pack => Object.assign(pack['zone'] as object, { v: 'UTC' }))).toBe(false)
    expect(broken(pack => Object.assign(pack, { faceRecognition: true }))).toBe(false)
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
