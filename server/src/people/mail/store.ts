import type { Language } from '@vidne/locales/say'
import type { Selectable, Transaction } from 'kysely'
import type { Trx } from '../../platform/database/door.ts'
import type { PeopleTables } from '../store.ts'

/** What a mail is for. */
export type MailKind = 'approvals' | 'invitation' | 'code' | 'notice'

/** What somebody is told of their own account, so that they see it when it was not them. */
export type Notice =
  | 'account-renewed'
  | 'address-offered'
  | 'passkey-added'
  | 'password-changed'
  | 'code-changed'
  | 'recovery-codes-made'
  | 'signed-out'

export type MailTables = PeopleTables & {
  people_address: {
    id: string
    agency: string
    person: string
    address: string
    language: Language
    salt: Uint8Array
    set_at: Date
    confirmed_at: Date | null
    code_hash: Uint8Array | null
    code_ends_at: Date | null
    code_tries: number
  }
  people_mail: {
    id: string
    agency: string
    person: string
    address: string | null
    kind: MailKind
    about: Notice | null
    secret: Uint8Array | null
    made_at: Date
    next_at: Date
    ends_at: Date
    tries: number
    state: 'waiting' | 'sent' | 'refused' | 'ended'
    ended_at: Date | null
  }
  people_mail_told: { approval: string; agency: string; person: string }
}

export type AddressRow = Selectable<MailTables['people_address']>
export type MailRow = Selectable<MailTables['people_mail']>

/** The same transaction, narrowed to the tables of mail and of people. */
export function mailTables(trx: Trx): Transaction<MailTables> {
  return trx.$extendTables<MailTables>()
}
