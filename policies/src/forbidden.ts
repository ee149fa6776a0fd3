import type { InForce } from './in-force.ts'
import type { PolicyPack } from './pack.ts'
import { type Ruling, ruled, strongest } from './ruling.ts'
import { overrideEnds } from './time-boxes.ts'
import type { Mark, Override, Situation, Trigger, Zone } from './situation.ts'

type Ban = PolicyPack['mustNot'][number]

/** What the places and circumstances say: a ban, or what has to be seen of those that were lifted or are unknown. */
export type Places =
  { readonly ban: Ruling } | { readonly ban: null; readonly marks: readonly Mark[]; readonly lifted: boolean }

/**
 * Whether the camera is where it must not record. A ban beats every trigger; it is lifted only by the exception that it
 * names itself: urgent danger, decided by a role it names, or, in imminent danger, by who may depart from the policy. A
 * trigger may itself be banned: must-not beats must, also when both come from one pack.
 */
export function forbidden(now: InForce, situation: Situation, asked: Asked): Places {
  const { mustNot } = now.policy
  const marks: Mark[] = []
  const bans: { leaf: Ban; trigger: Trigger | null }[] = []
  for (const trigger of asked.triggers) {
    const leaf = now.find(mustNot, trigger.code)
    if (leaf !== undefined) bans.push({ leaf, trigger })
  }
  for (const zone of asked.zones) {
    const leaf = now.find(mustNot, zone.code)
    if (leaf === undefined) marks.push('unknown-zone')
    else if (isLifted(now, leaf, zone, situation)) marks.push('urgent-danger')
    else bans.push({ leaf, trigger: null })
  }
  const ban = strongest(bans)
  if (ban !== null) return { ban: ruled('must-not', 'mustNot', ban.leaf, { trigger: ban.trigger }) }
  return { ban: null, marks: [...new Set(marks)], lifted: marks.includes('urgent-danger') }
}

/** Triggers and places of a situation, those of its task among them. */
export type Asked = {
  readonly triggers: readonly Trigger[]
  readonly zones: readonly Zone[]
  readonly taskKnown: boolean
}

/** What the situation and its task ask together. What was said of a place now counts more than that the task has one. */
export function askedIn(now: InForce, { at, task, triggers, zones }: Situation): Asked {
  if (task === undefined) return { triggers, zones, taskKnown: true }
  const leaf = now.find(now.policy.tasks, task)
  if (leaf === undefined) return { triggers, zones, taskKnown: false }
  const more = leaf.triggers.map(code => ({ code, source: 'operation' as const, at }))
  const places = leaf.zones.filter(code => zones.every(zone => zone.code !== code)).map(code => ({ code }))
  return { triggers: [...triggers, ...more], zones: [...zones, ...places], taskKnown: true }
}

function isLifted(now: InForce, { unless }: Ban, zone: Zone, { override, at }: Situation): boolean {
  if (unless === undefined) return false
  const decided =
    zone.urgentDanger === true && zone.decidedBy !== undefined && unless.decidedBy.includes(zone.decidedBy)
  return decided || (override?.imminentDanger === true && mayDepart(now, override, at))
}

/** Whether this person may depart from the policy at this moment at all. */
export function mayDepart(now: InForce, override: Override, at: number): boolean {
  if (isOver(now, override, at)) return false
  const { who, second } = now.policy.override
  if (!now.holds(who) || !who.roles.includes(override.by)) return false
  if (who.inDanger && override.imminentDanger !== true) return false
  // Nobody stands in danger beside a fixed camera, so there the second person agrees beforehand.
  return !(isFixed(now) && second.v && now.holds(second)) || override.second === true
}

/** An exception that the policy bounds in time ends by itself, whatever was agreed to. */
function isOver({ policy }: InForce, { since }: Override, at: number): boolean {
  const ends = overrideEnds(policy, since ?? at)
  return ends !== null && at >= ends
}

/** Whether cameras hang on a wall: their owner, or an assessment made beforehand, decides. */
export function isFixed({ policy: { decider } }: InForce): boolean {
  return decider.v === 'camera_owner' || decider.v === 'controller_assessment'
}
