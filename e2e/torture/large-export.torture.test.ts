import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { dockLarge, exportAway } from '../../bench/large.ts'
import { forgetPeak, memoryOf } from '../../bench/measure.ts'
import { leftOut, notLinux } from '../../checks/left-out.ts'
import { extent, report } from './extent.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const MIB = 1_048_576
const LARGE = extent(10_240, 2048) * MIB
const SMALL = 64 * MIB
/** Buffers on the way, and what the collector has not come to yet; a package held in memory would be many times that. */
const MOST_GROWTH = 200 * MIB

test.skipIf(leftOut('the memory of a large export', notLinux))(
  `the package of a recording of ${LARGE / MIB} MiB is streamed: memory grows no more than for one of ${SMALL / MIB} MiB`,
  { timeout: extent(1_800_000, 240_000) },
  async () => {
    const founding = await foundIn()
    // Gigabytes: not left until the end of the run.
    onTestFinished(() => rmSync(dirname(founding.data), { recursive: true, force: true }))
    const server = await ServerProcess.serve(founding.data, { VIDNE_READ_MEDIA: 'false' })
    onTestFinished(() => server.kill())
    const docked = []
    for (const bytes of [SMALL, LARGE])
      docked.push(await dockLarge({ url: server.url, token: founding.deviceToken }, bytes))
    const [small = '', large = ''] = docked
    await pause(1000)
    // A process that has not received anything: what the uploads needed is not counted.
    await server.stop()
    await server.start()
    const asked = { url: server.url, token: founding.operatorToken }
    for (let warm = 0; warm < 3; warm++) await exportAway(asked, small)

    const before = memoryOf(server.pid).now
    forgetPeak(server.pid)
    const { bytes } = await exportAway(asked, large)
    const growth = memoryOf(server.pid).peak - before
    expect(bytes).toBeGreaterThan(LARGE)
    expect(growth).toBeLessThan(MOST_GROWTH)
    expect(await server.stop()).toBe(0)
    report(`a package of ${Math.round(bytes / MIB)} MiB: memory grew by ${Math.round(growth / MIB)} MiB at most`)
  },
)
