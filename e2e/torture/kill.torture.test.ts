import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { extent, report } from './extent.ts'
import {
  LogMemory,
  expectExportsIdentical,
  expectOneRecordingEach,
  expectReceiptsVerify,
  type Place,
} from './inspection.ts'
import { Sending, refusalsOf } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const KILLS = extent(100, 3)
const CAMERAS = 64

/** A camera's next file: most are small, one in eight is longer than a part. */
function aFile(nth: number): Sending {
  const bytes = nth % 8 === 0 ? 16_777_216 + randomInt(4_000_000) : randomInt(1, 1_500_000)
  return new Sending(bytes, `DCIM/${nth}.mp4`)
}

test(
  `the server is killed ${KILLS} times while ${CAMERAS} cameras send: all that was acknowledged is there, once`,
  async () => {
    const founding = await foundIn()
    const server = await ServerProcess.serve(founding.data)
    onTestFinished(() => server.kill())
    const place: Place = { ...founding, url: server.url }
    const log = new LogMemory(place)
    const target = { url: server.url, token: founding.deviceToken }
    const sent: Sending[] = []
    const rest = { ms: 1500 }
    const stop = new AbortController()

    const camera = async (): Promise<void> => {
      do {
        const file = aFile(sent.length)
        sent.push(file)
        const portionBytes = file.bytes > 16_000_000 ? file.bytes : Math.ceil(file.bytes / 8)
        await file.run(target, { portionBytes, rest }, stop.signal)
      } while (rest.ms > 0)
    }
    const cameras = Promise.all(Array.from({ length: CAMERAS }, camera))
    const broken = cameras.then(
      () => null,
      (error: unknown) => error,
    )

    for (let kill = 1; kill <= KILLS; kill++) {
      await Promise.race([pause(randomInt(20, 2500)), broken])
      await log.look()
      const before = [...sent]
      await server.kill()
      await server.start()
      await Promise.all(before.filter(one => !one.done).map(one => one.verify(target)))
      if (kill % 10 === 0) report(`killed ${kill} times, ${sent.length} files begun`)
    }
    rest.ms = 0
    await cameras

    // A killed process refuses nothing; one that has just begun has no reason to.
    expect(refusalsOf(sent)).toEqual([])
    await Promise.all(sent.map(one => one.verify(target)))
    await expectOneRecordingEach(place, sent)
    await expectReceiptsVerify(place, sent)
    await expectExportsIdentical(place, sent)
    log.takeReceipts(sent)
    const { size } = await log.expectOneLog()
    expect(await server.stop()).toBe(0)
    const megabytes = Math.round(sent.reduce((sum, one) => sum + one.bytes, 0) / 1e6)
    report(
      `${KILLS} kills under ${CAMERAS} uploads, ${sent.length} files of ${megabytes} MB: 0 acknowledged bytes lost, ` +
        `0 sealed twice; ${log.seen} checkpoints are of one log of ${size} leaves`,
    )
  },
  extent(3_600_000, 180_000),
)
