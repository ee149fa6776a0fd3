import type { ReviewRow } from '@vidne/contract/record'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../platform/testing/databases.ts'
import { DAY, RecordTrial } from './testing/trial-record.ts'

describe.each(engines)('the list of reviews (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  test('is cut to its length after what somebody may not know of was left out, never before', async () => {
    const agency = await trial.agency('uk-met')
    await agency.must(agency.clerk, 'POST', '/units', { name: 'North' })
    await agency.must(agency.clerk, 'POST', '/units/assignments', { camera: 'CAM-N', unit: 'North' })
    const norths = await agency.person('supervisor', 'Sam of the north')
    await agency.must(agency.clerk, 'POST', '/units/assignments', { person: 'Sam of the north', unit: 'North' })
    const early = (camera: string) => agency.docks({ wearer: 'PC 1', camera, at: trial.now() - 2 * DAY })
    await trial.later(agency, 3 * DAY)
    // Two of the unit's, each with others' above it.
    const older = await agency.docks({ wearer: 'PC 1', camera: 'CAM-N', at: trial.now() - DAY })
    await trial.later(agency, DAY)
    for (const camera of ['CAM-1', 'CAM-2']) await early(camera)
    const newer = await agency.docks({ wearer: 'PC 1', camera: 'CAM-N', at: trial.now() - DAY })
    await trial.later(agency, DAY)
    for (const camera of ['CAM-3', 'CAM-4', 'CAM-5']) await early(camera)
    await trial.later(agency, DAY)
    const list = (most: number) =>
      agency
        .must<ReviewRow[]>(norths, 'GET', `/reviews?state=open&limit=${most}`)
        .then(rows => rows.map(row => row.recording))
    expect(await list(1)).toEqual([newer])
    expect(await list(2)).toEqual([newer, older])
    expect(await list(500)).toEqual([newer, older])
    const all = await agency.must<ReviewRow[]>(agency.clerk, 'GET', '/reviews?state=open&limit=500')
    expect(all).toHaveLength(7)
  })
})
