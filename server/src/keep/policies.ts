import type { Trx } from '../platform/database/door.ts'
import { heldBy, madeAt, NoPolicy, type PolicyInForce } from '../rules/rules.ts'
import type { KeepGround } from './ground.ts'
import { readMade } from './store.ts'

type Ground = Pick<KeepGround, 'clock' | 'rules' | 'units'>

/**
 * Whose rules a recording lives under. `versions`: all that ever held there, oldest first, those to come too. `inForce`: the one
 * that holds now.
 */
export type Under = { readonly versions: readonly PolicyInForce[]; readonly inForce: PolicyInForce }

/**
 * THE answer to whose rules recordings live under: those of the unit whose camera it was when they were captured, else the
 * agency's. A camera that goes to another unit later takes nothing along. What is not there counts as the agency's. Throws NoPolicy.
 */
export async function policiesOf(
  trx: Trx,
  ground: Ground,
  agency: string,
  recordings: readonly string[],
): Promise<(recording: string) => Under> {
  const units = await unitsAtCapture(trx, ground, agency, recordings)
  const versions = await ground.rules.versions(trx, agency, null)
  for (const unit of new Set(units.values())) versions.push(...(await ground.rules.versions(trx, agency, unit)))
  const now = ground.clock.now()
  const known = new Map<string | null, Under>()
  return recording => {
    const unit = units.get(recording) ?? null
    const under = known.get(unit) ?? underOf(heldBy(versions, unit), agency, now)
    known.set(unit, under)
    return under
  }
}

/** As `policiesOf`, of one. */
export async function policiesOfOne(trx: Trx, ground: Ground, agency: string, recording: string): Promise<Under> {
  return (await policiesOf(trx, ground, agency, [recording]))(recording)
}

function underOf(versions: readonly PolicyInForce[], agency: string, now: number): Under {
  const inForce = versions.findLast(({ since }) => since <= now)
  if (inForce === undefined) throw new NoPolicy(`no policy is in force at the agency ${agency}`)
  return { versions, inForce }
}

/** The units whose cameras recordings were made with, by recording; those of the agency as a whole are left out. */
export async function unitsAtCapture(
  trx: Trx,
  { units }: Pick<Ground, 'units'>,
  agency: string,
  recordings: readonly string[],
): Promise<Map<string, string>> {
  if (recordings.length === 0 || !(await units.haveCameras(trx, agency))) return new Map()
  const made = await readMade(trx, recordings)
  const asked = [...made].flatMap(([recording, { camera, captured }]) =>
    camera === null ? [] : [{ recording, camera, at: madeAt(captured.recordedAt, captured.receivedAt) }],
  )
  const found = await units.ofCameras(trx, { agency, cameras: asked })
  return new Map(
    asked.flatMap(({ recording }, index) => {
      const unit = found[index] ?? null
      return unit === null ? [] : [[recording, unit]]
    }),
  )
}
