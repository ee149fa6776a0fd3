import { type Hours, type LocalTime, localTime, within } from './local-time.ts'
import type { PolicyPack } from './pack.ts'

type Dated = { readonly validFrom?: string | null | undefined; readonly validTo?: string | null | undefined }

/** A policy as it stands at one moment. */
export type InForce = {
  readonly policy: PolicyPack
  /** Whether a value with a first and a last day holds then, both days included. */
  holds(value: Dated): boolean
  /** Where it lies in time if it does not hold: before its first or after its last day. */
  side(value: Dated): 'before' | 'after'
  isWithin(hours: readonly Hours[]): boolean
  /** The value of that code in a list, if it holds. */
  find<Value extends Dated & { readonly v: string }>(values: readonly Value[], code: string): Value | undefined
}

/** The policy at a moment. Its clocks are asked only when a value needs them. */
export function inForce(policy: PolicyPack, at: number): InForce {
  let local: LocalTime | null = null
  const now = () => (local ??= localTime(at, policy.zone.v))
  const holds = ({ validFrom, validTo }: Dated): boolean => {
    const from = validFrom ?? null
    const to = validTo ?? null
    if (from === null && to === null) return true
    const { day } = now()
    return (from ?? day) <= day && day <= (to ?? day)
  }
  return {
    policy,
    holds,
    side: ({ validFrom }) => ((validFrom ?? '') > now().day ? 'before' : 'after'),
    isWithin: hours => within(hours, now()),
    find: (values, code) => values.find(value => value.v === code && holds(value)),
  }
}
