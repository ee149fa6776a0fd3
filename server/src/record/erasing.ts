import type { Database, Trx } from '../platform/database/door.ts'
import { recordTables } from './tables.ts'

/** What record holds of a recording, and how it goes with it. */
export type RecordEraser = {
  readonly name: string
  erase(agency: string, recording: string): Promise<'gone'>
  forget(agency: string, recording: string): Promise<'gone'>
}

/**
 * With the footage go all words about it: reports, names, reasons. What stays counts and says nothing of anybody: which verdict,
 * which kind of review, opened and closed when. At the end of the tombstone the recording's id goes from it too.
 */
export function eraserOf(database: Database, clock: { now(): number }): RecordEraser {
  return {
    name: 'record',
    async erase(agency, recording) {
      await database.asInstallation(trx => eraseWords(trx, { agency, recording, at: new Date(clock.now()) }))
      return 'gone'
    },
    async forget(agency, recording) {
      await database.asInstallation(trx => forgetRecording(trx, { agency, recording }))
      return 'gone'
    },
  }
}

async function eraseWords(trx: Trx, p: { agency: string; recording: string; at: Date }): Promise<void> {
  const tables = recordTables(trx)
  const { agency, recording, at } = p
  await tables.deleteFrom('record_made_in').where('recording', '=', recording).where('agency', '=', agency).execute()
  await tables
    .updateTable('record_capture')
    .set({ camera: null, wearer: null, wearer_key: null, started_at: null, ended_at: null, erased_at: at })
    .where('recording', '=', recording)
    .where('agency', '=', agency)
    .execute()
  await tables
    .updateTable('record_situation')
    .set({ reported: '{}', reporter: null, explanation: null, wearer_key: null, camera: null, erased_at: at })
    .where('recording', '=', recording)
    .where('agency', '=', agency)
    .execute()
  await tables
    .updateTable('record_review')
    .set({ words: '{}', reason: null, erased_at: at })
    .where('recording', '=', recording)
    .where('agency', '=', agency)
    .execute()
}

async function forgetRecording(trx: Trx, p: { agency: string; recording: string }): Promise<void> {
  const tables = recordTables(trx)
  for (const table of ['record_situation', 'record_participant'] as const)
    await tables
      .updateTable(table)
      .set({ recording: null })
      .where('recording', '=', p.recording)
      .where('agency', '=', p.agency)
      .execute()
  // What somebody said when he closed a review after the footage had gone goes now.
  await tables
    .updateTable('record_review')
    .set({ recording: null, reason: null })
    .where('recording', '=', p.recording)
    .where('agency', '=', p.agency)
    .execute()
}
