import { api } from '../api.ts'
import type { Act, Actor } from '../people/people.ts'
import type { CategoryRefusal, EarlyRefusal, Keep } from './keep.ts'

/** Whether an actor may; a refusal is put on the agency's audit. */
export type Allowed = (actor: Actor, act: Act, recording?: string) => Promise<boolean>

/** What the routes ask of others: who may, what goes on the agency's audit, in which time zone its days are, and names by id. */
export type Seen = (actor: Actor, recordings: readonly string[]) => Promise<ReadonlySet<string>>

export type Asked = {
  readonly allowed: Allowed
  readonly noteListing: (actor: Actor, act: Act) => Promise<void>
  readonly zoneOf: (agency: string) => Promise<string>
  /** Which of these recordings are on the actor's list. */
  readonly seen: Seen
  readonly names: (agency: string, persons: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

/** What a person changes about how long a recording lives: another rule beside its own, or an end before its time. */
export function lifetimeRoutes(keep: Keep, allowed: Allowed) {
  return {
    categorise: api.recordings.categorise.handler(async ({ input, context, errors }) => {
      const { id: recording, rule, basis } = input
      const ground = { case: input.case ?? null, offence: input.offence ?? null }
      if (!(await allowed(context.actor, 'categorise', recording)))
        throw errors.NOT_ALLOWED({ data: { sentence: sentences['not-allowed'] } })
      const done = await keep.categorise(context.actor, { recording, rule, basis, ...ground })
      if (done.state === 'refused') {
        const sentence = done.because === 'no-such-rule' ? noSuchRule(rule, done.rules) : sentences[done.because]
        throw errors[codes[done.because]]({ data: { sentence } })
      }
      const { rule: decides, direction, deleteAfter, reviewAt } = done.life
      return {
        state: done.state,
        rule: decides,
        direction,
        deleteAfter: isoOrNull(deleteAfter),
        reviewAt: isoOrNull(reviewAt),
      }
    }),
    deleteEarly: api.recordings.deleteEarly.handler(async ({ input, context, errors }) => {
      const { id: recording, reason } = input
      if (!(await allowed(context.actor, 'delete-early', recording)))
        throw errors.NOT_ALLOWED({ data: { sentence: sentences['not-allowed'] } })
      const asked = await keep.askEarlyDeletion(context.actor, { recording, reason })
      if (asked.state === 'waiting')
        return { state: asked.state, approval: asked.approval, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]]({ data: { sentence: sentences[asked.because] } })
    }),
  }
}

function noSuchRule(rule: string, rules: readonly string[]): string {
  return `rule: the policy of your agency has no retention rule "${rule}". It has: ${rules.join(', ')}.`
}

type Refusal = CategoryRefusal | EarlyRefusal

const codes: Readonly<Record<Refusal, 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT' | 'ODD_INPUT'>> = {
  'not-allowed': 'NOT_ALLOWED',
  'no-such-recording': 'NOT_FOUND',
  'too-late': 'CONFLICT',
  held: 'CONFLICT',
  'minimum-runs': 'CONFLICT',
  'no-such-rule': 'ODD_INPUT',
  'no-basis': 'ODD_INPUT',
  'no-ground': 'ODD_INPUT',
  'no-reason': 'ODD_INPUT',
}

const sentences: Readonly<Record<Exclude<Refusal, 'no-such-rule'>, string>> = {
  'not-allowed': 'Your roles do not allow this.',
  'no-such-recording': 'There is no recording of that id that you may see.',
  'too-late': 'Its deletion has begun: the key is destroyed or about to be, and cannot come back.',
  held: 'It is on hold, and stays. Its holds are lifted first (vidne release), by two persons.',
  'minimum-runs':
    'A rule keeps it for a minimum that still runs, and two persons cannot end that. If its category was a mistake, take that away first (vidne downgrade).',
  'no-ground':
    'case, offence: the policy of your agency keeps nothing longer without a case number and an offence. Give both, or it goes at its time.',
  'no-basis': 'basis: say by what law or for which case.',
  'no-reason': 'reason: say why.',
}
