import type { Flag } from '../leaf.ts'
import type { PolicyPack } from '../pack.ts'
import { holdsInWeek } from './week.ts'

/** Something in which the second policy lets more happen than the first. */
export type Breach = { readonly at: string; readonly flag: Flag | null }

type Leaf = { v: unknown; f: Flag; validFrom?: string | undefined; validTo?: string | undefined }
type Say = (looser: boolean, at: string, leaf: Leaf | null) => void

/**
 * A second reading of what "looser" means, written from the settled text and sharing nothing with the comparators: it
 * reads fields, and compares periods by counting them from many days.
 */
export function breachesOf(base: PolicyPack, next: PolicyPack): Breach[] {
  const found: Breach[] = []
  const say: Say = (looser, at, leaf) => {
    if (looser) found.push({ at, flag: leaf === null ? null : leaf.f })
  }
  for (const read of readings) read(base, next, say)
  return found
}

const gone = (base: readonly string[], next: readonly string[]) => base.some(one => !next.includes(one))
const same = (one: unknown, other: unknown) => one === other || JSON.stringify(one) === JSON.stringify(other)

const firstDay = ({ validFrom }: Leaf) => validFrom ?? '0000'
const lastDay = ({ validTo }: Leaf) => validTo ?? '9999'
const sameDays = (base: Leaf, next: Leaf) => firstDay(base) === firstDay(next) && lastDay(base) === lastDay(next)
const holdsLess = (base: Leaf, next: Leaf) => firstDay(next) > firstDay(base) || lastDay(next) < lastDay(base)
const holdsMore = (base: Leaf, next: Leaf) => firstDay(next) < firstDay(base) || lastDay(next) > lastDay(base)

/** A list that bans or obliges: each of its values has to be there still, and to hold as long. */
function kept<L extends Leaf & { v: string }>(
  base: readonly L[],
  next: readonly L[],
  at: string,
  say: Say,
  looser = (_a: L, _b: L) => false,
) {
  if (base === next) return
  for (const leaf of base) {
    const other = next.find(({ v }) => v === leaf.v)
    if (other !== leaf)
      say(other === undefined || holdsLess(leaf, other) || looser(leaf, other), `${at}.${leaf.v}`, leaf)
  }
}

/** A list that allows: nothing may be new in it, and nothing hold longer. */
function noNew<L extends Leaf & { v: string }>(
  base: readonly L[],
  next: readonly L[],
  at: string,
  say: Say,
  looser = (_a: L, _b: L) => false,
) {
  if (base === next) return
  // A list of nothing but defaults is itself one.
  const open = base.length > 0 && base.every(({ f }) => f === 'default') ? (base[0] ?? null) : null
  for (const leaf of next) {
    const was = base.find(({ v }) => v === leaf.v)
    if (was === undefined) say(true, `${at}.${leaf.v}`, open)
    else if (was !== leaf) say(holdsMore(was, leaf) || looser(was, leaf), `${at}.${leaf.v}`, was)
  }
}

function cameras(base: PolicyPack, next: PolicyPack, say: Say): void {
  for (const name of ['regime', 'legalBasis', 'zone', 'decider'] as const)
    say(base[name].v !== next[name].v || !sameDays(base[name], next[name]), name, base[name])
  say(next.autoStart.v && !base.autoStart.v, 'autoStart', base.autoStart)
}

function triggers(base: PolicyPack, next: PolicyPack, say: Say): void {
  kept(base.mustRecord, next.mustRecord, 'mustRecord', say)
  if (base.decider.v !== 'policy') {
    const more = next.mustRecord.some(({ v }) => base.mustRecord.every(leaf => leaf.v !== v))
    say(more, 'mustRecord', base.mustRecord.every(({ f }) => f === 'default') ? (base.mustRecord[0] ?? null) : null)
  }
  noNew(base.mayRecord, next.mayRecord, 'mayRecord', say, (was, is) => moreHours(was.schedule, is.schedule))
  for (const leaf of base.mayRecord)
    say(leaf.schedule !== undefined && next.mayRecord.every(({ v }) => v !== leaf.v), `mayRecord.${leaf.v}`, leaf)
}

function bans(base: PolicyPack, next: PolicyPack, say: Say): void {
  kept(base.mustNot, next.mustNot, 'mustNot', say, (was, is) => {
    if (is.unless === undefined) return false
    return was.unless === undefined || gone(is.unless.decidedBy, was.unless.decidedBy)
  })
  kept(base.mustStop, next.mustStop, 'mustStop', say)
  kept(base.tasks, next.tasks, 'tasks', say, (was, is) => {
    const changed = gone(was.triggers, is.triggers) || gone(is.triggers, was.triggers)
    return changed || gone(was.zones, is.zones)
  })
}

function buffers(base: PolicyPack, next: PolicyPack, say: Say): void {
  say(next.buffer.seconds.v > base.buffer.seconds.v, 'buffer.seconds', base.buffer.seconds)
  say(next.buffer.audio.v && !base.buffer.audio.v, 'buffer.audio', base.buffer.audio)
  if (base.stages !== undefined) say(!same(base.stages.v, next.stages?.v), 'stages', base.stages)
}

type Hours = Parameters<typeof holdsInWeek>[0]

function moreHours(was: Hours | undefined, is: Hours | undefined): boolean {
  if (was === undefined || was === is) return false
  if (is === undefined) return true
  const [before, after] = [holdsInWeek(was), holdsInWeek(is)]
  return after.some((open, minute) => open && before[minute] !== true)
}

function departing({ override: was }: PolicyPack, { override: is }: PolicyPack, say: Say): void {
  say(gone(is.who.roles, was.who.roles) || (was.who.inDanger && !is.who.inDanger), 'override.who', was.who)
  say(is.reason.least < was.reason.least, 'override.reason.least', was.reason)
  say(laterThan(was.reason.within, is.reason.within), 'override.reason.within', was.reason)
  say(laterThan(was.reason.lasts, is.reason.lasts), 'override.reason.lasts', was.reason)
  say(was.second.v && !is.second.v, 'override.second', was.second)
}

function laterThan(was: string | null | undefined, is: string | null | undefined): boolean {
  if (was === null || was === undefined || was === is) return false
  if (is === null || is === undefined) return true
  return was === 'shift' || is === 'shift' || everLonger(is, was)
}

function telling({ notice: was }: PolicyPack, { notice: is }: PolicyPack, say: Say): void {
  say(was.duty.required && !is.duty.required, 'notice.duty', was.duty)
  say(!was.exception.allowed && is.exception.allowed, 'notice.exception', was.exception)
}

function streaming({ liveStream: was }: PolicyPack, { liveStream: is }: PolicyPack, say: Say): void {
  if (is === undefined) return
  say(is.allowed && was?.allowed !== true, 'liveStream', was ?? null)
  if (was !== undefined) say(gone(is.roles, was.roles), 'liveStream', was)
}

function hearing({ sound: was }: PolicyPack, { sound: is }: PolicyPack, say: Say): void {
  if (was === undefined) say(is?.on === true, 'sound', null)
  else say(is === undefined || (is.on && !was.on), 'sound', was)
}

function sealing({ capture: was }: PolicyPack, { capture: is }: PolicyPack, say: Say): void {
  say(was?.sealedAtCapture === true && is?.sealedAtCapture !== true, 'capture', was ?? null)
}

/** Days from which periods are counted: ends of months, leap days and ordinary ones. */
const starts = [
  '2023-01-31',
  '2023-02-15',
  '2023-08-31',
  '2023-10-20',
  '2024-01-31',
  '2024-02-29',
  '2024-03-20',
  '2024-07-01',
  '2024-12-31',
  '2025-02-28',
]
const counted = new Map<string, number[]>()

function lengths(period: string): number[] {
  const known = counted.get(period)
  if (known !== undefined) return known
  const all = starts.map(day => {
    const from = Temporal.PlainDateTime.from(`${day}T10:00`)
    return Number(from.until(from.add(period)).total({ unit: 'hours', relativeTo: from }))
  })
  counted.set(period, all)
  return all
}

/** Whether one period outlasts another from any of the days. */
function everLonger(one: string, other: string): boolean {
  const theirs = lengths(other)
  return lengths(one).some((hours, at) => hours > (theirs[at] ?? Infinity))
}

type Kept = { v: string; f: Flag; dir: 'max' | 'min' | 'review'; anchor: string }

function wrongWay(was: Kept, is: Kept): boolean {
  if (was === is) return false
  if (was.dir !== is.dir || was.anchor !== is.anchor || !sameDays(was, is)) return true
  return was.dir === 'min' ? everLonger(was.v, is.v) : everLonger(is.v, was.v)
}

/** A value for a whole record of defaults, to which anything may come before it is published; null for any other. */
const ofDefaults = (record: Readonly<Record<string, Leaf>>): Leaf | null => {
  const all = Object.values(record)
  return all.every(({ f }) => f === 'default') ? (all[0] ?? null) : null
}

function categories({ retention: base }: PolicyPack, { retention: next }: PolicyPack, say: Say): void {
  for (const [name, was] of Object.entries(base)) {
    const is = next[name]
    if (is === was) continue
    say(is === undefined || wrongWay(was, is) || was.appliesTo !== is.appliesTo, `retention.${name}`, was)
    if (is !== undefined) caseEvents(name, was, is, say)
  }
}

type Retention = PolicyPack['retention'][string]

function caseEvents(name: string, was: Retention, is: Retention, say: Say): void {
  for (const { event, period } of was.until ?? []) {
    const then = is.until?.find(one => one.event === event)?.period
    if (then === undefined) say(true, `retention.${name}.until`, was)
    else say(was.dir === 'min' ? everLonger(period, then) : everLonger(then, period), `retention.${name}.until`, was)
  }
  const more = (is.until ?? []).length > (was.until ?? []).length
  say(was.dir !== 'min' && more, `retention.${name}.until`, was)
}

function newCategories({ retention: base }: PolicyPack, { retention: next }: PolicyPack, say: Say): void {
  const top = base['uncategorised']
  for (const [name, is] of Object.entries(next)) {
    if (base[name] !== undefined || is.appliesTo === 'record') continue
    const short = top !== undefined && is.dir === 'max' && is.anchor === top.anchor && !everLonger(is.v, top.v)
    say(!short, `retention.${name}`, ofDefaults(base))
  }
}

function histories(base: PolicyPack, next: PolicyPack, say: Say): void {
  say(wrongWay(base.logRetention, next.logRetention), 'logRetention', base.logRetention)
  say(gone(base.logScope.v, next.logScope.v), 'logScope', base.logScope)
}

type View = PolicyPack['view'][string]

function viewers({ view: base }: PolicyPack, { view: next }: PolicyPack, say: Say): void {
  for (const [name, was] of Object.entries(base)) {
    const is = next[name]
    if (is === was) continue
    const looser = was.never === true ? !stillShut(was, is) : is !== undefined && is.never !== true && seesMore(was, is)
    say(looser, `view.${name}`, was)
  }
  for (const [name, is] of Object.entries(next))
    say(base[name] === undefined && is.never !== true, `view.${name}`, ofDefaults(base))
}

function stillShut(was: View, is: View | undefined): boolean {
  return is !== undefined && is.never === true && !gone(was.roles, is.roles)
}

function seesMore(was: View, is: View): boolean {
  const more = gone(is.roles, was.roles) || (was.own === true && is.own !== true)
  return more || gone(was.needs, is.needs) || !sameDays(was, is)
}

function purposes(base: PolicyPack, next: PolicyPack, say: Say): void {
  noNew(base.purposes, next.purposes, 'purposes', say, (was, is) => {
    return gone(is.roles, was.roles) || (was.needsCase && !is.needsCase)
  })
  noNew(base.disclosure, next.disclosure, 'disclosure', say)
  kept(base.secondPerson, next.secondPerson, 'secondPerson', say, (was, is) => {
    return was.act !== is.act || (was.when === 'always' && is.when !== 'always')
  })
}

function braking(
  { brake: was, decision: before }: PolicyPack,
  { brake: is, decision: after }: PolicyPack,
  say: Say,
): void {
  say(is.v.items > was.v.items || is.v.share > was.v.share, 'brake', was)
  if (before === undefined) return
  const [old, now] = [before.v, after?.v]
  say(now === undefined || now.fromDay > old.fromDay || now.atDay > old.atDay, 'decision', before)
  say(now !== undefined && gone(old.by, now.by), 'decision', before)
}

function owing(base: PolicyPack, next: PolicyPack, say: Say): void {
  if (base.disputes !== undefined)
    say((next.disputes?.v.days ?? Infinity) > base.disputes.v.days, 'disputes', base.disputes)
  if (base.training === undefined) return
  const [was, is] = [base.training.v, next.training?.v]
  say(is === undefined || gone(was.rights, is.rights), 'training', base.training)
  say(is !== undefined && everLonger(is.validFor, was.validFor), 'training', base.training)
}

function showing(base: PolicyPack, next: PolicyPack, say: Say): void {
  const narrower = (was: { onlyWorkplace?: true | undefined }, is: { onlyWorkplace?: true | undefined }) =>
    was.onlyWorkplace !== true && is.onlyWorkplace === true
  kept(base.gates ?? [], next.gates ?? [], 'gates', say, narrower)
  if (base.register !== undefined) say(gone(base.register.v, next.register?.v ?? []), 'register', base.register)
  if (base.sanctions !== undefined) say(!same(base.sanctions.v, next.sanctions?.v), 'sanctions', base.sanctions)
}

function agreeing(base: PolicyPack, next: PolicyPack, say: Say): void {
  for (const name of ['coDetermination', 'businessPermit'] as const)
    say(base[name]?.required === true && next[name]?.required !== true, name, base[name] ?? null)
  const [was, is] = [base.businessSharing ?? null, next.businessSharing ?? null]
  if (is !== null) say(was === null || gone(was.v, is.v), 'businessSharing', was)
}

function reporting(base: PolicyPack, next: PolicyPack, say: Say): void {
  kept(base.reporting, next.reporting, 'reporting', say, (was, is) => {
    return laterThan(was.every, is.every) || laterThan(was.within, is.within)
  })
}

const readings = [
  cameras,
  triggers,
  bans,
  buffers,
  departing,
  telling,
  streaming,
  hearing,
  sealing,
  categories,
  newCategories,
  histories,
  viewers,
  purposes,
  braking,
  owing,
  showing,
  agreeing,
  reporting,
]
