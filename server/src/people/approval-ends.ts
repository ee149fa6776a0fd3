import { sql } from 'kysely'
import type { Json } from '@vidne/evidence/jcs'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { actorFields } from './actor-fields.ts'
import { ON_AGENCY_CHAIN, type ApprovalKind } from './approval-kinds.ts'
import { authorityOf, type AnswerRefusal, type Authority } from './authority.ts'
import type { Actor } from './roles.ts'
import { peopleTables, type ApprovalRow } from './store.ts'
import { kindOf } from './waiting.ts'

/** A closed question needs its words no more; they stand in the history, where they can be erased. */
export const EMPTIED = { payload: '{}', told: '{}' } as const

/** How long whoever asked still finds what became of it; then the words of a refusal go too. */
export const TOLD_FOR_MS = 7 * 86_400_000

export type EndRefusal = Exclude<AnswerRefusal, 'no-longer-possible'> | 'not-yours'

/** A question that was ended without what it asked for. */
export type Ended =
  | { readonly state: 'ended'; readonly kind: ApprovalKind; readonly subject: string | null }
  | { readonly state: 'refused'; readonly because: EndRefusal }

type Ground = {
  readonly clock: Clock
  readonly history: History
  readonly policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
}

/** The chain that takes the events of a question. */
export function chainOf({
  kind,
  subject,
  agency,
}: {
  kind: ApprovalKind
  subject: string | null
  agency: string
}): string {
  return subject === null || ON_AGENCY_CHAIN.has(kind) ? agency : subject
}

/** In whose place somebody spoke, where it was not their own word. */
export function inPlaceFields(onBehalfOf: Authority['onBehalfOf']): { name: string; value: Json }[] {
  if (onBehalfOf === null) return []
  return [
    { name: 'in-place-of', value: onBehalfOf.name },
    { name: 'principal', value: onBehalfOf.person },
  ]
}

/** Says no to a question. The reason enters the history of its subject, and is told to whoever asked for some days. */
export async function decline(
  trx: Trx,
  ground: Ground,
  { approval, actor, reason }: { approval: string; actor: Actor; reason: string },
): Promise<Ended> {
  const row = await lockRow(trx, approval)
  if (row === null || row.agency !== actor.agency) return { state: 'refused', because: 'no-such-question' }
  const kind = kindOf(row)
  const authority = await authorityOf(trx, { row, kind, actor, now: ground.clock.now() })
  if (authority === 'no-longer-possible') throw new Error(`authority over ${approval} cannot be overtaken`)
  if (typeof authority === 'string') return { state: 'refused', because: authority }
  // An agency's own chain is never erased, and takes no words about footage.
  const why = ON_AGENCY_CHAIN.has(kind) ? [] : [{ name: 'reason', value: reason }]
  await append(trx, ground, {
    row,
    type: 'approval-declined',
    actor,
    more: [...why, ...inPlaceFields(authority.onBehalfOf)],
  })
  await end(trx, ground.clock, { row, state: 'declined', by: actor, told: { declined: reason } })
  return { state: 'ended', kind, subject: row.subject }
}

/** Takes a question back, by whoever asked it. */
export async function withdraw(
  trx: Trx,
  ground: Ground,
  { approval, actor }: { approval: string; actor: Actor },
): Promise<Ended> {
  const row = await lockRow(trx, approval)
  if (row === null || row.agency !== actor.agency) return { state: 'refused', because: 'no-such-question' }
  if (row.asked_by !== actor.person) return { state: 'refused', because: 'not-yours' }
  if (row.state === 'lapsed') return { state: 'refused', because: 'lapsed' }
  if (row.state !== 'waiting') return { state: 'refused', because: 'answered-already' }
  if (row.deadline.getTime() <= ground.clock.now()) return { state: 'refused', because: 'lapsed' }
  await append(trx, ground, { row, type: 'approval-withdrawn', actor, more: [] })
  await end(trx, ground.clock, { row, state: 'withdrawn', by: actor, told: {} })
  return { state: 'ended', kind: kindOf(row), subject: row.subject }
}

type Said = {
  readonly row: ApprovalRow
  readonly type: 'approval-declined' | 'approval-withdrawn'
  readonly actor: Actor
  readonly more: readonly { name: string; value: Json }[]
}

async function append(trx: Trx, ground: Ground, { row, type, actor, more }: Said): Promise<void> {
  const fields = [
    { name: 'approval', value: row.id },
    { name: 'kind', value: row.kind },
    ...more,
    ...actorFields(actor),
  ]
  const pol = await ground.policyDigest(trx, row.agency)
  await ground.history.append(trx, { subject: chainOf({ ...row, kind: kindOf(row) }), type, pol, fields })
}

type Ending = { row: ApprovalRow; state: 'declined' | 'withdrawn'; by: Actor; told: Json }

async function end(trx: Trx, clock: Clock, { row, state, by, told }: Ending): Promise<void> {
  await peopleTables(trx)
    .updateTable('people_approval')
    .set({
      state,
      ...EMPTIED,
      told: JSON.stringify(told),
      answered_at: new Date(clock.now()),
      answered_by: by.person,
    })
    .where('id', '=', row.id)
    .execute()
}

/** Closes questions past their deadline, and empties refusals that were told long enough; answers how many lapsed. */
export async function lapse(trx: Trx, clock: Clock): Promise<number> {
  const now = clock.now()
  const lapsed = await peopleTables(trx)
    .updateTable('people_approval')
    .set({ state: 'lapsed', ...EMPTIED })
    .where('state', '=', 'waiting')
    .where('deadline', '<=', new Date(now))
    .returning('id')
    .execute()
  await peopleTables(trx)
    .updateTable('people_approval')
    .set(EMPTIED)
    .where('state', '=', 'declined')
    .where('answered_at', '<=', new Date(now - TOLD_FOR_MS))
    .where(sql<boolean>`told <> '{}'::jsonb`)
    .execute()
  return lapsed.length
}

export async function lockRow(trx: Trx, approval: string): Promise<ApprovalRow | null> {
  const query = peopleTables(trx).selectFrom('people_approval').selectAll().where('id', '=', approval)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}
