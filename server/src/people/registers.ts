import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { actorFields } from './actor-fields.ts'
import type { Grounded } from './ground.ts'
import { personNamed } from './persons.ts'
import type { Actor } from './roles.ts'
import { peopleTables } from './store.ts'

// What a person has accepted and was trained in. Which right hangs on which is the policy's word.

/** A training as it is listed; times in epoch milliseconds. */
export type Training = {
  readonly id: string
  readonly person: string
  readonly course: string
  readonly completedAt: number
  readonly recordedAt: number
  /** The name of whoever entered it. */
  readonly recordedBy: string | null
  readonly revoked: boolean
}

/** That a person accepted a version of the policy; its digest in hex. */
export type Acceptance = { readonly person: string; readonly policy: string; readonly at: number }

/** What persons have accepted and were trained in. */
export interface Registers {
  /** The actor accepts a version of the policy, by its digest. False: they had already. */
  accept(trx: Trx, actor: Actor, policy: Uint8Array): Promise<boolean>
  /** Every acceptance of the agency; of one person alone where `person` names them by id. */
  acceptances(trx: Trx, p: { agency: string; person?: string }): Promise<Acceptance[]>
  hasAccepted(trx: Trx, p: { agency: string; person: string; policy: Uint8Array }): Promise<boolean>
  /** Writes a completed course into the register. `completedAt` in epoch milliseconds. */
  recordTraining(
    trx: Trx,
    actor: Actor,
    wish: { person: string; course: string; completedAt: number },
  ): Promise<Training | 'in-the-future'>
  /** Strikes a training out; false: there is none of that id. */
  revokeTraining(trx: Trx, actor: Actor, training: string): Promise<boolean>
  /** When the person last completed a course; null: never. */
  lastTrained(trx: Trx, p: { agency: string; person: string }): Promise<number | null>
  trainings(trx: Trx, agency: string): Promise<Training[]>
}

export function openRegisters(grounded: (trx: Trx, agency: string) => Promise<Grounded>): Registers {
  return {
    accept: async (trx, actor, policy) => acceptPolicy(trx, await grounded(trx, actor.agency), { policy, by: actor }),
    acceptances,
    hasAccepted,
    recordTraining: async (trx, actor, wish) =>
      recordTraining(trx, await grounded(trx, actor.agency), { ...wish, by: actor }),
    revokeTraining: async (trx, actor, training) =>
      revokeTraining(trx, await grounded(trx, actor.agency), { training, by: actor }),
    lastTrained,
    trainings,
  }
}

/** Notes that a person has read and accepts a version of the policy (its digest). False: they had already. */
async function acceptPolicy(
  trx: Trx,
  ground: Grounded,
  { policy, by }: { policy: Uint8Array; by: Actor },
): Promise<boolean> {
  const { agency, person } = by
  const made = await peopleTables(trx)
    .insertInto('people_acceptance')
    .values({ agency, person, policy, at: new Date(ground.clock.now()) })
    .onConflict(conflict => conflict.doNothing())
    .returning('person')
    .execute()
  if (made.length === 0) return false
  const fields = [{ name: 'policy', value: Buffer.from(policy).toString('hex') }, ...actorFields(by)]
  await ground.history.append(trx, { subject: agency, type: 'policy-accepted', pol: ground.pol, fields })
  return true
}

/** Who accepted which version, the last first. */
async function acceptances(trx: Trx, p: { agency: string; person?: string }): Promise<Acceptance[]> {
  const all = peopleTables(trx)
    .selectFrom('people_acceptance')
    .select(['person', 'policy', 'at'])
    .where('agency', '=', p.agency)
    .orderBy('at', 'desc')
  const rows = await (p.person === undefined ? all : all.where('person', '=', p.person)).execute()
  return rows.map(row => ({
    person: row.person,
    policy: Buffer.from(row.policy).toString('hex'),
    at: row.at.getTime(),
  }))
}

/** Whether the person has accepted that version. */
async function hasAccepted(trx: Trx, p: { agency: string; person: string; policy: Uint8Array }) {
  const row = await peopleTables(trx)
    .selectFrom('people_acceptance')
    .select('at')
    .where('agency', '=', p.agency)
    .where('person', '=', p.person)
    .where('policy', '=', p.policy)
    .executeTakeFirst()
  return row !== undefined
}

/** Writes a completed course into the register, for the person of that name. */
async function recordTraining(
  trx: Trx,
  ground: Grounded,
  wish: { person: string; course: string; completedAt: number; by: Actor },
): Promise<Training | 'in-the-future'> {
  const { course, completedAt, by } = wish
  if (completedAt > ground.clock.now()) return 'in-the-future'
  const { agency } = by
  const person = await personNamed(trx, ground.clock, { agency, name: wish.person, machine: false })
  const id = uuidv7(ground.clock)
  await peopleTables(trx)
    .insertInto('people_training')
    .values({
      id,
      agency,
      person: person.id,
      course,
      completed_at: new Date(completedAt),
      recorded_at: new Date(ground.clock.now()),
      recorded_by: by.person,
      revoked_at: null,
    })
    .execute()
  const fields = [
    { name: 'to', value: person.id },
    { name: 'to-name', value: person.name },
    { name: 'course', value: course },
    { name: 'completed', value: completedAt },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: agency, type: 'training-recorded', pol: ground.pol, fields })
  const recordedAt = ground.clock.now()
  return { id, person: person.name, course, completedAt, recordedAt, recordedBy: by.name, revoked: false }
}

/** Strikes a training out: it was entered wrongly, or the course does not count. False: there is none of that id. */
async function revokeTraining(
  trx: Trx,
  ground: Grounded,
  { training, by }: { training: string; by: Actor },
): Promise<boolean> {
  const revoked = await peopleTables(trx)
    .updateTable('people_training')
    .set({ revoked_at: new Date(ground.clock.now()) })
    .where('agency', '=', by.agency)
    .where('id', '=', training)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  if (revoked.length === 0) return false
  const fields = [{ name: 'training', value: training }, ...actorFields(by)]
  await ground.history.append(trx, { subject: by.agency, type: 'training-revoked', pol: ground.pol, fields })
  return true
}

/** When the person last completed a course; null: never, or it was struck out. Epoch milliseconds. */
async function lastTrained(trx: Trx, p: { agency: string; person: string }): Promise<number | null> {
  const row = await peopleTables(trx)
    .selectFrom('people_training')
    .select('completed_at')
    .where('agency', '=', p.agency)
    .where('person', '=', p.person)
    .where('revoked_at', 'is', null)
    .orderBy('completed_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.completed_at.getTime() ?? null
}

/** The agency's register, newest first. */
async function trainings(trx: Trx, agency: string): Promise<Training[]> {
  const rows = await peopleTables(trx)
    .selectFrom('people_training as training')
    .innerJoin('people_person as person', 'person.id', 'training.person')
    .leftJoin('people_person as recorder', 'recorder.id', 'training.recorded_by')
    .select(['training.id', 'person.name', 'training.course', 'training.completed_at', 'training.revoked_at'])
    .select(['training.recorded_at', 'recorder.name as recorder'])
    .where('training.agency', '=', agency)
    .orderBy('training.completed_at', 'desc')
    .orderBy('person.name')
    .execute()
  return rows.map(row => ({
    id: row.id,
    person: row.name,
    course: row.course,
    completedAt: row.completed_at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    recordedBy: row.recorder,
    revoked: row.revoked_at !== null,
  }))
}
