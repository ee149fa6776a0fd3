import { startOfDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { CaseRefusal, DecisionRefusal, DecisionWish, DowngradeRefusal, Keep } from './keep.ts'
import type { Asked } from './lifetime-routes.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

/** What may shorten a life, or end a minimum: a category taken away, a decision where the policy asks for one, a case's events. */
export function decisionRoutes(keep: Keep, { allowed, zoneOf }: Asked) {
  const notAllowed = { data: { sentence: sentences['not-allowed'] } }
  return {
    downgrade: api.recordings.downgrade.handler(async ({ input, context, errors }) => {
      const { id: recording, rule, reason } = input
      if (!(await allowed(context.actor, 'downgrade', recording))) throw errors.NOT_ALLOWED(notAllowed)
      const wish = { recording, rule, instead: input.instead ?? null, reason }
      const asked = await keep.askDowngrade(context.actor, wish)
      if (asked.state === 'waiting') return { ...asked, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]]({ data: { sentence: sentences[asked.because] } })
    }),
    decide: api.recordings.decide.handler(async ({ input, context, errors }) => {
      const { id: recording, ...rest } = input
      if (!(await allowed(context.actor, 'decide-deletion', recording))) throw errors.NOT_ALLOWED(notAllowed)
      const wish: DecisionWish = { recording, ...rest }
      const asked = await keep.askDecision(context.actor, wish)
      if (asked.state === 'waiting') return { ...asked, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]]({ data: { sentence: sentences[asked.because] } })
    }),
    noteCase: api.recordings.noteCase.handler(async ({ input, context, errors }) => {
      const { id: recording, event, reason } = input
      if (!(await allowed(context.actor, 'note-case', recording))) throw errors.NOT_ALLOWED(notAllowed)
      const on = startOfDay(input.on, await zoneOf(context.actor.agency))
      const note = { recording, event, case: input.case ?? null, on, reason }
      const noted = await keep.noteCase(context.actor, note)
      if (noted.state === 'refused')
        throw errors[codes[noted.because]]({ data: { sentence: sentences[noted.because] } })
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

const sentences: Readonly<Record<Refusal, string>> = {
  'not-allowed': 'Your roles do not allow this.',
  'not-the-wearer':
    'As a wearer you decide about what you recorded yourself, and this recording names another wearer, or none.',
  'no-such-recording': 'There is no recording of that id that you may see.',
  'too-late': 'Its deletion has begun: the key is destroyed or about to be, and cannot come back.',
  'too-early': 'The day from which the policy of your agency lets people decide has not come.',
  held: 'It is on hold, and stays. Its holds are lifted first (vidne release), by two persons.',
  'minimum-runs': 'A rule keeps it for a minimum that still runs.',
  'nothing-to-decide':
    'There is nothing to decide: the policy of your agency lets nobody decide about deletions, or another rule keeps this recording.',
  'not-categorised': 'rule: the recording is not under that category.',
  'no-such-rule': 'rule: the policy of your agency has no such rule for footage.',
  'keeps-nothing':
    'rule: under that rule it would stay no longer than it does. Name one that keeps it, such as evidence.',
  'no-ground':
    'The policy of your agency keeps nothing longer without a case number and an offence, and the category that is to go has none.',
  'no-reason': 'reason: say why.',
  'not-yet': 'on: this day lies ahead; note it once it has come.',
}
