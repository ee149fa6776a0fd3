import { api } from '../api.ts'
import type { Review } from './review.ts'

export function reviewRoutes(review: Review) {
  return {
    facts: api.recordings.facts.handler(async ({ input, context, errors }) => {
      const facts = await review.facts(context.actor, input.id)
      if (facts === 'not-allowed')
        throw errors.NOT_ALLOWED({ data: { sentence: 'Your roles do not allow you to list recordings.' } })
      if (facts === 'no-such-recording')
        throw errors.NOT_FOUND({ data: { sentence: 'There is no recording of that id that you may see.' } })
      return { facts: [...facts] }
    }),
  }
}
