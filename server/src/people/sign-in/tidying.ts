import { sql } from 'kysely'
import type { Trx } from '../../platform/database/door.ts'

const DAY_MS = 24 * 60 * 60_000
/** Longer than an invitation holds: nobody can still be taking it up. */
const UNFINISHED_MS = 8 * DAY_MS
/** Who was signed in by what stands on the audit; this is for whoever asks why they were put out. */
const OVER_MS = 30 * DAY_MS

/**
 * Clears away what signing in has left: sessions that are long over, tries that count no more, questions that nobody answered, and
 * identities that never became an account or lost theirs. asInstallation.
 */
export async function tidySignIn(trx: Trx, now: number): Promise<void> {
  const before = (ms: number) => new Date(now - ms)
  await sql`delete from people_session where ends_at < ${before(OVER_MS)}`.execute(trx)
  await sql`delete from people_tried where last_at < ${before(DAY_MS)}`.execute(trx)
  await sql`delete from people_identity_verification where "expiresAt" < ${before(DAY_MS)}`.execute(trx)
  await sql`delete from people_identity i where "createdAt" < ${before(UNFINISHED_MS)}
    and not exists (select from people_account a where a.identity = i.id and a.closed_at is null)`.execute(trx)
}
