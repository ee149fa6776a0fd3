import { type Language, languages } from '@vidne/locales/say'
import type { Context, Hono } from 'hono'
import type { About } from '../platform/http/about.ts'
import { type Month, type Said, byMonth } from './counting.ts'
import { deletionsPage, monthPage } from './page.ts'

/** What the page is counted from; null while nobody has founded the installation. */
export type Standing = () => {
  readonly seal: {
    said(type: 'deletion-run'): Promise<Said[]>
    metrics(): { readonly publicLeaves: number }
  }
  /** Whose clock counts the months: the zone of the installation's first agency. */
  readonly zone: () => Promise<string>
} | null

type Bindings = { Bindings: { about: About } }
type Counted = { readonly months: readonly Month[]; readonly zone: string }

/**
 * The public list of deletions by rule. Anyone may ask, so the log is counted once for each public checkpoint and not for each
 * question.
 */
export function addDeletionPages(app: Hono<Bindings>, standing: Standing, rehearsal: boolean): void {
  const held: { size: number; counted: Promise<Counted> | null } = { size: -1, counted: null }
  const counted = async (): Promise<Counted> => {
    const ground = standing()
    if (ground === null) return { months: [], zone: 'UTC' }
    const { publicLeaves } = ground.seal.metrics()
    if (held.counted === null || held.size !== publicLeaves) {
      const counting = countNow(ground)
      Object.assign(held, { size: publicLeaves, counted: counting })
      // What could not be counted is asked for again by the next reader.
      counting.catch(() => held.counted === counting && (held.counted = null))
    }
    return held.counted ?? countNow(ground)
  }
  app.get('/deletions', async context => {
    const { months, zone } = await counted()
    return page(context, deletionsPage(months, { language: asked(context), zone, rehearsal }))
  })
  app.get('/deletions/:month', async context => {
    const { months, zone } = await counted()
    const month = months.find(one => one.month === context.req.param('month'))
    if (month === undefined) return context.notFound()
    return page(context, monthPage(month, { language: asked(context), zone, rehearsal }))
  })
}

async function countNow({ seal, zone }: NonNullable<ReturnType<Standing>>): Promise<Counted> {
  const where = await zone()
  return { months: byMonth(await seal.said('deletion-run'), where), zone: where }
}

function page(context: Context, text: string): Response | Promise<Response> {
  return context.html(text, 200, { 'cache-control': 'no-cache' })
}

/** The language that the address asks for, else the one the reader's browser names. */
function asked(context: Context<Bindings>): Language {
  const wanted = context.req.query('lang')
  return languages.find(language => language === wanted) ?? context.env.about.language
}
