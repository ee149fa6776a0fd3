import { spawnSync } from 'node:child_process'
import { loadKept, sealDue } from '@vidne/server/keep/testing/a-large-night'
import { postgresPrograms, startPostgres } from '@vidne/server/platform/testing/postgres-server'
import { openInside } from './inside.ts'
import { type Extent, type Result, atMost, median } from './measure.ts'
import { listBench } from './retention-list.ts'
import { type Installation, found } from './servers.ts'

type Load = { readonly kept: number; readonly due: number; readonly rounds: number }

const whole: Load = { kept: 499_000, due: 1000, rounds: 3 }
const little: Load = { kept: 4900, due: 100, rounds: 1 }
/** A day beyond the rule of uk-met for footage without a category. */
const nightMs = 32 * 86_400_000

/**
 * The nightly run of an agency that keeps 500 000 recordings, of which 1 000 fall due: from the question until the run has
 * answered, with every key destroyed, every object removed and every history written. Those that are due are whole: keys in the
 * vault, four objects each, a chain of events, deadlines over the 24 hours of a day. The others are rows that are read past. After it
 * the list under the access predicate, which has a bench of its own.
 */
export async function run({ short }: Extent): Promise<Result[]> {
  const load = short ? little : whole
  return [...(await onEmbedded(load)), ...(await onPostgres(load)), ...(await listBench({ short }))]
}

async function onEmbedded(load: Load): Promise<Result[]> {
  const installation = found()
  const seconds = await nights(installation, load)
  installation.remove()
  return [judged('embedded', load, seconds)]
}

async function onPostgres(load: Load): Promise<Result[]> {
  const programs = postgresPrograms()
  if (programs === null) throw new Error('PostgreSQL is not here')
  const postgres = await startPostgres(programs)
  spawnSync('psql', ['-c', 'create database bench', postgres.url('postgres')])
  const installation = found(['--database', postgres.url('bench')])
  const seconds = await nights(installation, load)
  installation.remove()
  await postgres.remove()
  return [judged('PostgreSQL', load, seconds)]
}

function judged(engine: string, { kept, due }: Load, seconds: readonly number[]): Result {
  return atMost(`nightly run, ${due} due of ${kept + due} recordings, ${engine}`, median(seconds), 30, 's')
}

/** Seconds of each night's run. */
async function nights(installation: Installation, { kept, due, rounds }: Load): Promise<number[]> {
  const inside = await openInside(installation)
  const { people, rehearsal, clock, stages } = inside
  const [agency = ''] = await people.agencies()
  await loadKept(inside, { agency, kept, from: clock.now() + (rounds + 1) * nightMs })
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) {
    await sealDue(inside, agency, due)
    await stages.keep.settled()
    await rehearsal?.set(clock.now() + nightMs)
    const began = performance.now()
    const report = await stages.keep.run(agency, null)
    seconds.push((performance.now() - began) / 1000)
    if (report.deleted.length !== due || report.unfinished.length > 0)
      throw new Error(`${report.deleted.length} of ${due} went: ${JSON.stringify(report.because ?? report.unfinished)}`)
  }
  await stages.keep.settled()
  await stages.dock.close()
  await inside.close()
  return seconds
}
