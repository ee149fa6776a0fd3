import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capacity, type Plan, type Shift } from './capacity.ts'

const shift = (district: string, posts: number, more: Partial<Shift> = {}): Shift => {
  const whole = { name: 'late', first: '2027-03-01', last: '2027-03-31', weekdays: [1, 2, 3, 4, 5, 6, 7] }
  return { district, posts, ...whole, ...more }
}
const stock = (district: string, cameras: number, since = '2027-01-01') => ({ district, since, cameras })

test('shifts times posts times the spare factor is what is needed, rounded up', () => {
  const plan: Plan = {
    stock: [stock('Fyn', 30)],
    shifts: [shift('Fyn', 11), shift('Fyn', 10, { name: 'night' })],
    sparePercent: 20,
  }
  expect(capacity(plan, '2027-03-05', '2027-03-05')).toEqual([
    {
      date: '2027-03-05',
      district: 'Fyn',
      shifts: 2,
      posts: 21,
      needed: 26,
      stock: 30,
      short: 0,
      free: 4,
      lenders: [],
      uncovered: 0,
    },
  ])
  expect(capacity({ ...plan, shifts: [shift('Fyn', 10)] }, '2027-03-05', '2027-03-05')[0]?.needed).toBe(12)
})

test('a shift counts on its own days of the week and between its first and last day', () => {
  const plan: Plan = {
    stock: [stock('Fyn', 0)],
    shifts: [shift('Fyn', 5, { weekdays: [5, 6], first: '2027-03-05', last: '2027-03-12' })],
    sparePercent: 0,
  }
  const days = capacity(plan, '2027-03-01', '2027-03-14').filter(day => day.short > 0)
  // Friday 5, Saturday 6 and Friday 12 March 2027.
  expect(days.map(day => day.date)).toEqual(['2027-03-05', '2027-03-06', '2027-03-12'])
})

test('the latest count of a district holds, and a district that nobody has counted has no cameras', () => {
  const plan: Plan = {
    stock: [stock('Fyn', 10), stock('Fyn', 4, '2027-03-10'), stock('Fyn', 8, '2027-02-01')],
    shifts: [shift('Fyn', 5), shift('Vestegn', 2)],
    sparePercent: 0,
  }
  const at = (date: string, district: string) => capacity(plan, date, date).find(day => day.district === district)
  expect(at('2027-03-09', 'Fyn')).toMatchObject({ stock: 8, short: 0 })
  expect(at('2027-03-10', 'Fyn')).toMatchObject({ stock: 4, short: 1 })
  expect(at('2027-03-09', 'Vestegn')).toMatchObject({ stock: 0, short: 2 })
})

test('who has most to spare lends first, and what all together lack is said', () => {
  const plan: Plan = {
    stock: [stock('A', 0), stock('B', 1), stock('C', 9), stock('D', 3)],
    shifts: [shift('A', 10), shift('B', 5)],
    sparePercent: 0,
  }
  const [a, b] = capacity(plan, '2027-03-01', '2027-03-01')
  expect(a).toMatchObject({
    short: 10,
    lenders: [
      { district: 'C', cameras: 9 },
      { district: 'D', cameras: 1 },
    ],
    uncovered: 0,
  })
  expect(b).toMatchObject({ short: 4, lenders: [{ district: 'D', cameras: 2 }], uncovered: 2 })
})

test('no camera is promised twice, and nobody lends what is needed at home', () => {
  const districts = fc.constantFrom('A', 'B', 'C', 'D', 'E')
  const plans = fc.record({
    stock: fc.uniqueArray(fc.record({ district: districts, cameras: fc.nat(40) }), { selector: one => one.district }),
    shifts: fc.array(fc.record({ district: districts, posts: fc.nat(30) }), { maxLength: 8 }),
    sparePercent: fc.nat(100),
  })
  fc.assert(
    fc.property(plans, ({ stock: stocks, shifts, sparePercent }) => {
      const plan = {
        stock: stocks.map(one => stock(one.district, one.cameras)),
        shifts: shifts.map(one => shift(one.district, one.posts)),
        sparePercent,
      }
      const days = capacity(plan, '2027-03-01', '2027-03-01')
      const lent = days.flatMap(day => day.lenders)
      for (const day of days) {
        const given = lent.filter(one => one.district === day.district).reduce((all, one) => all + one.cameras, 0)
        const got = day.lenders.reduce((all, one) => all + one.cameras, 0)
        expect(given).toBeLessThanOrEqual(day.free)
        expect(got + day.uncovered).toBe(day.short)
        expect(day.stock - day.needed).toBe(day.free - day.short)
      }
      const lacking = days.reduce((all, day) => all + day.uncovered, 0)
      const left = days.reduce((all, day) => all + day.free, 0) - lent.reduce((all, one) => all + one.cameras, 0)
      // Whoever lacks one still, and somebody else has one left: then somebody has not been asked.
      expect(Math.min(lacking, left)).toBe(0)
    }),
    { numRuns: 500 },
  )
})
