import type { Post } from '../../platform/mail/post.ts'
import type { MailGround, Sending } from './ground.ts'
import { letterOf } from './letters.ts'
import { endMail, takeNext } from './outbox.ts'
import type { MailRow } from './store.ts'

/** How many went, and whether the mail server was there for all of them. */
export type Round = { readonly sent: number; readonly away: boolean }

/** The line to the mail server, opened when the first mail goes. */
type Line = { post: Post | null; readonly signal: AbortSignal }

/**
 * Sends what is due, one after the other. A mail is marked as sent when the server has taken it; where this process ends in between it
 * is sent again, under the same id. Nothing waits for it, and it holds no transaction while it speaks with the server.
 */
export async function sendDue(ground: MailGround, sending: Sending, signal: AbortSignal): Promise<Round> {
  const { database, wall } = ground
  const line: Line = { post: null, signal }
  let sent = 0
  try {
    while (!signal.aborted) {
      const row = await database.asInstallation(trx => takeNext(trx, wall.now()))
      if (row === null) break
      const state = await sendOne(ground, sending, { row, line })
      if (state === 'away') return { sent, away: true }
      if (state === 'sent') sent += 1
    }
    return { sent, away: false }
  } finally {
    line.post?.close()
  }
}

type Outcome = 'sent' | 'refused' | 'ended' | 'later' | 'away'

async function sendOne(
  ground: MailGround,
  sending: Sending,
  { row, line }: { row: MailRow; line: Line },
): Promise<Outcome> {
  const letter = await letterOf(ground, sending, row)
  if (letter === null) return ended(ground, row, 'ended')
  line.post ??= await sending.post()
  const handed = await line.post.hand(letter, line.signal)
  if (handed.state === 'taken') return ended(ground, row, 'sent')
  if (handed.state === 'away') {
    if (!line.signal.aborted)
      sending.log.error({ because: handed.because }, 'the mail server takes no mail; what waits is tried again')
    return 'away'
  }
  // Of the row and not of the address: a log is no place for it.
  sending.log.warn({ mail: row.id, kind: row.kind, because: handed.because }, 'the mail server did not take a mail')
  return handed.state === 'refused' ? ended(ground, row, 'refused') : 'later'
}

async function ended<S extends 'sent' | 'refused' | 'ended'>(
  { database, wall }: MailGround,
  { id }: MailRow,
  state: S,
): Promise<S> {
  await database.asInstallation(trx => endMail(trx, { id, state, now: wall.now() }))
  return state
}
