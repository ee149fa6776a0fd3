import { type Language, languages } from '@vidne/locales/say'
import { isDayThatIs } from '@vidne/policies/day'
import { packById } from '@vidne/policies/packs'
import type { Context, Hono } from 'hono'
import type { About } from '../platform/http/about.ts'
import { STYLE_PATH } from '../platform/http/public-page.ts'
import { indexPage, type Listed } from './index-page.ts'
import { policyPage } from './page.ts'
import type { Rules } from './reading.ts'
import { STYLE } from './style.ts'

/** What the pages are made from. */
export type Published = {
  readonly rehearsal: boolean
  /** The agencies with rules in force, oldest first; none while nobody has founded the installation. */
  readonly agencies: () => Promise<Listed[]>
  /** What is in force now at an agency, or at a unit of one that has a version of its own; null where there is none. */
  readonly inForce: (agency: string, unit?: string) => Promise<Omit<Rules, 'rehearsal'> | null>
}

type Bindings = { Bindings: { about: About } }

/** The public pages about rules. Anyone may read them: whoever is filmed has no account here. */
export function addPolicyPages(app: Hono<Bindings>, published: Published): void {
  app.get(STYLE_PATH, context => context.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8', ...FRESH }))
  app.get('/policy', async context => {
    const agencies = await published.agencies()
    const [only, ...others] = agencies
    return only === undefined || others.length > 0
      ? page(context, indexPage(agencies, asked(context, context.env.about.language)))
      : agencyPage(context, published, only.id)
  })
  app.get('/policy/packs', async context =>
    page(context, indexPage(await published.agencies(), asked(context, context.env.about.language))),
  )
  app.get('/policy/agencies/:id', context => agencyPage(context, published, context.req.param('id')))
  app.get('/policy/agencies/:id/units/:unit', context =>
    agencyPage(context, published, context.req.param('id'), context.req.param('unit')),
  )
  app.get('/policy/packs/:id', context => {
    const pack = packById(context.req.param('id'))
    if (pack === null) return context.notFound()
    const day = context.req.query('at')
    // Rules of another day than the one that was asked for would be wrong ones.
    if (day !== undefined && !isDayThatIs(day)) return context.text(`at: ${DAY_SENTENCE}`, 400)
    const rules = { pack, agency: null, rehearsal: published.rehearsal, day }
    return page(context, policyPage(rules, asked(context, pack.language)))
  })
}

const DAY_SENTENCE = 'a day such as 2025-03-15'

/** Rules may change from one day to the next, and an old page would tell the wrong ones. */
const FRESH = { 'cache-control': 'no-cache' }

function page(context: Context, text: string): Response | Promise<Response> {
  return context.html(text, 200, FRESH)
}

async function agencyPage(context: Context, published: Published, agency: string, unit?: string): Promise<Response> {
  const known = (await published.agencies()).some(({ id }) => id === agency)
  const found = known ? await published.inForce(agency, unit) : null
  if (found === null) return context.notFound()
  return page(context, policyPage({ ...found, rehearsal: published.rehearsal }, asked(context, found.pack.language)))
}

/** The language that the address asks for, else the one of the people whom the rules are about. */
function asked(context: Context, own: Language): Language {
  const wanted = context.req.query('lang')
  return languages.find(language => language === wanted) ?? own
}
