import type { Actor, Approved, Carried } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { stillWords, type Still } from '../platform/still.ts'
import { heldBack } from './brake.ts'
import { settleKeys } from './classes.ts'
import { clockDoubt, reasonOf, stillFor, type ClockDoubt } from './clock-doubt.ts'
import { destroyKeys } from './destruction.ts'
import { beginErasing, dueHorizon, eraseAll, type Deleted, type Unfinished } from './erasing.ts'
import type { Eraser, KeepGround } from './ground.ts'
import { reckonAnew } from './reckoning.ts'
import { loggedUntil } from './log-end.ts'
import { approveBraked, countDeletions, insertBraked, insertRun, letThrough, markDue } from './run-store.ts'
import { cleanUpStop, rememberVault } from './standing.ts'
import { dueBefore } from './store.ts'
import type { RunOutcome } from './tables.ts'
import { eraseTombstones } from './tombstones.ts'

/**
 * What a run did. `done`: everything due is gone, except what `unfinished` names. `waiting`: two persons have to confirm
 * `approval` first. `stopped`: something it relies on is not as it must be. `because`: why it did not do all.
 */
export type RunReport = {
  readonly state: 'done' | 'waiting' | 'stopped'
  readonly because: Still | null
  readonly approval: string | null
  readonly deleted: readonly Deleted[]
  readonly unfinished: readonly Unfinished[]
}

type Ask = { readonly agency: string; readonly by: Actor | null }

const NOTHING = { deleted: [], unfinished: [] } as const

/** One run for one agency: every step can be cut off, and the next run goes on from there. */
export async function run(ground: KeepGround, erasers: readonly Eraser[], ask: Ask): Promise<RunReport> {
  const now = ground.clock.now()
  const doubt = await clockDoubt(ground, ask.agency, now)
  const stop = await cleanUpStop(ground)
  if (stop !== null) {
    ground.stopped?.(stop)
    const report = { ...NOTHING, state: 'stopped', because: stop, approval: null } as const
    if (stop.code === 'database-unknown' || stop.code === 'database-other')
      ground.log.error({ agency: ask.agency }, stillWords('en', stop))
    else await record(ground, ask, doubt === null ? 'stopped' : 'clock-stopped', report)
    return report
  }
  if (doubt !== null) return stopForClock(ground, ask, doubt)
  // What it moves is settled next; nobody need be woken for it.
  await reckonAnew({ ...ground, wake: () => {} }, ask.agency)
  await settleKeys(ground, ask.agency)
  const { go, approval, because } = await choose(ground, ask, now)
  await beginErasing(ground, ask.agency, go)
  await destroyKeys(ground, ask.agency)
  const erased = await eraseAll(ground, ask.agency, erasers)
  await publishCounts(ground, ask.agency)
  await eraseTombstones(ground, erasers, ask.agency)
  await endLogged(ground, ask.agency, now)
  await rememberVault(ground)
  const state = approval === null ? 'done' : 'waiting'
  const report = { ...erased, state, because, approval } as const
  await record(ground, ask, state, report)
  return report
}

/** Rows of the audit, names that no footage takes along, and the texts of closed cases have an end of their own; last of all, since nothing else waits for it. */
async function endLogged(ground: KeepGround, agency: string, now: number): Promise<void> {
  const { pack } = await ground.database.asAgency(agency, trx => ground.rules.policyInForce(trx, agency))
  const before = loggedUntil(pack, now)
  await ground.endAudit?.(agency, before)
  await ground.endWords?.(agency, before)
  await ground.endCases?.(agency, before)
}

async function stopForClock(ground: KeepGround, ask: Ask, doubt: ClockDoubt): Promise<RunReport> {
  const { agency, by } = ask
  const { leap, apart } = doubt
  const payload = { ...leap, ...(apart === null ? {} : { witness: apart.by, leadMs: Math.round(apart.leadMs) }) }
  const asked = await ground.database.asAgency(agency, trx =>
    ground.approvals.ask(trx, { agency, kind: 'clock', subject: null, by, reason: reasonOf(doubt), payload }),
  )
  const because = stillFor(doubt, asked.approval)
  const report = { ...NOTHING, state: 'waiting', because, approval: asked.approval } as const
  await record(ground, ask, 'clock-stopped', report)
  return report
}

type Chosen = { readonly go: readonly string[]; readonly approval: string | null; readonly because: Still | null }

/** What this run lets go: what two persons have let through, and the rest but what a brake holds back: the agency's, or a unit's own. */
async function choose(ground: KeepGround, ask: Ask, now: number): Promise<Chosen> {
  const { agency, by } = ask
  return ground.database.asAgency(agency, async trx => {
    const due = (await dueBefore(trx, agency, dueHorizon(now))).map(row => row.recording)
    if (due.length === 0) return { go: [], approval: null, because: null }
    await markDueInBatches(trx, due)
    const through = await letThrough(trx, agency)
    const rest = due.filter(recording => !through.has(recording))
    const held = await heldBack(trx, ground, agency, rest)
    if (held === null) return { go: due, approval: null, because: null }
    const { recordings, ...numbers } = held
    const reason = `${held.removing} of ${held.kept} recordings at once`
    const payload = { items: held.removing, kept: held.kept }
    const asked = await ground.approvals.ask(trx, { agency, kind: 'brake', subject: null, by, reason, payload })
    if (asked.asked) await insertBraked(trx, { approval: asked.approval, agency, recordings })
    const because = { code: 'run-braked' as const, values: { ...numbers, approval: asked.approval } }
    const waiting = new Set(recordings)
    return { go: due.filter(recording => !waiting.has(recording)), approval: asked.approval, because }
  })
}

async function markDueInBatches(trx: Trx, due: readonly string[]): Promise<void> {
  for (let from = 0; from < due.length; from += 1000) await markDue(trx, due.slice(from, from + 1000))
}

/** Says in the open how many were deleted by which rule; each deletion is counted once, also after a crash. */
async function publishCounts(ground: KeepGround, agency: string): Promise<void> {
  await ground.database.asAgency(agency, async trx => {
    const counted = await countDeletions(trx, agency)
    if (counted.size === 0) return
    const counts = [...counted].map(([rule, items]) => ({ rule, items })).toSorted((a, b) => (a.rule < b.rule ? -1 : 1))
    await ground.history.publish(trx, { type: 'deletion-run', v: 1, at: ground.clock.now(), counts })
  })
}

async function record(ground: KeepGround, ask: Ask, outcome: RunOutcome, report: RunReport): Promise<void> {
  const told = { agency: ask.agency, outcome, deleted: report.deleted.length, unfinished: report.unfinished.length }
  if (report.because === null) ground.log.info(told, 'run finished')
  else ground.log.warn(told, stillWords('en', report.because))
  await ground.database.asAgency(ask.agency, trx =>
    insertRun(trx, {
      id: uuidv7(ground.clock),
      agency: ask.agency,
      at: ground.clock.now(),
      person: ask.by?.person ?? null,
      outcome,
      // As code and values: whoever looks later reads it in his own language.
      because: report.because === null ? null : JSON.stringify(report.because),
      approval: report.approval,
      deleted: report.deleted.length,
      unfinished: report.unfinished.length,
    }),
  )
}

/** Two persons let through what the brake listed; the next run carries it out. */
export async function releaseBrake(trx: Trx, approved: Approved): Promise<Carried> {
  const listed = await approveBraked(trx, approved.approval)
  return listed > 0 ? { done: true } : { done: false, because: 'nothing-listed' }
}
