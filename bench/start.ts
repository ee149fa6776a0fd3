import { setTimeout as pause } from 'node:timers/promises'
import { type Extent, type Result, atMost, median, memoryOf } from './measure.ts'
import { found, serveVidne } from './servers.ts'

const rounds = 5

/** From the start of the process to the ready line, on an installation that exists; and its memory when it idles. */
export async function run({ short }: Extent): Promise<Result[]> {
  const installation = found()
  const [seconds, memory]: [number[], number[]] = [[], []]
  for (let round = 0; round < (short ? 1 : rounds); round++) {
    const began = performance.now()
    const server = await serveVidne(installation)
    seconds.push((performance.now() - began) / 1000)
    await pause(3000)
    memory.push(memoryOf(server.pid).now / 1e6)
    await server.stop()
  }
  installation.remove()
  return [atMost('ready', median(seconds), 3, 's'), atMost('memory when idle', median(memory), 550, 'MB')]
}
