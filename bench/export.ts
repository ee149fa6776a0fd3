import { setTimeout as pause } from 'node:timers/promises'
import { dockLarge, exportAway } from './large.ts'
import { type Extent, type Result, atMost, forgetPeak, median, memoryOf, said } from './measure.ts'
import { found, serveVidne } from './servers.ts'

const mib = 1_048_576
const gib = 1024 * mib

/**
 * The package of a recording of 10 GiB, streamed to a client that throws it away, by a server that has done nothing else; its
 * memory at the highest beside that for a recording of 64 MiB, and as growth over what it held before.
 */
export async function run({ short }: Extent): Promise<Result[]> {
  const lengths = { small: 64 * mib, large: short ? 256 * mib : 10 * gib }
  const installation = found()
  const asDock = { token: installation.deviceToken }
  const filling = await serveVidne(installation)
  const ids = {
    small: await dockLarge({ ...asDock, url: filling.url }, lengths.small),
    large: await dockLarge({ ...asDock, url: filling.url }, lengths.large),
  }
  await pause(2000)
  await filling.stop()

  const server = await serveVidne(installation)
  const asked = { url: server.url, token: installation.operatorToken }
  try {
    // Once before anything counts: code is compiled and buffers are made on the first package.
    await exportAway(asked, ids.small)
    const before = memoryOf(server.pid).now
    const peakOf = async (recording: string): Promise<{ peak: number; rate: number }> => {
      forgetPeak(server.pid)
      const { bytes, seconds } = await exportAway(asked, recording)
      return { peak: memoryOf(server.pid).peak, rate: bytes / seconds }
    }
    const small: number[] = []
    for (let round = 0; round < 5; round++) small.push((await peakOf(ids.small)).peak)
    const large = await peakOf(ids.large)
    const of = short ? '256 MiB' : '10 GiB'
    return [
      atMost(`peak memory on ${of} ÷ on 64 MiB`, large.peak / median(small), 1.25, 'x'),
      said(`growth of memory while ${of} are exported`, (large.peak - before) / 1e6, 'MB'),
      said(`export of ${of}`, large.rate / 1e6, 'MB/s'),
    ]
  } finally {
    await server.stop()
    installation.remove()
  }
}
