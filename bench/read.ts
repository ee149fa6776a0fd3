import { setTimeout as pause } from 'node:timers/promises'
import { openInside } from './inside.ts'
import { upload } from './loader.ts'
import { type Result, atMost, quantile } from './measure.ts'
import { found, serveVidne } from './servers.ts'

const bytes = 256 * 1_048_576
const length = 256 * 1024
const readers = 32
const readsEach = 60
/** A viewer at 20 Mbit/s asks for 256 KiB ten times a second; 32 of them do not ask in step. */
const everyMs = 100

/** Ranges at random out of a sealed recording, by 32 viewers who watch and seek at once. */
export async function run(): Promise<Result[]> {
  const installation = found()
  const server = await serveVidne(installation)
  await upload({ url: server.url, token: installation.deviceToken, uploads: 1, bytes })
  await pause(1500)
  await server.stop()
  const inside = await openInside(installation)
  const [agency] = await inside.people.agencies()
  if (agency === undefined) throw new Error('no agency')
  const [recording] = await inside.database.asAgency(agency, trx =>
    inside.stages.dock.list(trx, { most: 1, after: null }),
  )
  if (recording === undefined) throw new Error('nothing was sealed')
  const times: number[] = []
  await Promise.all(
    Array.from({ length: readers }, () => reader(times, () => inside.stages.dock.openRecording(agency, recording.id))),
  )
  await inside.stages.dock.close()
  await inside.close()
  installation.remove()
  return [
    atMost('random 256 KiB, 32 readers, p50', quantile(times, 0.5), 2, 'ms'),
    atMost('random 256 KiB, 32 readers, p99', quantile(times, 0.99), 20, 'ms'),
  ]
}

type Footage = { read(offset: number, length: number): Promise<Uint8Array> }

async function reader(times: number[], open: () => Promise<Footage>): Promise<void> {
  const footage = await open()
  await pause(Math.random() * everyMs)
  for (let read = 0; read < readsEach; read++) {
    await pause(everyMs * (0.5 + Math.random()))
    const offset = Math.floor(Math.random() * (bytes - length))
    const began = performance.now()
    const got = await footage.read(offset, length)
    times.push(performance.now() - began)
    if (got.length !== length) throw new Error('a range came back short')
  }
}
