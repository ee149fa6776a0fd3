import type { PastSituation } from '../rules/rules.ts'
import type { RecordGround } from './ground.ts'
import { unitOf } from './policy-at.ts'
import { situationsBetween } from './situations-store.ts'
import { situationOf } from './verdicts.ts'

/** What cameras were in during a span of time (epoch milliseconds, the end left out), as a policy is asked about it. */
export function pastSituations(
  ground: RecordGround,
  agency: string,
  span: { from: number; to: number },
): Promise<PastSituation[]> {
  return ground.database.asAgency(agency, async trx => {
    const past: PastSituation[] = []
    for (const { situation, unit, camera } of await situationsBetween(trx, agency, span)) {
      const { report, recording } = situation
      const whose = await unitOf(trx, ground, { agency, at: report.at, unit, camera })
      past.push({ situation: situationOf(report), recording, unit: whose })
    }
    return past
  })
}
