import * as z from 'zod'
import { BooleanLeaf, Code, CodeLeaf, CountLeaf, leaf } from './leaf.ts'
import { Period } from './retention.ts'
import { Role } from './role.ts'

/** Who decides whether a camera records. `wearer` excludes every automatic start. */
export const Decider = z.enum(['policy', 'wearer', 'commander', 'camera_owner', 'controller_assessment'])
export type Decider = z.infer<typeof Decider>

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 20:00')

/**
 * Hours in the zone of the pack. Days are those on which it begins, Monday 1 to Sunday 7; an end that is not after the
 * beginning lies on the day that follows.
 */
export const Schedule = z.strictObject({
  days: z.array(z.int().min(1).max(7)).min(1),
  from: TimeOfDay,
  to: TimeOfDay,
})
export type Schedule = z.infer<typeof Schedule>

/** When a camera may be on all the same in a place where it must not: urgent danger, decided by one of these. */
const Unless = z.strictObject({ urgentDanger: z.literal(true), decidedBy: z.array(Role).min(1) })

/** What a pack says about the camera itself: when it must, may and must not record, and what people are told. */
export const recordingFields = {
  decider: leaf(Decider, {}),
  autoStart: BooleanLeaf,
  /** Triggers. An empty list: nothing has to be recorded. */
  mustRecord: z.array(CodeLeaf),
  mayRecord: z.array(leaf(Code, { schedule: z.array(Schedule).min(1).optional() })),
  /** Places and circumstances. One of them beats every trigger. */
  mustNot: z.array(leaf(Code, { unless: Unless.optional() })),
  mustStop: z.array(CodeLeaf),
  /** The task types of the programme: which triggers and places each brings with it. */
  tasks: z.array(leaf(Code, { triggers: z.array(Code), zones: z.array(Code) })),
  override: z.strictObject({
    who: leaf(z.string().min(1), { roles: z.array(Role), inDanger: z.boolean() }),
    /** `least` characters, written `within` a period or the shift; `lasts`: after that the exception is over by itself. */
    reason: leaf(z.string().min(1), {
      least: z.int().min(0),
      within: z.union([Period, z.literal('shift')]).nullable(),
      lasts: Period.optional(),
    }),
    second: BooleanLeaf,
  }),
  notice: z.strictObject({
    duty: leaf(z.string().min(1), { required: z.boolean() }),
    exception: leaf(z.string().min(1), { allowed: z.boolean() }),
  }),
  buffer: z.strictObject({ seconds: CountLeaf, audio: BooleanLeaf }),
  /** The last one records. `skipped`: what a recording is marked with that was started without the one before it. */
  stages: leaf(z.array(Code).min(1), { skipped: z.templateLiteral(['§ ', z.string()]).optional() }).optional(),
  liveStream: leaf(z.string().min(1), { allowed: z.boolean(), roles: z.array(Role) }).optional(),
  sound: leaf(z.string().min(1), { on: z.boolean() }).optional(),
  /** Encrypted and sealed by the camera itself, not later in the dock. */
  capture: leaf(z.string().min(1), { sealedAtCapture: z.boolean() }).optional(),
}
