import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from './main.ts'
import { type TrialInstallation, copyOf, trialInstallation } from './operations/testing/trial-installation.ts'

let trial: TrialInstallation
beforeAll(async () => {
  trial = await trialInstallation({ files: 1 })
})
afterAll(() => trial?.remove())

type Figures = { seconds: number; stopped: number; still: number }

/** Serves the folder, does the work, and reads what /metrics says then. */
async function figuresAfter(data: string, work: (run: () => Promise<string>) => Promise<void>): Promise<Figures> {
  const serving = await serve(data, { port: 0, logLevel: 'silent' })
  const run = async (): Promise<string> => {
    const headers = { authorization: `Bearer ${trial.operatorToken}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ what: 'nightly' })
    const answer = await fetch(`${serving.url}/api/runs`, { method: 'POST', headers, body })
    return ((await answer.json()) as { state: string }).state
  }
  try {
    await work(run)
    const text = await (await fetch(`${serving.url}/metrics`)).text()
    const figure = (name: string): number => {
      const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
      if (value === undefined) throw new Error(`no figure ${name}`)
      return Number(value)
    }
    const [seconds, stopped] = [figure('vidne_run_last_seconds'), figure('vidne_run_stopped')]
    return { seconds, stopped, still: figure('vidne_standing_still') }
  } finally {
    await serving.close()
  }
}

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

test('an alarm sees how long ago a run was completed, and that nothing stands still', async () => {
  const data = copyOf(trial)
  let [began, waited] = [0, 0]
  const before = await figuresAfter(data, () => pause(1200))
  expect(before).toMatchObject({ stopped: 0, still: 0 })
  expect(before.seconds).toBeGreaterThan(1)
  const after = await figuresAfter(data, async run => {
    began = performance.now()
    expect(await run()).toBe('done')
    const ended = performance.now()
    await pause(300)
    waited = (performance.now() - ended) / 1000
  })
  expect(after).toMatchObject({ stopped: 0, still: 0 })
  // The run lies between these two, however slow the machine; the figure of before is older than both.
  expect(after.seconds).toBeGreaterThanOrEqual(waited - 0.1)
  expect(after.seconds).toBeLessThanOrEqual((performance.now() - began) / 1000 + 0.1)
})

test('an alarm sees a run that was stopped and an installation that stands still, until both are over', async () => {
  const data = copyOf(trial)
  const mark = join(data, 'objects', 'vidne-objects.json')
  renameSync(mark, `${mark}.away`)
  const stopped = await figuresAfter(data, async run => expect(await run()).toBe('stopped'))
  expect(stopped).toMatchObject({ stopped: 1, still: 1 })
  expect(stopped.seconds).toBeGreaterThan(0)
  renameSync(`${mark}.away`, mark)
  const again = await figuresAfter(data, async run => expect(await run()).toBe('done'))
  expect(again).toMatchObject({ stopped: 0, still: 0 })
})
