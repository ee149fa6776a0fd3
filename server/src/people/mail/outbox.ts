import type { Trx } from '../../platform/database/door.ts'
import { uuidv7 } from '../../platform/identifiers.ts'
import type { MailGround } from './ground.ts'
import { sealFor } from './secrets.ts'
import { mailTables, type MailKind, type MailRow, type Notice } from './store.ts'

const MINUTE_MS = 60_000
const LONGEST_PAUSE_MS = 60 * MINUTE_MS
/** How long it is known of a mail that it was sent: as long as it counts how many there were. */
const KEPT_MS = 7 * 24 * 60 * MINUTE_MS

export type Outgoing = {
  readonly agency: string
  readonly person: string
  /** The id of the address, not the address: what has ended is reached by nothing that waits. */
  readonly address: string
  readonly endsAt: number
} & (
  | { readonly kind: 'approvals' }
  | { readonly kind: 'notice'; readonly about: Notice }
  | { readonly kind: 'code' | 'invitation'; readonly secret: string }
)

/** Puts a mail into the outbox, in the transaction of its cause: it is sent when that has committed, and not before. */
export async function queue(
  trx: Trx,
  { wall, sending }: Pick<MailGround, 'wall' | 'sending'>,
  mail: Outgoing,
): Promise<void> {
  if (sending === null) return
  const id = uuidv7(wall)
  const now = new Date(wall.now())
  await mailTables(trx)
    .insertInto('people_mail')
    .values({
      id,
      agency: mail.agency,
      person: mail.person,
      address: mail.address,
      kind: mail.kind,
      about: mail.kind === 'notice' ? mail.about : null,
      secret: 'secret' in mail ? sealFor(sending.key, id, mail.secret) : null,
      made_at: now,
      next_at: now,
      ends_at: new Date(mail.endsAt),
      tries: 0,
      state: 'waiting',
      ended_at: null,
    })
    .execute()
}

/**
 * The next mail that is due, or null. It is due again after a pause that grows with each try: should this process end before it has
 * said what became of the mail, another one goes on. asInstallation.
 */
export async function takeNext(trx: Trx, now: number): Promise<MailRow | null> {
  const tables = mailTables(trx)
  const due = await tables
    .selectFrom('people_mail')
    .select(['id', 'tries'])
    .where('state', '=', 'waiting')
    .where('next_at', '<=', new Date(now))
    .where('ends_at', '>', new Date(now))
    .orderBy('next_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (due === undefined) return null
  const pause = Math.min(LONGEST_PAUSE_MS, 2 ** Math.min(due.tries, 10) * MINUTE_MS)
  return tables
    .updateTable('people_mail')
    .set({ tries: due.tries + 1, next_at: new Date(now + pause) })
    .where('id', '=', due.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Notes what became of a mail; its secret goes. One that ended meanwhile stays ended. */
export async function endMail(
  trx: Trx,
  p: { id: string; state: 'sent' | 'refused' | 'ended'; now: number },
): Promise<void> {
  await mailTables(trx)
    .updateTable('people_mail')
    .set({ state: p.state, secret: null, ended_at: new Date(p.now) })
    .where('id', '=', p.id)
    .where('state', '=', 'waiting')
    .execute()
}

/** Ends what waits for an address, or all of a kind that waits for somebody. */
export async function endWaiting(
  trx: Trx,
  now: number,
  of: { address: string } | { agency: string; person: string; kind: MailKind },
): Promise<void> {
  const waiting = mailTables(trx)
    .updateTable('people_mail')
    .set({ state: 'ended', secret: null, ended_at: new Date(now) })
    .where('state', '=', 'waiting')
  const ended =
    'address' in of
      ? waiting.where('address', '=', of.address)
      : waiting.where('agency', '=', of.agency).where('person', '=', of.person).where('kind', '=', of.kind)
  await ended.execute()
}

/** Ends what came too late, forgets what was sent long ago, and who was told of questions that wait no more. asInstallation. */
export async function tidyOutbox(trx: Trx, now: number): Promise<void> {
  const tables = mailTables(trx)
  await tables
    .updateTable('people_mail')
    .set({ state: 'ended', secret: null, ended_at: new Date(now) })
    .where('state', '=', 'waiting')
    .where('ends_at', '<=', new Date(now))
    .execute()
  await tables
    .deleteFrom('people_mail')
    .where('state', '<>', 'waiting')
    .where('ended_at', '<', new Date(now - KEPT_MS))
    .execute()
  await tables
    .deleteFrom('people_mail_told')
    .where('approval', 'in', closed =>
      closed.selectFrom('people_approval').select('id').where('state', '<>', 'waiting'),
    )
    .execute()
}
