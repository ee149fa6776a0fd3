import { type Asked, isFixed } from './forbidden.ts'
import type { InForce } from './in-force.ts'
import type { Leaf } from './leaf.ts'
import { type Ruling, outranks, ruled, strongest } from './ruling.ts'
import type { Situation, Trigger, TriggerSource } from './situation.ts'

type Found = { readonly leaf: Leaf<string>; readonly trigger: Trigger }

/** The strongest of the rules that ask, and the sources of all of them. */
type Asking = Found & { readonly sources: readonly TriggerSource[] }

type Read = {
  readonly must: Asking | null
  readonly may: Asking | null
  readonly outside: Found | null
  readonly unknown: Trigger | null
}

/**
 * What triggers and reasons to stop say together, outside every ban: on, off, silent or in conflict. Where a duty to record
 * meets a reason to stop, the stronger flag holds, and of equals the reason to stop.
 */
export function askedToRecord(now: InForce, situation: Situation, asked: Asked): Ruling {
  const stop = situation.running ? reasonToStop(now, situation.stops) : null
  const read = readTriggers(now, asked.triggers)
  const duty = now.policy.decider.v === 'wearer' ? null : read.must
  if (stop !== null && (duty === null || !outranks(duty.leaf, stop))) return ruled('must-stop', 'mustStop', stop)
  if (duty !== null) return ruled('must', 'mustRecord', duty.leaf, { trigger: duty.trigger, sources: duty.sources })
  // A rule that says must cannot take from the wearer what the law leaves to the wearer.
  if (read.must !== null)
    return ruled('may', 'decider', now.policy.decider, { trigger: read.must.trigger, marks: ['wearer-decides'] })
  return allowed(now, read, asked.taskKnown)
}

function allowed(now: InForce, read: Read, taskKnown: boolean): Ruling {
  const { override, decider } = now.policy
  if (read.may !== null)
    return ruled('may', 'mayRecord', read.may.leaf, { trigger: read.may.trigger, sources: read.may.sources })
  if (read.outside !== null)
    return ruled('must-not', 'mayRecord', read.outside.leaf, {
      trigger: read.outside.trigger,
      marks: ['outside-schedule'],
    })
  if (read.unknown !== null)
    return ruled('may', 'override.reason', override.reason, {
      trigger: read.unknown,
      reason: true,
      marks: ['unknown-trigger'],
    })
  if (!taskKnown) return ruled('may', 'override.reason', override.reason, { reason: true, marks: ['unknown-task'] })
  // In silence a person may still have a reason. A camera on a wall has none beyond what it was assessed for.
  return isFixed(now) ? ruled('must-not', 'decider', decider) : ruled('may', 'decider', decider, { reason: true })
}

function reasonToStop(now: InForce, stops: readonly string[]): Leaf<string> | null {
  const found = stops.flatMap(code => {
    const leaf = now.find(now.policy.mustStop, code)
    return leaf === undefined ? [] : [{ leaf }]
  })
  return strongest(found)?.leaf ?? null
}

function readTriggers(now: InForce, triggers: readonly Trigger[]): Read {
  const must: Found[] = []
  const may: Found[] = []
  const outside: Found[] = []
  let unknown: Trigger | null = null
  for (const trigger of triggers) {
    const duty = now.find(now.policy.mustRecord, trigger.code)
    const permission = now.find(now.policy.mayRecord, trigger.code)
    // Hours bind whatever the code is named in: what may be recorded at night is no duty by day.
    const open = permission?.schedule === undefined || now.isWithin(permission.schedule)
    if (permission !== undefined && !open) outside.push({ leaf: permission, trigger })
    else if (duty !== undefined) must.push({ leaf: duty, trigger })
    else if (permission !== undefined) may.push({ leaf: permission, trigger })
    else unknown ??= trigger
  }
  return { must: asking(must), may: asking(may), outside: strongest(outside), unknown }
}

function asking(found: readonly Found[]): Asking | null {
  const best = strongest(found)
  return best === null ? null : { ...best, sources: found.map(({ trigger }) => trigger.source) }
}
