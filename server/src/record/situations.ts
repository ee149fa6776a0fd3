import { toHex } from '@vidne/evidence/bytes'
import { isReason } from '@vidne/policies/decide'
import type { PolicyPack } from '@vidne/policies/pack'
import { actorFields, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { findCapture, setNoticed, type Capture } from './captures-store.ts'
import type { Deciding } from './ground.ts'
import { decisionFields } from './decision-fields.ts'
import { findOperation, operationUnderWay, type Who } from './operations-store.ts'
import { wearerKey } from './operations.ts'
import { policyAt, polOf } from './policy-at.ts'
import { handsOver, notHisWord, type Reported } from './reported.ts'
import { conductReviews, footageReviews, stoppedLate, type ReviewKind } from './review-kinds.ts'
import { attachReviews, setReviewReason } from './reviews-store.ts'
import { openReview } from './reviews.ts'
import { askSecond } from './second.ts'
import {
  attachTo,
  findSituation,
  fittingSituations,
  insertDecidedAgain,
  insertSituation,
  markExplained,
  situationsOf,
  type StoredSituation,
} from './situations-store.ts'
import type { OperationRow } from './tables.ts'
import { decideOn, situationOf } from './verdicts.ts'

/** A report, with the recording or operation it names; null: whichever fits. */
export type Report = Reported & { readonly recording: string | null; readonly operation: string | null }

export type ReportRefusal =
  'not-allowed' | 'no-such-recording' | 'no-such-operation' | 'of-whom' | 'not-your-trigger' | 'not-your-override'
/** `approval`: the question to a second person whom the policy wants beside an override; null: none is asked. */
export type ReportTaken =
  | { readonly state: 'decided'; readonly situation: StoredSituation; readonly approval: string | null }
  | { readonly state: 'refused'; readonly because: ReportRefusal }

/**
 * Takes what a camera or a dispatcher says of a capture, and decides about it by the policy in force at that moment. Attached to
 * its recording at once where one is named, else to whichever is docked and fits.
 */
export async function report(trx: Trx, ground: Deciding, told: Report, by: Actor): Promise<ReportTaken> {
  const strange = notHisWord(told, by.roles)
  if (strange !== null) return refused(strange === 'triggers' ? 'not-your-trigger' : 'not-your-override')
  const capture = await captureNamed(trx, ground, told, by.agency)
  if (capture === 'unknown') return refused('no-such-recording')
  if (capture === null && told.wearer === null && told.camera === null) return refused('of-whom')
  const who = whoIs(told, capture)
  const operation = await operationOf(trx, by.agency, told, who)
  if (operation === 'unknown') return refused('no-such-operation')
  const { situation, pack } = await decideReport(trx, ground, { told, operation, by, camera: who.camera })
  await insertSituation(trx, situation)
  await openConductReviews(trx, ground, situation, operation?.unit ?? null)
  await lookAtReasonGiven(trx, ground, situation)
  if (capture !== null) await attach(trx, ground, situation, capture)
  const approval = await askSecond(trx, ground, situation, pack)
  return { state: 'decided', situation: { ...situation, recording: told.recording }, approval }
}

/** The recording that a report names, its chain locked; null where it names none. */
async function captureNamed(
  trx: Trx,
  { history }: Deciding,
  { recording }: Report,
  agency: string,
): Promise<Capture | 'unknown' | null> {
  if (recording === null) return null
  await history.lock(trx, [recording])
  return (await findCapture(trx, agency, recording)) ?? 'unknown'
}

function refused(because: ReportRefusal): ReportTaken {
  return { state: 'refused', because }
}

/** Whose capture it is: what the recording says that a report names counts more than what the report says. */
function whoIs(told: Report, capture: Capture | null): Who {
  return { wearerKey: capture?.wearerKey ?? wearerKey(told.wearer), camera: capture?.camera ?? told.camera }
}

async function operationOf(trx: Trx, agency: string, told: Report, who: Who): Promise<OperationRow | 'unknown' | null> {
  if (told.operation !== null) return (await findOperation(trx, agency, told.operation)) ?? 'unknown'
  return who.wearerKey === null && who.camera === null ? null : operationUnderWay(trx, agency, who, told.at)
}

/** What an operation is for counts as reported, unless the report says otherwise. */
function withTask(told: Report, operation: OperationRow | null): Reported {
  const { recording: _, operation: __, ...said } = told
  return { ...said, task: said.task ?? operation?.task ?? null }
}

/** Whoever takes part in an operation is on duty until it ends; of another shift nobody says when it does. */
function shiftEnd(operation: OperationRow | null): number | null {
  return operation?.until_at.getTime() ?? null
}

async function decideReport(
  trx: Trx,
  ground: Deciding,
  p: { told: Report; operation: OperationRow | null; by: Actor; camera: string | null },
): Promise<{ situation: StoredSituation; pack: PolicyPack | null }> {
  const { told, operation, by, camera } = p
  const reported = withTask(told, operation)
  const whose = { unit: operation?.unit ?? null, camera }
  const policy = await policyAt(trx, ground, { agency: by.agency, at: reported.at, ...whose })
  const decided = decideOn(situationOf(reported), policy?.pack ?? null, shiftEnd(operation))
  const situation = {
    id: uuidv7(ground.clock),
    agency: by.agency,
    operation: operation?.id ?? null,
    recording: null,
    wearerKey: wearerKey(reported.wearer),
    report: reported,
    reporter: by,
    reportedAt: ground.clock.now(),
    // A pack that is in force and out of its own dates counts as none.
    policy: decided.marks.includes('no-policy') ? null : (policy?.pol ?? null),
    decided,
    explanation: null,
  }
  return { situation, pack: policy?.pack ?? null }
}

/** A policy, and the digest that events are bound to. */
export type Deciders = { readonly pack: PolicyPack | null; readonly pol: Uint8Array | null }

/**
 * Decides once more about what was reported, by a policy. The history of the recording then has both verdicts, each with the policy that
 * said it. Whoever has to look at it, now that it is decided so, is asked.
 */
export async function decideAgain(
  trx: Trx,
  ground: Deciding,
  situation: StoredSituation,
  { pack, pol }: Deciders,
): Promise<StoredSituation> {
  const operation = await operationNamed(trx, situation)
  const decided = decideOn(situationOf(situation.report), pack, shiftEnd(operation))
  const again = { ...situation, decided, policy: decided.marks.includes('no-policy') ? null : pol }
  await insertDecidedAgain(trx, again, ground.clock.now())
  await openConductReviews(trx, ground, again, operation?.unit ?? null)
  if (again.recording !== null) await tellDecision(trx, ground, again, again.recording)
  return again
}

async function tellDecision(trx: Trx, ground: Deciding, situation: StoredSituation, recording: string): Promise<void> {
  const [pol, fields] = [polOf(situation.policy), decisionFields(situation)]
  await ground.history.append(trx, { subject: recording, type: 'situation-decided', pol, fields })
}

async function openConductReviews(
  trx: Trx,
  ground: Deciding,
  situation: StoredSituation,
  unit: string | null,
): Promise<void> {
  const about = { ...aboutOf(situation), unit, subject: situation.id, recording: situation.recording }
  for (const kind of conductReviews(situation.decided)) await openReview(trx, ground, { ...about, kind })
}

/** What a camera has stored, it says when it is docked: the reason in it was given when it happened. */
async function lookAtReasonGiven(trx: Trx, ground: Deciding, situation: StoredSituation): Promise<void> {
  if (reasonIn(situation.report) === null || handsOver(situation.reporter.roles)) return
  await lookForLateReason(trx, ground, situation)
}

/** Puts a situation before somebody if the time for its reason is over. Once, however often it is found. */
export async function lookForLateReason(trx: Trx, ground: Deciding, situation: StoredSituation): Promise<void> {
  const { id, recording, explanation, decided } = situation
  const by = decided.reasonBy ?? null
  if (by === null || ground.clock.now() <= by) return
  const about = aboutOf(situation)
  const words = { ...about.words, reason: explanation ?? about.words.reason }
  await openReview(trx, ground, { ...about, words, kind: 'late-reason', subject: id, recording })
}

function aboutOf({ agency, operation, id, report: said, reporter }: StoredSituation) {
  const words = { wearer: said.wearer, camera: said.camera, reason: reasonIn(said) }
  return { agency, unit: null, ord: 0, operation, situation: id, aboutPerson: reporter.person, words, since: said.at }
}

function reasonIn({ override, notice }: Reported): string | null {
  return override?.reason ?? (notice?.how === 'not-possible' ? notice.reason : null)
}

const COMMANDS = ['commander', 'site-head'] as const

/** Puts a report and its verdict into the history of its recording, and what footage of it has to be looked at for. */
async function attach(trx: Trx, ground: Deciding, situation: StoredSituation, capture: Capture): Promise<void> {
  const { recording } = capture
  await attachTo(trx, situation.id, recording)
  const { notice } = situation.report
  if (notice !== null) await setNoticed(trx, recording, notice.how)
  await tellDecision(trx, ground, situation, recording)
  const now = await decidedByItsCamera(trx, ground, { ...situation, recording }, capture)
  await attachReviews(trx, situation.id, recording)
  const told = notice?.how === 'spoken' || notice?.how === 'sign' || capture.noticed !== null
  for (const kind of footageReviews(now.decided)) {
    // Who only commands cannot know whether people were told: only the camera's own report says that nobody was.
    if (kind === 'no-notice' && (told || COMMANDS.some(role => situation.reporter.roles.includes(role)))) continue
    await openFootageReview(trx, ground, now, recording, kind)
  }
  await lookForLateStop(trx, ground, now, capture)
}

/**
 * Now that it is known whose camera it was: decided once more where other rules hold for that one than it was decided by, such as those
 * of the unit whose camera it is. A report that came before the footage could name a wearer alone.
 */
async function decidedByItsCamera(
  trx: Trx,
  ground: Deciding,
  situation: StoredSituation,
  { camera }: Capture,
): Promise<StoredSituation> {
  const { agency, report: said, policy } = situation
  const operation = await operationNamed(trx, situation)
  const whose = { unit: operation?.unit ?? null, camera }
  const found = await policyAt(trx, ground, { agency, at: said.at, ...whose })
  if (found === null || (policy !== null && toHex(policy) === found.digest)) return situation
  // A pack that is in force and out of its own dates counts as none, before and now.
  if (policy === null && decideOn(situationOf(said), found.pack).marks.includes('no-policy')) return situation
  return decideAgain(trx, ground, situation, found)
}

async function operationNamed(trx: Trx, { agency, operation }: StoredSituation): Promise<OperationRow | null> {
  return operation === null ? null : findOperation(trx, agency, operation)
}

async function openFootageReview(
  trx: Trx,
  ground: Deciding,
  situation: StoredSituation,
  recording: string,
  kind: ReviewKind,
): Promise<void> {
  await openReview(trx, ground, { ...aboutOf(situation), kind, subject: recording, recording })
}

async function lookForLateStop(
  trx: Trx,
  ground: Deciding,
  situation: StoredSituation,
  capture: Capture,
): Promise<void> {
  const ends = situation.decided.overrideEnds ?? null
  const stops = ends === null ? situation.report.stops : [...situation.report.stops, { at: ends }]
  if (!stoppedLate(stops, capture.end)) return
  await openFootageReview(trx, ground, situation, capture.recording, 'late-stop')
}

/** Attaches what was reported and fits these recordings; and looks at stops, now that it is known when the footage ends. */
export async function attachFitting(trx: Trx, ground: Deciding, recordings: readonly string[]): Promise<void> {
  for (const { situation, recording } of await fittingSituations(trx, recordings)) {
    const capture = await findCapture(trx, situation.agency, recording)
    if (capture !== null) await attach(trx, ground, situation, capture)
  }
}

/** As `attachFitting`, for stops that were reported before the length of the footage was known. */
export async function lookForLateStops(
  trx: Trx,
  ground: Deciding,
  which: { agency: string; recording: string },
): Promise<void> {
  const capture = await findCapture(trx, which.agency, which.recording)
  if (capture === null) return
  for (const situation of await situationsOf(trx, which.agency, which.recording))
    await lookForLateStop(trx, ground, situation, capture)
}

export type ExplainRefusal = 'not-allowed' | 'no-such-situation' | 'not-yours' | 'explained-before' | 'no-reason'
/** `least`: how many characters the policy asks for. */
export type Explained =
  | { readonly state: 'explained' }
  | { readonly state: 'refused'; readonly because: ExplainRefusal }
  | { readonly state: 'refused'; readonly because: 'too-short'; readonly least: number }

/** The reason that was asked for afterwards. Only whoever reported it knows it. */
export async function explain(
  trx: Trx,
  ground: Deciding,
  { situation: id, reason, by }: { situation: string; reason: string; by: Actor },
): Promise<Explained> {
  const said = reason.trim()
  if (said === '') return { state: 'refused', because: 'no-reason' }
  const situation = await findSituation(trx, by.agency, id)
  if (situation === null) return { state: 'refused', because: 'no-such-situation' }
  if (situation.reporter.person !== by.person) return { state: 'refused', because: 'not-yours' }
  const { pack } = await policyThatDecided(trx, ground, situation)
  if (pack !== null && !isReason(pack, said))
    return { state: 'refused', because: 'too-short', least: pack.override.reason.least }
  const { recording } = situation
  if (recording !== null) await ground.history.lock(trx, [recording])
  if (!(await markExplained(trx, id, { at: ground.clock.now(), explanation: said })))
    return { state: 'refused', because: 'explained-before' }
  await setReviewReason(trx, id, said)
  await lookForLateReason(trx, ground, { ...situation, explanation: said })
  const policy = await policyAt(trx, ground, { agency: by.agency, at: ground.clock.now() })
  const fields = [{ name: 'situation', value: id }, { name: 'reason', value: said }, ...actorFields(by)]
  if (recording !== null)
    await ground.history.append(trx, { subject: recording, type: 'annotated', pol: polOf(policy?.pol ?? null), fields })
  return { state: 'explained' }
}

/** The policy that decided about a situation; without a pack where there was none. */
export async function policyThatDecided(
  trx: Trx,
  { rules }: Deciding,
  { agency, policy }: StoredSituation,
): Promise<Deciders> {
  if (policy === null) return { pack: null, pol: null }
  const digest = toHex(policy)
  const pack = (await rules.policies(trx, agency)).find(version => version.digest === digest)?.pack ?? null
  return { pack, pol: policy }
}
