import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { report } from './extent.ts'
import {
  LogMemory,
  api,
  expectExportsIdentical,
  expectReceiptsVerify,
  exported,
  type Place,
  recordings,
} from './inspection.ts'
import { Sending, ask, refusalsOf } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

/** What is put back, what the installation says of it, and whether the log may go on. */
const setBacks = [
  { name: 'database', says: /The database holds fewer leaves than the log.*Restore the database/, signs: false },
  { name: 'log', says: /The log folder holds fewer leaves than have been signed.*vidne log rebuild/, signs: false },
  { name: 'lock', says: /The lock folder is older than a checkpoint.*Put back the newest copy/, signs: false },
  // The log itself is whole: its fillers go on.
  { name: 'vault', says: /The vault is older than .*Put the newer vault back/, signs: true },
  { name: 'objects', says: /The object store is older than .*Bring the newer store back/, signs: true },
] as const

const soon = { portionBytes: 400_000, rest: { ms: 0 } }
const slow = { portionBytes: 20_000, rest: { ms: 200 } }
const PATCH = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
const never = new AbortController().signal
const DAY_MS = 86_400_000

describe('yesterday comes back alone', { timeout: 180_000 }, () => {
  let [server, place, log] = [] as unknown as [ServerProcess, Place, LogMemory]
  let deviceToken = ''
  const kept: Sending[] = []
  const gone: Sending[] = []
  /** Begun yesterday, whole today: an older database takes what came since for something nobody has recorded. */
  const half = new Sending(400_000, 'over midnight.mp4')

  beforeAll(async () => {
    const founding = await foundIn()
    server = await ServerProcess.serve(founding.data)
    place = { ...founding, url: server.url }
    log = new LogMemory(place)
    deviceToken = founding.deviceToken
    gone.push(...(await dock(2, 'yesterday')))
    await half.run({ url: server.url, token: deviceToken }, slow, AbortSignal.timeout(500))
    expect(half).toMatchObject({ path: expect.any(String), recording: null })
    await server.stop()
    for (const { name } of setBacks)
      cpSync(at(name), at(`${name}.yesterday`), { recursive: true, preserveTimestamps: true })
    // What has happened since: footage was deleted on time, held, exported, and more has come.
    await server.start()
    await api(place, 'POST', '/clock', { instant: new Date(Date.now() + 40 * DAY_MS).toISOString() })
    expect(await api(place, 'POST', '/runs', { what: 'nightly' })).toMatchObject({ state: 'done' })
    expect((await recordings(place)).map(row => row.state)).toEqual(['deleted', 'deleted'])
    kept.push(...(await dock(3, 'today')), half)
    await half.run({ url: server.url, token: deviceToken }, soon, never)
    await api(place, 'POST', `/recordings/${kept[0]!.recording}/hold`, { reason: 'complaint 12' })
    await expectExportsIdentical(place, kept)
    log.takeReceipts([...gone, ...kept])
    await log.look()
    await server.stop()
  })
  afterAll(() => server?.kill())

  const at = (name: string) => join(place.data, name)

  async function dock(files: number, name: string): Promise<Sending[]> {
    const sent = Array.from({ length: files }, (_, nth) => new Sending(400_000, `${name} ${nth}.mp4`))
    const target = { url: server.url, token: deviceToken }
    await Promise.all(sent.map(one => one.run(target, soon, never)))
    return sent
  }

  test.each(setBacks)(
    'the $name: nothing is signed or deleted, and it is said what to do',
    async ({ name, says, signs }) => {
      renameSync(at(name), at(`${name}.today`))
      cpSync(at(`${name}.yesterday`), at(name), { recursive: true, preserveTimestamps: true })
      const written = () => ({ lock: contentOf(at('lock')), log: contentOf(at('log')) })
      const before = written()
      try {
        await server.start()
        await expectStandingStill(says)
        await pause(3000)
        if (!signs) expect(written()).toEqual(before)
        await log.look()
      } finally {
        expect(await server.stop()).toBe(0)
        rmSync(at(name), { recursive: true })
        renameSync(at(`${name}.today`), at(name))
      }
    },
  )

  async function expectStandingStill(says: RegExp): Promise<void> {
    // The clock has gone far on: whatever is due would go now.
    type Run = { state: string; because: string; deleted: object[] }
    const run = await api<Run>(place, 'POST', '/runs', { what: 'nightly' })
    expect(run).toMatchObject({ state: 'stopped', because: expect.stringMatching(says), deleted: [] })
    const ready = await fetch(`${server.url}/readyz`)
    expect({ status: ready.status, said: await ready.text() }).toEqual({
      status: 503,
      said: expect.stringMatching(says),
    })
    // A camera is told at once to keep its file: what is written now would be lost when today comes back.
    const target = { url: server.url, token: deviceToken }
    const begin = await ask(target, 'POST', '/upload/', { 'upload-length': '5' })
    const goOn = await ask(target, 'PATCH', half.path ?? '', PATCH, Buffer.alloc(10))
    const end = await ask(target, 'DELETE', half.path ?? '')
    for (const answer of [begin, goOn, end])
      expect({ status: answer.status, said: answer.text }).toEqual({ status: 503, said: expect.stringMatching(says) })
    // No event is written, and no key of what was deleted is given out, which an older vault still has.
    const refused = /: (503|404|410) /
    const hold = { reason: 'complaint 13' }
    expect(await api(place, 'POST', `/recordings/${kept[1]!.recording}/hold`, hold).catch(String)).toMatch(refused)
    for (const { recording } of gone) expect(await exported(place, recording ?? '').catch(String)).toMatch(refused)
  }

  test('and when today is put back each time, all is as it was and goes on', async () => {
    await server.start()
    const target = { url: server.url, token: deviceToken }
    await Promise.all(kept.map(one => one.verify(target)))
    const rows = await recordings(place)
    expect(rows.filter(row => row.held).map(row => row.id)).toEqual([kept[0]!.recording])
    await expectExportsIdentical(place, kept)
    const more = await dock(1, 'afterwards')
    await expectReceiptsVerify(place, [...gone, ...kept, ...more])
    expect(refusalsOf([...kept, ...more])).toEqual([])
    expect(await api(place, 'POST', '/runs', { what: 'nightly' })).toMatchObject({ state: 'done' })
    log.takeReceipts(more)
    const { size } = await log.expectOneLog()
    expect(await server.stop()).toBe(0)
    report(
      `yesterday's ${setBacks.map(one => one.name).join(', ')}, each alone: 0 signed, 0 deleted; one log of ${size} leaves`,
    )
  })
})

/** Every file below a folder with its bytes. */
function contentOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path, readFileSync(path).toString('base64')]
    }),
  )
}
