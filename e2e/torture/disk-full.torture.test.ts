import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { extent, report } from './extent.ts'
import {
  LogMemory,
  api,
  expectExportsIdentical,
  expectOneRecordingEach,
  expectReceiptsVerify,
  type Place,
  recordings,
} from './inspection.ts'
import { Sending, type Target, refusalsOf } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'
import { SmallDisk, cannotMountSmall } from './small-disk.ts'

const CAMERAS = extent(64, 8)
const FULL_MS = extent(20_000, 1500)

const FULL = /^507 .*no room left.*(kept|acknowledged)/
const AWAY = /^503 .*(database does not answer|disk of the database is full).*(try again|go on from there)/

/** Each place that is written to, and what is said while its disk is full: to the sender, or in the server's log. */
const places = [
  { name: 'objects', megabytes: 400, toSender: FULL, inLog: null },
  { name: 'vault/a', megabytes: 16, toSender: FULL, inLog: null },
  { name: 'vault/b', megabytes: 16, toSender: FULL, inLog: null },
  { name: 'database', megabytes: 500, toSender: AWAY, inLog: /disk of the database is full|database does not answer/ },
  { name: 'log', megabytes: 16, toSender: null, inLog: /no room left on the disk/ },
  { name: 'lock', megabytes: 4, toSender: null, inLog: /no room left on the disk/ },
] as const

/** Whether sender and operator have been told as they should. */
function wasSaid(full: (typeof places)[number], heard: { senders: Sending[]; log: string[] }): string {
  const { toSender, inLog } = full
  const refusals = refusalsOf(heard.senders)
  if (toSender !== null && !refusals.some(text => toSender.test(text))) return `senders heard ${refusals.join('; ')}`
  if (inLog === null || heard.log.some(line => inLog.test(line))) return 'yes'
  return `the log said ${heard.log.map(line => line.slice(0, 200)).join('\n')}`
}

/** The vault has room for some keys ahead: uploads are begun until there is none, and what was answered is kept. */
async function crowd(target: Target): Promise<Sending[]> {
  const tried: Sending[] = []
  while (tried.length < 3000 && refusalsOf(tried, [507]).length === 0) {
    const several = Array.from({ length: 32 }, (_, at) => new Sending(100, `${tried.length + at}`))
    await Promise.all(several.map(one => one.begin(target)))
    tried.push(...several)
  }
  return tried
}

async function until(said: () => string, meanwhile: () => void): Promise<void> {
  await expect
    .poll(
      () => {
        meanwhile()
        return said()
      },
      { interval: 100 },
    )
    .toBe('yes')
}

describe.skipIf(leftOut('full disks', cannotMountSmall()))(
  'a disk is full',
  { timeout: extent(900_000, 300_000) },
  () => {
    const disks = new Map<string, SmallDisk>()
    const sent: Sending[] = []
    let [server, place, log] = [] as unknown as [ServerProcess, Place, LogMemory]
    let deviceToken = ''

    beforeAll(async () => {
      const founding = await foundIn()
      for (const { name, megabytes } of places) {
        const folder = join(founding.data, name)
        mkdirSync(folder, { recursive: true })
        disks.set(name, SmallDisk.under(folder, megabytes))
      }
      server = await ServerProcess.serve(founding.data)
      place = { ...founding, url: server.url }
      log = new LogMemory(place)
      deviceToken = founding.deviceToken
    })
    afterAll(async () => {
      await server?.kill()
      for (const disk of disks.values()) disk.remove()
    })

    test.each(places)('under $name: it is said, nothing is lost, and all goes on once there is room', async full => {
      const pid = server.pid
      const heardBefore = server.said.length
      const disk = disks.get(full.name)!
      const files = Array.from({ length: CAMERAS }, (_, at) => new Sending(600_000, `${full.name} ${at}.mp4`))
      sent.push(...files)
      const pace = { portionBytes: 60_000, rest: { ms: 100 } }
      const target = { url: server.url, token: deviceToken }
      const cameras = Promise.all(files.map(one => one.run(target, pace, new AbortController().signal)))
      cameras.catch(() => {})
      await pause(300)
      try {
        disk.fill()
        const crowded = full.name.startsWith('vault/') ? await crowd(target) : []
        sent.push(...crowded.filter(one => one.path !== null))
        await until(
          () => wasSaid(full, { senders: [...files, ...crowded], log: server.said.slice(heardBefore) }),
          () => disk.fill(),
        )
        await pause(FULL_MS)
        // No answer says that something broke for which nobody has words.
        expect(refusalsOf([...files, ...crowded], [500])).toEqual([])
      } finally {
        disk.free()
      }
      await cameras
      await Promise.all(sent.map(one => one.run(target, pace, new AbortController().signal)))
      expect(server.pid).toBe(pid)
      expect(server.running).toBe(true)
      await Promise.all(sent.map(one => one.verify(target)))
      await expectReceiptsVerify(place, files)
      await expectExportsIdentical(place, files)
    })

    test('and afterwards everything is there, once, and clean-up finds nothing in its way', async () => {
      await expectOneRecordingEach(place, sent)
      expect(await api(place, 'POST', '/runs', { what: 'nightly' })).toMatchObject({ state: 'done', unfinished: [] })
      log.takeReceipts(sent)
      await log.expectOneLog()
      const unread = async () => (await recordings(place)).filter(row => row.parsable === null).length
      const before = await unread()
      expect(await server.stop()).toBe(0)
      await server.start()
      // Hundreds of recordings still wait for their media to be read: a stop does not wait for them.
      expect(await unread()).toBeGreaterThan(before / 2)
      await expectOneRecordingEach(place, sent)
      report(
        `${places.length} full disks (${places.map(one => one.name).join(', ')}) under ${CAMERAS} uploads each: 0 lost`,
      )
    })
  },
)
