import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../platform/testing/databases.ts'
import { RecordTrial, type TrialAgency } from '../record/testing/trial-record.ts'
import type { DistrictDay } from './equip.ts'

type Answer = { from: string; to: string; days: DistrictDay[] }

const everyDay = [1, 2, 3, 4, 5, 6, 7]
/** Five districts over a week with a match: on the Saturday two of them need more cameras than they have. */
const plan = {
  sparePercent: 20,
  stock: [
    { district: 'Fyn', since: '2027-01-01', cameras: 40 },
    { district: 'Midt- og Vestjylland', since: '2027-01-01', cameras: 30 },
    { district: 'Sydøstjylland', since: '2027-01-01', cameras: 24 },
    { district: 'Syd- og Sønderjylland', since: '2027-01-01', cameras: 20 },
    { district: 'Københavns Vestegn', since: '2027-01-01', cameras: 60 },
  ],
  shifts: [
    ...['Fyn', 'Midt- og Vestjylland', 'Sydøstjylland'].map(district => {
      return { district, name: 'day', first: '2027-03-01', last: '2027-03-31', weekdays: everyDay, posts: 12 }
    }),
    { district: 'Fyn', name: 'match', first: '2027-03-06', last: '2027-03-06', weekdays: everyDay, posts: 40 },
    { district: 'Sydøstjylland', name: 'match', first: '2027-03-06', last: '2027-03-06', weekdays: everyDay, posts: 9 },
  ],
}

describe.each(engines)('cameras and posts (%s)', engine => {
  let trial: RecordTrial
  let agency: TrialAgency
  let manager: string
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
    agency = await trial.agency('dk-politi')
    manager = await agency.person('camera-manager')
  })
  afterAll(() => trial?.close())

  test('S1-17 the planner finds a shortage and shows it per district and date, and who could lend', async () => {
    await agency.must(manager, 'POST', '/capacity/plan', plan)
    const { days } = await agency.must<Answer>(agency.clerk, 'GET', '/capacity?from=2027-03-01&to=2027-03-07')
    expect(days).toHaveLength(7 * 5)
    const short = days.filter(day => day.short > 0)
    expect(short.map(day => [day.date, day.district, day.short])).toEqual([
      ['2027-03-06', 'Fyn', 23],
      ['2027-03-06', 'Sydøstjylland', 2],
    ])
    expect(short[0]).toMatchObject({
      needed: 63,
      stock: 40,
      lenders: [{ district: 'Københavns Vestegn', cameras: 23 }],
    })
    expect(short[1]).toMatchObject({ lenders: [{ district: 'Københavns Vestegn', cameras: 2 }], uncovered: 0 })
    const quiet = days.find(day => day.date === '2027-03-05' && day.district === 'Fyn')
    expect(quiet).toMatchObject({ shifts: 1, posts: 12, needed: 15, short: 0, free: 25, lenders: [] })
  })

  test('S1-17 a new plan takes the place of the one before', async () => {
    await agency.must(manager, 'POST', '/capacity/plan', plan)
    const stock = plan.stock.map(one => ({ ...one, cameras: 100 }))
    await agency.must(manager, 'POST', '/capacity/plan', { ...plan, stock })
    const { days } = await agency.must<Answer>(manager, 'GET', '/capacity?from=2027-03-01&to=2027-03-07')
    expect(days.filter(day => day.short > 0)).toEqual([])
  })

  test('S1-17 what cannot be meant is refused, and nothing is shown where nobody has made a plan', async () => {
    const other = await trial.agency('dk-politi')
    expect(await other.ask(other.clerk, 'GET', '/capacity?from=2027-03-01&to=2027-03-02')).toMatchObject({
      status: 409,
    })
    for (const period of ['from=2027-03-02&to=2027-03-01', 'from=2027-03-02&to=2029-03-01'])
      expect(await agency.ask(manager, 'GET', `/capacity?${period}`)).toMatchObject({ status: 422 })
    const twice = { ...plan, stock: [...plan.stock, plan.stock[0]] }
    expect(await agency.ask(manager, 'POST', '/capacity/plan', twice)).toMatchObject({ status: 422 })
    const backwards = { ...plan, shifts: [{ ...plan.shifts[0], last: '2027-02-01' }] }
    expect(await agency.ask(manager, 'POST', '/capacity/plan', backwards)).toMatchObject({ status: 422 })
    expect(await agency.ask(await agency.person('wearer'), 'POST', '/capacity/plan', plan)).toMatchObject({
      status: 403,
    })
  })

  test('a camera is taken out by those who wear or manage one, by the same gate as every act', async () => {
    const { people } = trial.ground
    const may = async (token: string): Promise<boolean> => {
      const found = await people.authenticate(`Bearer ${token}`)
      if (!found.holds) throw new Error(found.because)
      return trial.house.equip.mayCheckOut(found.actor)
    }
    expect(await may(await agency.person('wearer'))).toBe(true)
    expect(await may(manager)).toBe(true)
    expect(await may(await agency.person('auditor'))).toBe(false)
  })
})
