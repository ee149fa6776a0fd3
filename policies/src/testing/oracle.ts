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
  cameraBreaches(base, next, say)
  peopleBreaches(base, next, say)
  keepingBreaches(base, next, say)
  viewingBreaches(base, next, say)
  dutyBreaches(base, next, say)
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
function kept<L extends Leaf>(
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
function noNew<L extends Leaf>(
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

function cameraBreaches(base: PolicyPack, next: PolicyPack, say: Say): void {
  for (const name of ['regime', 'legalBasis', 'zone', 'decider'] as const)
    say(base[name].v !== next[name].v || !sameDays(base[name], next[name]), name, base[name])
  say(next.autoStart.v && !base.autoStart.v, 'autoStart', base.autoStart)
  kept(base.mustRecord, next.mustRecord, 'mustRecord', say)
  if (base.decider.v !== 'policy') {
    const more = next.mustRecord.some(({ v }) => base.mustRecord.every(leaf => leaf.v !== v))
    say(more, 'mustRecord', base.mustRecord.every(({ f }) => f === 'default') ? (base.mustRecord[0] ?? null) : null)
  }
  noNew(base.mayRecord, next.mayRecord, 'mayRecord', say, (was, is) => moreHours(was.schedule, is.schedule))
  for (const leaf of base.mayRecord)
    say(leaf.schedule !== undefined && next.mayRecord.every(({ v }) => v !== leaf.v), `mayRecord.${leaf.v}`, leaf)
  kept(base.mustNot, next.mustNot, 'mustNot', say, (was, is) => {
    if (is.unless === undefined) return false
    return was.unless === undefined || gone(is.unless.decidedBy, was.unless.decidedBy)
  })
  kept(base.mustStop, next.mustStop, 'mustStop', say)
  kept(base.tasks, next.tasks, 'tasks', say, (was, is) => {
    const triggers = gone(was.triggers, is.triggers) || gone(is.triggers, was.triggers)
    return triggers || gone(was.zones, is.zones)
  })
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

function peopleBreaches(base: PolicyPack, next: PolicyPack, say: Say): void {
  const [was, is] = [base.override, next.override]
  say(gone(is.who.roles, was.who.roles) || (was.who.inDanger && !is.who.inDanger), 'override.who', was.who)
  say(is.reason.least < was.reason.least, 'override.reason.least', was.reason)
  const limit = (one: string | null | undefined, other: string | null | undefined) => {
    if (one === null || one === undefined || one === other) return false
    if (other === null || other === undefined) return true
    return one === 'shift' || other === 'shift' || everLonger(other, one)
  }
  say(limit(was.reason.within, is.reason.within), 'override.reason.within', was.reason)
  say(limit(was.reason.lasts, is.reason.lasts), 'override.reason.lasts', was.reason)
  say(was.second.v && !is.second.v, 'override.second', was.second)
  say(base.notice.duty.required && !next.notice.duty.required, 'notice.duty', base.notice.duty)
  say(!base.notice.exception.allowed && next.notice.exception.allowed, 'notice.exception', base.notice.exception)
  const live = next.liveStream
  const more = live?.allowed === true && base.liveStream?.allowed !== true
  say(
    more || gone(live?.roles ?? [], base.liveStream?.roles ?? live?.roles ?? []),
    'liveStream',
    base.liveStream ?? null,
  )
  say(base.sound === undefined ? next.sound?.on === true : next.sound === undefined, 'sound', base.sound ?? null)
  say(base.sound?.on === false && next.sound?.on !== false, 'sound', base.sound ?? null)
  say(base.capture?.sealedAtCapture === true && next.capture?.sealedAtCapture !== true, 'capture', base.capture ?? null)
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

function keepingBreaches(base: PolicyPack, next: PolicyPack, say: Say): void {
  const top = base.retention['uncategorised']
  const open = Object.values(base.retention).every(({ f }) => f === 'default') ? (top ?? null) : null
  for (const [name, was] of Object.entries(base.retention)) {
    const is = next.retention[name]
    if (is === was) continue
    say(is === undefined || wrongWay(was, is) || was.appliesTo !== is.appliesTo, `retention.${name}`, was)
    for (const { event, period } of was.until ?? []) {
      const then = is?.until?.find(one => one.event === event)
      const looser =
        then === undefined || (was.dir === 'min' ? everLonger(period, then.period) : everLonger(then.period, period))
      say(looser, `retention.${name}.until`, was)
    }
    say(was.dir !== 'min' && (is?.until?.length ?? 0) > (was.until?.length ?? 0), `retention.${name}.until`, was)
  }
  for (const [name, is] of Object.entries(next.retention)) {
    if (base.retention[name] !== undefined || is.appliesTo === 'record') continue
    const short = is.dir === 'max' && is.anchor === top?.anchor && !everLonger(is.v, top.v)
    say(!short, `retention.${name}`, open)
  }
  say(wrongWay(base.logRetention, next.logRetention), 'logRetention', base.logRetention)
  say(gone(base.logScope.v, next.logScope.v), 'logScope', base.logScope)
}

function viewingBreaches(base: PolicyPack, next: PolicyPack, say: Say): void {
  const open = Object.values(base.view).every(({ f }) => f === 'default') ? (Object.values(base.view)[0] ?? null) : null
  for (const [name, was] of Object.entries(base.view)) {
    const is = next.view[name]
    if (is === was) continue
    if (was.never === true) say(is?.never !== true || gone(was.roles, is.roles), `view.${name}`, was)
    else if (is !== undefined && is.never !== true) {
      const viewers = gone(is.roles, was.roles) || (was.own === true && is.own !== true)
      say(viewers || gone(was.needs, is.needs) || !sameDays(was, is), `view.${name}`, was)
    }
  }
  for (const [name, is] of Object.entries(next.view))
    say(base.view[name] === undefined && is.never !== true, `view.${name}`, open)
  noNew(base.purposes, next.purposes, 'purposes', say, (was, is) => {
    return gone(is.roles, was.roles) || (was.needsCase && !is.needsCase)
  })
  noNew(base.disclosure, next.disclosure, 'disclosure', say)
  kept(base.secondPerson, next.secondPerson, 'secondPerson', say, (was, is) => {
    return was.act !== is.act || (was.when === 'always' && is.when !== 'always')
  })
}

function dutyBreaches(base: PolicyPack, next: PolicyPack, say: Say): void {
  say(next.brake.v.items > base.brake.v.items || next.brake.v.share > base.brake.v.share, 'brake', base.brake)
  if (base.decision !== undefined) {
    const [was, is] = [base.decision.v, next.decision?.v]
    const later = is === undefined || is.fromDay > was.fromDay || is.atDay > was.atDay
    say(later || gone(was.by, is.by), 'decision', base.decision)
  }
  if (base.disputes !== undefined)
    say((next.disputes?.v.days ?? Infinity) > base.disputes.v.days, 'disputes', base.disputes)
  if (base.training !== undefined) {
    const [was, is] = [base.training.v, next.training?.v]
    const less = is === undefined || gone(was.rights, is.rights)
    say(less || everLonger(is.validFor, was.validFor), 'training', base.training)
  }
  kept(
    base.gates ?? [],
    next.gates ?? [],
    'gates',
    say,
    (was, is) => was.onlyWorkplace !== true && is.onlyWorkplace === true,
  )
  if (base.register !== undefined) say(gone(base.register.v, next.register?.v ?? []), 'register', base.register)
  if (base.sanctions !== undefined) say(!same(base.sanctions.v, next.sanctions?.v), 'sanctions', base.sanctions)
  for (const name of ['coDetermination', 'businessPermit'] as const)
    say(base[name]?.required === true && next[name]?.required !== true, name, base[name] ?? null)
  const sharing = next.businessSharing
  if (sharing !== undefined)
    say(
      base.businessSharing === undefined || gone(base.businessSharing.v, sharing.v),
      'businessSharing',
      base.businessSharing ?? null,
    )
  kept(
    base.reporting,
    next.reporting,
    'reporting',
    say,
    (was, is) => rarer(was.every, is.every) || rarer(was.within, is.within),
  )
}

function rarer(was: string | undefined, is: string | undefined): boolean {
  return was !== undefined && (is === undefined || everLonger(is, was))
}
