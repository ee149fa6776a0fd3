import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { upload } from './loader.ts'
import {
  type Extent,
  type Result,
  atLeast,
  atMost,
  cpuSeconds,
  interleaved,
  median,
  medianRatio,
  memoryOf,
} from './measure.ts'
import { type Running, found, servePeer, serveVidne } from './servers.ts'

const rounds = 5
const mib = 1_048_576
const loads = [
  { uploads: 1, bytes: 256 * mib, least: 0.75 },
  { uploads: 8, bytes: 64 * mib, least: 1.1 },
  { uploads: 64, bytes: 32 * mib, least: 1.1 },
  { uploads: 500, bytes: 8 * mib, least: 1.1 },
]
const shortLoads = [{ uploads: 1, bytes: 8 * mib, least: 0.75 }]

/**
 * Sealing ingest against tus with its file store (plain, unsynced) and against a bare handler that syncs: the same loader, the
 * same files, in turn.
 *
 * The files are as long as makes a round last some 0.4 s and more on a fast machine, so that CPU can be read off in hundredths
 * of a second; body cameras write about 60 MB a minute. Before the five rounds comes one that does not count, for all three
 * servers: none of them is judged by code that is not compiled yet. Each load has an installation of its own, removed when it
 * is done, and the peers' files go after each round: at most about 30 GB of disk at once (6 rounds of 500 x 8 MiB, and a peer's).
 */
export async function run({ short }: Extent): Promise<Result[]> {
  const results: Result[] = []
  const cpuRatios: number[] = []
  let peak = 0
  for (const load of short ? shortLoads : loads) {
    const { figures, memory } = await measuredLoad(load, short ? 1 : rounds)
    const what = `throughput ÷ tus + FileStore, ${load.uploads} uploads`
    results.push(atLeast(what, medianRatio(rates(figures.vidne), rates(figures.tus)), load.least))
    cpuRatios.push(medianRatio(cpu(figures.vidne), cpu(figures.bare)))
    peak = memory
  }
  results.push(atMost('server CPU ÷ bare fdatasync handler, median of the loads', median(cpuRatios), 3, 'x'))
  results.push(atMost('peak memory with 500 uploads', peak / 1e6, 900, 'MB'))
  return results
}

type Load = (typeof loads)[number]

/** A load on servers of its own; what the peers have kept is thrown away after each round. */
async function measuredLoad({ uploads, bytes }: Load, counted: number) {
  const installation = found()
  const folders = { tus: join(installation.folder, 'tus'), bare: join(installation.folder, 'bare') }
  for (const folder of Object.values(folders)) mkdirSync(folder)
  const vidne = await serveVidne(installation)
  const tus = await servePeer('tus-file-store', folders.tus)
  const bare = await servePeer('bare-fdatasync', folders.bare)
  const load = { token: installation.deviceToken, uploads, bytes }
  try {
    const contenders = {
      vidne: () => measured(vidne, load),
      tus: () => measured(tus, load).finally(() => empty(folders.tus)),
      bare: () => measured(bare, load).finally(() => empty(folders.bare)),
    }
    const figures = await interleaved(counted, contenders, { warmUps: 1 })
    return { figures, memory: memoryOf(vidne.pid).peak }
  } finally {
    await Promise.all([vidne, tus, bare].map(server => server.stop()))
    installation.remove()
  }
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true })
}

function cpu(figures: readonly Figure[]): number[] {
  return figures.map(figure => figure.cpu)
}

type Figure = { rate: number; cpu: number }

async function measured(server: Running, load: { token: string; uploads: number; bytes: number }): Promise<Figure> {
  const before = cpuSeconds(server.pid)
  const { seconds, bytes } = await upload({ ...load, url: server.url })
  return { rate: bytes / seconds, cpu: (cpuSeconds(server.pid) - before) / bytes }
}

function rates(figures: readonly Figure[]): number[] {
  return figures.map(figure => figure.rate)
}
