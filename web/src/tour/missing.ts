import { vidne } from '../connection/client.ts'
import { clockOf } from '../shell/me.ts'
import { type Demo, takePlace } from './demo.ts'

/** Somebody who took part in what had to be recorded, and of whom there is no recording. */
export type Absent = {
  key: string
  operation: string
  unit: string | null
  from: string
  who: string
  /** When the review of it was opened, and whether somebody has closed it; null: none yet, the docks still have time. */
  review: { openedAt: string; closedAt: string | null } | null
}

export type Absences = { had: number; missing: readonly Absent[] }

const DAY = 86_400_000

/** What had to be recorded in the month, and what is missing of it, as whoever answers for it sees it. */
export async function absences(demo: Demo): Promise<Absences> {
  await takePlace(demo.missing.person)
  const now = clockOf(await vidne.me())
  const period = { from: new Date(now - 62 * DAY).toISOString(), until: new Date(now).toISOString() }
  const [operations, reviews] = await Promise.all([
    vidne.operations.list(period),
    vidne.reviews.list({ state: 'all', limit: 1000 }),
  ])
  const bound = operations.filter(one => one.verdict === 'must' && Date.parse(one.until) < now)
  const missing = bound.flatMap(operation =>
    operation.participants.flatMap((one, at): Absent[] => {
      if (one.recording !== null) return []
      const review = reviews.find(
        ({ kind, operation: of, wearer }) =>
          kind === 'missing-recording' && of === operation.id && wearer === one.wearer,
      )
      return [
        {
          key: `${operation.id} ${at}`,
          operation: operation.title ?? '',
          unit: operation.unit,
          from: operation.from,
          who: one.wearer ?? one.camera ?? '',
          review: review === undefined ? null : { openedAt: review.openedAt, closedAt: review.closedAt },
        },
      ]
    }),
  )
  return { had: bound.reduce((sum, { participants }) => sum + participants.length, 0), missing }
}
