import { sql } from 'kysely'
import type { Json } from '@vidne/evidence/jcs'
import type { Trx } from '../platform/database/door.ts'
import type { ApprovalKind } from './approval-kinds.ts'
import { isOvertaken, type Overtaken } from './overtaken.ts'
import { TOLD_FOR_MS } from './approval-ends.ts'
import { peopleTables } from './store.ts'
import { kindOf } from './waiting.ts'

/** What became of a question. Times in epoch milliseconds, persons by id. */
export type Answered = {
  readonly id: string
  readonly kind: ApprovalKind
  readonly subject: string | null
  readonly state: 'done' | 'refused' | 'lapsed' | 'declined' | 'withdrawn'
  readonly askedAt: number
  readonly endedAt: number
  /** Null: nobody answered. */
  readonly by: string | null
  /** Why it was declined. */
  readonly reason: string | null
  /** Why what was confirmed could not be done any more. */
  readonly because: Overtaken | null
}

/** The questions of a person that were closed in the last days, newest first. */
export async function answeredTo(
  trx: Trx,
  { agency, person, now }: { agency: string; person: string; now: number },
): Promise<Answered[]> {
  const rows = await peopleTables(trx)
    .selectFrom('people_approval')
    .selectAll()
    .where('agency', '=', agency)
    .where('asked_by', '=', person)
    .where('state', '<>', 'waiting')
    .where(sql<boolean>`coalesce(answered_at, deadline) > ${new Date(now - TOLD_FOR_MS)}`)
    .orderBy(sql`coalesce(answered_at, deadline)`, 'desc')
    .execute()
  return rows.flatMap(row => {
    if (row.state === 'waiting') return []
    const { id, subject, state } = row
    if (row.because !== null && !isOvertaken(row.because)) throw new Error(`an unknown reason, ${row.because}`)
    const endedAt = (row.answered_at ?? row.deadline).getTime()
    const common = {
      id,
      kind: kindOf(row),
      subject,
      state,
      because: row.because,
      askedAt: row.asked_at.getTime(),
      endedAt,
    }
    return [{ ...common, by: row.answered_by, reason: reasonIn(row.told) }]
  })
}

function reasonIn(told: Json): string | null {
  const said = typeof told === 'object' && told !== null && !Array.isArray(told) ? told['declined'] : null
  return typeof said === 'string' ? said : null
}
