import type { Clock } from '../../platform/clock.ts'
import type { Trx } from '../../platform/database/door.ts'
import { uuidv7 } from '../../platform/identifiers.ts'
import { actorFields } from '../actor-fields.ts'
import type { Grounded } from '../ground.ts'
import { grantRole, personNamed, type Person } from '../persons.ts'
import { isRole, type Actor, type Role } from '../roles.ts'
import { digestOf, newSecret } from './secret.ts'
import { signInTables } from './store.ts'

const LIFE_MS = 7 * 24 * 60 * 60_000

/** An invitation as whoever has its link is shown it. */
export type Invitation = {
  readonly id: string
  readonly agency: { readonly id: string; readonly name: string }
  readonly person: { readonly id: string; readonly name: string }
  readonly roles: readonly Role[]
  readonly ends: number
}

export type Invited = { readonly person: string; readonly secret: string; readonly ends: number }

type Ground = Grounded & { readonly wall: Clock }

/**
 * Invites somebody, who is known from now on and has these roles: the link lets them make an account of their own, once, within
 * seven days. A link they had before is worth nothing any more. asAgency.
 */
export async function invite(
  trx: Trx,
  ground: Ground,
  p: { agency: string; name: string; roles: readonly Role[]; by: Actor | null },
): Promise<Invited | 'is-a-machine'> {
  const { agency, by } = p
  const person = await personNamed(trx, ground.clock, { agency, name: p.name, machine: false })
  if (person.machine) return 'is-a-machine'
  for (const role of p.roles) await grantRole(trx, ground, { agency, person, role, by })
  await withdraw(trx, ground, { agency, person: person.id })
  return makeLink(trx, ground, { agency, person, by })
}

async function makeLink(
  trx: Trx,
  ground: Ground,
  { agency, person, by }: { agency: string; person: Person; by: Actor | null },
): Promise<Invited> {
  const secret = newSecret()
  const hash = digestOf(secret)
  if (hash === null) throw new Error('a secret of ours is none')
  const now = ground.wall.now()
  const ends = now + LIFE_MS
  await signInTables(trx)
    .insertInto('people_invitation')
    .values({
      id: uuidv7(ground.wall),
      agency,
      person: person.id,
      secret_hash: hash,
      made_at: new Date(now),
      made_by: by?.person ?? null,
      ends_at: new Date(ends),
      used_at: null,
      withdrawn_at: null,
    })
    .execute()
  const fields = [{ name: 'to', value: person.id }, { name: 'to-name', value: person.name }, ...actorFields(by)]
  await ground.history.append(trx, { subject: agency, type: 'invited', pol: ground.pol, fields })
  return { person: person.id, secret, ends }
}

/**
 * The invitation of that secret, or of that id where the way back from an agency's own sign-in says it; null where it was used,
 * withdrawn or is over, or there is none. asInstallation.
 */
export async function invitationOf(
  trx: Trx,
  wall: Clock,
  by: string | { readonly id: string },
): Promise<Invitation | null> {
  const wanted = typeof by === 'string' ? digestOf(by) : by.id
  if (wanted === null) return null
  const tables = signInTables(trx)
  const row = await tables
    .selectFrom('people_invitation as invitation')
    .innerJoin('people_person as person', 'person.id', 'invitation.person')
    .innerJoin('people_agency as agency', 'agency.id', 'invitation.agency')
    .select(['invitation.id', 'invitation.ends_at', 'person.id as person', 'person.name as called'])
    .select(['agency.id as agency', 'agency.name as of'])
    .where(typeof wanted === 'string' ? 'invitation.id' : 'invitation.secret_hash', '=', wanted)
    .where('invitation.used_at', 'is', null)
    .where('invitation.withdrawn_at', 'is', null)
    .where('invitation.ends_at', '>', new Date(wall.now()))
    .executeTakeFirst()
  if (row === undefined) return null
  const held = await tables
    .selectFrom('people_grant')
    .select('role')
    .where('person', '=', row.person)
    .where('revoked_at', 'is', null)
    .orderBy('role')
    .execute()
  return {
    id: row.id,
    agency: { id: row.agency, name: row.of },
    person: { id: row.person, name: row.called },
    roles: held.map(one => one.role).filter(isRole),
    ends: row.ends_at.getTime(),
  }
}

/** Uses an invitation up; false where somebody was faster. asAgency. */
export async function useUp(trx: Trx, wall: Clock, { id, agency }: { id: string; agency: string }): Promise<boolean> {
  const used = await signInTables(trx)
    .updateTable('people_invitation')
    .set({ used_at: new Date(wall.now()) })
    .where('agency', '=', agency)
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('ends_at', '>', new Date(wall.now()))
    .returning('id')
    .execute()
  return used.length > 0
}

/** Withdraws the link that a person has; false: there was none. asAgency. */
export async function withdraw(
  trx: Trx,
  { wall }: Pick<Ground, 'wall'>,
  { agency, person }: { agency: string; person: string },
): Promise<boolean> {
  const withdrawn = await signInTables(trx)
    .updateTable('people_invitation')
    .set({ withdrawn_at: new Date(wall.now()) })
    .where('agency', '=', agency)
    .where('person', '=', person)
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returning('id')
    .execute()
  return withdrawn.length > 0
}
