import { createHash } from 'node:crypto'
import type { PolicyPack } from '@vidne/policies/pack'
import type { Trx } from '../platform/database/door.ts'
import type { Deciding } from './ground.ts'
import { handsOver } from './reported.ts'
import type { StoredSituation } from './situations-store.ts'
import { decideOn, situationOf } from './verdicts.ts'

/**
 * Asks for the second person whom the policy wants beside the one who departs from it; null where that is not all that is missing.
 * What a camera has stored is never asked about: there the second person would have agreed beforehand.
 */
export async function askSecond(
  trx: Trx,
  { people }: Pick<Deciding, 'people'>,
  situation: StoredSituation,
  pack: PolicyPack | null,
): Promise<string | null> {
  const { id, agency, report, reporter } = situation
  if (report.override === null || handsOver(reporter.roles) || !wantsSecond(situation, pack)) return null
  const asked = await people.approvals.ask(trx, {
    agency,
    kind: 'override',
    subject: id,
    by: reporter,
    reason: report.override.reason,
    payload: { situation: id },
    wish: createHash('sha256').update(id).digest(),
  })
  return asked.approval
}

function wantsSecond({ report, decided }: StoredSituation, pack: PolicyPack | null): boolean {
  if (!decided.marks.includes('override-refused')) return false
  const { override, ...rest } = situationOf(report)
  if (override === undefined) return false
  return decideOn({ ...rest, override: { ...override, second: true } }, pack).marks.includes('override')
}
