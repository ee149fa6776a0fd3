import type { Actor } from '../people/people.ts'
import { api } from '../api.ts'
import type { HoldRefusal, Keep, ReleaseRefusal } from './keep.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Holds, deadlines and the nightly run. `allowed` notes a refusal on the agency's audit. */
export function keepRoutes(keep: Keep, allowed: (actor: Actor, act: 'due' | 'run-nightly') => Promise<boolean>) {
  return {
    hold: api.recordings.hold.handler(async ({ input, context, errors }) => {
      const review = input.review === undefined ? null : Date.parse(`${input.review}T00:00:00Z`)
      const held = await keep.hold(context.actor, { recording: input.id, reason: input.reason, review })
      if (held.state === 'held') return { state: held.state, hold: held.hold, review: iso(held.review) }
      throw errors[codes[held.because]]({ data: { sentence: sentences[held.because] } })
    }),
    release: api.recordings.release.handler(async ({ input, context, errors }) => {
      const asked = await keep.askRelease(context.actor, { recording: input.id, reason: input.reason })
      if (asked.state === 'waiting')
        return { state: asked.state, approval: asked.approval, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]]({ data: { sentence: sentences[asked.because] } })
    }),
    due: api.keep.due.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'due')))
        throw errors.NOT_ALLOWED({ data: { sentence: sentences['not-allowed'] } })
      const { rules, items } = await keep.due(context.actor.agency, Date.parse(input.by))
      const dated = items.map(item => ({ ...item, deleteAfter: iso(item.deleteAfter), anchor: iso(item.anchor) }))
      return { by: input.by, rules: [...rules], items: dated }
    }),
    run: api.keep.run.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'run-nightly')))
        throw errors.NOT_ALLOWED({ data: { sentence: sentences['not-allowed'] } })
      const { state, because, approval, deleted, unfinished } = await keep.run(context.actor.agency, context.actor)
      return { state, because, approval, deleted: [...deleted], unfinished: [...unfinished] }
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
