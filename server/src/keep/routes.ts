import { endOfDay, isDay, startOfDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Act, Actor } from '../people/people.ts'
import { stillWords } from '../platform/still.ts'
import type { HoldRefusal, Keep, ReleaseRefusal } from './keep.ts'
import { lifetimeRoutes, type Allowed } from './lifetime-routes.ts'

const iso = (at: number) => new Date(at).toISOString()

/** What the routes ask of others: who may, what goes on the agency's audit, and in which time zone its days are. */
type Asked = {
  readonly allowed: Allowed
  readonly noteListing: (actor: Actor, act: Act) => Promise<void>
  readonly zoneOf: (agency: string) => Promise<string>
}

/** Holds, categories, deadlines, the nightly run and the sweep. */
export function keepRoutes(keep: Keep, { allowed, noteListing, zoneOf }: Asked) {
  const notAllowed = { data: { sentence: sentences['not-allowed'] } }
  return {
    ...lifetimeRoutes(keep, allowed),
    hold: api.recordings.hold.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'hold', input.id))) throw errors.NOT_ALLOWED(notAllowed)
      const review = input.review === undefined ? null : startOfDay(input.review, await zoneOf(context.actor.agency))
      const held = await keep.hold(context.actor, { recording: input.id, reason: input.reason, review })
      if (held.state === 'held') return { state: held.state, hold: held.hold, review: iso(held.review) }
      throw errors[codes[held.because]]({ data: { sentence: sentences[held.because] } })
    }),
    release: api.recordings.release.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'release', input.id))) throw errors.NOT_ALLOWED(notAllowed)
      const asked = await keep.askRelease(context.actor, { recording: input.id, reason: input.reason })
      if (asked.state === 'waiting')
        return { state: asked.state, approval: asked.approval, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]]({ data: { sentence: sentences[asked.because] } })
    }),
    due: api.keep.due.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'due'))) throw errors.NOT_ALLOWED(notAllowed)
      await noteListing(context.actor, 'due')
      const { agency } = context.actor
      const by = isDay(input.by) ? endOfDay(input.by, await zoneOf(agency)) : Date.parse(input.by)
      const { rules, items } = await keep.due(agency, by)
      const dated = items.map(item => ({ ...item, deleteAfter: iso(item.deleteAfter), anchor: iso(item.anchor) }))
      return { by: iso(by), rules: [...rules], items: dated }
    }),
    run: api.keep.run.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'run-nightly'))) throw errors.NOT_ALLOWED(notAllowed)
      const { state, because, approval, deleted, unfinished } = await keep.run(context.actor.agency, context.actor)
      const words = because === null ? null : stillWords(context.about.language, because)
      return { state, because: words, approval, deleted: [...deleted], unfinished: [...unfinished] }
    }),
    // Who may let the run do its work may look whether it has.
    sweep: api.keep.sweep.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'run-nightly'))) throw errors.NOT_ALLOWED(notAllowed)
      const { counts, examples } = await keep.sweep(context.actor.agency)
      return {
        state: counts.size === 0 ? ('sound' as const) : ('differs' as const),
        counts: [...counts].map(([code, items]) => ({ code, items })),
        findings: [...examples],
      }
    }),
  }
}

const codes: Readonly<Record<HoldRefusal | ReleaseRefusal, 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT' | 'ODD_INPUT'>> = {
  'not-allowed': 'NOT_ALLOWED',
  'no-such-recording': 'NOT_FOUND',
  'too-late': 'CONFLICT',
  'no-reason': 'ODD_INPUT',
  'review-is-past': 'ODD_INPUT',
  'not-held': 'CONFLICT',
}

const sentences: Readonly<Record<HoldRefusal | ReleaseRefusal, string>> = {
  'not-allowed': 'Your roles do not allow this.',
  'no-such-recording': 'There is no recording of that id that you may see.',
  'too-late': 'Its deletion has begun: the key is destroyed or about to be, and cannot come back.',
  'no-reason': 'reason: say why.',
  'review-is-past': 'review: the day of review must lie ahead.',
  'not-held': 'No hold stands on this recording.',
}
