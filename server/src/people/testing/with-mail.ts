import { sql } from 'kysely'
import { openPost, type Letter } from '../../platform/mail/post.ts'
import { aMailServer, readLetter, type TestMailServer } from '../../platform/testing/a-mail-server.ts'
import type { Ground } from '../../platform/testing/databases.ts'
import type { Actor, People, Sending } from '../people.ts'
import { peopleTrial, setClock, type PeopleTrial, type SetClock } from './an-agency.ts'

export const SITE = 'https://vidne.example'

/** A letter as its reader has it. */
export type Read = { to: string; id: string; subject: string; text: string; headers: string; raw: string }

/** People with a mail server of their own. */
export type MailTrial = PeopleTrial & {
  readonly wall: SetClock
  readonly postOffice: TestMailServer
  readonly logged: string[]
  /** Which recordings are on nobody's list. */
  readonly hidden: Set<string>
  /** What has arrived since it was last asked for. */
  letters(): Read[]
  /** A minute of the clock: who has to be told is told, and what is due is sent. */
  round(people?: People): ReturnType<People['mail']['round']>
  /** Names an address and confirms it by the code that came. */
  address(actor: Actor, address: string, language?: 'en' | 'da' | 'sv' | 'de'): Promise<void>
  /** Ends what still waits, so that the next trial on this database begins without it. */
  close(): Promise<void>
}

/** `before`: what happens to a letter on its way out; a crash of this process, for one. */
export async function mailTrial(
  ground: Ground,
  before: (letter: Letter) => void = () => undefined,
  after: (letter: Letter) => void = () => undefined,
): Promise<MailTrial> {
  const postOffice = await aMailServer()
  const logged: string[] = []
  const write = (facts: object, message: string) => void logged.push(`${message} ${JSON.stringify(facts)}`)
  const hidden = new Set<string>()
  const sending: Sending = {
    async post() {
      const post = await openPost(postOffice.server)
      const hand: typeof post.hand = async (letter, signal) => {
        before(letter)
        const handed = await post.hand(letter, signal)
        after(letter)
        return handed
      }
      return { ...post, hand }
    },
    key: new Uint8Array(32).fill(9),
    site: SITE,
    rehearsal: false,
    languageOf: async () => 'sv',
    seen: async (_, recordings) => new Set(recordings.filter(one => !hidden.has(one))),
    log: { warn: write, error: write },
  }
  const [clock, wall] = [setClock('2030-05-01T08:00:00Z'), setClock('2026-11-21T08:00:00Z')]
  const trial = await peopleTrial(ground, clock, undefined, { wall, rehearsal: true, mail: sending })
  const { database } = ground
  const round: MailTrial['round'] = async (people = trial.people) => people.mail.round(await people.agencies())
  const letters = (): Read[] => postOffice.arrived.splice(0).map(readOf)
  return {
    ...trial,
    wall,
    postOffice,
    logged,
    hidden,
    letters,
    round,
    async close() {
      await trial.people.mail.close()
      await database.asInstallation(trx =>
        sql`update people_mail set state = 'ended', secret = null where state = 'waiting'`.execute(trx),
      )
      await postOffice.away()
    },
    async address(actor, address, language = 'en') {
      const { mail } = trial.people
      const named = await database.asAgency(actor.agency, trx => mail.name(trx, { actor, address, language }))
      if (named !== 'code-sent') throw new Error(`no code was sent: ${named}`)
      await round()
      const code = /^\d{6}$/m.exec(letters().find(one => one.to === address)?.text ?? '')?.[0] ?? ''
      const confirmed = await database.asAgency(actor.agency, trx => mail.confirm(trx, { actor, code }))
      if (confirmed !== 'confirmed') throw new Error(`the address was not confirmed: ${confirmed}`)
    },
  }
}

function readOf({ to, raw }: TestMailServer['arrived'][number]): Read {
  const { headers, subject, text } = readLetter(raw)
  const id = /^message-id: (.+)$/im.exec(headers)?.[1] ?? ''
  return { to: to.join(), id, subject, text: text.replaceAll('\r\n', '\n'), headers, raw }
}
