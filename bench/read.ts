import { randomFillSync } from 'node:crypto'
import { type FileHandle, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openInside } from './inside.ts'
import { upload } from './loader.ts'
import { type Extent, type Result, atMost, interleaved, median, quantile, said } from './measure.ts'
import { type Installation, found, serveVidne } from './servers.ts'

const mib = 1_048_576
const bytes = 256 * mib
const length = 256 * 1024
const readers = 32
const rounds = 5
/** At the pace of footage: a viewer at 20 Mbit/s asks for 256 KiB ten times a second; 32 of them do not ask in step. */
const everyMs = 100

/** One range, wherever it lies. `memory`: an earlier answer, done with. */
type Read = (offset: number, memory?: Uint8Array) => Promise<Uint8Array>

/**
 * Ranges of 256 KiB at random out of one sealed recording by 32 readers who ask for the next range as soon as they have the last.
 * These are the judged figures. Each reader gives the memory of his last answer for the next one, as whoever sends footage on can.
 * Beside them, in turn, and only reported: readers who leave their answers to the collector, readers at the pace of footage, and of
 * a plain file by pread. A range lies in one or two segments of 1 MiB, which are decrypted and checked whole: 32 at once wait
 * for 40 MiB of decryption. All of it lies in the page cache.
 */
export async function run({ short }: Extent): Promise<Result[]> {
  const installation = found()
  await fill(installation)
  const recording = await sealed(installation)
  const plain = await plainFile(join(installation.folder, 'plain'))
  const readsEach = short ? 4 : 60
  try {
    const contenders = {
      sealed: () => readersOf(recording.read, { readsEach, givesBack: true }),
      left: () => readersOf(recording.read, { readsEach }),
      plain: () => readersOf(async () => offset => plainRange(plain, offset), { readsEach }),
      paced: () => readersOf(recording.read, { readsEach: short ? 2 : 30, paceMs: everyMs }),
    }
    return results(await interleaved(short ? 1 : rounds, contenders, { warmUps: 1 }))
  } finally {
    await plain.close()
    await recording.close()
    installation.remove()
  }
}

type Figure = { p50: number; p99: number; mibPerSecond: number }

function results(figures: Record<'sealed' | 'left' | 'plain' | 'paced', Figure[]>): Result[] {
  const of = (name: keyof typeof figures, which: keyof Figure) => median(figures[name].map(figure => figure[which]))
  const what = 'random 256 KiB, 32 readers'
  return [
    atMost(`${what} without pause, p50`, of('sealed', 'p50'), 2, 'ms'),
    atMost(`${what} without pause, p99`, of('sealed', 'p99'), 20, 'ms'),
    said(`${what} without pause, together`, of('sealed', 'mibPerSecond'), 'MiB/s'),
    said(`${what} without pause, answers left to the collector, p50`, of('left', 'p50'), 'ms'),
    said(`${what} without pause, answers left to the collector, p99`, of('left', 'p99'), 'ms'),
    said(`${what} at 20 Mbit/s each, p50`, of('paced', 'p50'), 'ms'),
    said(`${what} at 20 Mbit/s each, p99`, of('paced', 'p99'), 'ms'),
    said('the same from a plain file, p50', of('plain', 'p50'), 'ms'),
    said('the same from a plain file, p99', of('plain', 'p99'), 'ms'),
    said('the same from a plain file, together', of('plain', 'mibPerSecond'), 'MiB/s'),
  ]
}

type Manner = { readsEach: number; paceMs?: number; givesBack?: boolean }

async function readersOf(open: () => Promise<Read>, manner: Manner): Promise<Figure> {
  const times: number[] = []
  const opened = await Promise.all(Array.from({ length: readers }, open))
  const began = performance.now()
  await Promise.all(opened.map(read => reader(read, times, manner)))
  const seconds = (performance.now() - began) / 1000
  const mibPerSecond = (times.length * length) / mib / seconds
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), mibPerSecond }
}

async function reader(read: Read, times: number[], manner: Manner): Promise<void> {
  const { readsEach, paceMs = 0, givesBack = false } = manner
  let last: Uint8Array | undefined
  if (paceMs > 0) await pause(Math.random() * paceMs)
  for (let count = 0; count < readsEach; count++) {
    if (paceMs > 0) await pause(paceMs * (0.5 + Math.random()))
    const offset = Math.floor(Math.random() * (bytes - length))
    const began = performance.now()
    const got = await read(offset, givesBack ? last : undefined)
    times.push(performance.now() - began)
    if (got.length !== length) throw new Error('a range came back short')
    last = got
  }
}

async function fill(installation: Installation): Promise<void> {
  const server = await serveVidne(installation)
  await upload({ url: server.url, token: installation.deviceToken, uploads: 1, bytes })
  await pause(1500)
  await server.stop()
}

/** The installation opened in this process; each reader opens the recording for himself, as each view does. */
async function sealed(installation: Installation): Promise<{ read: () => Promise<Read>; close: () => Promise<void> }> {
  const inside = await openInside(installation)
  const { dock } = inside.stages
  const [agency] = await inside.people.agencies()
  if (agency === undefined) throw new Error('no agency')
  const [recording] = await inside.database.asAgency(agency, trx => dock.list(trx, { most: 1, after: null }))
  if (recording === undefined) throw new Error('nothing was sealed')
  return {
    read: async () => {
      const footage = await dock.openRecording(agency, recording.id)
      return (offset, memory) => footage.read(offset, length, memory)
    },
    close: async () => {
      await dock.close()
      await inside.close()
    },
  }
}

async function plainFile(path: string): Promise<FileHandle> {
  await writeFile(path, randomFillSync(Buffer.allocUnsafe(bytes)))
  return open(path, 'r')
}

async function plainRange(file: FileHandle, offset: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}
