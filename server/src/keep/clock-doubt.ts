import type { Approved, Carried } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import {
  CLOCK_APART_MINUTES,
  CLOCK_LEAD_HOURS,
  clockApart,
  clockLeads,
  inWords,
  vouchedFor,
  type ClockLead,
} from './clock-guard.ts'
import type { KeepGround } from './ground.ts'
import { insertRun, lastConfirmedAt, lastRunAt } from './run-store.ts'
import { countKept } from './store.ts'

type Leap = { readonly from: number; readonly to: number }

/** Why nothing is deleted by this clock: it has leapt since the last run, or stands apart from the witnesses', or both. */
export type ClockDoubt = { readonly leap: Leap | null; readonly apart: ClockLead | null }

/** What there is against the clock that shows `now`; null when nothing is. */
export async function clockDoubt(ground: KeepGround, agency: string, now: number): Promise<ClockDoubt | null> {
  const known = await ground.database.asAgency(agency, async trx => {
    // Where nothing is kept nothing can be lost, and a new installation may lie idle for days before its first run.
    if ((await countKept(trx, agency)) === 0 && (await ground.unfinished?.(trx, agency)) !== true) return null
    const { since } = (await ground.rules.policies(trx, agency)).at(0) ?? { since: now }
    const confirmed = await lastConfirmedAt(trx, agency)
    return { lastRun: (await lastRunAt(trx, agency, now)) ?? since, confirmed }
  })
  if (known === null) return null
  const leap = await leapOf(ground, known.lastRun, now)
  const vouched = known.confirmed !== null && vouchedFor({ confirmed: known.confirmed, now })
  const apart = vouched ? null : await apartOf(ground, now)
  return leap === null && apart === null ? null : { leap, apart }
}

/** What there is against the clock as it stands now, in words; null when nothing is. Asks nobody for anything. */
export async function clockInDoubt(ground: KeepGround, agency: string): Promise<string | null> {
  const doubt = await clockDoubt(ground, agency, ground.clock.now())
  return doubt === null ? null : reasonOf(doubt)
}

/** The clock's leap since the last run (or since the agency was founded), where it is more than runs lie apart. */
async function leapOf(ground: KeepGround, lastRun: number, now: number): Promise<Leap | null> {
  if (!clockLeads({ lastRun, now }) || (await ground.deliberateLeap(lastRun, now))) return null
  return { from: lastRun, to: now }
}

async function apartOf(ground: KeepGround, now: number): Promise<ClockLead | null> {
  const apart = clockApart(await ground.clockLeads())
  return apart === null || (await ground.deliberateLeap(now - apart.leadMs, now)) ? null : apart
}

/** The doubt as a reason for the question that two persons are asked. */
export function reasonOf({ leap, apart }: ClockDoubt): string {
  const parts = [
    ...(leap === null ? [] : [`the clock stands ${hoursOf(leap)} h after the last run`]),
    ...(apart === null ? [] : [`the clock stands ${inWords(apart.leadMs)} ${side(apart)} that of ${apart.by}`]),
  ]
  return parts.join('; ')
}

/** Why the run stopped, and what to do. */
export function sentenceOf({ leap, apart }: ClockDoubt, approval: string): string {
  const leapt =
    leap === null ? [] : [`The clock stands ${hoursOf(leap)} hours after the last run, more than ${CLOCK_LEAD_HOURS}.`]
  if (apart === null)
    return [
      ...leapt,
      'Nothing was deleted.',
      `If the clock is right (the server may have been off), confirm it: vidne approve ${approval}`,
    ].join(' ')
  return [
    ...leapt,
    `The clock stands ${inWords(apart.leadMs)} ${side(apart)} that of the witness ${apart.by}, more than ${CLOCK_APART_MINUTES} minutes.`,
    'Nothing was deleted. Set the clock of this machine right, and runs go on by themselves.',
    `If it is right and the witness is wrong, tell its operator, and confirm our clock for ${CLOCK_LEAD_HOURS} hours: vidne approve ${approval}`,
  ].join(' ')
}

function hoursOf({ from, to }: Leap): number {
  return Math.floor((to - from) / 3_600_000)
}

function side({ leadMs }: ClockLead): 'ahead of' | 'behind' {
  return leadMs > 0 ? 'ahead of' : 'behind'
}

/** Two persons say that the clock is right: the next run is measured from now, and witnesses are not asked for a while. */
export async function confirmClock(trx: Trx, ground: Pick<KeepGround, 'clock'>, approved: Approved): Promise<Carried> {
  await insertRun(trx, {
    id: uuidv7(ground.clock),
    agency: approved.agency,
    at: ground.clock.now(),
    person: approved.confirmedBy.person,
    outcome: 'clock-confirmed',
    because: null,
    approval: approved.approval,
    deleted: 0,
    unfinished: 0,
  })
  return { done: true }
}
