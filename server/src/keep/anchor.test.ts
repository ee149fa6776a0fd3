import { describe, expect, test } from 'vitest'
import { anchorOf, type Captured } from './anchor.ts'

const DAY = 86_400_000
const docked = Date.parse('2026-06-01T12:00:00Z')

const captured = (change: Partial<Captured>): Captured => ({
  receivedAt: docked,
  recordedAt: docked - DAY,
  recordedAtIs: 'start',
  durationMs: 600_000,
  final: true,
  proposedHold: false,
  ...change,
})
const anchor = (change: Partial<Captured>) => anchorOf(captured(change), 60)

describe('a retention period is counted from', () => {
  test('the end of the capture', () => {
    expect(anchor({})).toEqual({ at: docked - DAY + 600_000, source: 'capture-end' })
  })

  test('the date of the file as it stands, for a camera writes it at the end', () => {
    const justEnded = { recordedAt: docked - 60_000, recordedAtIs: 'end' } as const
    expect(anchor({ ...justEnded, durationMs: 3_600_000 })).toEqual({ at: docked - 60_000, source: 'capture-end' })
    expect(anchor({ ...justEnded, durationMs: null })).toEqual({ at: docked - 60_000, source: 'capture-end' })
  })

  test('its start, marked, where the length is not known', () => {
    expect(anchor({ durationMs: null })).toEqual({ at: docked - DAY, source: 'capture-start' })
  })

  test('docking, marked, where no camera clock is known', () => {
    expect(anchor({ recordedAt: null })).toEqual({ at: docked, source: 'docked-no-time' })
  })

  test.each(['1904-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1980-01-06T00:00:00Z', '2000-01-01T00:07:00Z'])(
    'docking, where the camera clock was never set and shows %s',
    clock => expect(anchor({ recordedAt: Date.parse(clock) })).toEqual({ at: docked, source: 'docked-clock-unset' }),
  )

  test('docking, where the camera says it was still recording after it was docked', () => {
    expect(anchor({ recordedAt: docked - 600_000 }).source).toBe('capture-end')
    expect(anchor({ recordedAt: docked - 599_999 })).toEqual({ at: docked, source: 'docked-clock-ahead' })
  })

  test('docking, where the camera clock lies sixty days or more behind', () => {
    expect(anchor({ recordedAt: docked - 60 * DAY, durationMs: 1 }).source).toBe('capture-end')
    expect(anchor({ recordedAt: docked - 60 * DAY, durationMs: 0 })).toEqual({
      at: docked,
      source: 'docked-clock-behind',
    })
  })
})
