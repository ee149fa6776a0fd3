import type { Approved, Carried } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { stillWords, type Still } from '../platform/still.ts'
import {
  CLOCK_APART_MINUTES,
  CLOCK_LEAD_HOURS,
  clockApart,
  clockLeads,
  lengthOf,
  vouchedFor,
  type ClockLead,
} from './clock-guard.ts'
import type { KeepGround } from './ground.ts'
import { insertRun, lastConfirmedAt, lastRunAt } from './run-store.ts'
import { countKept } from './store.ts'

type Leap = { readonly from: number; readonly to: number }

/** Why nothing is deleted by this clock: it has leapt since the last run, or stands apart from the witnesses', or both. */
export type ClockDoubt =
  { readonly leap: Leap; readonly apart: ClockLead | null } | { readonly leap: null; readonly apart: ClockLead }

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
  if (leap !== null) return { leap, apart }
  return apart === null ? null : { leap, apart }
}

/** What there is against the clock as it stands now; null when nothing is. Asks nobody for anything. */
export async function clockInDoubt(ground: KeepGround, agency: string): Promise<Still | null> {
  const doubt = await clockDoubt(ground, agency, ground.clock.now())
  return doubt === null ? null : foundAgainst(doubt)
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
    ...(apart === null
      ? []
      : [
          `the clock stands ${stillWords('en', lengthOf(apart.leadMs))} ${isAhead(apart) ? 'ahead of' : 'behind'} that of ${apart.by}`,
        ]),
  ]
  return parts.join('; ')
}

/** Why the run stopped, and what to do. */
export function stillFor(doubt: ClockDoubt, approval: string): Still {
  const found = foundAgainst(doubt)
  return doubt.apart === null ? { code: 'clock-leapt', values: { leap: found, approval } } : apartFrom(found, approval)
}

function foundAgainst({ leap, apart }: ClockDoubt): Still {
  if (leap === null) return standsApart(apart)
  const leapt: Still = { code: 'leap', values: { hours: hoursOf(leap), most: CLOCK_LEAD_HOURS } }
  return apart === null ? leapt : { code: 'leap-and-apart', values: { leap: leapt, apart: standsApart(apart) } }
}

function apartFrom(found: Still, approval: string): Still {
  return { code: 'clock-apart', values: { found, hours: CLOCK_LEAD_HOURS, approval } }
}

function standsApart(lead: ClockLead): Still {
  const values = { apart: lengthOf(lead.leadMs), by: lead.by, most: CLOCK_APART_MINUTES }
  return { code: isAhead(lead) ? 'ahead' : 'behind', values }
}

function hoursOf({ from, to }: Leap): number {
  return Math.floor((to - from) / 3_600_000)
}

function isAhead({ leadMs }: ClockLead): boolean {
  return leadMs > 0
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
