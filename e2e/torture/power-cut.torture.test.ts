import { randomInt } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { vidne } from '../installation.ts'
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
import { MortalDisk, cannotCutPower } from './mortal-disk.ts'
import { Sending } from './sending.ts'
import { type Founding, ServerProcess, foundIn, initWords } from './server-process.ts'

const CUTS = extent(30, 2)
const FIRST_STARTS = extent(30, 3)
const CAMERAS = extent(64, 16)

describe.skipIf(leftOut('the power cuts', await cannotCutPower()))('the power goes', () => {
  test(
    `${CUTS} times at the instant of an acknowledgement: uploads, keys, events and log are there`,
    { timeout: extent(3_600_000, 180_000) },
    async () => {
      const disk = MortalDisk.make(extent(6000, 1500))
      onTestFinished(() => disk.remove())
      const founding = await foundIn({ data: join(disk.folder, 'data') })
      const server = await ServerProcess.serve(founding.data)
      onTestFinished(() => server.kill())
      const trial = new Trial({ ...founding, url: server.url }, founding.deviceToken)

      for (let cut = 1; cut <= CUTS; cut++) {
        await trial.load(randomInt(1, CAMERAS * 12), () => disk.cutPower())
        await server.kill()
        disk.powerBack()
        await server.start()
        await trial.lookBack()
        if (cut % 10 === 0) report(`${cut} power cuts, ${trial.acknowledgements} acknowledgements`)
      }
      await trial.finish()
      await server.stop()
      report(
        `${CUTS} power cuts at an acknowledgement, ${trial.acknowledgements} acknowledged (uploads, keys, portions, ` +
          `receipts, holds, tokens), ${trial.sent.length} files: 0 lost`,
      )
    },
  )

  test(
    `${FIRST_STARTS} times in the middle of the founding and the first start: an installation or none, never half of one`,
    { timeout: extent(1_800_000, 180_000) },
    async () => {
      const seen = { none: 0, unfinished: 0, founded: 0 }
      for (let round = 0; round < FIRST_STARTS; round++) {
        const disk = MortalDisk.make(600)
        onTestFinished(() => disk.remove())
        const data = join(disk.folder, 'data')
        const spoken = await foundUntilCut(disk, data, moments[round % moments.length]!())
        disk.powerBack()
        seen[await foundAfterCut(data, spoken)] += 1
        disk.remove()
      }
      report(`${FIRST_STARTS} power cuts in the first start: ${JSON.stringify(seen)}; 0 half of one`)
    },
  )
})

/** Load that counts acknowledgements of every kind, and all that was promised by them. */
class Trial {
  readonly place: Place
  readonly sent: Sending[] = []
  acknowledgements = 0
  readonly #target: { url: string; token: string }
  readonly #log: LogMemory
  readonly #held = new Set<string>()
  readonly #tokens = new Set<string>()

  constructor(place: Place, deviceToken: string) {
    this.place = place
    this.#target = { url: place.url, token: deviceToken }
    this.#log = new LogMemory(place)
  }

  /** Sends, holds and issues tokens until so many acknowledgements have come; then cuts at once. */
  async load(until: number, cut: () => Promise<void>): Promise<void> {
    const stop = new AbortController()
    const last = this.acknowledgements + until
    const done = Promise.withResolvers<void>()
    let cutting = false
    const acknowledged = (): void => {
      this.acknowledgements += 1
      if (this.acknowledgements < last || cutting) return
      cutting = true
      cut().then(done.resolve, done.reject)
    }
    const cameras = Array.from({ length: CAMERAS }, () => this.#camera(acknowledged, stop.signal))
    const clerks = [this.#clerk(acknowledged, stop.signal), this.#administrator(acknowledged, stop.signal)]
    await done.promise
    // What comes in now was acknowledged before the cut, or must not have been.
    await pause(200)
    stop.abort()
    await Promise.all([...cameras, ...clerks])
  }

  /** Nothing that was acknowledged is missing. */
  async lookBack(): Promise<void> {
    await Promise.all(this.sent.map(one => one.verify(this.#target)))
    this.#log.takeReceipts(this.sent)
    await this.#log.look()
    const held = new Set((await recordings(this.place)).filter(row => row.held).map(row => row.id))
    expect([...this.#held].filter(id => !held.has(id))).toEqual([])
    for (const token of this.#tokens)
      expect((await api<object[]>({ ...this.place, operatorToken: token }, 'GET', '/approvals')).length).toBe(0)
  }

  async finish(): Promise<void> {
    const pace = { portionBytes: 4_000_000, rest: { ms: 0 } }
    const never = new AbortController().signal
    await Promise.all(this.sent.map(one => one.run(this.#target, pace, never)))
    await expectOneRecordingEach(
      this.place,
      this.sent.filter(one => one.path !== null),
    )
    await expectReceiptsVerify(this.place, this.sent)
    await expectExportsIdentical(this.place, this.sent)
    // A run looks at the vault, the store, the database and the log before it deletes anything.
    expect(await api(this.place, 'POST', '/runs', { what: 'nightly' })).toMatchObject({ state: 'done', unfinished: [] })
    await this.#log.expectOneLog()
  }

  async #camera(acknowledged: () => void, signal: AbortSignal): Promise<void> {
    const unfinished = this.sent.filter(one => !one.done && !one.running)
    while (!signal.aborted) {
      const file = unfinished.pop() ?? this.#next()
      await file.run(this.#target, { portionBytes: Math.ceil(file.bytes / 4), rest: { ms: 100 } }, signal, acknowledged)
    }
  }

  #next(): Sending {
    const file = new Sending(randomInt(1, 800_000), `DCIM/${this.sent.length}.mp4`)
    this.sent.push(file)
    return file
  }

  /** Holds what was sealed. A hold that was asked for and not answered may be there or not. */
  async #clerk(acknowledged: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const recording = this.sent.find(one => one.done && !this.#held.has(one.recording ?? ''))?.recording
      if (typeof recording === 'string') {
        const wish = { reason: 'a power cut is coming' }
        const held = await api<object>(this.place, 'POST', `/recordings/${recording}/hold`, wish).catch(() => null)
        if (held !== null) {
          this.#held.add(recording)
          acknowledged()
        }
      }
      await pause(30)
    }
  }

  async #administrator(acknowledged: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wish = { person: `Clerk ${this.#tokens.size}`, role: 'evidence-clerk', expires: '2099-01-01T00:00:00Z' }
      const made = await api<{ token: string }>(this.place, 'POST', '/tokens', wish).catch(() => null)
      if (made !== null) {
        this.#tokens.add(made.token)
        acknowledged()
      }
      await pause(100)
    }
  }
}

/** Where in the first start the power goes: so long into the founding, or so long after its answer. */
type Moment = { from: 'start' | 'answer'; afterMs: number }

const moments: readonly (() => Moment)[] = [
  () => ({ from: 'answer', afterMs: 0 }),
  () => ({ from: 'start', afterMs: randomInt(50, 3000) }),
  () => ({ from: 'answer', afterMs: randomInt(1, 3000) }),
]

/** Founds and serves for the first time until the power goes. Null: the founding was not answered. */
async function foundUntilCut(disk: MortalDisk, data: string, moment: Moment): Promise<Founding | null> {
  const answer = vidne(initWords(data))
  if (moment.from === 'answer') await answer
  const server = moment.afterMs === 0 || moment.from === 'start' ? null : await ServerProcess.launch(data)
  await pause(moment.afterMs)
  await disk.cutPower()
  const { code, out } = await answer
  await server?.kill()
  return code === 0 ? (JSON.parse(out) as Founding) : null
}

/** What the machine finds: no installation, one whose founding was not finished and says so, or a whole one. */
async function foundAfterCut(data: string, founding: Founding | null): Promise<'none' | 'unfinished' | 'founded'> {
  if (founding !== null) {
    const server = await ServerProcess.serve(data)
    const place = { ...founding, url: server.url, data }
    const file = new Sending(100_000, 'first.mp4')
    const pace = { portionBytes: 100_000, rest: { ms: 0 } }
    await file.run({ url: server.url, token: founding.deviceToken }, pace, new AbortController().signal)
    await expectExportsIdentical(place, [file])
    expect(await server.stop()).toBe(0)
    return 'founded'
  }
  const again = await vidne(initWords(data))
  if (!existsSync(data) || again.code === 0) return 'none'
  expect(readdirSync(data).length).toBeGreaterThan(0)
  expect(again).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/interrupted|not empty/) })
  return 'unfinished'
}
