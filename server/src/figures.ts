import type { House } from './compose.ts'
import type { Metrics } from './platform/http/metrics.ts'

type Looked = Pick<House, 'ground' | 'keep' | 'dock' | 'standsStill'>

/** What an installation tells of itself at /metrics, beside its requests. Figures of the whole: never of a person or a recording. */
export function tellFigures(metrics: Metrics, house: Looked): void {
  const { ground, dock } = house
  const { seal } = ground
  metrics.gauge('vidne_log_leaves', 'Leaves of the log', () => seal.metrics().leaves)
  metrics.gauge('vidne_log_public_leaves', 'Leaves under the public checkpoint', () => seal.metrics().publicLeaves)
  metrics.gauge('vidne_log_standing', '1 while the log may sign', () => (seal.standing() === 'ok' ? 1 : 0))
  metrics.gauge('vidne_dock_uploads', 'Uploads being received', () => dock.figures().sessions)
  metrics.gauge(
    'vidne_run_last_seconds',
    'Time since the last completed deletion run, of the agency that waits longest for one; runs are hourly',
    async () => (await runsOf(house)).seconds,
  )
  metrics.gauge(
    'vidne_run_stopped',
    '1 while the newest deletion run of an agency was stopped or waits for two persons',
    async () => (await runsOf(house)).halted,
  )
  metrics.gauge('vidne_standing_still', '1 while nothing is taken in and nothing is let go', async () =>
    (await isStill(house)) ? 1 : 0,
  )
}

const UNKNOWN = { seconds: Number.NaN, halted: Number.NaN }

/** While the database does not answer nobody knows, and the figures say so: they are no numbers. */
async function runsOf({ ground, keep }: Looked): Promise<{ seconds: number; halted: number }> {
  const { people, clock, log } = ground
  try {
    const last = await Promise.all((await people.agencies()).map(agency => keep.lastRun(agency)))
    // An empty database has no agencies to run for, and that must not look like quiet.
    if (last.length === 0) return UNKNOWN
    const waited = last.map(({ completedAt }) => (clock.now() - completedAt) / 1000)
    return { seconds: Math.max(0, ...waited), halted: last.some(({ halted }) => halted) ? 1 : 0 }
  } catch (error) {
    log.warn({ because: String(error) }, 'how the last runs ended cannot be read just now')
    return UNKNOWN
  }
}

/** What cannot even be looked at takes nothing in either. */
async function isStill({ standsStill }: Looked): Promise<boolean> {
  return standsStill().then(
    still => still !== null,
    () => true,
  )
}
