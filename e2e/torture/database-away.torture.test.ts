import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { postgresPrograms, startPostgres } from '@vidne/server/platform/testing/postgres-server'
import { expect, onTestFinished, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { extent, report } from './extent.ts'
import {
  LogMemory,
  expectExportsIdentical,
  expectOneRecordingEach,
  expectReceiptsVerify,
  type Place,
  untilReady,
} from './inspection.ts'
import { Sending, refusalsOf } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const CAMERAS = extent(64, 16)
const AWAY_MS = extent(60_000, 4000)
const programs = postgresPrograms()

test.skipIf(leftOut('the database going away', programs === null ? 'PostgreSQL is not installed' : null))(
  `PostgreSQL is killed and away for ${AWAY_MS / 1000} s while ${CAMERAS} cameras send: all goes on by itself`,
  { timeout: extent(900_000, 180_000) },
  async () => {
    const postgres = await startPostgres(programs ?? '')
    onTestFinished(() => postgres.remove())
    const founding = await foundIn({ database: postgres.url('postgres') })
    const server = await ServerProcess.serve(founding.data)
    onTestFinished(() => server.kill())
    const place: Place = { ...founding, url: server.url }
    const log = new LogMemory(place)
    const target = { url: server.url, token: founding.deviceToken }
    const sent: Sending[] = []
    const rest = { ms: 300 }
    const camera = async (): Promise<void> => {
      do {
        const file = new Sending(randomInt(1, 2_000_000), `DCIM/${sent.length}.mp4`)
        sent.push(file)
        const portionBytes = Math.ceil(file.bytes / 8)
        await file.run(target, { portionBytes, rest }, new AbortController().signal)
      } while (rest.ms > 0)
    }
    const cameras = Promise.all(Array.from({ length: CAMERAS }, camera))
    cameras.catch(() => {})
    await pause(3000)
    const pid = server.pid

    await postgres.kill()
    await pause(AWAY_MS)
    const unready = await fetch(`${server.url}/readyz`)
    expect({ status: unready.status, said: await unready.json() }).toEqual({
      status: 503,
      said: { ready: false, code: 'database-away', because: 'The database does not answer.' },
    })
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ alive: true })
    const listing = await fetch(`${server.url}/api/recordings`, {
      headers: { authorization: `Bearer ${founding.operatorToken}` },
    })
    expect({ status: listing.status, said: await listing.text() }).toEqual({
      status: 503,
      said: expect.stringContaining('The database does not answer just now.'),
    })
    await postgres.start()
    const began = performance.now()
    await untilReady(server.url)
    const recoveredMs = performance.now() - began
    await Promise.all(sent.map(one => one.verify(target)))
    await pause(2000)
    rest.ms = 0
    await cameras

    // Whoever asked meanwhile was told what is wrong, that nothing is lost, and what to do.
    for (const said of refusalsOf(sent).filter(one => one !== '503 '))
      expect(said).toMatch(/^503 .*database.*(try again|go on from there)/)
    expect(server.pid).toBe(pid)
    await expectOneRecordingEach(place, sent)
    await expectReceiptsVerify(place, sent)
    await expectExportsIdentical(place, sent)
    log.takeReceipts(sent)
    await log.expectOneLog()
    expect(await server.stop()).toBe(0)
    report(
      `the database was away for ${AWAY_MS / 1000} s under ${CAMERAS} uploads: ready again ${Math.round(recoveredMs)} ms ` +
        `after it, ${sent.length} files, 0 lost`,
    )
  },
)
