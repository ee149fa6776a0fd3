import type { AboutRecording } from '@vidne/contract/recordings'
import { api } from '../api.ts'
import type { Act, Actor } from '../people/people.ts'
import type { CategoryRefusal, EarlyRefusal, Keep } from './keep.ts'
import { refusedIn } from '../platform/http/refused.ts'

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
  /** Those of them that are, with what his list says of each. */
  readonly named: (actor: Actor, recordings: readonly string[]) => Promise<ReadonlyMap<string, AboutRecording>>
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
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'life', 'not-allowed'))
      const done = await keep.categorise(context.actor, { recording, rule, basis, ...ground })
      if (done.state === 'refused') {
        const values = { rule, rules: done.rules.join(', ') }
        throw errors[codes[done.because]](refusedIn(context.about, 'life', done.because, values))
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
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'life', 'not-allowed'))
      const asked = await keep.askEarlyDeletion(context.actor, { recording, reason })
      if (asked.state === 'waiting')
        return { state: asked.state, approval: asked.approval, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]](refusedIn(context.about, 'life', asked.because))
    }),
  }
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
