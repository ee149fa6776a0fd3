import { instantWords } from '@vidne/locales/forms'
import { ofMail } from '@vidne/locales/mail'
import type { Language } from '@vidne/locales/say'
import type { Letter } from '../../platform/mail/post.ts'
import { invitationOf } from '../sign-in/invitations.ts'
import type { MailGround, Sending } from './ground.ts'
import { waitingFor } from './questions.ts'
import { openFor } from './secrets.ts'
import { mailTables, type MailRow, type Notice } from './store.ts'

/** What a mail can say, and nothing else: kinds of mail, times, and what the installation itself is called. */
type Said =
  | { readonly kind: 'approvals'; readonly until: number }
  | { readonly kind: 'invitation'; readonly until: number; readonly secret: string }
  | { readonly kind: 'code'; readonly until: number; readonly code: string }
  | { readonly kind: 'notice'; readonly about: Notice; readonly at: number }

/**
 * The letter that a row of the outbox has become by now; null where there is nothing more to say: the question was answered, the
 * address or the invitation is gone. Outside a transaction.
 */
export async function letterOf(ground: MailGround, sending: Sending, row: MailRow): Promise<Letter | null> {
  const reader = await readerOf(ground, row)
  const said = reader === null ? null : await saidBy(ground, sending, row)
  if (reader === null || said === null) return null
  const { subject, text } = written(sending, reader, said)
  return { id: `<${row.id}@${new URL(sending.site).hostname}>`, to: reader.address, subject, text }
}

async function saidBy(ground: MailGround, sending: Sending, row: MailRow): Promise<Said | null> {
  const until = row.ends_at.getTime()
  if (row.kind === 'approvals') {
    const deadlines = (await waitingFor(ground, sending, row)).map(({ deadline }) => deadline)
    return deadlines.length === 0 ? null : { kind: row.kind, until: Math.min(...deadlines) }
  }
  if (row.kind === 'notice')
    return row.about === null ? null : { kind: row.kind, about: row.about, at: row.made_at.getTime() }
  const secret = row.secret === null ? null : openFor(sending.key, row.id, row.secret)
  if (secret === null) return null
  if (row.kind === 'code') return { kind: row.kind, until, code: secret }
  const open = await ground.database.asInstallation(trx => invitationOf(trx, ground.wall, secret))
  return open === null ? null : { kind: row.kind, until, secret }
}

type ReaderOfMail = { readonly address: string; readonly language: Language; readonly zone: string }

async function readerOf({ database }: MailGround, { address, agency }: MailRow): Promise<ReaderOfMail | null> {
  if (address === null) return null
  const found = await database.asAgency(agency, trx =>
    mailTables(trx)
      .selectFrom('people_address as address')
      .innerJoin('people_agency as agency', 'agency.id', 'address.agency')
      .select(['address.address', 'address.language', 'agency.zone'])
      .where('address.id', '=', address)
      .executeTakeFirst(),
  )
  return found ?? null
}

/** The words of a mail, in the language and the time zone of its reader. */
export function written(
  { site, rehearsal }: Pick<Sending, 'site' | 'rehearsal'>,
  { language, zone }: Pick<ReaderOfMail, 'language' | 'zone'>,
  said: Said,
): { subject: string; text: string } {
  const when = (at: number) => instantWords(language, at, zone)
  const [key, parts] = bodyOf(language, said, site, when)
  const ofStranger = said.kind === 'code' || said.kind === 'invitation'
  const foot = ofMail(language, ofStranger ? 'strangersFoot' : 'foot', { site })
  const real = rehearsal ? [ofMail(language, 'rehearsal', {})] : []
  return {
    subject: ofMail(language, `${key}.subject`, {}),
    text: [...parts, ...real, foot].join('\n\n') + '\n',
  }
}

type Group = 'approvals' | 'invitation' | 'code' | `notice.${Notice}`

function bodyOf(
  language: Language,
  said: Said,
  site: string,
  when: (at: number) => string,
): readonly [Group, readonly string[]] {
  switch (said.kind) {
    case 'approvals':
      return [
        said.kind,
        [ofMail(language, 'approvals.text', { site, until: when(said.until), link: `${site}/approvals` })],
      ]
    case 'invitation': {
      const link = `${site}/invitation#${said.secret}`
      return [said.kind, [ofMail(language, 'invitation.text', { site, until: when(said.until), link })]]
    }
    case 'code':
      return [said.kind, [ofMail(language, 'code.text', { site, until: when(said.until), code: said.code })]]
    case 'notice': {
      const group = `notice.${said.about}` as const
      const told = ofMail(language, `${group}.text`, { site, when: when(said.at) })
      return [group, [told, ofMail(language, 'notice.otherwise', { link: `${site}/account` })]]
    }
  }
}
