import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRehearsalClock, type Clock } from './clock.ts'

let folder: string
let machineTime = 1_000_000
const machine: Clock = { now: () => machineTime }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-clock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a rehearsal clock starts with the machine’s time, ticks with it, and stays set over a restart', async () => {
  const file = join(folder, 'clock.json')
  const clock = await openRehearsalClock(file, machine)
  expect(clock.now()).toBe(1_000_000)
  await clock.set(5_000_000)
  machineTime += 250
  expect(clock.now()).toBe(5_000_250)
  expect((await openRehearsalClock(file, machine)).now()).toBe(5_000_250)
})

test('a damaged clock file is refused instead of read as no offset', async () => {
  const file = join(folder, 'clock.json')
  writeFileSync(file, '{"offsetMs":12')
  await expect(openRehearsalClock(file, machine)).rejects.toThrow('damaged')
})

test('a time that is no whole number of milliseconds is refused', async () => {
  const clock = await openRehearsalClock(join(folder, 'clock.json'), machine)
  await expect(clock.set(Number.NaN)).rejects.toThrow(RangeError)
  await expect(clock.set(1.5)).rejects.toThrow(RangeError)
})
