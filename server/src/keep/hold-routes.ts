import { startOfDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Actor } from '../people/people.ts'
import type { DutyRefusal, HoldRefusal, Keep, ReleaseRefusal, ReviewRefusal, StandingHold } from './keep.ts'
import type { Asked } from './lifetime-routes.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

/** Holds: placed, listed, reviewed, lifted, and what a dispute obliges to. */
export function holdRoutes(keep: Keep, { allowed, noteListing, names, zoneOf, seen }: Asked) {
  const dayOf = async ({ agency }: Actor, day: string | undefined): Promise<number | null> =>
    day === undefined ? null : startOfDay(day, await zoneOf(agency))
  return {
    hold: api.recordings.hold.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'hold', input.id)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'hold', 'not-allowed'))
      const wish = {
        recording: input.id,
        kind: input.kind,
        reason: input.reason,
        review: await dayOf(context.actor, input.review),
      }
      const held = await keep.hold(context.actor, wish)
      if (held.state === 'held') return { ...held, review: iso(held.review), duty: isoOrNull(held.duty) }
      throw errors[codes[held.because]](refusedIn(context.about, 'hold', held.because))
    }),
    release: api.recordings.release.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'release', input.id)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'hold', 'not-allowed'))
      const asked = await keep.askRelease(context.actor, { recording: input.id, reason: input.reason })
      if (asked.state === 'waiting')
        return { state: asked.state, approval: asked.approval, deadline: iso(asked.deadline) }
      throw errors[codes[asked.because]](refusedIn(context.about, 'hold', asked.because))
    }),
    holds: api.holds.list.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'list')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'hold', 'not-allowed'))
      await noteListing(context.actor, 'list')
      const { agency } = context.actor
      const all = await keep.holds(agency)
      const theirs = await seen(
        context.actor,
        all.map(({ recording }) => recording),
      )
      const standing = all.filter(({ recording }) => theirs.has(recording))
      const placers = standing.flatMap(({ placedBy }) => placedBy ?? [])
      const known = await names(agency, [...new Set(placers)])
      return standing.map(hold => shown(hold, id => known.get(id) ?? id))
    }),
    reviewHold: api.holds.review.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'hold', input.id)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'hold', 'not-allowed'))
      const wish = { hold: input.id, reason: input.reason, review: await dayOf(context.actor, input.review) }
      const done = await keep.reviewHold(context.actor, wish)
      if (done.state === 'reviewed') return { state: done.state, review: iso(done.review) }
      throw errors[codes[done.because]](refusedIn(context.about, 'hold', done.because))
    }),
    duty: api.holds.duty.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'hold', input.id)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'hold', 'not-allowed'))
      const done = await keep.fulfilDuty(context.actor, { hold: input.id, done: input.done })
      if (done.state !== 'refused') return { state: done.state }
      throw errors[codes[done.because]](refusedIn(context.about, 'hold', done.because))
    }),
  }
}

function shown(hold: StandingHold, name: (person: string) => string) {
  const { duty } = hold
  return {
    ...hold,
    placedBy: hold.placedBy === null ? 'camera' : name(hold.placedBy),
    placedAt: iso(hold.placedAt),
    review: iso(hold.review),
    duty:
      duty === null
        ? null
        : {
            due: iso(duty.due),
            toldAt: isoOrNull(duty.toldAt),
            offeredAt: isoOrNull(duty.offeredAt),
            overdue: duty.overdue,
          },
  }
}

type Refusal = HoldRefusal | ReleaseRefusal | ReviewRefusal | DutyRefusal

const codes: Readonly<Record<Refusal, 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT' | 'ODD_INPUT'>> = {
  'not-allowed': 'NOT_ALLOWED',
  'not-this-kind': 'NOT_ALLOWED',
  complaint: 'NOT_ALLOWED',
  'no-such-recording': 'NOT_FOUND',
  'no-such-hold': 'NOT_FOUND',
  'too-late': 'CONFLICT',
  'no-reason': 'ODD_INPUT',
  'review-is-past': 'ODD_INPUT',
  'not-held': 'CONFLICT',
  'no-duty': 'CONFLICT',
  'done-already': 'CONFLICT',
}
