import { api } from '../api.ts'
import type { Listed, Mark, Review, State } from './review.ts'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

export function reviewRoutes(review: Review) {
  return {
    list: api.recordings.list.handler(async ({ input, context, errors }) => {
      const after = input.after === undefined ? null : readMark(input.after)
      if (after === 'odd') throw errors.ODD_INPUT({ data: { sentence: 'after: this is not where a page ended' } })
      const rows = await review.list(context.actor, { most: input.limit, after })
      if (rows === null)
        throw errors.NOT_ALLOWED({ data: { sentence: 'Your roles do not allow you to list recordings.' } })
      const last = rows.length === input.limit ? rows.at(-1) : undefined
      return { recordings: rows.map(row), after: last === undefined ? null : writeMark(last) }
    }),
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

function row(listed: Listed & { state: State }) {
  const { index: _, life: __, sealedAt, recordedAt, receivedAt, deleteAfter, ...rest } = listed
  return {
    ...rest,
    recordedAt: iso(recordedAt),
    receivedAt: new Date(receivedAt).toISOString(),
    sealedAt: iso(sealedAt),
    deleteAfter: listed.state === 'deleted' ? null : iso(deleteAfter),
  }
}

function writeMark({ receivedAt, id }: Mark): string {
  return `${receivedAt}_${id}`
}

function readMark(text: string): Mark | 'odd' {
  const match = /^(\d{1,16})_([0-9a-f-]{36})$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? 'odd' : { receivedAt: Number(match[1]), id: match[2] }
}
