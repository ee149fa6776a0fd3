import { createHash } from 'node:crypto'
import { canonicalize, type Json } from '@vidne/evidence/jcs'
import { actorFields, may, type Actor, type Approved, type Carried } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { footageRules } from './categories.ts'
import { lifeInRow } from './deadlines.ts'
import { addCategory, removeCategory, saidOf } from './given-store.ts'
import type { KeepGround } from './ground.ts'
import { afterDowngrade } from './moves.ts'
import { policiesOfOne } from './policies.ts'
import { shorten } from './shortening.ts'
import { lockDeadline } from './store.ts'
import { isGrounded, needsGround, UNCATEGORISED } from './terms.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'approvals' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}

export type DowngradeRefusal =
  'not-allowed' | 'no-such-recording' | 'no-reason' | 'not-categorised' | 'no-such-rule' | 'no-ground' | 'too-late'
export type DowngradeAsked =
  | { readonly state: 'waiting'; readonly approval: string; readonly deadline: number }
  | { readonly state: 'refused'; readonly because: DowngradeRefusal }

/** `instead`: the rule it is put under in its place; null: none. */
export type DowngradeWish = {
  readonly recording: string
  readonly rule: string
  readonly instead: string | null
  readonly reason: string
}

/** Asks for a category to be taken away, or another to stand in its place. Nothing changes before another person confirms. */
export async function askDowngrade(
  trx: Trx,
  ground: Ground,
  { by, ...wish }: DowngradeWish & { by: Actor },
): Promise<DowngradeAsked> {
  const { recording, rule, instead } = wish
  const reason = wish.reason.trim()
  const refused = (because: DowngradeRefusal): DowngradeAsked => ({ state: 'refused', because })
  if (!may(by, 'downgrade')) return refused('not-allowed')
  if (reason === '') return refused('no-reason')
  const refusal = await whyNot(trx, ground, { recording, rule, instead, agency: by.agency })
  if (refusal !== null) return refused(refusal)
  const payload = { rule, instead, reason, askedBy: { name: by.name, person: by.person } }
  const asked = await ground.approvals.ask(trx, {
    agency: by.agency,
    kind: 'category-downgrade',
    subject: recording,
    by,
    reason,
    about: { rule, instead },
    payload,
    wish: new Uint8Array(createHash('sha256').update(canonicalize({ rule, instead })).digest()),
  })
  return { state: 'waiting', approval: asked.approval, deadline: asked.deadline }
}

type Which = {
  readonly recording: string
  readonly agency: string
  readonly rule: string
  readonly instead: string | null
}

async function whyNot(
  trx: Trx,
  ground: Ground,
  { recording, agency, rule, instead }: Which,
): Promise<Exclude<DowngradeRefusal, 'not-allowed' | 'no-reason'> | null> {
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== agency) return 'no-such-recording'
  if (row.state === 'erasing' || row.state === 'deleted') return 'too-late'
  const category = (await saidOf(trx, recording)).categories.find(one => one.rule === rule)
  if (category === undefined) return 'not-categorised'
  if (instead === null) return null
  const { pack } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  if (!footageRules(pack).includes(instead)) return 'no-such-rule'
  return instead !== UNCATEGORISED && needsGround([pack]) && !isGrounded(category) ? 'no-ground' : null
}

/** Takes the category away, and lets the rules that are left decide. */
export async function carryDowngrade(trx: Trx, ground: Ground, approved: Approved): Promise<Carried> {
  const { subject: recording, agency, approval, confirmedBy } = approved
  const { rule, instead, reason, askedBy } = downgradePayload(approved.payload)
  if (recording === null) return { done: false, because: 'no-such-recording' }
  const refusal = await whyNot(trx, ground, { recording, agency, rule, instead })
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || refusal === 'no-such-recording') return { done: false, because: 'no-such-recording' }
  if (refusal !== null) return { done: false, because: refusal === 'too-late' ? 'too-late' : 'not-categorised' }
  const { categories } = await saidOf(trx, recording)
  const taken = categories.find(one => one.rule === rule)
  const at = ground.clock.now()
  await removeCategory(trx, { recording, rule, at, approval })
  if (instead !== null && taken !== undefined) {
    const { case: number, offence } = taken
    const { person } = confirmedBy
    await addCategory(trx, { recording, agency, rule: instead, case: number, offence, at, person, approval })
  }
  const { versions, inForce } = await policiesOfOne(trx, ground, agency, recording)
  const { pol } = inForce
  const fields = [
    { name: 'rule', value: rule },
    ...(instead === null ? [] : [{ name: 'instead', value: instead }]),
    { name: 'reason', value: reason },
    { name: 'approval', value: approval },
    { name: 'asked-by', value: askedBy },
    ...actorFields(confirmedBy),
  ]
  await ground.history.append(trx, { subject: recording, type: 'category-removed', pol, fields })
  const before = lifeInRow(row)
  const known = { versions, said: await saidOf(trx, recording), now: at }
  const life = afterDowngrade(before, known, instead !== null)
  if (life === before) return { done: true }
  const decided = { kind: 'category-downgrade', approval, confirmedBy } as const
  await shorten(trx, ground, row, { life, because: 'category-removed', settled: row.settled, decided, pol })
  return { done: true }
}

type Payload = {
  readonly rule: string
  readonly instead: string | null
  readonly reason: string
  readonly askedBy: Json
}

function downgradePayload(payload: Json): Payload {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload))
    throw new Error('a downgrade without payload')
  const { rule, instead, reason, askedBy } = payload
  if (typeof rule !== 'string' || typeof reason !== 'string')
    throw new Error('a downgrade with a payload of another kind')
  return { rule, instead: typeof instead === 'string' ? instead : null, reason, askedBy: askedBy ?? null }
}
