import type { Role } from '../people/people.ts'

export type TriggerSource = 'dispatcher' | 'wearer' | 'commander' | 'sensor' | 'operation' | 'schedule'
export type Noticed = 'spoken' | 'sign' | 'not-possible'

/** What a camera or a dispatcher reports of a capture, as it came. Times in epoch milliseconds. Codes are the policy's. */
export type Reported = {
  readonly wearer: string | null
  readonly camera: string | null
  readonly at: number
  /** Whether the camera ran at that moment. */
  readonly running: boolean
  readonly triggers: readonly { readonly code: string; readonly source: TriggerSource; readonly at: number }[]
  readonly zones: readonly {
    readonly code: string
    readonly urgentDanger?: boolean | undefined
    readonly decidedBy?: Role | undefined
  }[]
  readonly stops: readonly { readonly code: string; readonly at: number }[]
  readonly task: string | null
  readonly stage: {
    readonly reached: 0 | 1 | 2 | 3
    readonly wanted: 1 | 2 | 3
    readonly imminentDanger?: boolean | undefined
  } | null
  readonly override: {
    readonly by: Role
    readonly reason: string
    readonly since?: number | undefined
    readonly imminentDanger?: boolean | undefined
    /** Who agreed beside, and when; nobody reports this, it is said by that person's own token. */
    readonly second?: { readonly name: string; readonly at: number } | undefined
  } | null
  readonly notice:
    | { readonly how: 'spoken' | 'sign'; readonly at: number }
    | { readonly how: 'not-possible'; readonly reason: string }
    | null
  readonly emergency: boolean
}

/** In whose name each source speaks: what a dispatcher has set cannot be said by the wearer, nor the other way round. */
const SPEAKERS: Readonly<Record<TriggerSource, readonly Role[]>> = {
  dispatcher: ['commander'],
  commander: ['commander'],
  operation: ['commander'],
  wearer: ['wearer', 'camera-manager', 'dock'],
  sensor: ['wearer', 'camera-manager', 'dock'],
  schedule: ['camera-manager', 'dock'],
}

/** A dock hands over what a camera has stored, whoever's word that is. */
const HANDS_OVER: readonly Role[] = ['dock', 'camera-manager']

export function handsOver(roles: readonly Role[]): boolean {
  return roles.some(role => HANDS_OVER.includes(role))
}

/** The first thing in a report that is not the reporter's to say; null where all of it is. */
export function notHisWord(report: Reported, roles: readonly Role[]): 'triggers' | 'override' | null {
  const strange = report.triggers.some(({ source }) => !SPEAKERS[source].some(role => roles.includes(role)))
  if (strange) return 'triggers'
  const by = report.override?.by
  if (by !== undefined && !roles.includes(by) && !handsOver(roles)) return 'override'
  return null
}
