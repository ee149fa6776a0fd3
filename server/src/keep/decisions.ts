import { createHash } from 'node:crypto'
import { canonicalize, type Json } from '@vidne/evidence/jcs'
import { maxDeadline } from '@vidne/policies/deadline'
import type { PolicyPack } from '@vidne/policies/pack'
import { actorFields, isRole, type Actor, type Approved, type Carried, type Role } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { categoryFields, footageRules } from './categories.ts'
import { consider, lifeInRow } from './deadlines.ts'
import { rolesOver } from './decision-roles.ts'
import { whyNotDeleted } from './early.ts'
import { addCategory } from './given-store.ts'
import type { KeepGround } from './ground.ts'
import { DECIDED_RULE, endOf, lifeOf } from './life.ts'
import { policiesOfOne } from './policies.ts'
import { shorten } from './shortening.ts'
import { lockDeadline } from './store.ts'
import { keepTables, type DeadlineRow, type DecisionOutcome } from './tables.ts'
import { UNCATEGORISED } from './terms.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'approvals' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}

/** Delete it now, or keep it under a rule of the policy for a case that is named. */
export type DecisionWish = { readonly recording: string; readonly reason: string } & (
  | { readonly outcome: 'delete' }
  | { readonly outcome: 'keep'; readonly rule: string; readonly case: string; readonly offence: string }
)

type Keeping = Extract<DecisionWish, { outcome: 'keep' }>

export type DecisionRefusal =
  | 'not-allowed'
  | 'not-the-wearer'
  | 'nothing-to-decide'
  | 'no-such-recording'
  | 'no-reason'
  | 'no-such-rule'
  | 'keeps-nothing'
  | 'too-early'
  | 'held'
  | 'minimum-runs'
  | 'too-late'
export type DecisionAsked =
  | { readonly state: 'waiting'; readonly approval: string; readonly deadline: number }
  | { readonly state: 'refused'; readonly because: DecisionRefusal }

/**
 * Where the policy lets people decide about deletions (PolG NRW § 15c(4)), one of those it names asks, from its day on, and
 * another of them in another of these roles confirms: whoever wore the camera and a superior in whose reach the recording is. If nobody does, the rule deletes at its day.
 */
export async function askDecision(
  trx: Trx,
  ground: Ground,
  { by, ...wish }: DecisionWish & { by: Actor },
): Promise<DecisionAsked> {
  const { recording, outcome } = wish
  const reason = wish.reason.trim()
  const refused = (because: DecisionRefusal): DecisionAsked => ({ state: 'refused', because })
  const { pack } = (await policiesOfOne(trx, ground, by.agency, recording)).inForce
  if (pack.decision === undefined) return refused('nothing-to-decide')
  const among = pack.decision.v.by
  if (!by.roles.some(role => among.includes(role))) return refused('not-allowed')
  const roles = await rolesOver(trx, ground, { by, recording, among })
  if (roles.length === 0) return refused(by.roles.includes('wearer') ? 'not-the-wearer' : 'not-allowed')
  if (reason === '') return refused('no-reason')
  const refusal = await whyNot(trx, ground, by.agency, wish)
  if (refusal !== null) return refused(refusal)
  const kept = wish.outcome === 'keep' ? { rule: wish.rule, case: wish.case, offence: wish.offence } : null
  const payload = { outcome, kept, reason, roles: [...roles], askedBy: { name: by.name, person: by.person } }
  const asked = await ground.approvals.ask(trx, {
    agency: by.agency,
    kind: 'deletion-decision',
    subject: recording,
    by,
    reason,
    about: { outcome, ...kept },
    payload,
    wish: new Uint8Array(createHash('sha256').update(canonicalize({ outcome, kept })).digest()),
  })
  return { state: 'waiting', approval: asked.approval, deadline: asked.deadline }
}

async function whyNot(
  trx: Trx,
  ground: Ground,
  agency: string,
  wish: DecisionWish,
): Promise<Exclude<DecisionRefusal, 'not-allowed' | 'not-the-wearer' | 'no-reason'> | null> {
  const { recording } = wish
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== agency) return 'no-such-recording'
  if (row.state === 'erasing' || row.state === 'deleted') return 'too-late'
  const { pack } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  if (row.rule !== UNCATEGORISED) return 'nothing-to-decide'
  const from = decisionFrom(pack, row.anchor.getTime())
  if (from === null || from > ground.clock.now()) return 'too-early'
  if (wish.outcome === 'keep') {
    if (!footageRules(pack).includes(wish.rule)) return 'no-such-rule'
    return outlasts(pack, wish, row) ? null : 'keeps-nothing'
  }
  return whyNotDeleted(trx, ground, recording, agency)
}

/** Whether a recording under that rule would stay longer than it does; else "keep" would be said of something that goes. */
function outlasts(pack: PolicyPack, { rule, case: number, offence }: Keeping, row: DeadlineRow): boolean {
  const before = lifeInRow(row)
  const category = { rule, case: number, offence, byTwo: true }
  return endOf(lifeOf({ packs: [pack], categories: [category], cases: [] }, before.anchor)) > endOf(before)
}

/** From when people may decide about a recording whose time is counted from `from`; null where the policy asks nobody. */
export function decisionFrom({ decision, zone }: PolicyPack, from: number): number | null {
  if (decision === undefined) return null
  return maxDeadline({ from, zone: zone.v, period: `P${decision.v.fromDay}D` })
}

/** Who is not the other of the two: nobody of the asker's one role takes the question away from the one who is meant. */
export async function otherThanAsked(trx: Trx, ground: Ground, approved: Approved): Promise<'not-both-roles' | null> {
  const { subject: recording, agency, payload, inPlaceOf } = approved
  if (recording === null) return null
  const { pack } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  const among = pack.decision?.v.by ?? []
  if (among.length === 0) return null
  const confirming = await rolesOver(trx, ground, { by: inPlaceOf, recording, among })
  return bothRoles(decisionPayload(payload).roles, confirming, among) === null ? 'not-both-roles' : null
}

/** Carries out what both decided: it is due at once and goes by the next run, or is kept for its case. */
export async function carryDecision(trx: Trx, ground: Ground, approved: Approved): Promise<Carried> {
  const { subject: recording, agency, approval, confirmedBy, inPlaceOf } = approved
  const decision = decisionPayload(approved.payload)
  if (recording === null) return { done: false, because: 'no-such-recording' }
  const { pack, pol } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  const among = pack.decision?.v.by ?? []
  const confirming = await rolesOver(trx, ground, { by: inPlaceOf, recording, among })
  const roles = bothRoles(decision.roles, confirming, among)
  if (roles === null) return { done: false, because: 'not-both-roles' }
  const { outcome, kept, reason, askedBy } = decision
  const wish: DecisionWish =
    kept === null ? { recording, reason, outcome: 'delete' } : { recording, reason, outcome: 'keep', ...kept }
  const refusal = await whyNot(trx, ground, agency, wish)
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || refusal !== null) return { done: false, because: overtakenBy(refusal ?? 'no-such-recording') }
  const at = ground.clock.now()
  await keepTables(trx)
    .insertInto('keep_decision')
    .values({ approval, agency, recording, outcome, roles, at: new Date(at) })
    .execute()
  const fields = [
    { name: 'outcome', value: outcome },
    ...(kept === null ? [] : categoryFields(kept)),
    { name: 'reason', value: reason },
    { name: 'decision-roles', value: [...roles] },
    { name: 'approval', value: approval },
    { name: 'asked-by', value: askedBy },
    ...actorFields(confirmedBy),
  ]
  await ground.history.append(trx, { subject: recording, type: 'deletion-decided', pol, fields })
  if (kept !== null) {
    await addCategory(trx, { ...kept, recording, agency, at, person: confirmedBy.person })
    await consider(trx, ground, { agency, recording }, 'categorised', confirmedBy)
    return { done: true }
  }
  const life = { ...lifeInRow(row), rule: DECIDED_RULE, direction: 'max', deleteAfter: at, reviewAt: null } as const
  const decided = { kind: DECIDED_RULE, approval, confirmedBy } as const
  await shorten(trx, ground, row, { life, because: DECIDED_RULE, settled: true, decided, pol })
  return { done: true }
}

function overtakenBy(refusal: NonNullable<Awaited<ReturnType<typeof whyNot>>>) {
  const nothing = refusal === 'too-early' || refusal === 'no-such-rule' || refusal === 'keeps-nothing'
  return nothing ? 'nothing-to-decide' : refusal
}

/** In which two different roles of those the policy names the two decided; null where both have the same one only. */
function bothRoles(asker: readonly Role[], confirmer: readonly Role[], by: readonly Role[]): readonly Role[] | null {
  for (const one of by) {
    if (!asker.includes(one)) continue
    const other = by.find(role => confirmer.includes(role) && (role !== one || by.length === 1))
    if (other !== undefined) return [one, other]
  }
  return null
}

/** In which roles a recording's deletion was decided; null where nobody decided it. */
export async function rolesThatDecided(trx: Trx, recordings: readonly string[]): Promise<Map<string, readonly Role[]>> {
  if (recordings.length === 0) return new Map()
  const rows = await keepTables(trx)
    .selectFrom('keep_decision')
    .select(['recording', 'roles'])
    .where('recording', 'in', [...recordings])
    .where('outcome', '=', 'delete')
    .orderBy('at')
    .execute()
  return new Map(rows.map(row => [row.recording, row.roles.filter(isRole)]))
}

type Payload = {
  readonly outcome: DecisionOutcome
  readonly kept: { readonly rule: string; readonly case: string; readonly offence: string } | null
  readonly reason: string
  readonly roles: readonly Role[]
  readonly askedBy: Json
}

function decisionPayload(payload: Json): Payload {
  const { outcome, kept, reason, roles, askedBy } = membersOf(payload)
  if ((outcome !== 'delete' && outcome !== 'keep') || typeof reason !== 'string' || !Array.isArray(roles))
    throw new Error('a decision with a payload of another kind')
  const named = roles.filter(role => typeof role === 'string').filter(isRole)
  return {
    outcome,
    kept: outcome === 'keep' ? keptIn(kept ?? null) : null,
    reason,
    roles: named,
    askedBy: askedBy ?? null,
  }
}

function keptIn(kept: Json): NonNullable<Payload['kept']> {
  const { rule, case: number, offence } = membersOf(kept)
  if (typeof rule !== 'string' || typeof number !== 'string' || typeof offence !== 'string')
    throw new Error('a decision to keep that does not say for what')
  return { rule, case: number, offence }
}

function membersOf(value: Json): { readonly [name: string]: Json } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('a decision without payload')
  return value
}
