import type { Actor } from '../people/people.ts'
import type { KeepGround } from './ground.ts'
import {
  decideDisposal,
  deleteRecord,
  endMonitoring,
  enterRecord,
  listRecords,
  type KeptRecord,
  type RecordKind,
} from './records.ts'

type Ground = Pick<KeepGround, 'database' | 'clock' | 'history' | 'rules'>

/** Documents beside the footage: until their minimum is over nobody can delete them, and then only under a documented decision. */
export interface Records {
  list(agency: string): Promise<KeptRecord[]>
  enter(actor: Actor, wish: { kind: RecordKind; ref: string; about: string }): ReturnType<typeof enterRecord>
  /** `on` in epoch milliseconds. */
  endMonitoring(actor: Actor, wish: { record: string; on: number }): ReturnType<typeof endMonitoring>
  /** `date` as YYYY-MM-DD. */
  decideDisposal(
    actor: Actor,
    wish: { kind: RecordKind; authority: string; date: string; reference: string },
  ): ReturnType<typeof decideDisposal>
  delete(actor: Actor, wish: { record: string; disposal: string }): ReturnType<typeof deleteRecord>
}

export function openRecords(ground: Ground): Records {
  const { database } = ground
  return {
    list: agency => database.asAgency(agency, trx => listRecords(trx, ground, agency)),
    enter: (by, wish) => database.asAgency(by.agency, trx => enterRecord(trx, ground, { ...wish, by })),
    endMonitoring: (by, wish) => database.asAgency(by.agency, trx => endMonitoring(trx, ground, { ...wish, by })),
    decideDisposal: (by, wish) => database.asAgency(by.agency, trx => decideDisposal(trx, ground, { ...wish, by })),
    delete: (by, wish) => database.asAgency(by.agency, trx => deleteRecord(trx, ground, { ...wish, by })),
  }
}
