import { startOfDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { CaseRefusal, DecisionRefusal, DecisionWish, DowngradeRefusal, Keep } from './keep.ts'
import type { Asked } from './lifetime-routes.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

/** What may shorten a life, or end a minimum: a category taken away, a decision where the policy asks for one, a case's events. */
export function decisionRoutes(keep: Keep, { allowed, zoneOf }: Asked) {
  return {
    downgrade: api.recordings.downgrade.handler(async ({ input, context, errors }) => {
      const { id: recording, rule, reason } = input
      if (!(await allowed(context.actor, 'downgrade', recording)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'decision', 'not-allowed'))
      const wish = { recording, rule, instead: input.instead ?? null, reason }
      const asked = await keep.askDowngrade(context.actor, wish)
      if (asked.state === 'waiting') return { ...asked, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]](refusedIn(context.about, 'decision', asked.because))
    }),
    decide: api.recordings.decide.handler(async ({ input, context, errors }) => {
      const { id: recording, ...rest } = input
      if (!(await allowed(context.actor, 'decide-deletion', recording)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'decision', 'not-allowed'))
      const wish: DecisionWish = { recording, ...rest }
      const asked = await keep.askDecision(context.actor, wish)
      if (asked.state === 'waiting') return { ...asked, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]](refusedIn(context.about, 'decision', asked.because))
    }),
    noteCase: api.recordings.noteCase.handler(async ({ input, context, errors }) => {
      const { id: recording, event, reason } = input
      if (!(await allowed(context.actor, 'note-case', recording)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'decision', 'not-allowed'))
      const on = startOfDay(input.on, await zoneOf(context.actor.agency))
      const note = { recording, event, case: input.case ?? null, on, reason }
      const noted = await keep.noteCase(context.actor, note)
      if (noted.state === 'refused')
        throw errors[codes[noted.because]](refusedIn(context.about, 'decision', noted.because))
      const { rule, deleteAfter, reviewAt } = noted.life
      return { state: noted.state, rule, deleteAfter: isoOrNull(deleteAfter), reviewAt: isoOrNull(reviewAt) }
    }),
  }
}

type Refusal = DowngradeRefusal | DecisionRefusal | CaseRefusal

const codes: Readonly<Record<Refusal, 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT' | 'ODD_INPUT'>> = {
  'not-allowed': 'NOT_ALLOWED',
  'not-the-wearer': 'NOT_ALLOWED',
  'no-such-recording': 'NOT_FOUND',
  'too-late': 'CONFLICT',
  'too-early': 'CONFLICT',
  held: 'CONFLICT',
  'minimum-runs': 'CONFLICT',
  'nothing-to-decide': 'CONFLICT',
  'not-categorised': 'CONFLICT',
  'no-such-rule': 'ODD_INPUT',
  'keeps-nothing': 'ODD_INPUT',
  'no-ground': 'ODD_INPUT',
  'no-reason': 'ODD_INPUT',
  'not-yet': 'ODD_INPUT',
}
