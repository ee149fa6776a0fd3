import type { Language } from '@vidne/locales/say'
import { afterCommit, type Trx } from '../../platform/database/door.ts'
import type { Actor } from '../roles.ts'
import {
  type AddressRefusal,
  confirmAddress,
  leftBehind,
  nameAddress,
  notice,
  offerAddress,
  type OwnAddresses,
  ownAddresses,
  removeAddresses,
} from './addresses.ts'
import type { MailGround } from './ground.ts'
import { queue, tidyOutbox } from './outbox.ts'
import { tellOfQuestions } from './questions.ts'
import { sendDue, type Round } from './sending.ts'
import type { Notice } from './store.ts'

export type { AddressRefusal, OwnAddresses } from './addresses.ts'
export type { Sending } from './ground.ts'
export type { Notice } from './store.ts'

type Whose = { readonly agency: string; readonly person: string }

/**
 * Mail, where the installation has a mail server: that something waits for an answer, an invitation, what happened to one's own account.
 * It carries no case data. Nothing here fails or delays what it tells of: it is put into an outbox in the transaction of its cause.
 */
export interface Mail {
  /** Whether mail is sent at all. */
  readonly sends: boolean
  addresses(trx: Trx, actor: Actor): Promise<OwnAddresses>
  /** Somebody names an address as theirs; a code goes there. `kept`: it is theirs already, and mail is in this language from now on. */
  name(
    trx: Trx,
    wish: { actor: Actor; address: string; language: Language },
  ): Promise<'code-sent' | 'kept' | AddressRefusal>
  /** Must commit whatever it answers: a wrong code counts. */
  confirm(trx: Trx, wish: { actor: Actor; code: string }): Promise<'confirmed' | 'wrong' | 'over' | 'not-set-up'>
  /** Removes the addresses of somebody, and what waits to be sent there; false: there was none. */
  remove(trx: Trx, whose: Whose & { by: Actor | null }): Promise<boolean>
  /** Sends an invitation's link to an address that is not theirs until they confirm it. False: no mail is sent here. */
  invite(trx: Trx, wish: Whose & { address: string; secret: string; ends: number; by: Actor }): Promise<boolean>
  /** Tells somebody what happened to their account, so that they see it when it was not them. */
  notice(trx: Trx, wish: Whose & { about: Notice }): Promise<void>
  /** What runs by the clock, each minute: tells who has to be told, and sends what is due. Outside a transaction. */
  round(agencies: readonly string[]): Promise<Round>
  /** What runs by the clock, each hour: addresses whose account has ended, and what was sent long ago. Outside a transaction. */
  tidy(agencies: readonly string[]): Promise<void>
  /** Begins nothing more, breaks off what is under way, and waits for it. What was not sent waits for the next start. */
  close(): Promise<void>
}

export function openMail(ground: MailGround): Mail {
  const { database, wall, sending } = ground
  const rounds = sendingOnce(ground)
  const { begin } = rounds
  /** Not at the end of the minute: somebody waits for a code. */
  const soon = () => afterCommit(begin)
  return {
    sends: sending !== null,
    addresses: (trx, actor) => ownAddresses(trx, actor, wall.now()),
    async name(trx, wish) {
      soon()
      return nameAddress(trx, ground, wish)
    },
    confirm: (trx, wish) => confirmAddress(trx, ground, wish),
    remove: (trx, whose) => removeAddresses(trx, ground, whose),
    async invite(trx, { secret, ends, ...wish }) {
      if (sending === null) return false
      soon()
      const { agency, person } = wish
      const language = await sending.languageOf(trx, agency)
      const address = await offerAddress(trx, ground, { ...wish, language })
      await queue(trx, ground, { agency, person, address, kind: 'invitation', secret, endsAt: ends })
      return true
    },
    async notice(trx, wish) {
      soon()
      await notice(trx, ground, wish)
    },
    async round(agencies) {
      if (sending === null) return { sent: 0, away: false }
      for (const agency of agencies) await tellOfQuestions(ground, sending, agency)
      return rounds.run()
    },
    async tidy(agencies) {
      await database.asInstallation(trx => tidyOutbox(trx, wall.now()))
      for (const agency of agencies)
        await database.asAgency(agency, async trx => {
          for (const person of await leftBehind(trx, agency, wall.now()))
            await removeAddresses(trx, ground, { agency, person, by: null })
        })
    },
    close: () => rounds.close(),
  }
}

/** One round of sending at a time within this process; whoever asks meanwhile shares the next one. */
function sendingOnce(ground: MailGround) {
  const { sending } = ground
  const stop = new AbortController()
  let under: Promise<unknown> = Promise.resolve()
  let next: Promise<Round> | null = null
  const run = (): Promise<Round> => {
    if (sending === null || stop.signal.aborted) return Promise.resolve({ sent: 0, away: false })
    next ??= under.then(() => {
      next = null
      const round = sendDue(ground, sending, stop.signal)
      under = round.catch(() => undefined)
      return round
    })
    return next
  }
  return {
    run,
    begin: () =>
      void run().catch((error: unknown) => {
        const because = error instanceof Error ? error.message : String(error)
        sending?.log.error({ because }, 'mail could not be sent now; the next round tries it again')
      }),
    async close() {
      stop.abort()
      await next?.catch(() => undefined)
      await under
    },
  }
}
