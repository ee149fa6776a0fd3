import { api } from '../api.ts'
import type { Review } from './review.ts'
import { refusedIn } from '../platform/http/refused.ts'

export function reviewRoutes(review: Review) {
  return {
    facts: api.recordings.facts.handler(async ({ input, context, errors }) => {
      const facts = await review.facts(context.actor, input.id)
      if (facts === 'not-allowed') throw errors.NOT_ALLOWED(refusedIn(context.about, 'list', 'not-allowed'))
      if (facts === 'no-such-recording') throw errors.NOT_FOUND(refusedIn(context.about, 'list', 'no-such-recording'))
      return { facts: [...facts] }
    }),
  }
}
