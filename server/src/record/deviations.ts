import type { Trx } from '../platform/database/door.ts'
import { markNoticeAsked, unnoticed } from './captures-store.ts'
import type { Deciding } from './ground.ts'
import { markLookedAt, overdueParticipants, type Overdue } from './operations-store.ts'
import { policyAt } from './policy-at.ts'
import { openReview } from './reviews.ts'
import { lookForLateReason } from './situations.ts'
import { markReasonLookedAt, markSituationLookedAt, unexplained, unrecorded } from './situations-store.ts'
import { decideOn, nothingReported } from './verdicts.ts'

const HOUR_MS = 3_600_000

/**
 * How long footage may take from the camera to the dock before somebody is asked where it is. The job runs each hour, so that a
 * review is open well within 24 hours, and half a day is left for a server that was down.
 */
export const DOCKING_MS = 12 * HOUR_MS

const AT_ONCE = 500

/** How many were opened or found to be in order; 0 when nothing is left to look at. */
export type Looked = { readonly missing: number; readonly unnoticed: number; readonly unexplained: number }

/** Looks through what is over and has no recording, and through recordings of which nobody says whether people were told. */
export async function lookForDeviations(trx: Trx, ground: Deciding, agency: string): Promise<Looked> {
  const before = ground.clock.now() - DOCKING_MS
  const overdue = await overdueParticipants(trx, agency, { ended: before, most: AT_ONCE })
  for (const one of overdue) await lookAtParticipant(trx, ground, one)
  const reports = await unrecorded(trx, agency, { happened: before, most: AT_ONCE })
  for (const { id, operation, report, reporter } of reports) {
    const words = { wearer: report.wearer, camera: report.camera, reason: null }
    const about = { agency, unit: null, subject: id, ord: 0, recording: null, operation, situation: id, words }
    const aboutPerson = reporter.roles.includes('wearer') ? reporter.person : null
    await openReview(trx, ground, { ...about, kind: 'missing-recording', aboutPerson, since: report.at })
    await markSituationLookedAt(trx, id, ground.clock.now())
  }
  const silent = await lookForNotice(trx, ground, agency, before)
  return {
    missing: overdue.length + reports.length,
    unnoticed: silent,
    unexplained: await lookForReasons(trx, ground, agency),
  }
}

/** Reasons that the policy wanted by now, and that nobody has given. */
async function lookForReasons(trx: Trx, ground: Deciding, agency: string): Promise<number> {
  const now = ground.clock.now()
  const silent = await unexplained(trx, agency, { now, most: AT_ONCE })
  await ground.history.lock(
    trx,
    silent.flatMap(({ recording }) => recording ?? []),
  )
  for (const situation of silent) {
    await markReasonLookedAt(trx, situation.id, now)
    await lookForLateReason(trx, ground, situation)
  }
  return silent.length
}

/** Whether an operation had to be recorded is the word of the policy in force when it began. */
async function lookAtParticipant(trx: Trx, ground: Deciding, { operation, participant }: Overdue): Promise<void> {
  const { agency } = operation
  await markLookedAt(trx, participant, ground.clock.now())
  if (participant.recording !== null) return
  const from = operation.from_at.getTime()
  const policy = await policyAt(trx, ground, { agency, at: from, unit: operation.unit })
  const { verdict } = decideOn({ ...nothingReported(from), task: operation.task }, policy?.pack ?? null)
  if (verdict !== 'must') return
  await openReview(trx, ground, {
    agency,
    unit: operation.unit,
    kind: 'missing-recording',
    subject: operation.id,
    ord: participant.ord,
    recording: null,
    operation: operation.id,
    situation: null,
    aboutPerson: null,
    words: { wearer: participant.wearer, camera: participant.camera, reason: null },
    since: from,
  })
}

async function lookForNotice(trx: Trx, ground: Deciding, agency: string, docked: number): Promise<number> {
  const silent = await unnoticed(trx, agency, { docked, most: AT_ONCE })
  // Their chains first, in one order, as everybody does who then writes rows of theirs.
  await ground.history.lock(
    trx,
    silent.map(({ recording }) => recording),
  )
  for (const { recording, since, wearer, camera } of silent) {
    await markNoticeAsked(trx, recording, ground.clock.now())
    const words = { wearer, camera, reason: null }
    const about = { agency, unit: null, subject: recording, ord: 0, recording, operation: null, situation: null, words }
    await openReview(trx, ground, { ...about, kind: 'no-notice', aboutPerson: null, since })
  }
  return silent.length
}
