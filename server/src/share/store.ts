import { sql, type Transaction } from 'kysely'
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
export async function forgetAgreements(trx: Trx, recordings: readonly string[]): Promise<void> {
  await shareTables(trx)
    .deleteFrom('share_agreement')
    .where('recording', '=', sql<string>`any(${[...recordings]}::uuid[])`)
    .execute()
}

/** Removes the agreement to an export that somebody now has whole. asInstallation. */
export async function endAgreement(trx: Trx, p: { recording: string; digest: string }): Promise<void> {
  await shareTables(trx)
    .deleteFrom('share_agreement')
    .where('recording', '=', p.recording)
    .where('wish', '=', Buffer.from(p.digest, 'hex'))
    .where('used_at', 'is not', null)
    .execute()
}

/** Whether stored bytes of it are gone for good; `keep` knows. */
export async function hasLostBytes(trx: Trx, recording: string): Promise<boolean> {
  const { rows } = await sql<{ lost: boolean }>`
    select exists (select from keep_v_lost where recording = ${recording}::uuid) as lost`.execute(trx)
  return rows[0]?.lost === true
}
