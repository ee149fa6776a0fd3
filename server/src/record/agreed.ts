import type { Approved, Carried } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Deciding } from './ground.ts'
import { decideAgain, policyThatDecided } from './situations.ts'
import { findSituation, type StoredSituation } from './situations-store.ts'

/**
 * A second person agrees that somebody departs from the policy: it is decided once more, by the policy that decided before. Both verdicts
 * stand in the history with their times, so that what ran before the agreement is told from what ran after.
 */
export async function agreeToOverride(trx: Trx, ground: Deciding, approved: Approved): Promise<Carried> {
  const situation = await situationIn(trx, approved)
  const override = situation?.report.override ?? null
  if (situation === null || override === null) return { done: false, because: 'no-such-recording' }
  const second = { name: approved.confirmedBy.name, at: ground.clock.now() }
  const report = { ...situation.report, override: { ...override, second } }
  const policy = await policyThatDecided(trx, ground, situation)
  await decideAgain(trx, ground, { ...situation, report }, policy)
  return { done: true }
}

/** The chain of its recording first, before the agency's takes the answer: everybody locks them in that order. */
export async function lockAgreed(trx: Trx, { history }: Pick<Deciding, 'history'>, approved: Approved): Promise<null> {
  const recording = (await situationIn(trx, approved))?.recording ?? null
  if (recording !== null) await history.lock(trx, [recording])
  return null
}

async function situationIn(trx: Trx, { agency, subject }: Approved): Promise<StoredSituation | null> {
  return subject === null ? null : findSituation(trx, agency, subject)
}
