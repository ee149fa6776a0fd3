import { historyKeyId } from '../platform/identifiers.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Eraser, KeepGround, Which } from './ground.ts'
import { keepTables } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'clock' | 'vault' | 'history' | 'rules' | 'approvals' | 'log'>

/**
 * Erases the histories whose own time is over: the last event of each says so, then its openings are forgotten, then its
 * key is destroyed. The leaves stay in the log and can be matched with nothing any more. Answers how many went.
 */
export async function eraseTombstones(ground: Ground, erasers: readonly Eraser[], agency: string): Promise<number> {
  let erased = 0
  for (const recording of await ground.database.asAgency(agency, trx => tombstonesDue(trx, ground, agency))) {
    if (await eraseTombstone(ground, erasers, { agency, recording })) erased += 1
  }
  return erased
}

async function eraseTombstone(ground: Ground, erasers: readonly Eraser[], which: Which): Promise<boolean> {
  const { agency, recording } = which
  for (const eraser of erasers) {
    try {
      await eraser.forget?.(agency, recording)
    } catch (error) {
      ground.log.error(
        { ...which, eraser: eraser.name, err: error },
        'a tombstone could not be erased; the next run tries again',
      )
      return false
    }
  }
  await ground.database.asAgency(agency, trx => forget(trx, ground, which))
  await ground.vault.destroyKey(historyKeyId(recording))
  await ground.database.asAgency(agency, trx => markErased(trx, recording, ground.clock.now()))
  return true
}

/** Once: a run that is cut off before the key is destroyed finds the openings forgotten already. */
async function forget(trx: Trx, ground: Ground, { agency, recording }: Which): Promise<void> {
  const tables = keepTables(trx)
  const first = await tables
    .updateTable('keep_tombstone')
    .set({ forgotten_at: new Date(ground.clock.now()) })
    .where('recording', '=', recording)
    .where('forgotten_at', 'is', null)
    .returning('rule')
    .executeTakeFirst()
  if (first === undefined) return
  const { pol } = await ground.rules.policyInForce(trx, agency)
  const fields = [{ name: 'rule', value: first.rule }]
  await ground.history.append(trx, { subject: recording, type: 'tombstone-erased', pol, fields })
  await ground.history.erase(trx, recording)
  await ground.approvals.forget(trx, recording)
  await tables.updateTable('keep_hold').set({ reason: null }).where('recording', '=', recording).execute()
  await tables
    .updateTable('keep_category')
    .set({ case_number: null, offence: null })
    .where('recording', '=', recording)
    .execute()
  await tables.updateTable('keep_case_event').set({ case_number: null }).where('recording', '=', recording).execute()
  await tables.updateTable('keep_deadline').set({ recognition: null }).where('recording', '=', recording).execute()
}

async function tombstonesDue(trx: Trx, { clock }: Ground, agency: string): Promise<string[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_tombstone')
    .select('recording')
    .where('agency', '=', agency)
    .where('erased_at', 'is', null)
    .where('erase_after', '<=', new Date(clock.now()))
    .orderBy('recording')
    .execute()
  return rows.map(row => row.recording)
}

async function markErased(trx: Trx, recording: string, at: number): Promise<void> {
  await keepTables(trx)
    .updateTable('keep_tombstone')
    .set({ erased_at: new Date(at) })
    .where('recording', '=', recording)
    .execute()
}
