import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { upload } from './loader.ts'
import { type Result, atLeast, atMost, cpuSeconds, interleaved, median, medianRatio, memoryOf } from './measure.ts'
import { type Running, found, servePeer, serveVidne } from './servers.ts'

const rounds = 5
const mib = 1_048_576
const loads = [
  { uploads: 1, bytes: 64 * mib, least: 0.75 },
  { uploads: 8, bytes: 16 * mib, least: 1.1 },
  { uploads: 64, bytes: 16 * mib, least: 1.1 },
  { uploads: 500, bytes: 8 * mib, least: 1.1 },
]

/**
 * Sealing ingest against tus with its file store (plain, unsynced) and against a bare handler that syncs: the same loader, the
 * same files, in turn.
 */
export async function run(): Promise<Result[]> {
  const installation = found()
  const folders = { tus: join(installation.folder, 'tus'), bare: join(installation.folder, 'bare') }
  for (const folder of Object.values(folders)) mkdirSync(folder)
  const [vidne, tus, bare] = [
    await serveVidne(installation),
    await servePeer('tus-file-store', folders.tus),
    await servePeer('bare-fdatasync', folders.bare),
  ]
  const token = installation.deviceToken
  const results: Result[] = []
  const cpuRatios: number[] = []
  for (const { uploads, bytes, least } of loads) {
    const figures = await interleaved(uploads >= 500 ? 2 : rounds, {
      vidne: () => measured(vidne, { token, uploads, bytes }),
      tus: () => measured(tus, { token, uploads, bytes }),
      bare: () => measured(bare, { token, uploads, bytes }),
    })
    results.push(
      atLeast(
        `throughput ÷ tus + FileStore, ${uploads} uploads`,
        medianRatio(rates(figures.vidne), rates(figures.tus)),
        least,
      ),
    )
    cpuRatios.push(
      medianRatio(
        figures.vidne.map(f => f.cpu),
        figures.bare.map(f => f.cpu),
      ),
    )
  }
  results.push(atMost('server CPU ÷ bare fdatasync handler', median(cpuRatios), 3, 'x'))
  results.push(atMost('peak memory with 500 uploads', memoryOf(vidne.pid).peak / 1e6, 900, 'MB'))
  await Promise.all([vidne, tus, bare].map(server => server.stop()))
  installation.remove()
  return results
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
