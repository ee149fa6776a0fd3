import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { canonicalize } from '@vidne/evidence/jcs'
import { tellRule } from '@vidne/locales/rules'
import { languages } from '@vidne/locales/say'
import { decide } from '@vidne/policies/decide'
import type { PolicyPack } from '@vidne/policies/pack'
import { packById, packs, publishedPolicy, readPolicy } from '@vidne/policies/packs'
import { valuesOf } from '@vidne/policies/values'
import { wordedValues, wordsFor } from '@vidne/policies/words'
import type { About } from '../platform/http/about.ts'
import { policyPage } from './page.ts'
import { addPolicyPages } from './routes.ts'

const nrw = packById('de-nrw-oa')!
const danish = packById('dk-politi')!
const all = [...packs.values()]

const pageOf = (pack: PolicyPack, language = pack.language) =>
  policyPage({ pack, agency: null, rehearsal: false }, language)

/** What a reader sees: no marks, no spaces that only the source has. */
const seen = (page: string) =>
  page
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, sign: 'amp' | 'lt' | 'gt' | 'quot' | '#39') => SIGNS[sign])
    .replaceAll(/\s+/g, ' ')

const SIGNS = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** Something else than what a value says now, of the same kind. */
function another(value: unknown): unknown {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return value + 1
  if (Array.isArray(value)) return ['a_code_of_tomorrow']
  if (typeof value !== 'string')
    return Object.fromEntries(
      Object.entries(value ?? {}).map(([n, v]) => [n, Array.isArray(v) ? v.slice(1) : another(v)]),
    )
  return value.startsWith('P') ? 'P77D' : 'a_code_of_tomorrow'
}

/** Something else than what a field beside a value says now. */
const BESIDE: Readonly<Record<string, (now: unknown) => unknown>> = {
  schedule: () => [{ days: [1, 3], from: '11:11', to: '12:12' }],
  unless: now => (now === undefined ? { urgentDanger: true, decidedBy: ['auditor'] } : undefined),
  triggers: now => ((now as string[]).length === 0 ? ['a_code_of_tomorrow'] : []),
  zones: () => ['a_code_of_tomorrow'],
  roles: () => ['figures-reader'],
  needs: now => ((now as string[]).includes('case') ? [] : ['case']),
  own: now => (now === true ? undefined : true),
  never: now => now !== true,
  needsCase: another,
  required: another,
  allowed: another,
  on: another,
  sealedAtCapture: another,
  inDanger: another,
  least: another,
  skipped: () => '§ 99',
  within: () => 'P66D',
  lasts: () => 'P55D',
  every: () => 'P44D',
  onlyWorkplace: now => (now === true ? undefined : true),
  dir: now => (now === 'max' ? 'min' : 'max'),
  anchor: now =>
    now === 'end_of_item' ? 'end_of_calendar_year' : now === 'monitoring_end' ? 'end_of_capture' : 'monitoring_end',
  appliesTo: now => (now === 'record' ? 'footage' : 'record'),
  when: now => (now === 'always' ? 'outside-authority' : 'always'),
  until: () => [{ event: 'acquitted', period: 'P33D' }],
}

describe('S3-17 the public page of a pack', () => {
  test.each(all)('S3-17 $id: every value of the policy stands on it, once, and no other', pack => {
    for (const language of languages) {
      const placed = [...pageOf(pack, language).matchAll(/data-value="([^"]+)"/g)].map(([, path = '']) => path)
      expect(placed.toSorted()).toEqual(
        valuesOf(pack)
          .map(({ path }) => path)
          .toSorted(),
      )
    }
  })

  test.each(all)('S3-17 $id: whatever value changes, the page changes with it', pack => {
    const before = pageOf(pack)
    for (const { path } of valuesOf(pack)) {
      const changed = structuredClone(pack)
      const leaf = valuesOf(changed).find(one => one.path === path)!.leaf
      // A rule that is counted from a case is told by the events that end it: its own period decides nothing.
      if (path === 'retention.evidence' && 'until' in leaf) continue
      leaf.v = path === 'decider' ? 'commander' : another(leaf.v)
      expect({ path, same: pageOf(changed) === before }).toEqual({ path, same: false })
    }
  })

  test.each(all)('S3-17 $id: whatever the engine acts on beside a sentence changes, the page changes with it', pack => {
    const before = pageOf(pack)
    // What the engine knows an act by is told by the code beside it, and what a case's rule is bound to by its events.
    const told = ['v', 'f', 's', 'validFrom', 'validTo', 'act']
    for (const { path, leaf: found } of valuesOf(pack))
      for (const field of Object.keys(found).filter(name => !told.includes(name))) {
        const changed = structuredClone(pack)
        const leaf: Record<string, unknown> = valuesOf(changed).find(one => one.path === path)!.leaf
        if ('until' in leaf && field !== 'until') continue
        leaf[field] = BESIDE[field]!(leaf[field])
        expect({ path, field, same: pageOf(changed) === before }).toEqual({ path, field, same: false })
      }
  })

  test.each(all)('S3-17 $id: whatever flag, source or date changes, the page changes with it', pack => {
    for (const { path } of valuesOf(pack)) {
      const changed = structuredClone(pack)
      const leaf = valuesOf(changed).find(one => one.path === path)!.leaf
      Object.assign(leaf, {
        f: leaf.f === 'seed' ? 'policy' : 'seed',
        s: 'found <somewhere> else',
        validTo: '2031-02-03',
      })
      const item = seen(pageOf(changed, 'en').split(`data-value="${path}"`)[1]!.split('</li>')[0]!)
      expect(item).toContain('found <somewhere> else')
      expect(item).toContain('3 February 2031')
      expect(item).toContain(leaf.f === 'seed' ? "The programme's own document" : 'Published guidance or practice')
    }
  })

  test.each(all)('S3-17 $id: it is made of the very text that the engine reads back', pack => {
    const text = canonicalize(publishedPolicy(pack, pack.zone.v))
    expect(pageOf(readPolicy(JSON.parse(text)))).toBe(pageOf(pack))
  })

  test('S3-17 Duisburg with thirteen days says thirteen days, in its own language and in English', () => {
    const days = (period: string) => {
      const pack = structuredClone(nrw)
      pack.retention['uncategorised']!.v = period
      return [seen(pageOf(pack, 'de')), seen(pageOf(pack, 'en'))]
    }
    expect(days('P14D')[0]).toContain('Frist höchstens 14 Tage, gerechnet vom Ende der Aufzeichnung')
    expect(days('P13D')[0]).toContain('Frist höchstens 13 Tage')
    expect(days('P13D')[1]).toContain('Not marked as evidence: deleted after 13 days at the latest')
    expect(days('P13D').join(' ')).not.toMatch(/14 Tage|14 days/)
  })

  test('S3-17 what it says of a task is what the engine decides in one hour of a week at least', () => {
    const monday = Date.parse('2026-07-13T00:30:00Z')
    const hours = Array.from({ length: 168 }, (_, hour) => monday + hour * 3_600_000)
    const kinds = { must: 'must', may: 'may', 'must-not': 'mustNot', 'must-stop': 'mustNot' } as const
    for (const pack of all) {
      const page = seen(pageOf(pack, 'en'))
      for (const { v } of pack.tasks) {
        const situation = { running: false, triggers: [], zones: [], stops: [], task: v }
        const decided = new Set(hours.map(at => kinds[decide({ ...situation, at }, pack).verdict]))
        const told = (['must', 'may', 'mustNot'] as const).filter(kind =>
          page.includes(` ${tellRule('en', `task.${kind}`, { task: wordsFor('en', 'task', v)! })} `),
        )
        expect({ task: v, told: told.length, decided: decided.has(told[0]!) }).toEqual({
          task: v,
          told: 1,
          decided: true,
        })
      }
    }
  })

  test('S3-17 it says how much of it is a default that no lawyer has read', () => {
    const values = valuesOf(danish)
    const ours = values.filter(({ leaf }) => leaf.f === 'default').length
    const page = seen(pageOf(danish, 'en'))
    const percent = Math.round((100 * ours) / values.length)
    expect(page).toContain(
      `These rules hold ${values.length} values. ${ours} of them (${percent} %) are defaults of the product`,
    )
    expect(page).toContain('No lawyer has read those defaults.')
    expect(page).toContain('The guidelines of the Danish police as updated in 2024 are not public.')
    const checked = structuredClone(danish)
    valuesOf(checked).find(({ leaf }) => leaf.f === 'default')!.leaf.f = 'policy'
    expect(seen(pageOf(checked, 'en'))).toContain(`${ours - 1} of them`)
  })

  test('S3-17 no code of the data is shown as it stands, in any language', () => {
    for (const pack of all)
      for (const language of languages) {
        const page = pageOf(pack, language).replaceAll(/ (?:data-value|lang|id|href|aria-labelledby)="[^"]*"/g, '')
        expect({ pack: pack.id, language, codes: /\b[a-z]+_[a-z_]+\b/.exec(seen(page)) }).toMatchObject({ codes: null })
        const text = seen(page).toLowerCase()
        const lacking = wordedValues(pack).filter(
          ({ group, value }) => !text.includes(wordsFor(language, group, value)!.toLowerCase().replace(/\.$/, '')),
        )
        expect(lacking).toEqual([])
      }
  })
})

describe('the page of an agency', () => {
  const rules = (pack: PolicyPack, name = 'Ordnungsamt Duisburg') => ({
    pack,
    agency: { name, since: Date.parse('2026-11-22T10:00:00Z'), digest: 'ab'.repeat(32), units: [] },
    rehearsal: false,
  })
  const frozen = structuredClone(nrw)
  for (const { leaf } of valuesOf(frozen)) if (leaf.f !== 'law') leaf.f = 'policy'

  test('still tells which values nobody chose after publishing made all of them its own', () => {
    const ours = valuesOf(nrw).filter(({ leaf }) => leaf.f === 'default').length
    expect(seen(policyPage(rules(frozen), 'en'))).toContain(`${ours} of them`)
    const chosen = structuredClone(frozen)
    chosen.override.reason.least = 40
    expect(seen(policyPage(rules(chosen), 'en'))).toContain(`${ours - 1} of them`)
  })

  test('names agency, day and digest, and what a name holds is text', () => {
    const page = policyPage(rules(nrw, 'Amt <script>x</script>'), 'de')
    expect(page).not.toContain('<script')
    expect(seen(page)).toContain('Amt <script>x</script>: Regeln für Kameras')
    expect(seen(page)).toContain('seit 22. November 2026 um 11:00')
    expect(page).toContain('ab'.repeat(32))
  })

  test('shows a sentence that the agency wrote itself as it wrote it', () => {
    const own = structuredClone(nrw)
    own.notice.duty.v = 'Wir sagen <b>es</b> laut.'
    expect(seen(policyPage(rules(own), 'de'))).toContain('Wir sagen <b>es</b> laut.')
  })
})

describe('as documents', () => {
  test.each(all)('the page of $id has one language, one first heading, and headings in order', pack => {
    for (const language of languages) {
      const page = pageOf(pack, language)
      expect(page).toMatch(new RegExp(`^<!doctype html>\n<html lang="${language}">`))
      const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))
      expect(levels[0]).toBe(1)
      expect(levels.slice(1).every(level => level === 2)).toBe(true)
      expect(page).not.toMatch(/<script|<style|style=|\son[a-z]+=|https?:/)
      const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const [, target] of page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)) expect(ids).toContain(target)
    }
  })

  test('sources are marked as English on a page in another language', () => {
    expect(pageOf(nrw)).toContain('<span lang="en">PolG NRW § 15c(1)</span>')
  })
})

describe('the addresses', () => {
  const agencies = new Map([
    ['one', { pack: nrw, agency: { name: 'Ordnungsamt', since: 0, digest: 'ab', units: [] } }],
    ['two', { pack: danish, agency: { name: 'Fyns Politi', since: 0, digest: 'cd', units: [] } }],
  ])
  const aboutNobody: About = { id: '', client: '', language: 'en' } as About
  const serve = (...ids: string[]) => {
    const app = new Hono<{ Bindings: { about: About } }>()
    app.notFound(context => context.json({ error: 'NOT_FOUND' }, 404))
    addPolicyPages(app, {
      rehearsal: true,
      agencies: async () => ids.map(id => ({ id, name: agencies.get(id)!.agency.name })),
      inForce: async id => agencies.get(id) ?? null,
    })
    return async (path: string) => {
      const answer = await app.request(path, undefined, { about: aboutNobody })
      return { status: answer.status, headers: answer.headers, text: await answer.text() }
    }
  }

  test('one agency: its own rules; several: all of them by name; none: the packs', async () => {
    expect((await serve('one')('/policy')).text).toContain('<h1>Ordnungsamt: Regeln für Kameras</h1>')
    const several = (await serve('one', 'two')('/policy')).text
    expect(several).toContain('<a href="/policy/agencies/two?lang=en">Fyns Politi</a>')
    expect((await serve()('/policy')).text).toContain('No agency has taken up any rules here yet.')
    expect((await serve('one', 'two')('/policy/agencies/two')).text).toContain('<html lang="da">')
  })

  test('a pack opens in its own language, in another on request, and an unknown one is none', async () => {
    const get = serve()
    expect((await get('/policy/packs/se-skola')).text).toContain('<html lang="sv">')
    expect((await get('/policy/packs/se-skola?lang=en')).text).toContain('<html lang="en">')
    expect((await get('/policy/packs/se-skola?lang=%3Cscript%3E')).text).toContain('<html lang="sv">')
    for (const path of [
      '/policy/packs/atlantis',
      '/policy/packs/__proto__',
      '/policy/agencies/one',
      '/policy/agencies/',
    ])
      expect({ path, status: (await get(path)).status }).toEqual({ path, status: 404 })
    for (const id of packs.keys()) expect((await get('/policy/packs')).text).toContain(`href="/policy/packs/${id}"`)
  })

  test('pages are asked for anew each time, and the stylesheet is one of ours', async () => {
    const { headers, text } = await serve()('/policy/packs/uk-met')
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('content-type')).toContain('text/html')
    const style = await serve()(/<link rel="stylesheet" href="([^"]+)">/.exec(text)![1]!)
    expect(style.headers.get('content-type')).toContain('text/css')
    expect(style.text).toContain('@media print')
    expect(style.text).not.toMatch(/url\(|@import/)
  })

  test('a rehearsal says so', async () => {
    expect((await serve('one')('/policy')).text).toContain('class="rehearsal"')
  })
})

test('a second person is promised for what can be done here, and for nothing else', () => {
  const notYet = 'Not yet offered here'
  const said = (pack: PolicyPack, code: string) =>
    seen(pageOf(pack, 'en').split(`data-value="secondPerson.${code}"`)[1]?.split('</li>')[0] ?? '')
  expect(said(packById('se-skola')!, 'schedule_change')).toContain(notYet)
  expect(said(packById('se-skola')!, 'export')).not.toContain(notYet)
  expect(said(packById('dk-borger')!, 'qualified_assessor_releases_into_network')).toContain(notYet)
  expect(said(packById('dk-borger')!, 'hold_release')).not.toContain(notYet)
  for (const pack of [danish, nrw, packById('uk-met')!]) expect(pageOf(pack, 'en')).not.toContain(notYet)
})
