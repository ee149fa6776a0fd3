import { describe, expect, test } from 'vitest'
import { type Demands, type Judged, checkDemands, parseDemands } from './demands.ts'
import { Unreadable, findings } from './verdict.ts'

const refusal = (text: string) => {
  try {
    parseDemands(text)
    return 'accepted'
  } catch (refused) {
    if (refused instanceof Unreadable) return refused.where
    throw refused
  }
}

describe('demands', () => {
  test('are read', () => {
    const demands = { history: 'checked', countersigned: { atLeast: 2 }, level: 'gateway', publicCheckpoint: true }
    expect(parseDemands(JSON.stringify(demands))).toEqual(demands)
    expect(parseDemands('{}')).toEqual({})
    expect(parseDemands('{"countersigned":true}')).toEqual({ countersigned: true })
  })

  test.each([
    ['', 'demands'],
    ['[]', 'demands'],
    ['null', 'demands'],
    ['{"histroy":"checked"}', 'demands, histroy'],
    ['{"history":"unproven"}', 'demands, history'],
    ['{"countersigned":false}', 'demands, countersigned'],
    ['{"countersigned":{"atLeast":0}}', 'demands, countersigned'],
    ['{"countersigned":{"atLeast":1.5}}', 'demands, countersigned'],
    ['{"countersigned":{"atLeast":1,"of":["press"]}}', 'demands, countersigned'],
    ['{"level":"best"}', 'demands, level'],
    ['{"publicCheckpoint":"yes"}', 'demands, publicCheckpoint'],
    ['{"__proto__":{}}', 'demands, __proto__'],
    ['{"toString":true}', 'demands, toString'],
  ])('that are not understood are refused by name: %s', (text, where) => {
    expect(refusal(text)).toBe(where)
  })
})

test.each<[Demands, Partial<Judged>, string[]]>([
  [{ history: 'asserted' }, { history: 'asserted' }, []],
  [{ history: 'asserted' }, { history: 'checked' }, []],
  [{ history: 'asserted' }, { history: 'unproven' }, ['history']],
  [{ history: 'checked' }, { history: 'asserted' }, ['history']],
  [{ countersigned: true }, { countersigned: ['press'] }, []],
  [{ countersigned: true }, { countersigned: [] }, ['countersigned']],
  [{ countersigned: { atLeast: 2 } }, { countersigned: ['press'] }, ['countersigned']],
  [{ level: 'gateway' }, { level: 'captured' }, []],
  [{ level: 'gateway' }, { level: 'gateway' }, []],
  [{ level: 'gateway' }, { level: 'received' }, ['level']],
  [{ level: 'received' }, { level: null }, ['level']],
  [{ publicCheckpoint: true }, { isPublic: true }, []],
  [{ publicCheckpoint: true }, { isPublic: false }, ['publicCheckpoint']],
])('%j of %j leaves open: %j', (demands, judged, open) => {
  const found = findings()
  checkDemands(demands, { history: 'unproven', countersigned: [], level: null, isPublic: false, ...judged }, found)
  expect(found.reasons.map(({ where }) => where)).toEqual(open)
})
