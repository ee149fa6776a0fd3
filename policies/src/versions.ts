import { maxDeadline } from './deadline.ts'
import { localTime } from './local-time.ts'
import type { PolicyPack } from './pack.ts'
import type { RetentionLeaf } from './retention.ts'
import { holdsAt } from './validity.ts'

/** A published policy and the moment from which it is in force (epoch milliseconds), until the next one is. */
export type Version = { readonly policy: PolicyPack; readonly from: number }

/**
 * The version in force at a moment: the one that came into force last by then, of two at the same moment the later in the
 * list. Null before the first, and on days on which that policy itself does not hold: one that ran out is not replaced by
 * the one it replaced.
 */
export function inForceAt<V extends Version>(versions: readonly V[], at: number): V | null {
  const begun = versions.filter(({ from }) => from <= at)
  const last = begun.reduce<V | null>(
    (newest, one) => (newest === null || one.from >= newest.from ? one : newest),
    null,
  )
  return last !== null && holdsAt(last.policy, at, last.policy.zone.v) ? last : null
}

/** Which of several maxima deletes first, and when (epoch milliseconds). */
export type Strictest<V> = { readonly version: V; readonly rule: RetentionLeaf; readonly deadline: number }

/**
 * The strictest maximum of a category that was in force at any time from the capture until now, counted from `anchor`: the
 * version in force at capture and every one since. A version that was replaced still counts, since it once promised an
 * earlier deletion. Null where no version had a maximum for it that is counted from the end of the capture.
 */
export function strictestMax<V extends Version>(
  versions: readonly V[],
  category: string,
  { capturedAt, now, anchor }: { capturedAt: number; now: number; anchor: number },
): Strictest<V> | null {
  let strictest: Strictest<V> | null = null
  for (const version of versionsBetween(versions, capturedAt, now)) {
    const rule = version.policy.retention[category]
    if (rule?.dir !== 'max' || rule.anchor !== 'end_of_capture') continue
    if (!heldBetween(version.policy, rule, capturedAt, now)) continue
    const deadline = maxDeadline({ from: anchor, zone: version.policy.zone.v, period: rule.v })
    if (strictest === null || deadline < strictest.deadline) strictest = { version, rule, deadline }
  }
  return strictest
}

/** The version in force at the first moment and all that came into force up to the second. */
export function versionsBetween<V extends Version>(versions: readonly V[], first: number, last: number): V[] {
  const atFirst = inForceAt(versions, first)
  return versions.filter(version => version === atFirst || (first < version.from && version.from <= last))
}

function heldBetween({ zone }: PolicyPack, rule: RetentionLeaf, first: number, last: number): boolean {
  const [from, to] = [localTime(first, zone.v).day, localTime(last, zone.v).day]
  return (rule.validFrom ?? from) <= to && from <= (rule.validTo ?? to)
}

type Gate = NonNullable<PolicyPack['gates']>[number]

/**
 * What a fixed camera has to show before its first frame is kept, by the rules of the day on which it starts. `workplace`:
 * whether people work where it looks.
 */
export function gatesAt(policy: PolicyPack, at: number, { workplace }: { workplace: boolean }): Gate[] {
  const holding = (policy.gates ?? []).filter(gate => holdsAt(gate, at, policy.zone.v))
  return holding.filter(({ onlyWorkplace }) => workplace || onlyWorkplace !== true)
}
