import type { Leaf } from './leaf.ts'
import type { Role } from './role.ts'

/** Who or what said that something is happening. */
export type TriggerSource = 'dispatcher' | 'wearer' | 'commander' | 'sensor' | 'operation' | 'schedule'

/** That something is happening: its code in the pack, who said so and when (epoch milliseconds). */
export type Trigger = { readonly code: string; readonly source: TriggerSource; readonly at: number }

/** A place or circumstance, and whether somebody has decided that urgent danger lifts the ban on recording there. */
export type Zone = { readonly code: string; readonly urgentDanger?: boolean; readonly decidedBy?: Role }

/**
 * Where an agency records in stages: which one was reached and which is wanted. `imminentDanger` is absent until somebody
 * was asked; `false` is a wearer who says that there is none.
 */
export type Stage = {
  readonly reached: 0 | 1 | 2 | 3
  readonly wanted: 1 | 2 | 3
  readonly imminentDanger?: boolean
}

/**
 * Somebody departs from what the policy says. `since`: when that began, absent: at the moment of the situation. `second`: another person
 * has agreed already.
 */
export type Override = {
  readonly by: Role
  readonly reason: string
  readonly since?: number
  readonly second?: boolean
  readonly imminentDanger?: boolean
}

/** How people were told that they are being recorded; null: nobody has said so yet. */
export type Noticed = 'spoken' | 'sign' | 'not-possible' | null

/** All that a decision is made from. No clock, place or database is asked. */
export type Situation = {
  /** The time of capture, epoch milliseconds. */
  readonly at: number
  readonly running: boolean
  readonly triggers: readonly Trigger[]
  readonly zones: readonly Zone[]
  /** Codes of reasons to stop that hold now. */
  readonly stops: readonly string[]
  /** A task type of the pack's catalogue, which brings its own triggers and zones. */
  readonly task?: string
  readonly stage?: Stage
  readonly override?: Override
  readonly noticed?: Noticed
  /** Why it was not possible to tell people. */
  readonly noticeReason?: string
  readonly emergency?: boolean
}

/** What a timeline, a review list or a court has to be shown of a decision. Closed: a code is never reused. */
export type Mark =
  | 'no-policy'
  | 'emergency'
  | 'before-legal-basis'
  | 'after-legal-basis'
  | 'unknown-task'
  | 'unknown-trigger'
  | 'unknown-zone'
  | 'outside-schedule'
  | 'wearer-decides'
  | 'urgent-danger'
  | 'stage-without-recording'
  | 'stage-missing'
  | 'stage-skipped'
  | 'late-stop'
  | 'override'
  | 'override-refused'
  | 'no-notice'

/** A place in a statute that the pack wants a recording to be marked with. */
export type CitedMark = `§ ${string}`

/** The rule that decided: the field of the pack it stands in, and its value with flag and basis. */
export type Clause = { readonly field: string; readonly leaf: Leaf<unknown> }

/**
 * `must` record, `may` record, `must-not` record, `must-stop` a recording that was allowed until now. While a camera
 * runs, `must-not` ends the recording as `must-stop` does.
 */
export type VerdictWord = 'must' | 'may' | 'must-not' | 'must-stop'

export type Verdict = {
  readonly verdict: VerdictWord
  /** The rule that says so; null only where there is no policy. */
  readonly clause: Clause | null
  /** The trigger that decided, with its source and time; null where none did. */
  readonly trigger: Trigger | null
  /** Whether the camera starts without anybody's hand. */
  readonly startsItself: boolean
  readonly reasonNeeded: boolean
  /** Whether somebody has to look at it afterwards. */
  readonly review: boolean
  readonly noticeNeeded: boolean
  readonly buffer: { readonly seconds: number; readonly audio: boolean }
  readonly marks: readonly (Mark | CitedMark)[]
}
