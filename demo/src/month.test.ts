import { packById } from '@vidne/policies/packs'
import { expect, test } from 'vitest'
import { agencies } from './agencies.ts'
import { DAY, DAYS, monthOf } from './month.ts'

const today = Date.UTC(2026, 10, 22, 13)

test('is the same for the same seed, and another for another', () => {
  expect(monthOf(today, 4)).toEqual(monthOf(today, 4))
  expect(monthOf(today, 5)).not.toEqual(monthOf(today, 4))
})

test('holds five Danish districts, ten boroughs, Duisburg and a school, each under its pack, and nobody twice', () => {
  const units = (key: string) => new Set(agencies.find(one => one.key === key)?.cameras.map(({ unit }) => unit)).size
  expect([units('dk'), units('uk'), units('de'), units('se')]).toEqual([5, 10, 2, 1])
  for (const agency of agencies) {
    expect(packById(agency.pack)).not.toBe(null)
    const names = [agency.operator, ...agency.people.map(({ name }) => name)]
    expect(new Set(names).size, agency.name).toBe(names.length)
    const known = new Set(names)
    for (const { wearer } of agency.cameras) if (wearer !== null) expect(known).toContain(wearer)
  }
})

test('names tasks and triggers as the packs do', () => {
  for (const agency of agencies) {
    const pack = packById(agency.pack)
    const codes = [...(pack?.mustRecord ?? []), ...(pack?.mayRecord ?? [])].map(({ v }) => v)
    expect(codes).toContain(agency.trigger)
  }
  for (const { agency, task, trigger } of monthOf(today, 4).operations) {
    const pack = packById(agencies.find(one => one.key === agency)?.pack ?? '')
    const found = pack?.tasks.find(({ v }) => v === task)
    expect(found?.triggers, task).toContain(trigger)
  }
})

test('everything in it lies in the month, and is docked after it was recorded', () => {
  const { begins, shots, operations } = monthOf(today, 4)
  expect(shots.length).toBeGreaterThan(150)
  for (const { at, docked } of shots) {
    expect(at).toBeGreaterThan(begins)
    expect(docked).toBeGreaterThan(at)
    expect(docked).toBeLessThan(today)
    expect(today - at).toBeLessThan((DAYS + 1) * DAY)
  }
  expect(operations.filter(({ silent }) => silent !== null).length).toBeGreaterThan(1)
})
