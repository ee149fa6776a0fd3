import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ask, begin, footage, patch } from '../dock/testing/client.ts'
import type { Actor } from '../people/people.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('an upload that nobody has gone on with', ground => {
  let trial: KeepTrial
  let server: Server
  let url = ''
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
    server = createServer((request, response) => void trial.dock.handle(request, response, trial.clerk))
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  })
  afterAll(async () => {
    await new Promise(closed => server.close(closed))
    await trial.close()
  })
  beforeEach(() => trial.newAgency())

  /** Half a file, and then days of hourly runs in which nobody sends the rest. */
  const leftBehind = async (): Promise<string> => {
    const upload = await begin(url, 2000)
    await patch(upload, 0, footage(1000, 'left behind'))
    for (let day = 0; day < 8; day += 1) {
      trial.clock.at += DAY
      await trial.run(null)
    }
    trial.strings.deliberate = false
    return upload
  }
  const answersOf = async (upload: string): Promise<number> => (await ask('HEAD', upload)).status
  const clerkIs = (clerk: Actor): void => void (trial.clerk = clerk)

  test('ends by its date', async () => {
    const upload = await leftBehind()
    expect(await trial.dock.expire()).toBe(1)
    expect(await answersOf(upload)).toBe(410)
  })

  test('keeps its key and its bytes while the witnesses contradict the clock, and ends when they agree again', async () => {
    const upload = await leftBehind()
    trial.strings.leads = [{ by: 'w.example', leadMs: 8 * DAY }]
    expect(await trial.dock.expire()).toBe(0)
    expect(await answersOf(upload)).toBe(200)
    trial.strings.leads = [{ by: 'w.example', leadMs: 0 }]
    expect(await trial.dock.expire()).toBe(1)
  })

  describe('under a clock that has leapt since the last run', () => {
    test('stays until two persons confirm it, though nothing else is kept', async () => {
      const upload = await begin(url, 2000)
      await patch(upload, 0, footage(1000, 'leapt'))
      await trial.run(null)
      trial.strings.deliberate = false
      trial.clock.at += 30 * DAY
      expect(await trial.dock.expire()).toBe(0)
      const stopped = await trial.run()
      expect(stopped).toMatchObject({ state: 'waiting', approval: expect.any(String) })
      trial.clock.at += HOUR
      expect(await trial.dock.expire()).toBe(0)
      expect(await answersOf(upload)).toBe(200)
      expect(await trial.approve(stopped.approval!)).toMatchObject({ state: 'done' })
      expect(await trial.dock.expire()).toBe(1)
    })

    test('of one agency does not keep those of another', async () => {
      const doubted = await leftBehind()
      const first = trial.clerk
      await trial.newAgency()
      const second = trial.clerk
      const other = await leftBehind()
      trial.clock.at += 2 * HOUR
      await trial.run(null)
      trial.clock.at += 25 * HOUR
      expect(await trial.dock.expire()).toBe(1)
      expect(await answersOf(other)).toBe(410)
      clerkIs(first)
      expect(await answersOf(doubted)).toBe(200)
      clerkIs(second)
    })
  })
})
