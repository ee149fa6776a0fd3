import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../platform/testing/databases.ts'
import { DAY, HOUR, iso, RecordTrial, type TrialAgency } from './testing/trial-record.ts'

const TABLES = ['record_operation', 'record_participant', 'record_situation', 'record_review'] as const
const YEAR = 366 * DAY

describe.each(engines)('words of the record that no footage takes along (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  /** Which of these words stand in a row of the agency, and where. */
  async function found(agency: TrialAgency, words: readonly string[]): Promise<string[]> {
    const hits: string[] = []
    for (const table of TABLES) {
      const { rows } = await trial.ground.database.asAgency(agency.id, trx =>
        sql<{ said: string }>`select t::text as said from ${sql.table(table)} t`.execute(trx),
      )
      for (const word of words) if (rows.some(({ said }) => said.includes(word))) hits.push(`${table}: ${word}`)
    }
    return hits.toSorted()
  }
  const night = async (agency: TrialAgency, after: number) => {
    await trial.later(agency, after)
    expect(await trial.house.keep.run(agency.id, null)).toMatchObject({ because: null })
  }

  test('I-13 go when the time of the log is over for them, in the nightly run; what counts stays', async () => {
    const agency = await trial.agency('dk-politi', {
      logRetention: { v: 'P2Y', f: 'policy', s: 'trial', dir: 'max', anchor: 'end_of_item' },
    })
    const [commander, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
    const order = { title: 'Aske in the harbour', orderedBy: 'Birk the chief' }
    const participants = [{ wearer: 'Cille' }, { wearer: 'Dagny' }, { camera: 'CAM-E' }]
    await agency.order(commander, { ...order, participants })
    const kept = await agency.docks({ wearer: 'Dagny', camera: 'CAM-D', at: trial.now() })
    await agency.must(agency.clerk, 'POST', `/recordings/${kept}/hold`, { reason: 'a case' })
    const wearer = await agency.person('wearer', 'Frode')
    await agency.report(wearer, {
      wearer: 'Gerda',
      triggers: [],
      override: { by: 'wearer', reason: 'Hanne was in danger' },
    })
    await trial.later(agency, 2 * DAY)
    const [missing] = await agency.reviews(supervisor, 'missing-recording')
    await agency.must(supervisor, 'POST', `/reviews/${missing?.id}/close`, { reason: 'Ivar forgot it' })
    const words = ['Aske', 'Birk', 'Cille', 'Dagny', 'CAM-E', 'Frode', 'Gerda', 'Hanne', 'Ivar']
    const before = await found(agency, words)
    for (const word of words) expect(before.join(), word).toContain(word)

    // Not a day before its own time.
    await night(agency, 2 * 365 * DAY - 3 * DAY - HOUR)
    expect(await found(agency, words)).toEqual(before)
    await night(agency, 8 * DAY)
    // Whose footage is kept longer is still named, and so is the operation that it is of.
    expect(await found(agency, words)).toEqual([
      'record_operation: Aske',
      'record_operation: Birk',
      'record_participant: Dagny',
      'record_review: Dagny',
    ])

    const { approval } = await agency.must<{ approval: string }>(agency.clerk, 'POST', `/recordings/${kept}/release`, {
      reason: 'the case is over',
    })
    await agency.must(supervisor, 'POST', `/approvals/${approval}/approve`)
    await night(agency, DAY)
    expect(await found(agency, words)).toEqual([])

    const period = `from=${iso(trial.now() - 3 * YEAR)}&until=${iso(trial.now())}`
    const [operation] = await agency.must<object[]>(commander, 'GET', `/operations?${period}`)
    expect(operation).toMatchObject({
      title: null,
      orderedBy: null,
      verdict: 'must',
      participants: [1, 2, 3].map(() => ({ wearer: null, camera: null })),
    })
    const all = await agency.reviews(supervisor, 'missing-recording', 'all')
    expect(all.map(({ wearer, camera, closedBecause }) => [wearer, camera, closedBecause])).toEqual([
      [null, null, null],
      [null, null, null],
    ])
  })
})
