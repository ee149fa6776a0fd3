import { type RawBuilder, sql } from 'kysely'
import type { PolicyPack } from '@vidne/policies/pack'
import { valuesAt } from '@vidne/policies/validity'
import type { ViewLeaf } from '@vidne/policies/viewing'
import { nameKey, type Actor, type Role } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { madeAtOf } from './made-at.ts'

/**
 * How far a role reaches when nothing was granted to it. `all`: every recording of the agency, for those who answer for
 * the keeping. `by-rule`: every recording where the policy lets the role look without a case number, else what it was
 * granted: whom the policy ties to a case must not leaf through other people's footage. `own`: what he wore the camera
 * for. `granted`: nothing but grants. `none`: not even those; such a role has no business with single recordings.
 */
type RoleReach = 'all' | 'by-rule' | 'own' | 'granted' | 'none'

const REACH: Readonly<Record<Role, RoleReach>> = {
  wearer: 'own',
  supervisor: 'all',
  commander: 'all',
  'camera-manager': 'none',
  'evidence-clerk': 'all',
  investigator: 'by-rule',
  'professional-standards': 'all',
  'site-head': 'all',
  'qualified-assessor': 'by-rule',
  prosecutor: 'granted',
  defence: 'granted',
  'data-protection-officer': 'all',
  auditor: 'all',
  'scrutiny-panel': 'granted',
  evaluator: 'none',
  'figures-reader': 'none',
  'agency-administrator': 'all',
  'system-administrator': 'none',
  dock: 'none',
}

/** Which recordings somebody may know of, under the policy in force. Made anew for each question. */
export type Seer = {
  readonly agency: string
  readonly person: string
  /** The key of the name under which he is a person of the agency; a recording's wearer is himself when its key is the same. */
  readonly wearerKey: string
  readonly all: boolean
  readonly own: boolean
  /** The roles whose grants count for him; empty: none counts, not even one to his person. */
  readonly grantees: readonly Role[]
  /** The unit he belongs to: of what his role reaches he sees its cameras' recordings alone. Null: of the agency as a whole. */
  readonly unit: string | null
  /** UTC epoch milliseconds. */
  readonly now: number
}

/** Who asks, as the policy sees him at `now`. Somebody without a role sees nothing. */
export function seerOf(actor: Actor, pack: PolicyPack, { unit, now }: { unit: string | null; now: number }): Seer {
  const { agency, person, name, roles } = actor
  const reaches = roles.map(role => [role, reachOf(role, pack, now)] as const)
  return {
    agency,
    person,
    wearerKey: nameKey(name),
    all: reaches.some(([, reach]) => reach === 'all'),
    own: reaches.some(([, reach]) => reach === 'own'),
    grantees: reaches.filter(([, reach]) => reach !== 'none').map(([role]) => role),
    unit,
    now,
  }
}

function reachOf(role: Role, pack: PolicyPack, now: number): Exclude<RoleReach, 'by-rule'> {
  const reach = REACH[role]
  if (reach !== 'by-rule') return reach
  const rules = viewRules(pack, now).filter(rule => rule.roles.length === 0 || rule.roles.includes(role))
  return rules.some(rule => !rule.needs.includes('case') && rule.own !== true) ? 'all' : 'granted'
}

/** The rules of a policy that open footage to somebody, at a moment. A rule that says `never` opens nothing. */
export function viewRules(pack: Pick<PolicyPack, 'view' | 'zone'>, now: number): ViewLeaf[] {
  return valuesAt(Object.values(pack.view), now, pack.zone.v).filter(rule => rule.never !== true)
}

/**
 * THE access predicate: a condition on `dock_v_recording` under the alias. Every list of recordings that a person is
 * shown has it in its where clause, and asking for one item is asking the list for that id. It is written so that
 * PostgreSQL finds the few recordings of a wearer or of a grant by index, and does not weigh each row of the agency.
 */
export function visible(seer: Seer, alias: string): RawBuilder<boolean> {
  const mine = sql<boolean>`${sql.ref(`${alias}.agency`)} = ${seer.agency}::uuid`
  if (seer.all && seer.unit === null) return mine
  const ways = [
    ...(seer.all && seer.unit !== null ? [recordedByUnit(seer.agency, seer.unit)] : []),
    ...(seer.own ? [wornBy(seer)] : []),
    ...(seer.grantees.length > 0 ? [grantedTo(seer)] : []),
  ]
  if (ways.length === 0) return sql<boolean>`false`
  return sql<boolean>`(${mine} and ${sql.ref(`${alias}.id`)} in (${sql.join(ways, sql` union all `)}))`
}

/** Whether the recording that a column of another list names is on the seer's own list: `visible` of that id. */
export function visibleId(seer: Seer, column: string): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from dock_v_recording listed where listed.id = ${sql.ref(column)} and ${visible(seer, 'listed')})`
}

/**
 * What cameras of the unit recorded while they were the unit's; of `dock_v_recording`, a set of ids. A camera of no unit is the
 * agency's as a whole. Each camera has spans of belonging, so an index finds what it made in them, without a look at each recording.
 */
export function recordedByUnit(agency: string, unit: string): RawBuilder<unknown> {
  const at = sql`(${madeAtOf('u')})`
  return sql`select u.id from (
      select c.camera, c.unit, c.since, lead(c.since) over (partition by c.camera order by c.since) as until
      from people_camera_unit c where c.agency = ${agency}::uuid
    ) s
    join dock_v_recording u on u.agency = ${agency}::uuid and u.camera = s.camera and ${at} >= s.since
      and ${at} < coalesce(s.until, 'infinity')
    where s.unit = ${unit}::uuid`
}

/** The unit to which the camera of the recording `u` belonged when it was made; null: to the agency as a whole. */
function unitThen(): RawBuilder<unknown> {
  return sql`select c.unit from people_camera_unit c
    where c.agency = u.agency and c.camera = u.camera and c.since <= ${madeAtOf('u')}
    order by c.since desc limit 1`
}

/** Whose rules hold for a recording: those of the unit whose camera made it; null: the agency's. */
export async function unitOfRecording(trx: Trx, recording: string): Promise<string | null> {
  const { rows } = await sql<{ unit: string | null }>`
    select (${unitThen()}) as unit from dock_v_recording u where u.id = ${recording}::uuid`.execute(trx)
  return rows[0]?.unit ?? null
}

/** Whether somebody wore the camera of a recording: the wearer that it names is the person of his name. */
export async function wears(
  trx: Trx,
  { agency, name }: Pick<Actor, 'agency' | 'name'>,
  recording: string,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    select r.id from dock_v_recording r where r.id = ${recording}::uuid and r.id in (${wornBy({ agency, wearerKey: nameKey(name) })})`.execute(
    trx,
  )
  return rows.length > 0
}

function wornBy({ agency, wearerKey }: Pick<Seer, 'agency' | 'wearerKey'>): RawBuilder<unknown> {
  return sql`select worn.id from dock_v_recording worn where worn.agency = ${agency}::uuid and worn.wearer_key = ${wearerKey}`
}

/** By person and by role apart: each has an index of its own. */
function grantedTo({ agency, person, grantees, now }: Seer): RawBuilder<unknown> {
  const stands = sql`g.agency = ${agency}::uuid and g.revoked_at is null and g.until > ${new Date(now)}`
  return sql`select g.recording from rules_grant g where ${stands} and g.person = ${person}::uuid
    union all
    select g.recording from rules_grant g where ${stands} and g.role = any(${[...grantees]}::text[])`
}
