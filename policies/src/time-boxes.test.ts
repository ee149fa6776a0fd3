import { expect, test } from 'vitest'
import { decide } from './decide.ts'
import { packById } from './packs.ts'
import { overrideEnds, reasonDue } from './time-boxes.ts'

const [school, danish, met] = [packById('se-skola')!, packById('dk-politi')!, packById('uk-met')!]
const HOUR = 3_600_000
const at = Date.parse('2026-10-24T12:00:00Z')

test('an override ends by itself where the policy says so: the earlier of a calendar day and 24 hours', () => {
  expect(overrideEnds(met, at)).toBeNull()
  // Over the night in which the clocks go back, a calendar day is an hour longer.
  expect(overrideEnds(school, at)).toBe(at + 24 * HOUR)
  expect(overrideEnds(school, Date.parse('2026-03-28T12:00:00Z'))).toBe(Date.parse('2026-03-29T11:00:00Z'))
})

test('an override that is over counts for nothing, whoever agreed to it', () => {
  const departing = (since?: number) =>
    decide(
      {
        at,
        running: true,
        triggers: [],
        zones: [],
        stops: ['need_reassessed_negative'],
        noticed: 'sign',
        override: { by: 'site-head', reason: 'x'.repeat(20), second: true, ...(since === undefined ? {} : { since }) },
      },
      school,
    )
  for (const since of [undefined, at, at - 24 * HOUR + 1])
    expect(departing(since)).toMatchObject({ verdict: 'may', marks: ['override'] })
  expect(departing(at - 24 * HOUR)).toMatchObject({ verdict: 'must-stop' })
  expect(departing(at - 24 * HOUR).marks).toContain('override-refused')
})

test('a reason is due at the end of the shift, after a period, or never', () => {
  const within = (period: string) => ({
    ...danish,
    override: { ...danish.override, reason: { ...danish.override.reason, within: period } },
  })
  expect(reasonDue(danish, at, at + 3 * HOUR)).toBe(at + 3 * HOUR)
  expect(reasonDue(danish, at, null)).toBe(at + 12 * HOUR)
  expect(reasonDue(danish, at, at - HOUR)).toBe(at)
  expect(reasonDue(within('PT2H'), at, at + 9 * HOUR)).toBe(at + 2 * HOUR)
  expect(reasonDue(met, at, at + HOUR)).toBeNull()
})
