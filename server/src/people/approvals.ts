import type { Json } from '@vidne/evidence/jcs'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { actorFields } from './actor-fields.ts'
import { chainOf, decline, EMPTIED, inPlaceFields, lapse, lockRow, withdraw, type Ended } from './approval-ends.ts'
import { ON_AGENCY_CHAIN, TERMS, type ApprovalKind } from './approval-kinds.ts'
import { type Answered, answeredTo } from './answered.ts'
import { authorityOf, type AnswerRefusal, type Authority } from './authority.ts'
import type { Overtaken } from './overtaken.ts'
import type { Actor } from './roles.ts'
import { peopleTables, type ApprovalRow } from './store.ts'
import { kindOf, waitingQuestions, type Lister, type Publisher, type Told, type Waiting } from './waiting.ts'

const HOUR_MS = 3_600_000

export type Question = {
  readonly agency: string
  readonly kind: ApprovalKind
  /** The recording it is about; null: the agency as a whole. Its chain takes the events. */
  readonly subject: string | null
  /** Null: the installation asks by itself, and two persons have to confirm. */
  readonly by: Actor | null
  /** Why, for the second person to read; null where `about` says it. Both enter the history (but see ON_AGENCY_CHAIN). */
  readonly reason: string | null
  readonly about?: Partial<Omit<Told, 'reason'>>
  /** What the act needs when it is confirmed. */
  readonly payload: Json
  /** Digest (32 bytes) of what exactly is asked for, where kind and subject do not say it all. */
  readonly wish?: Uint8Array
}

/** `asked: false`: the same question waits already. `deadline` in epoch milliseconds. */
export type Asked = { readonly asked: boolean; readonly approval: string; readonly deadline: number }

/** A question that was confirmed, as its handler sees it. */
export type Approved = {
  readonly approval: string
  readonly agency: string
  readonly subject: string | null
  readonly payload: Json
  readonly askedBy: string | null
  readonly confirmedBy: Actor
  /** Whose word it is: the one in whose place a delegate confirmed, else whoever confirmed. */
  readonly inPlaceOf: Actor
}

export type Carried = { readonly done: true } | { readonly done: false; readonly because: Overtaken }

export type { Answered } from './answered.ts'
export type { Overtaken } from './overtaken.ts'
export type { Ended, EndRefusal } from './approval-ends.ts'
export type { AnswerRefusal } from './authority.ts'

export type Answer =
  | { readonly state: 'done'; readonly kind: ApprovalKind; readonly subject: string | null }
  | { readonly state: 'waiting'; readonly kind: ApprovalKind; readonly subject: string | null; readonly left: number }
  | { readonly state: 'refused'; readonly because: AnswerRefusal; readonly detail?: Overtaken }

/**
 * Acts that take two persons. Asked by one, confirmed by another person before a deadline; another token of the same
 * person is no second person. Without an answer the question lapses and what was asked for does not happen.
 */
export interface Approvals {
  ask(trx: Trx, question: Question): Promise<Asked>
  /** Confirms. When this was the last person needed the act is carried out in the same transaction. */
  answer(trx: Trx, answer: { approval: string; actor: Actor }): Promise<Answer>
  /** Declines for good, with a reason; whoever may confirm may. What was asked for does not happen. */
  decline(trx: Trx, answer: { approval: string; actor: Actor; reason: string }): Promise<Ended>
  /** Takes a question back; whoever asked may. */
  withdraw(trx: Trx, answer: { approval: string; actor: Actor }): Promise<Ended>
  /** What became of a person's own questions in the last days, newest first. */
  answered(trx: Trx, asker: { agency: string; person: string }): Promise<Answered[]>
  /**
   * Registers what a kind does once confirmed; one handler a kind. `admits` says before a confirmation counts why this person is not
   * the one who is needed, null where he is: then the question goes on waiting for another.
   */
  onApproved(kind: ApprovalKind, run: Handler, admits?: Admits): void
  /** Registers who knows which recordings a question of this kind lists, by the question's id. */
  onListed(kind: ApprovalKind, list: Lister): void
  /** Registers who knows what a version that waits would change. */
  onPublication(tell: Publisher): void
  /** The agency's questions that still wait, oldest first. */
  waiting(trx: Trx, agency: string): Promise<Waiting[]>
  /** Closes questions past their deadline; answers how many. */
  lapse(trx: Trx): Promise<number>
  /** Forgets what was asked about a subject whose tombstone is erased. */
  forget(trx: Trx, subject: string): Promise<void>
}

type Ground = {
  readonly clock: Clock
  readonly history: History
  readonly policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
}

type Handler = (trx: Trx, approved: Approved) => Promise<Carried>
type Admits = (trx: Trx, approved: Approved) => Promise<Overtaken | null>
type Carrier = { readonly run: Handler; readonly admits: Admits | undefined }

export function openApprovals(ground: Ground): Approvals {
  const handlers = new Map<ApprovalKind, Carrier>()
  const listers = new Map<ApprovalKind, Lister>()
  let publisher: Publisher | null = null
  return {
    ask: (trx, question) => ask(trx, ground, question),
    answer: (trx, { approval, actor }) => answer(trx, ground, handlers, approval, actor),
    decline: (trx, wish) => decline(trx, ground, wish),
    withdraw: (trx, wish) => withdraw(trx, ground, wish),
    answered: (trx, asker) => answeredTo(trx, { ...asker, now: ground.clock.now() }),
    onApproved(kind, run, admits) {
      if (handlers.has(kind)) throw new Error(`two handlers for approvals of kind ${kind}`)
      handlers.set(kind, { run, admits })
    },
    onListed: (kind, list) => void listers.set(kind, list),
    onPublication: tell => void (publisher = tell),
    waiting: (trx, agency) => waitingQuestions(trx, { agency, now: ground.clock.now(), listers, publisher }),
    lapse: trx => lapse(trx, ground.clock),
    async forget(trx, subject) {
      await peopleTables(trx).updateTable('people_approval').set(EMPTIED).where('subject', '=', subject).execute()
    },
  }
}

async function ask(trx: Trx, ground: Ground, question: Question): Promise<Asked> {
  await lapse(trx, ground.clock)
  const earlier = await sameQuestion(trx, question)
  if (earlier !== null) return { asked: false, approval: earlier.id, deadline: earlier.deadline.getTime() }
  const now = ground.clock.now()
  const deadline = now + TERMS[question.kind].hours * HOUR_MS
  const approval = uuidv7(ground.clock)
  const made = await peopleTables(trx)
    .insertInto('people_approval')
    .values({
      id: approval,
      agency: question.agency,
      kind: question.kind,
      subject: question.subject,
      asked_by: question.by?.person ?? null,
      confirmations_needed: question.by === null ? 2 : 1,
      payload: JSON.stringify(question.payload),
      told: JSON.stringify(toldIn(question)),
      wish: question.wish ?? null,
      asked_at: new Date(now),
      deadline: new Date(deadline),
      state: 'waiting',
      because: null,
      answered_at: null,
      answered_by: null,
    })
    .onConflict(conflict => conflict.doNothing())
    .returning('id')
    .execute()
  // Somebody asked the same in this very moment.
  if (made.length === 0) return ask(trx, ground, question)
  const fields = [
    { name: 'approval', value: approval },
    { name: 'kind', value: question.kind },
    ...wordsInHistory(question),
    { name: 'deadline', value: deadline },
    { name: 'without-answer', value: TERMS[question.kind].withoutAnswer },
    ...actorFields(question.by),
  ]
  const pol = await ground.policyDigest(trx, question.agency)
  const subject = chainOf(question)
  await ground.history.append(trx, { subject, type: 'approval-asked', pol, fields })
  return { asked: true, approval, deadline }
}

const ABOUT = ['purpose', 'case', 'recipient', 'outcome', 'rule', 'instead', 'offence'] as const

function wordsInHistory({ kind, subject, reason, about }: Question): { name: string; value: Json }[] {
  if (ON_AGENCY_CHAIN.has(kind)) return [{ name: 'object', value: subject }]
  const words = [{ name: 'reason', value: reason }, ...ABOUT.map(name => ({ name, value: about?.[name] ?? null }))]
  return words.filter(({ value }) => value !== null)
}

function toldIn({ reason, about }: Question): Partial<Told> {
  return { reason, ...about }
}

async function sameQuestion(trx: Trx, { agency, kind, subject, wish }: Question) {
  const query = peopleTables(trx)
    .selectFrom('people_approval')
    .select(['id', 'deadline'])
    .where('agency', '=', agency)
    .where('kind', '=', kind)
    .where('state', '=', 'waiting')
    .where('subject', subject === null ? 'is' : '=', subject)
    .where('wish', wish === undefined ? 'is' : '=', wish ?? null)
  return (await query.executeTakeFirst()) ?? null
}

async function answer(
  trx: Trx,
  ground: Ground,
  handlers: ReadonlyMap<ApprovalKind, Carrier>,
  approval: string,
  actor: Actor,
): Promise<Answer> {
  const row = await lockRow(trx, approval)
  if (row === null || row.agency !== actor.agency) return { state: 'refused', because: 'no-such-question' }
  const [kind, { subject }] = [kindOf(row), row]
  const authority = await authorityOf(trx, { row, kind, actor, now: ground.clock.now() })
  if (typeof authority === 'string') return { state: 'refused', because: authority }
  const handler = handlers.get(kind)
  if (handler === undefined) throw new Error(`nothing carries out approvals of kind ${kind}`)
  const { agency, payload, asked_by: askedBy } = row
  const approved = {
    approval,
    agency,
    subject,
    payload,
    askedBy,
    confirmedBy: actor,
    inPlaceOf: { ...actor, ...authority.onBehalfOf },
  }
  const another = (await handler.admits?.(trx, approved)) ?? null
  if (another !== null) return { state: 'refused', because: 'not-allowed', detail: another }
  const left = row.confirmations_needed - (await confirm(trx, ground, row, { actor, ...authority }))
  if (left > 0) return { state: 'waiting', kind, subject, left }
  const carried = await handler.run(trx, approved)
  await close(trx, ground.clock, { approval, carried, by: actor.person })
  return carried.done
    ? { state: 'done', kind, subject }
    : { state: 'refused', because: 'no-longer-possible', detail: carried.because }
}

/** Writes the confirmation and its event; answers how many persons have confirmed by now. */
async function confirm(
  trx: Trx,
  ground: Ground,
  row: ApprovalRow,
  { actor, onBehalfOf }: { actor: Actor } & Authority,
): Promise<number> {
  const tables = peopleTables(trx)
  const { person, token, agency } = actor
  await tables
    .insertInto('people_confirmation')
    .values({
      approval: row.id,
      agency,
      person,
      token,
      at: new Date(ground.clock.now()),
      on_behalf_of: onBehalfOf?.person ?? null,
    })
    .execute()
  const fields = [
    { name: 'approval', value: row.id },
    { name: 'kind', value: row.kind },
    ...inPlaceFields(onBehalfOf),
    ...actorFields(actor),
  ]
  const pol = await ground.policyDigest(trx, agency)
  const subject = chainOf({ ...row, kind: kindOf(row) })
  await ground.history.append(trx, { subject, type: 'approval-given', pol, fields })
  const confirmed = await tables
    .selectFrom('people_confirmation')
    .select('person')
    .where('approval', '=', row.id)
    .execute()
  return confirmed.length
}

async function close(
  trx: Trx,
  clock: Clock,
  { approval, carried, by }: { approval: string; carried: Carried; by: string },
): Promise<void> {
  await peopleTables(trx)
    .updateTable('people_approval')
    .set({
      state: carried.done ? 'done' : 'refused',
      because: carried.done ? null : carried.because,
      ...EMPTIED,
      answered_at: new Date(clock.now()),
      answered_by: by,
    })
    .where('id', '=', approval)
    .execute()
}
