import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('what runs have done', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())
  beforeEach(() => trial.newAgency())

  test('each run is told as it ended, newest first, and of no other agency', async () => {
    const { agency } = trial.clerk
    await trial.record()
    expect(await trial.keep.pastRuns(agency, 10)).toEqual([])
    await trial.run()
    trial.clock.at += 31 * DAY
    await trial.run()
    const told = (await trial.keep.pastRuns(agency, 10)).map(({ outcome, deleted, at }) => ({ outcome, deleted, at }))
    expect(told).toEqual([
      { outcome: 'done', deleted: 1, at: trial.clock.at },
      { outcome: 'done', deleted: 0, at: trial.clock.at - 31 * DAY },
    ])
    expect(await trial.keep.pastRuns(agency, 1)).toHaveLength(1)
    await trial.newAgency()
    expect(await trial.keep.pastRuns(trial.clerk.agency, 10)).toEqual([])
  })

  test('what was deleted is listed page by page, newest first, each once', async () => {
    const { agency } = trial.clerk
    const gone: string[] = []
    for (const _ of [1, 2, 3]) {
      gone.unshift(await trial.record())
      trial.clock.at += 31 * DAY
      await trial.run()
    }
    const found: string[] = []
    let after: { recording: string; deletedAt: number } | null = null
    for (;;) {
      const page = await trial.keep.pastDeletions(agency, { most: 2, after })
      found.push(...page.map(({ recording }) => recording))
      after = page.at(-1) ?? null
      if (page.length < 2) break
    }
    expect(found).toEqual(gone)
    await trial.newAgency()
    expect(await trial.keep.pastDeletions(trial.clerk.agency, { most: 10, after: null })).toEqual([])
  })
})
