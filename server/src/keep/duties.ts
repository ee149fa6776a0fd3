import { maxDeadline } from '@vidne/policies/deadline'
import type { PolicyPack } from '@vidne/policies/pack'
import { actorFields, may, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { KeepGround } from './ground.ts'
import { mayPlace } from './hold-kinds.ts'
import { policiesOfOne } from './policies.ts'
import { lockDeadline } from './store.ts'
import { keepTables } from './tables.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units'>

export type DutyRefusal = 'not-allowed' | 'no-such-hold' | 'no-duty' | 'done-already'
export type DutyDone =
  { readonly state: 'open' | 'fulfilled' } | { readonly state: 'refused'; readonly because: DutyRefusal }

/**
 * Begins what a dispute obliges to, where the policy knows it (Danish law: to tell the other party and offer a copy within 30
 * days). Answers by when; null where the policy has no such duty.
 */
export async function openDuty(
  trx: Trx,
  pack: PolicyPack,
  { hold, agency, recording, at }: { hold: string; agency: string; recording: string; at: number },
): Promise<number | null> {
  if (pack.disputes === undefined) return null
  const due = maxDeadline({ from: at, zone: pack.zone.v, period: `P${pack.disputes.v.days}D` })
  const nobody = { told_at: null, told_by: null, offered_at: null, offered_by: null }
  await keepTables(trx)
    .insertInto('keep_duty')
    .values({ hold, agency, recording, due_at: new Date(due), ...nobody })
    .execute()
  return due
}

/** Notes that the other party was told, or was offered a copy; each once. */
export async function fulfilDuty(
  trx: Trx,
  ground: Ground,
  { hold, done, by }: { hold: string; done: 'told' | 'offered-copy'; by: Actor },
): Promise<DutyDone> {
  if (!may(by, 'hold') || !mayPlace(by, 'dispute')) return { state: 'refused', because: 'not-allowed' }
  const known = await dutyOf(trx, hold)
  if (known === null) return { state: 'refused', because: 'no-such-hold' }
  if (known.due_at === null) return { state: 'refused', because: 'no-duty' }
  await lockDeadline(trx, ground.history, known.recording)
  const [at, who] = done === 'told' ? (['told_at', 'told_by'] as const) : (['offered_at', 'offered_by'] as const)
  const now = new Date(ground.clock.now())
  const noted = await keepTables(trx)
    .updateTable('keep_duty')
    .set({ [at]: now, [who]: by.person })
    .where('hold', '=', hold)
    .where(at, 'is', null)
    .returning(['told_at', 'offered_at'])
    .executeTakeFirst()
  if (noted === undefined) return { state: 'refused', because: 'done-already' }
  const { pol } = (await policiesOfOne(trx, ground, by.agency, known.recording)).inForce
  const fields = [{ name: 'hold', value: hold }, { name: 'duty-done', value: done }, ...actorFields(by)]
  await ground.history.append(trx, { subject: known.recording, type: 'duty-done', pol, fields })
  return { state: noted.told_at !== null && noted.offered_at !== null ? 'fulfilled' : 'open' }
}

async function dutyOf(trx: Trx, hold: string): Promise<{ recording: string; due_at: Date | null } | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_hold')
    .leftJoin('keep_duty', 'keep_duty.hold', 'keep_hold.id')
    .select(['keep_hold.recording', 'keep_duty.due_at'])
    .where('keep_hold.id', '=', hold)
    .where('keep_hold.state', '<>', 'released')
    .executeTakeFirst()
  return row ?? null
}
