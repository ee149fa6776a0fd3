import { createHash } from 'node:crypto'
import { canonicalize, type Json } from '@vidne/evidence/jcs'
import * as z from 'zod'
import { diff, type Change } from '@vidne/policies/diff'
import { freeze } from '@vidne/policies/freeze'
import { merge } from '@vidne/policies/merge'
import { readAgain, readOverride, type OverrideRefusal } from '@vidne/policies/override'
import type { Loosening } from '@vidne/policies/rule'
import type { PolicyPack } from '@vidne/policies/pack'
import {
  actorFields,
  type Actor,
  type Approved,
  type Carried,
  type People,
  type Publication,
} from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { policyReader, rowOf, type PolicyInForce } from './published.ts'
import type { Rules } from './rules.ts'
import { sayPublished } from './saying.ts'
import { insertPolicy, unitVersions, versionsOf, type PolicyRow } from './store.ts'

/** What somebody wants to change. `unit`: its name, null for the agency. `since`: when it comes into force, null for at once. */
export type Draft = { readonly unit: string | null; readonly override: unknown; readonly since: number | null }

export type DraftRefusal =
  | { readonly because: 'odd-override'; readonly faults: readonly OverrideRefusal[] }
  | { readonly because: 'looser'; readonly loosenings: readonly Loosening[] }
  | { readonly because: 'nothing-changes' | 'no-such-unit' | 'not-allowed' | 'no-reason' | 'since-is-past' }
  | { readonly because: 'later-version'; readonly since: number }

/** What a draft would be once it is published, and what it changes. Nothing is written. */
export type Considered =
  | {
      readonly state: 'ready'
      readonly before: PolicyInForce
      readonly after: PolicyInForce
      /** What would be written. */
      readonly row: PolicyRow
      readonly changes: readonly Change[]
    }
  | ({ readonly state: 'refused' } & DraftRefusal)

export type PublicationAsked =
  | { readonly state: 'waiting'; readonly approval: string; readonly deadline: number; readonly digest: string }
  | ({ readonly state: 'refused' } & DraftRefusal)

/** New versions of an agency's policy, or of one unit's. Each only tightens the one before, and takes two persons. */
export interface Publishing {
  /** What a draft would change. Throws NoPolicy. */
  consider(actor: Actor, draft: Draft): Promise<Considered>
  /** Asks for a draft to be published; another person confirms. */
  ask(actor: Actor, draft: Draft & { readonly reason: string }): Promise<PublicationAsked>
  /** The same in a transaction of the caller's, so that what it asks about may have been made in it. */
  askIn(trx: Trx, actor: Actor, draft: Draft & { readonly reason: string }): Promise<PublicationAsked>
}

type Ground = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly people: People
  readonly rules: Rules
}

export function openPublishing(ground: Ground): Publishing {
  const { database, people } = ground
  people.approvals.onApproved('policy-publication', (trx, approved) => publish(trx, ground, approved))
  people.approvals.onPublication((trx, question) => proposed(trx, ground, question))
  return {
    consider: (actor, draft) => database.asAgency(actor.agency, trx => consider(trx, ground, actor.agency, draft)),
    ask: (actor, draft) => database.asAgency(actor.agency, trx => ask(trx, ground, actor, draft)),
    askIn: (trx, actor, draft) => ask(trx, ground, actor, draft),
  }
}

const read = policyReader()

async function consider(trx: Trx, ground: Ground, agency: string, draft: Draft): Promise<Considered> {
  const unit = draft.unit === null ? null : await ground.people.units.called(trx, agency, draft.unit)
  if (draft.unit !== null && unit === null) return { state: 'refused', because: 'no-such-unit' }
  const now = ground.clock.now()
  const since = draft.since ?? now
  if (since < now) return { state: 'refused', because: 'since-is-past' }
  const standing = await standingOf(trx, ground, agency, unit?.id ?? null)
  if (standing.newest >= since) return { state: 'refused', because: 'later-version', since: standing.newest }
  return upon(standing, { agency, unit: unit?.id ?? null, since, override: draft.override })
}

type Scope = { readonly agency: string; readonly unit: string | null; readonly since: number }

/** What comes of an override upon what stands, as the row that would be written. */
function upon({ before, base }: Standing, draft: Scope & { readonly override: unknown }): Considered {
  const { override, refused: faults } = readOverride(draft.override, base)
  if (override === null) return { state: 'refused', because: 'odd-override', faults }
  const { policy, refused } = merge(base, override)
  if (refused.length > 0) return { state: 'refused', because: 'looser', loosenings: refused }
  const changes = diff(before.pack, policy)
  if (changes.length === 0) return { state: 'refused', because: 'nothing-changes' }
  const row = versionOf({ ...draft, policy, override: asJson(draft.override) })
  return { state: 'ready', before, after: read(row), row, changes }
}

type Standing = { readonly before: PolicyInForce; readonly base: PolicyPack; readonly newest: number }

/**
 * What a new version is built upon: the newest there is, for a unit without one the agency's with every leaf frozen. `newest`: when the
 * last version that this one would overtake comes into force. It has to begin after that: two of one moment would have no order.
 */
async function standingOf(trx: Trx, ground: Ground, agency: string, unit: string | null): Promise<Standing> {
  const own = (await ground.rules.versions(trx, agency, unit)).at(-1)
  const whole = (await ground.rules.versions(trx, agency, null)).at(-1)
  const before = own ?? whole ?? (await ground.rules.policyInForce(trx, agency))
  const base = unit !== null && own === undefined ? freeze(before.pack) : before.pack
  const overtaken = unit === null ? await ground.rules.policies(trx, agency) : [own, whole]
  return { before, base, newest: Math.max(0, ...overtaken.map(one => one?.since ?? 0)) }
}

/** A published version: every leaf frozen, so that what is built upon it can only be tighter. */
function versionOf(p: Scope & { policy: PolicyPack; override: Json | null }): PolicyRow {
  const { agency, unit, since, override } = p
  const pack = freeze(p.policy)
  return rowOf({ agency, unit, since, pack, zone: pack.zone.v, override })
}

async function ask(
  trx: Trx,
  ground: Ground,
  actor: Actor,
  draft: Draft & { readonly reason: string },
): Promise<PublicationAsked> {
  const reason = draft.reason.trim()
  if (reason === '') return { state: 'refused', because: 'no-reason' }
  const considered = await consider(trx, ground, actor.agency, draft)
  if (considered.state === 'refused') return considered
  const { before, after } = considered
  const { unit, since } = draft
  const payload = { override: asJson(draft.override), unit, since, before: before.digest, askedBy: actor.name }
  const wish = new Uint8Array(createHash('sha256').update(canonicalize(payload)).digest())
  const { agency } = actor
  const question = { agency, kind: 'policy-publication', subject: null, by: actor, reason, payload, wish } as const
  const { approval, deadline } = await ground.people.approvals.ask(trx, question)
  return { state: 'waiting', approval, deadline, digest: after.digest }
}

/** What a version that waits would change, for the second person to read before he confirms it. */
async function proposed(
  trx: Trx,
  ground: Ground,
  { agency, payload }: { agency: string; payload: Json },
): Promise<Publication> {
  const wish = Payload.parse(payload)
  const { unit, since } = wish
  const considered = await consider(trx, ground, agency, startingNow(wish, ground.clock.now()))
  return considered.state === 'refused' || considered.before.digest !== wish.before
    ? { unit, since, digest: null, changes: [] }
    : { unit, since, digest: considered.after.digest, changes: considered.changes }
}

/** What was asked for a day that has come meanwhile begins now. */
function startingNow<Wish extends { readonly since: number | null }>(wish: Wish, now: number): Wish {
  return { ...wish, since: wish.since === null ? null : Math.max(wish.since, now) }
}

/**
 * Publishes what was confirmed. Where its day has come meanwhile it comes into force at once, never before. A new version of the agency
 * becomes the ground of its units' in the same transaction, so that none of them is looser for a moment.
 */
async function publish(trx: Trx, ground: Ground, approved: Approved): Promise<Carried> {
  const { agency } = approved
  const payload = Payload.parse(approved.payload)
  const considered = await consider(trx, ground, agency, startingNow(payload, ground.clock.now()))
  if (considered.state === 'refused' || considered.before.digest !== payload.before)
    return { done: false, because: 'policy-changed' }
  const row = considered.row
  await insertPolicy(trx, row)
  const said = [
    { name: 'approval', value: approved.approval },
    { name: 'asked-by', value: payload.askedBy },
    ...(payload.unit === null ? [] : [{ name: 'unit', value: payload.unit }]),
    ...actorFields(approved.confirmedBy),
  ]
  await sayPublished(trx, ground.history, row, said)
  if (row.unit === null) await republishUnits(trx, ground, { agency, whole: considered.after, said })
  return { done: true }
}

/** Builds each unit's version anew upon the agency's; what of its own would be looser now gives way to the agency's. */
async function republishUnits(
  trx: Trx,
  { history }: Ground,
  p: { agency: string; whole: PolicyInForce; said: Said },
): Promise<void> {
  const { agency, whole, said } = p
  for (const { unit } of await unitVersions(trx, agency)) {
    const rows = await versionsOf(trx, { agency, unit })
    const policy = rows.reduce((base, row) => withOverride(base, row), whole.pack)
    const row = versionOf({ agency, unit, since: whole.since, policy, override: null })
    await insertPolicy(trx, row)
    await sayPublished(trx, history, row, said)
  }
}

/** The policy with what a version once changed, as far as that fits and is no looser. */
function withOverride(base: PolicyPack, { override }: PolicyRow): PolicyPack {
  return override === null ? base : merge(base, readAgain(JSON.parse(override), base)).policy
}

type Said = readonly { name: string; value: Json }[]

const Payload = z.object({
  override: z.json(),
  unit: z.string().nullable(),
  since: z.number().nullable(),
  before: z.string(),
  askedBy: z.string(),
})

/** The plain data of what came as JSON: without what JSON does not know. */
function asJson(value: unknown): Json {
  const parsed: Json = JSON.parse(JSON.stringify(value))
  return parsed
}
