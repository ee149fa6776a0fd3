import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../platform/testing/databases.ts'
import { RecordTrial, type Refused } from './testing/trial-record.ts'

type Shown = { gates: { gate: string; text: string; onlyWorkplace: boolean; flag: string; source: string }[] }

describe.each(engines)('the policy of a day (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  test('S4-04 a Swedish camera started in March 2025 asks for a permit, in April 2025 for an assessment and the register', async () => {
    const agency = await trial.agency('se-skola')
    // An agency that had these rules by then.
    await trial.ground.database.asAgency(agency.id, trx =>
      sql`insert into rules_policy (agency, scope, since, digest, pack, published)
        select agency, scope, '2025-01-01T00:00:00Z', digest, pack, published from rules_policy
        where agency = ${agency.id}::uuid`.execute(trx),
    )
    const wearer = await agency.person('wearer')
    const on = async (day: string) => (await agency.must<Shown>(wearer, 'GET', `/policy?at=${day}`)).gates
    const gates = async (day: string) => (await on(day)).map(({ gate }) => gate)
    for (const day of ['2025-03-15', '2025-03-31'])
      expect(await gates(day)).toEqual(['permit', 'sign', 'union_negotiation'])
    for (const day of ['2025-04-01', '2025-04-15'])
      expect(await gates(day)).toEqual(['documented_assessment', 'register_entry', 'sign', 'union_negotiation'])
    const [permit] = await on('2025-03-15')
    expect(permit).toMatchObject({ onlyWorkplace: false, flag: 'law', source: expect.stringContaining('2025:220') })
    expect(permit?.text).toBe(
      'Before a camera keeps its first picture there has to be: a permit of the supervisory authority.',
    )
    expect((await on('2025-04-15')).at(-1)).toMatchObject({ gate: 'union_negotiation', onlyWorkplace: true })
    expect((await agency.must<Shown>(wearer, 'GET', '/policy')).gates.map(({ gate }) => gate)).not.toContain('permit')
  })

  test('is not there before the agency had one, and that is said', async () => {
    const agency = await trial.agency('se-skola')
    expect(await agency.ask<Refused>(agency.clerk, 'GET', '/policy?at=2024-12-31')).toMatchObject({
      status: 404,
      said: { data: { sentence: expect.stringContaining('No policy was in force then') } },
    })
  })
})
