import { decide } from '@vidne/policies/decide'
import type { CitedMark, Mark, Situation, Verdict as Decision, VerdictWord } from '@vidne/policies/situation'
import type { Flag } from '@vidne/policies/leaf'
import type { PolicyPack } from '@vidne/policies/pack'
import { overrideEnds, reasonDue } from '@vidne/policies/time-boxes'
import type { Reported } from './reported.ts'

export type Verdict = VerdictWord

/** The value of a policy that says so: in which field it stands, how strong it is, where it was found. */
export type Clause = { readonly field: string; readonly value: string; readonly flag: Flag; readonly source: string }

/** What the policy in force said of a capture. `clause` is null only where there was none. */
export type Decided = {
  readonly verdict: Verdict
  readonly clause: Clause | null
  readonly startsItself: boolean
  readonly reasonNeeded: boolean
  readonly review: boolean
  readonly noticeNeeded: boolean
  readonly marks: readonly (Mark | CitedMark)[]
  /** Until when the policy wants the reason, and when the override is over by itself (epoch milliseconds); null or absent: it sets no time. */
  readonly reasonBy?: number | null
  readonly overrideEnds?: number | null
}

/** What a policy says of a situation; `null`: none was in force. `shiftEnds`: of the shift it was in, null where nobody has said. */
export function decideOn(situation: Situation, pack: PolicyPack | null, shiftEnds: number | null = null): Decided {
  const { verdict, clause, startsItself, reasonNeeded, review, noticeNeeded, marks } = decide(situation, pack)
  const said = {
    verdict,
    clause: clauseOf(clause),
    startsItself,
    reasonNeeded,
    review,
    noticeNeeded,
    marks: [...marks],
  }
  return pack === null ? said : { ...said, ...timesOf(situation, pack, { marks, reasonNeeded, shiftEnds }) }
}

function timesOf(
  { at, override }: Situation,
  pack: PolicyPack,
  { marks, reasonNeeded, shiftEnds }: Pick<Decision, 'marks' | 'reasonNeeded'> & { readonly shiftEnds: number | null },
) {
  const departs = marks.includes('override')
  return {
    reasonBy: departs || reasonNeeded ? reasonDue(pack, at, shiftEnds) : null,
    overrideEnds: departs ? overrideEnds(pack, override?.since ?? at) : null,
  }
}

function clauseOf(clause: Decision['clause']): Clause | null {
  if (clause === null) return null
  const { v, f, s } = clause.leaf
  return { field: clause.field, value: typeof v === 'string' ? v : JSON.stringify(v), flag: f, source: s }
}

const QUIET = { running: false, triggers: [], zones: [], stops: [] } as const

/** A capture of which nobody has reported anything. */
export function nothingReported(at: number): Situation {
  return { at, ...QUIET }
}

/** A report as the policy is asked about it. Who is told of the recording, and how, is the camera's word. */
export function situationOf(report: Reported): Situation {
  const { at, running, triggers, zones, stops, task, stage, override, notice, emergency } = report
  return {
    at,
    running,
    triggers,
    zones: zones.map(zone => present(zone)),
    stops: stops.map(({ code }) => code),
    noticed: notice?.how ?? null,
    ...(notice?.how === 'not-possible' ? { noticeReason: notice.reason } : {}),
    emergency,
    ...(task === null ? {} : { task }),
    ...(stage === null ? {} : { stage: present(stage) }),
    ...(override === null ? {} : { override: departing(override) }),
  }
}

function departing({ second, ...said }: NonNullable<Reported['override']>): NonNullable<Situation['override']> {
  return { ...present(said), ...(second === undefined ? {} : { second: true }) }
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** Without members that are there and say nothing. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>
}

export type TaskType = { readonly task: string } & Decided

/** The catalogue of task types: each comes to exactly one verdict, by the same rule that decides about captures. */
export function taskTypes(pack: PolicyPack, at: number): TaskType[] {
  return pack.tasks.map(({ v: task }) => ({ task, ...decideOn({ ...nothingReported(at), task }, pack) }))
}
