import { actorFields, may, type Actor, type Approved, type Carried, type Overtaken } from '../people/people.ts'
import { afterCommit, type Trx } from '../platform/database/door.ts'
import { lifeFields, lifeInRow } from './deadlines.ts'
import type { KeepGround } from './ground.ts'
import { EARLY_RULE } from './life.ts'
import { heldAmong, lockDeadline, moveDeadline } from './store.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'approvals'> & {
  readonly wake: (agency: string) => void
}

export type EarlyRefusal = 'not-allowed' | 'no-such-recording' | 'no-reason' | 'held' | 'too-late'
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
  const refusal = await whyNot(trx, ground, recording, by.agency)
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
  const refusal = await whyNot(trx, ground, recording, agency)
  const row = await lockDeadline(trx, ground.history, recording)
  if (refusal !== null || row === null) return { done: false, because: refusal ?? 'no-such-recording' }
  const now = ground.clock.now()
  const life = { ...lifeInRow(row), rule: EARLY_RULE, direction: 'max', deleteAfter: now, reviewAt: null } as const
  await moveDeadline(trx, { recording, life, settled: true })
  const { pol } = await ground.rules.policyInForce(trx, agency)
  const fields = [
    ...lifeFields(life),
    { name: 'because', value: EARLY_RULE },
    { name: 'approval', value: approval },
    ...actorFields(confirmedBy),
  ]
  await ground.history.append(trx, { subject: recording, type: 'retention-changed', pol, fields })
  afterCommit(() => ground.wake(agency))
  return { done: true }
}

async function whyNot(
  trx: Trx,
  ground: Ground,
  recording: string,
  agency: string,
): Promise<Extract<EarlyRefusal, Overtaken> | null> {
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== agency) return 'no-such-recording'
  if (row.state === 'erasing' || row.state === 'deleted') return 'too-late'
  return (await heldAmong(trx, [recording])).has(recording) ? 'held' : null
}
