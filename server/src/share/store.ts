import type { Transaction } from 'kysely'
import type { Trx } from '../platform/database/door.ts'

export type ShareTables = {
  share_agreement: {
    approval: string
    agency: string
    recording: string
    wish: Uint8Array
    agreed_at: Date
    used_at: Date | null
  }
}

export function shareTables(trx: Trx): Transaction<ShareTables> {
  return trx.$extendTables<ShareTables>()
}

/** Removes what was agreed about a recording that is gone. asInstallation. */
export async function forgetAgreements(trx: Trx, recording: string): Promise<void> {
  await shareTables(trx).deleteFrom('share_agreement').where('recording', '=', recording).execute()
}
