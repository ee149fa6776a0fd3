import { may, type Actor, type Approved, type Carried, type Overtaken } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { lifeInRow, minimumStands } from './deadlines.ts'
import type { KeepGround } from './ground.ts'
import { EARLY_RULE } from './life.ts'
import { policiesOfOne } from './policies.ts'
import { shorten } from './shortening.ts'
import { heldAmong, lockDeadline } from './store.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'approvals' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}

export type EarlyRefusal = 'not-allowed' | 'no-such-recording' | 'no-reason' | 'held' | 'minimum-runs' | 'too-late'
export type EarlyAsked =
  | { readonly state: 'waiting'; readonly approval: string; readonly deadline: number }
  | { readonly state: 'refused'; readonly because: EarlyRefusal }

/** Asks for a recording to go before its time. A held one cannot: its holds are lifted first. */
export async function askEarlyDeletion(
  trx: Trx,
  ground: Ground,
  wish: { recording: string; reason: string; by: Actor },
): Promise<EarlyAsked> {
  const { recording, by } = wish
  const reason = wish.reason.trim()
  if (!may(by, 'delete-early')) return { state: 'refused', because: 'not-allowed' }
  if (reason === '') return { state: 'refused', because: 'no-reason' }
  const refusal = await whyNotDeleted(trx, ground, recording, by.agency)
  if (refusal !== null) return { state: 'refused', because: refusal }
  const { agency } = by
  const question = { agency, kind: 'early-deletion', subject: recording, by, reason, payload: { reason } } as const
  const asked = await ground.approvals.ask(trx, question)
  return { state: 'waiting', approval: asked.approval, deadline: asked.deadline }
}

/** Makes it due now. It still goes by the nightly run, and so past the brake and every other guard. */
export async function deleteEarly(trx: Trx, ground: Ground, approved: Approved): Promise<Carried> {
  const { subject: recording, agency, approval, confirmedBy } = approved
  if (recording === null) return { done: false, because: 'no-such-recording' }
  const refusal = await whyNotDeleted(trx, ground, recording, agency)
  const row = await lockDeadline(trx, ground.history, recording)
  if (refusal !== null || row === null) return { done: false, because: refusal ?? 'no-such-recording' }
  const now = ground.clock.now()
  const life = { ...lifeInRow(row), rule: EARLY_RULE, direction: 'max', deleteAfter: now, reviewAt: null } as const
  const { pol } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  const decided = { kind: EARLY_RULE, approval, confirmedBy } as const
  await shorten(trx, ground, row, { life, because: EARLY_RULE, settled: true, decided, pol })
  return { done: true }
}

/**
 * Why no person can have a recording deleted; null when two of them can. A minimum binds them too: it is lengthened by law, and
 * a category that was given by mistake is taken away first.
 */
export async function whyNotDeleted(
  trx: Trx,
  ground: Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'plausibleDays'>,
  recording: string,
  agency: string,
): Promise<Extract<EarlyRefusal, Overtaken> | null> {
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== agency) return 'no-such-recording'
  if (row.state === 'erasing' || row.state === 'deleted') return 'too-late'
  if ((await heldAmong(trx, [recording])).has(recording)) return 'held'
  return (await minimumStands(trx, ground, row)) ? 'minimum-runs' : null
}
