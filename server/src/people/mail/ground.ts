import type { Language } from '@vidne/locales/say'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Trx } from '../../platform/database/door.ts'
import type { Post } from '../../platform/mail/post.ts'
import type { Approvals } from '../approvals.ts'
import type { Grounded } from '../ground.ts'
import type { Actor, Role } from '../roles.ts'

/** What it takes to send mail. */
export type Sending = {
  /** Reaches the mail server. */
  readonly post: () => Promise<Post>
  /** Encrypts what waits to be sent; made from the master key. 32 bytes. */
  readonly key: Uint8Array
  /** Where people sign in: `https://…`, without a path. */
  readonly site: string
  readonly rehearsal: boolean
  /** The language of an agency's rules, for whoever has chosen none. */
  readonly languageOf: (trx: Trx, agency: string) => Promise<Language>
  /** Which of these recordings are on somebody's list; `rules` knows. Outside a transaction. */
  readonly seen: (actor: Actor, recordings: readonly string[]) => Promise<ReadonlySet<string>>
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
}

export type MailGround = {
  readonly database: Database
  /** By what deadlines run. */
  readonly clock: Clock
  /** By what mail waits and codes run out: the machine's own. */
  readonly wall: Clock
  readonly approvals: Pick<Approvals, 'waiting'>
  readonly grounded: (trx: Trx, agency: string) => Promise<Grounded>
  /** Null: none is sent. */
  readonly sending: Sending | null
}

/** Somebody whom mail can reach, as far as it takes to know what waits for their answer. */
export type Reader = { readonly agency: string; readonly person: string; readonly roles: readonly Role[] }
