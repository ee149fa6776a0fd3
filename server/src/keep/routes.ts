import { endOfDay, isDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import { stillWords } from '../platform/still.ts'
import { holdRoutes } from './hold-routes.ts'
import type { Keep } from './keep.ts'
import { decisionRoutes } from './decision-routes.ts'
import { lifetimeRoutes, type Asked } from './lifetime-routes.ts'
import { pastRoutes } from './past-routes.ts'
import { recordRoutes } from './record-routes.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

/** Holds, categories, decisions, records, deadlines, the nightly run and the sweep. */
export function keepRoutes(keep: Keep, asked: Asked) {
  const { allowed, noteListing, zoneOf, seen, named } = asked
  return {
    ...holdRoutes(keep, asked),
    ...lifetimeRoutes(keep, allowed),
    ...decisionRoutes(keep, asked),
    records: recordRoutes(keep, asked),
    ...pastRoutes(keep, asked),
    due: api.keep.due.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'due')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'all', 'not-allowed'))
      await noteListing(context.actor, 'due')
      const { agency } = context.actor
      const by = isDay(input.by) ? endOfDay(input.by, await zoneOf(agency)) : Date.parse(input.by)
      const { rules, items, blocked } = await keep.forecast(agency, by)
      const theirs = await seen(
        context.actor,
        items.map(({ recording }) => recording),
      )
      const dated = items
        .filter(({ recording }) => theirs.has(recording))
        .map(item => ({ ...item, deleteAfter: iso(item.deleteAfter), anchor: iso(item.anchor) }))
      const abouts = await named(
        context.actor,
        blocked.map(({ recording }) => recording),
      )
      const stopped = blocked.flatMap(item => {
        const about = abouts.get(item.recording)
        if (about === undefined) return []
        return [{ ...item, about, deleteAfter: isoOrNull(item.deleteAfter), until: isoOrNull(item.until) }]
      })
      const still = await keep.standing()
      const stop = still && { code: still.code, sentence: stillWords(context.about.language, still) }
      return { by: iso(by), rules: [...rules], items: dated, stop, blocked: stopped }
    }),
    run: api.keep.run.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'run-nightly')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'all', 'not-allowed'))
      const { state, because, approval, deleted, unfinished } = await keep.run(context.actor.agency, context.actor)
      const words = because === null ? null : stillWords(context.about.language, because)
      return { state, because: words, approval, deleted: [...deleted], unfinished: [...unfinished] }
    }),
    // Who may let the run do its work may look whether it has.
    sweep: api.keep.sweep.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'run-nightly')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'all', 'not-allowed'))
      const { counts, examples } = await keep.sweep(context.actor.agency)
      return {
        state: counts.size === 0 ? ('sound' as const) : ('differs' as const),
        counts: [...counts].map(([code, items]) => ({ code, items })),
        findings: [...examples],
      }
    }),
  }
}
