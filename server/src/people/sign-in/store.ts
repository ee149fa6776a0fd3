import type { Transaction } from 'kysely'
import type { Trx } from '../../platform/database/door.ts'
import type { PeopleTables } from '../store.ts'

type SignInTables = PeopleTables & {
  people_account: {
    id: string
    agency: string
    person: string
    identity: string
    opened_at: Date
    closed_at: Date | null
  }
  people_session: {
    id: string
    agency: string
    person: string
    secret_hash: Uint8Array
    method: SessionMethod
    client: string
    began_at: Date
    seen_at: Date
    ends_at: Date
    ended_at: Date | null
  }
  people_invitation: {
    id: string
    agency: string
    person: string
    secret_hash: Uint8Array
    made_at: Date
    made_by: string | null
    ends_at: Date
    used_at: Date | null
    withdrawn_at: Date | null
  }
  people_tried: { who: Uint8Array; failures: number; last_at: Date; until: Date }
}

/** How somebody proved who they are. `persona`: not at all, in a rehearsal. */
export type SessionMethod = 'passkey' | 'password' | 'oidc' | 'persona'

/** The same transaction, narrowed to the tables of signing in and of people. */
export function signInTables(trx: Trx): Transaction<SignInTables> {
  return trx.$extendTables<SignInTables>()
}
