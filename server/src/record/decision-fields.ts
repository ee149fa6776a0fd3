import { actorFields } from '../people/people.ts'
import type { Reported } from './reported.ts'
import type { StoredSituation } from './situations-store.ts'
import type { Decided } from './verdicts.ts'

/**
 * What the history of a recording says of a situation: what was reported, by whom and when, and what the policy in force at the
 * capture says of it. Triggers stand in three lists in one order: which, whose word it is, and since when.
 */
export function decisionFields({ id, operation, report, reporter, reportedAt, decided, explanation }: StoredSituation) {
  const { at, triggers, zones, stops, task, stage, override, notice } = report
  return [
    { name: 'situation', value: id },
    { name: 'captured-at', value: at },
    { name: 'verdict', value: decided.verdict },
    { name: 'marks', value: [...decided.marks] },
    ...clauseFields(decided),
    ...some(
      'trigger',
      triggers.map(({ code }) => code),
    ),
    ...(triggers.length === 0 ? [] : [{ name: 'trigger-source', value: triggers.map(({ source }) => source) }]),
    ...some(
      'trigger-at',
      triggers.map(trigger => trigger.at),
    ),
    ...some(
      'zones',
      zones.map(({ code }) => code),
    ),
    ...some(
      'stops',
      stops.map(({ code }) => code),
    ),
    ...some(
      'stop-at',
      stops.map(stop => stop.at),
    ),
    ...(task === null ? [] : [{ name: 'task', value: task }]),
    ...(operation === null ? [] : [{ name: 'operation', value: operation }]),
    ...(stage === null ? [] : [{ name: 'stage', value: [stage.reached, stage.wanted] }]),
    ...(notice === null ? [] : [{ name: 'notice', value: notice.how }]),
    ...(notice !== null && 'at' in notice ? [{ name: 'notice-at', value: notice.at }] : []),
    ...(notice?.how === 'not-possible' ? [{ name: 'notice-reason', value: notice.reason }] : []),
    ...(override === null ? [] : overrideFields(override)),
    ...(explanation === null ? [] : [{ name: 'explanation', value: explanation }]),
    { name: 'reported-at', value: reportedAt },
    ...actorFields(reporter),
  ]
}

function overrideFields({ by, reason, second }: NonNullable<Reported['override']>) {
  return [
    { name: 'override-by', value: by },
    { name: 'reason', value: reason },
    ...(second === undefined
      ? []
      : [
          { name: 'seconded-by', value: second.name },
          { name: 'seconded-at', value: second.at },
        ]),
  ]
}

type ListName = 'trigger' | 'trigger-at' | 'zones' | 'stops' | 'stop-at'

function some<T extends string | number>(name: ListName, value: readonly T[]): { name: ListName; value: T[] }[] {
  return value.length === 0 ? [] : [{ name, value: [...value] }]
}

/** The clause of the policy that says so, as fields of an event. */
export function clauseFields({ clause }: Pick<Decided, 'clause'>) {
  if (clause === null) return []
  return [
    { name: 'clause', value: `${clause.field}: ${clause.value}` },
    { name: 'flag', value: clause.flag },
    ...(clause.source === '' ? [] : [{ name: 'basis', value: clause.source }]),
  ]
}
