import type { Trx } from '../platform/database/door.ts'
import type { KeepGround } from './ground.ts'
import { policiesOf } from './policies.ts'
import { countKept } from './store.ts'

/** A run that would remove more than `items` recordings and more than `share` percent of what is kept is braked. */
export type Threshold = { readonly items: number; readonly share: number }

/** Whether removing so many of what is kept passes the threshold. Both bounds must be passed. */
export function braked(threshold: Threshold, { removing, kept }: { removing: number; kept: number }): boolean {
  return removing > threshold.items && removing * 100 > threshold.share * kept
}

/** What a brake holds back, in the order asked, and the numbers that say why. */
export type HeldBack = Threshold & {
  readonly recordings: readonly string[]
  readonly removing: number
  readonly kept: number
}

type Ground = Pick<KeepGround, 'clock' | 'rules' | 'units'>

/**
 * What the brakes hold back of what a run would remove; null: nothing. The agency's counts for all of it. Where that lets it pass, the
 * brake of each unit with rules of its own counts for what lives under those, against what is kept of the unit's.
 */
export async function heldBack(
  trx: Trx,
  ground: Ground,
  agency: string,
  removing: readonly string[],
): Promise<HeldBack | null> {
  if (removing.length === 0) return null
  const { pack } = await ground.rules.policyInForce(trx, agency)
  const kept = await countKept(trx, agency)
  if (braked(pack.brake.v, { removing: removing.length, kept }))
    return { ...pack.brake.v, recordings: removing, removing: removing.length, kept }
  return together(await heldBackOfUnits(trx, ground, agency, removing))
}

async function heldBackOfUnits(
  trx: Trx,
  ground: Ground,
  agency: string,
  removing: readonly string[],
): Promise<HeldBack[]> {
  const under = await policiesOf(trx, ground, agency, removing)
  const byUnit = Map.groupBy(removing, recording => under(recording).inForce.unit)
  const held: HeldBack[] = []
  for (const [unit, recordings] of byUnit) {
    const [first] = recordings
    if (unit === null || first === undefined) continue
    const threshold = under(first).inForce.pack.brake.v
    const kept = await countKept(trx, agency, unit)
    if (braked(threshold, { removing: recordings.length, kept }))
      held.push({ ...threshold, recordings, removing: recordings.length, kept })
  }
  return held
}

/** One question is asked of two persons, also where several units brake: with the least bounds, which all of them pass. */
function together(held: readonly HeldBack[]): HeldBack | null {
  if (held.length === 0) return null
  const sum = (of: (one: HeldBack) => number) => held.reduce((all, one) => all + of(one), 0)
  return {
    recordings: held.flatMap(({ recordings }) => recordings),
    removing: sum(one => one.removing),
    kept: sum(one => one.kept),
    items: Math.min(...held.map(one => one.items)),
    share: Math.min(...held.map(one => one.share)),
  }
}
