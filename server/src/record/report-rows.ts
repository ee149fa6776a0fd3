import type { SituationReport } from '@vidne/contract/record'
import { toHex } from '@vidne/evidence/bytes'
import type { Reported } from './reported.ts'
import type { StoredSituation } from './situations-store.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null | undefined) => (at === null || at === undefined ? null : iso(at))
const at = (instant: string) => Date.parse(instant)

/** A report as the contract has it, with times as numbers. */
export function reported(input: SituationReport): Reported {
  const { wearer, camera, running, zones, task, stage, override, notice, emergency } = input
  return {
    wearer,
    camera,
    running,
    zones,
    task,
    stage,
    override: override === null ? null : departing(override),
    emergency,
    at: at(input.at),
    triggers: input.triggers.map(one => ({ ...one, at: at(one.at) })),
    stops: input.stops.map(one => ({ ...one, at: at(one.at) })),
    notice: notice !== null && 'at' in notice ? { ...notice, at: at(notice.at) } : notice,
  }
}

/** A report with what was decided, as the contract has it. */
export function situationRow({
  id,
  recording,
  operation,
  report,
  reporter,
  reportedAt,
  policy,
  decided,
}: StoredSituation) {
  const { verdict, clause, startsItself, reasonNeeded, noticeNeeded, marks } = decided
  const { wearer, camera, running, zones, task, stage, override, notice, emergency } = report
  return {
    id,
    recording,
    operation,
    wearer,
    camera,
    running,
    task,
    stage,
    override: override === null ? null : secondedRow(override),
    emergency,
    at: iso(report.at),
    triggers: report.triggers.map(one => ({ ...one, at: iso(one.at) })),
    zones: [...zones],
    stops: report.stops.map(one => ({ ...one, at: iso(one.at) })),
    notice: notice !== null && 'at' in notice ? { ...notice, at: iso(notice.at) } : notice,
    reportedAt: iso(reportedAt),
    reportedBy: reporter.name,
    policy: policy === null ? null : toHex(policy),
    verdict,
    clause,
    startsItself,
    reasonNeeded,
    noticeNeeded,
    marks: [...marks],
    reasonBy: isoOrNull(decided.reasonBy),
    overrideEnds: isoOrNull(decided.overrideEnds),
  }
}

function departing({ since, ...said }: NonNullable<SituationReport['override']>): NonNullable<Reported['override']> {
  return since === undefined ? said : { ...said, since: at(since) }
}

function secondedRow({ second, since, ...said }: NonNullable<Reported['override']>) {
  return {
    ...said,
    ...(since === undefined ? {} : { since: iso(since) }),
    ...(second === undefined ? {} : { second: { name: second.name, at: iso(second.at) } }),
  }
}
