import type { Trx } from '../platform/database/door.ts'
import { believable, madeAt, type PolicyInForce } from '../rules/rules.ts'
import { insertCaptures, namedElsewhere, retimeCapture, type NewCapture } from './captures-store.ts'
import { clauseFields } from './decision-fields.ts'
import type { Captured, Deciding } from './ground.ts'
import { linkRecordings } from './made-in.ts'
import { coverParticipants } from './operations-store.ts'
import { wearerKey } from './operations.ts'
import { policyAt, polOf } from './policy-at.ts'
import type { ReviewKind } from './review-kinds.ts'
import { openReview } from './reviews.ts'
import { attachFitting, lookForLateStops } from './situations.ts'
import { decideOn, nothingReported, type Decided } from './verdicts.ts'

/** The times as far as they can be believed. */
export function believed(captured: Captured): Captured {
  const { start, end, dockedAt } = captured
  return { ...captured, start: believable(start, dockedAt), end: believable(end, dockedAt) }
}

/** When it was captured, for the policy in force then; the docking where no clock can be believed. */
export function capturedAt({ start, end, dockedAt }: Captured): number {
  return madeAt(start ?? end, dockedAt)
}

/** Marks that a capture has by its time alone, whatever was reported of it. */
const BY_TIME = ['no-policy', 'before-legal-basis', 'after-legal-basis'] as const
type ByTime = (typeof BY_TIME)[number]

const KIND_OF: Readonly<Record<ByTime, ReviewKind>> = {
  'no-policy': 'no-policy',
  'before-legal-basis': 'no-legal-basis',
  'after-legal-basis': 'no-legal-basis',
}

type Looked = {
  readonly captured: Captured
  readonly decided: Decided
  readonly capture: NewCapture
  readonly marks: ByTime[]
}

/**
 * Every sealed recording is bound to the policy in force when it was captured. Without one, or before its legal basis was valid, it
 * is marked and put before somebody: what was docked is sealed and kept like any other, and never thrown away for it.
 */
export async function lookAtSealed(trx: Trx, ground: Deciding, all: readonly Captured[]): Promise<void> {
  const looked: Looked[] = []
  const policyOf = policiesOf(trx, ground)
  for (const captured of all.map(believed)) looked.push(await look(trx, ground, captured, policyOf))
  await insertCaptures(
    trx,
    looked.map(({ capture }) => capture),
  )
  for (const one of looked) if (one.marks.length > 0) await mark(trx, ground, one)
  const sealed = looked.map(({ captured }) => captured.recording)
  await fit(trx, ground, await namedElsewhere(trx, sealed))
}

/** The media was read: its time is known better, and may fit what it did not fit before. */
export async function lookAgain(trx: Trx, ground: Deciding, all: readonly Captured[]): Promise<void> {
  for (const captured of all.map(believed)) await retimeCapture(trx, captured)
  await fit(
    trx,
    ground,
    all.map(({ recording }) => recording),
  )
  for (const which of all) await lookForLateStops(trx, ground, which)
}

async function fit(trx: Trx, ground: Deciding, recordings: readonly string[]): Promise<void> {
  if (recordings.length === 0) return
  await coverParticipants(trx, recordings)
  await linkRecordings(trx, recordings)
  await attachFitting(trx, ground, recordings)
}

type PolicyOf = (agency: string, camera: string | null, at: number) => Promise<PolicyInForce | null>

/**
 * The policy in force at a moment that has passed. Footage that is docked together was nearly always made under the one that is
 * in force now, so an agency's is asked for once and not for each of a rack of cameras, unless its cameras belong to units.
 */
function policiesOf(trx: Trx, ground: Deciding): PolicyOf {
  const present = new Map<string, PolicyInForce | null>()
  const divided = new Map<string, boolean>()
  return async (agency, camera, at) => {
    const now = ground.clock.now()
    if (!divided.has(agency)) divided.set(agency, await ground.people.units.haveCameras(trx, agency))
    if (divided.get(agency) === true) return policyAt(trx, ground, { agency, camera, at })
    if (!present.has(agency)) present.set(agency, await policyAt(trx, ground, { agency, at: now }))
    const known = present.get(agency) ?? null
    return known !== null && known.since <= at && at <= now ? known : policyAt(trx, ground, { agency, at })
  }
}

async function look(trx: Trx, ground: Deciding, captured: Captured, policyOf: PolicyOf): Promise<Looked> {
  const { agency, recording, camera, wearer, start, end, dockedAt } = captured
  const at = capturedAt(captured)
  const policy = await policyOf(agency, camera, at)
  const decided = decideOn(nothingReported(at), policy?.pack ?? null)
  const found = BY_TIME.filter(name => decided.marks.includes(name))
  const early = policy === null && (await beforeAnyBasis(trx, ground, agency, at))
  const marks = early && !found.includes('before-legal-basis') ? [...found, 'before-legal-basis' as const] : found
  const { noticeNeeded } = decided
  // A pack that is in force and out of its own dates counts as none.
  const policyDigest = marks.includes('no-policy') ? null : (policy?.pol ?? null)
  const times = { start, end, dockedAt }
  const who = { camera, wearer, wearerKey: wearerKey(wearer) }
  const capture = { recording, agency, ...who, ...times, policy: policyDigest, marks, noticeNeeded }
  return { captured, decided, capture, marks }
}

/** Whether it is older than what the agency's first policy names as its legal basis: then there was no law either. */
async function beforeAnyBasis(trx: Trx, { rules }: Deciding, agency: string, at: number): Promise<boolean> {
  const [first] = await rules.policies(trx, agency)
  return first !== undefined && decideOn(nothingReported(at), first.pack).marks.includes('before-legal-basis')
}

async function mark(trx: Trx, ground: Deciding, { captured, decided, capture, marks }: Looked): Promise<void> {
  const { agency, recording, wearer, camera } = captured
  const fields = [
    { name: 'captured-at', value: capturedAt(captured) },
    { name: 'verdict', value: decided.verdict },
    { name: 'marks', value: marks },
    ...clauseFields(decided),
    { name: 'actor', value: 'installation' },
  ]
  await ground.history.append(trx, {
    subject: recording,
    type: 'situation-decided',
    pol: polOf(capture.policy),
    fields,
  })
  const words = { wearer, camera, reason: null }
  const about = { agency, unit: null, subject: recording, ord: 0, recording, operation: null, situation: null, words }
  const since = capturedAt(captured)
  for (const one of marks) await openReview(trx, ground, { ...about, kind: KIND_OF[one], since, aboutPerson: null })
}
