import { type Actor, type Gate, type People, actorFields, may } from '../people/people.ts'
import type { Json } from '@vidne/evidence/jcs'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import type { Access, Rules } from '../rules/rules.ts'
import { type CaseRow, type CaseSeer, findCase, lockCase, peopleOfCase } from './cases-store.ts'

export type CaseGround = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly people: Pick<People, 'refusal' | 'noteListing' | 'person' | 'agency'>
  readonly rules: Pick<Rules, 'policyInForce'>
  readonly access: Access
  /** Origin of the log, which a label names. */
  readonly origin: string
}

/** Why a case is not shown or changed. A closed set; each has its sentence in four languages (`locales/cases`). */
export type CaseRefusal =
  | 'not-allowed'
  | Gate
  | 'no-such-case'
  | 'number-taken'
  | 'closed'
  | 'nobody'
  | 'already-over'
  | 'no-such-recording'
  | 'deleted'
  | 'no-such-exhibit'
  | 'no-such-person'
  | 'no-such-entry'
  | 'odd-times'

export type Refused = { readonly state: 'refused'; readonly because: CaseRefusal }

export function refused(because: CaseRefusal): Refused {
  return { state: 'refused', because }
}

/** Who answers for footage sees every case of the agency, or of the unit; others those that they are on. */
const ANSWER: ReadonlySet<string> = new Set([
  'evidence-clerk',
  'supervisor',
  'professional-standards',
  'site-head',
  'data-protection-officer',
  'auditor',
])

export async function caseSeer(ground: CaseGround, trx: Trx, actor: Actor): Promise<CaseSeer> {
  const { unit, now } = await ground.access.seer(trx, actor)
  return { agency: actor.agency, person: actor.person, all: actor.roles.some(role => ANSWER.has(role)), unit, now }
}

/** The case, locked, for somebody who may write in it; else why not. A closed one takes nothing but being opened again. */
export async function writable(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  { id, closed = false }: { id: string; closed?: boolean },
): Promise<CaseRow | Refused> {
  const seer = await caseSeer(ground, trx, actor)
  if ((await findCase(trx, seer, id)) === null) return refused('no-such-case')
  if (!(await writes(trx, seer, actor, id))) return refused('not-allowed')
  const row = await lockCase(trx, id)
  if (row === null) return refused('no-such-case')
  // The agency's chain before any recording's, as whoever confirms something takes them.
  await ground.history.lock(trx, [actor.agency])
  return row.state === 'closed' && !closed ? refused('closed') : row
}

/** Of those whose roles let them keep cases: who answers for footage, and who leads or investigates this one. */
export async function writes(trx: Trx, seer: CaseSeer, actor: Actor, id: string): Promise<boolean> {
  if (!may(actor, 'keep-case')) return false
  if (seer.all) return true
  const mine = (await peopleOfCase(trx, id)).find(({ person }) => person === actor.person)
  return mine !== undefined && (mine.duty === 'lead' || mine.duty === 'investigates')
}

/** What is changed of a case, as its event says it. */
export type CaseChange =
  | 'texts'
  | 'closed'
  | 'reopened'
  | 'ended'
  | 'person-added'
  | 'person-changed'
  | 'person-removed'
  | 'exhibit-added'
  | 'exhibit-changed'
  | 'exhibit-removed'
  | 'note-added'
  | 'note-changed'
  | 'note-removed'
  | 'task-added'
  | 'task-changed'
  | 'task-removed'

/**
 * Notes a change of a case in the agency's chain. That chain is never erased, so it names the case by its id, persons by theirs, and
 * of words the digest.
 */
export async function noteChange(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  p: { id: string; change: CaseChange | 'opened'; fields?: readonly { name: string; value: Json }[] },
): Promise<void> {
  const { pol } = await ground.rules.policyInForce(trx, actor.agency)
  const { id, change, fields = [] } = p
  const how = change === 'opened' ? [] : [{ name: 'change', value: change }]
  await ground.history.append(trx, {
    subject: actor.agency,
    type: change === 'opened' ? 'case-opened' : 'case-changed',
    pol,
    fields: [{ name: 'case-id', value: id }, ...how, ...fields, ...actorFields(actor)],
  })
}
