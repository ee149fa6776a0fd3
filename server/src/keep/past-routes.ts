import { ofAnswers } from '@vidne/locales/answers'
import { api } from '../api.ts'
import type { Keep, PastDeletion } from './keep.ts'
import type { Asked } from './lifetime-routes.ts'

const iso = (at: number) => new Date(at).toISOString()

/** How runs ended, and what they deleted. */
export function pastRoutes(keep: Keep, { allowed, noteListing, seen }: Asked) {
  return {
    runs: api.keep.runs.handler(async ({ input, context: { actor, about }, errors }) => {
      if (!(await allowed(actor, 'due')))
        throw errors.NOT_ALLOWED({ data: { sentence: ofAnswers(about.language, 'notAllowed') } })
      const { completedAt, halted } = await keep.lastRun(actor.agency)
      const runs = await keep.pastRuns(actor.agency, input.limit)
      return { runs: runs.map(run => ({ ...run, at: iso(run.at) })), completedAt: iso(completedAt), halted }
    }),
    deletions: api.keep.deletions.handler(async ({ input, context: { actor, about }, errors }) => {
      if (!(await allowed(actor, 'statement')))
        throw errors.NOT_ALLOWED({ data: { sentence: ofAnswers(about.language, 'notAllowed') } })
      await noteListing(actor, 'statement')
      const page = { most: input.limit, after: input.after === undefined ? null : placeOf(input.after) }
      const all = await keep.pastDeletions(actor.agency, page)
      const theirs = await seen(
        actor,
        all.map(({ recording }) => recording),
      )
      const last = all.at(-1)
      return {
        deletions: all
          .filter(({ recording }) => theirs.has(recording))
          .map(one => ({ ...one, deletedAt: iso(one.deletedAt) })),
        after: last === undefined || all.length < input.limit ? null : placeWords(last),
      }
    }),
  }
}

/** Where a page begins: behind this deletion. What is none of ours begins at the end, and finds nothing. */
function placeOf(text: string): Pick<PastDeletion, 'recording' | 'deletedAt'> {
  const [, at, recording] = /^(\d{1,15})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text) ?? []
  if (at === undefined || recording === undefined)
    return { deletedAt: 0, recording: '00000000-0000-0000-0000-000000000000' }
  return { deletedAt: Number(at), recording }
}

function placeWords({ deletedAt, recording }: PastDeletion): string {
  return `${deletedAt}-${recording}`
}
