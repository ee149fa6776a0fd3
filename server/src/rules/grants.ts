import { actorFields, type Actor, type Role } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { grantRows, insertGrant, lockGrant, markRevoked, type GrantRow } from './store.ts'

/** What a grant comes from: work on a case, or footage shared with somebody. */
export type GrantKind = 'case' | 'share'

/** Who may see the recording from now on: one person (by id, with the name he goes by), or whoever holds a role. */
export type Grantee = { readonly person: string; readonly name: string } | { readonly role: Role }

/** `until` in epoch milliseconds: every grant ends. `by` null: the installation itself, by a case or a share. */
export type GrantWish = {
  readonly agency: string
  readonly recording: string
  readonly kind: GrantKind
  readonly to: Grantee
  readonly until: number
  readonly reason: string
  readonly by: Actor | null
}

/** A grant as it stands. Times in epoch milliseconds. */
export type Grant = {
  readonly id: string
  readonly recording: string
  readonly kind: GrantKind
  readonly person: string | null
  readonly role: string | null
  readonly since: number
  readonly until: number
  readonly reason: string
}

export type GrantRefusal = 'no-reason' | 'already-over'
export type Granted =
  { readonly granted: true; readonly grant: string } | { readonly granted: false; readonly because: GrantRefusal }

export type GrantGround = {
  readonly clock: Clock
  readonly history: History
  readonly policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
}

/** Lets somebody see a recording, with its event in the history of that recording, in one transaction. */
export async function grantAccess(trx: Trx, ground: GrantGround, wish: GrantWish): Promise<Granted> {
  const [now, reason] = [ground.clock.now(), wish.reason.trim()]
  if (reason === '') return { granted: false, because: 'no-reason' }
  if (wish.until <= now) return { granted: false, because: 'already-over' }
  const { agency, recording, kind, to, until, by } = wish
  const id = uuidv7(ground.clock)
  const whom = 'person' in to ? { person: to.person, role: null } : { person: null, role: to.role }
  const times = { since: new Date(now), until: new Date(until) }
  await insertGrant(trx, { id, agency, recording, kind, ...whom, ...times, granted_by: by?.person ?? null, reason })
  const fields = [
    { name: 'grant', value: id },
    { name: 'until', value: until },
    { name: 'reason', value: reason },
    ...granteeFields(to),
    ...actorFields(by),
  ]
  const pol = await ground.policyDigest(trx, agency)
  const type = kind === 'share' ? 'shared' : 'access-granted'
  await ground.history.append(trx, { subject: recording, type, pol, fields })
  return { granted: true, grant: id }
}

function granteeFields(to: Grantee) {
  if ('role' in to) return [{ name: 'role', value: to.role }]
  return [
    { name: 'to', value: to.person },
    { name: 'to-name', value: to.name },
  ]
}

/** Ends a grant at once, with its event. False: there is no such grant of the agency that still stands. */
export async function revokeGrant(
  trx: Trx,
  ground: GrantGround,
  wish: { recording: string; grant: string; by: Actor; reason: string },
): Promise<boolean> {
  const { by } = wish
  const row = await lockGrant(trx, wish.grant)
  if (row === null || row.recording !== wish.recording || row.revoked_at !== null) return false
  await markRevoked(trx, { id: row.id, at: new Date(ground.clock.now()), by: by.person })
  const fields = [{ name: 'grant', value: row.id }, { name: 'reason', value: wish.reason }, ...actorFields(by)]
  const pol = await ground.policyDigest(trx, by.agency)
  const type = row.kind === 'share' ? 'share-revoked' : 'access-revoked'
  await ground.history.append(trx, { subject: row.recording, type, pol, fields })
  return true
}

/** The grants of a recording that stand, oldest first. */
export async function grantsOn(trx: Trx, { clock }: Pick<GrantGround, 'clock'>, recording: string): Promise<Grant[]> {
  return (await grantRows(trx, { recording, now: new Date(clock.now()) })).map(grantOf)
}

function grantOf({ id, recording, kind, person, role, since, until, reason }: GrantRow): Grant {
  return { id, recording, kind, person, role, since: since.getTime(), until: until.getTime(), reason }
}
