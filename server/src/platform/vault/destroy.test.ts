import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DiskFull } from '../durable/disk.ts'
import {
  aDisk,
  AGENCY,
  COPY_A,
  COPY_B,
  dataKeys,
  expectHeld,
  filesHolding,
  HOUR,
  NOON,
  openOn,
  settableClock,
  slotsOn,
  TONIGHT,
} from '../testing/a-vault.ts'
import { hourOf, KeyDestroyed, KeyUnknown } from './vault.ts'

describe('destroying an hour', () => {
  test('is refused before the hour has come', async () => {
    const clock = settableClock(TONIGHT - HOUR)
    const vault = await openOn(await aDisk(), clock)
    const keys = await dataKeys(vault, 2, TONIGHT)
    const verdict = await vault.destroyHour({ agency: AGENCY, hour: hourOf(TONIGHT), approved: [...keys.keys()] })
    expect(verdict).toEqual({ done: false, because: 'not-due' })
    await expectHeld(vault, keys)
  })

  test("is refused, naming the keys, unless the vault's own list is the approved one", async () => {
    const clock = settableClock(TONIGHT)
    const vault = await openOn(await aDisk(), clock)
    const keys = await dataKeys(vault, 3, TONIGHT)
    const [first = '', ...rest] = [...keys.keys()]
    const stranger = randomUUID()
    const hour = hourOf(TONIGHT)
    expect(await vault.destroyHour({ agency: AGENCY, hour, approved: rest })).toEqual({
      done: false,
      because: 'list-differs',
      onlyInVault: [first],
      onlyApproved: [],
    })
    expect(await vault.destroyHour({ agency: AGENCY, hour, approved: [first, ...rest, stranger] })).toEqual({
      done: false,
      because: 'list-differs',
      onlyInVault: [],
      onlyApproved: [stranger],
    })
    await expectHeld(vault, keys)
  })

  test('takes every trace: no wrapped key, no wrapping key, in either copy; and leaves the other hours alone', async () => {
    const disk = await aDisk()
    const clock = settableClock(TONIGHT)
    const vault = await openOn(disk, clock)
    const doomed = await dataKeys(vault, 40, TONIGHT)
    const kept = await dataKeys(vault, 3, TONIGHT + HOUR)
    const slots = slotsOn(disk, COPY_A).filter(slot => doomed.has(slot.id))
    const wrapping = [...disk.files()].filter(([path]) => path.includes(slots[0]?.wrapping ?? '-'))
    expect(wrapping).toHaveLength(2)
    const wrappedWrapping = wrapping.map(([, content]) => Buffer.from(content.subarray(48, 88)))
    const verdict = await vault.destroyHour({ agency: AGENCY, hour: hourOf(TONIGHT), approved: [...doomed.keys()] })
    expect(verdict).toEqual({ done: true, keys: 40, at: TONIGHT, inBackupsUntil: null })
    for (const slot of slots) expect(filesHolding(disk, slot.wrapped)).toEqual([])
    for (const bytes of wrappedWrapping) expect(filesHolding(disk, bytes)).toEqual([])
    for (const { id } of slots) await expect(vault.key(id)).rejects.toThrow(KeyDestroyed)
    await expectHeld(vault, kept)
    expect(await vault.check()).toEqual([])
  })

  test('asked again after it was done is done, and other hours stay refused', async () => {
    const clock = settableClock(TONIGHT)
    const vault = await openOn(await aDisk(), clock)
    const keys = await dataKeys(vault, 3, TONIGHT)
    const asked = { agency: AGENCY, hour: hourOf(TONIGHT), approved: [...keys.keys()] }
    const first = await vault.destroyHour(asked)
    expect(await vault.destroyHour(asked)).toEqual(first)
  })

  test('of an hour that was destroyed before takes what was docked late', async () => {
    const disk = await aDisk()
    const clock = settableClock(TONIGHT)
    const vault = await openOn(disk, clock)
    const first = await dataKeys(vault, 2, TONIGHT)
    await vault.destroyHour({ agency: AGENCY, hour: hourOf(TONIGHT), approved: [...first.keys()] })
    const late = await dataKeys(vault, 1, TONIGHT)
    await expectHeld(vault, late)
    expect(
      await vault.destroyHour({ agency: AGENCY, hour: hourOf(TONIGHT), approved: [...late.keys()] }),
    ).toMatchObject({
      done: true,
      keys: 1,
    })
    expect(await vault.isEmpty()).toBe(true)
  })

  test('that a full disk interrupts is finished later, and a committed destruction is final at once', async () => {
    const disk = await aDisk()
    const clock = settableClock(TONIGHT)
    const vault = await openOn(disk, clock)
    const keys = await dataKeys(vault, 5, TONIGHT)
    const slots = slotsOn(disk, COPY_A)
    const asked = { agency: AGENCY, hour: hourOf(TONIGHT), approved: [...keys.keys()] }
    disk.fault = ({ kind, path }) => {
      if (kind === 'write' && path === `${COPY_B}/destroyed`) throw new DiskFull(path, null)
    }
    await expect(vault.destroyHour(asked)).rejects.toThrow(DiskFull)
    for (const id of keys.keys()) await expect(vault.key(id)).rejects.toThrow(KeyDestroyed)
    disk.fault = () => undefined
    expect(await vault.destroyHour(asked)).toMatchObject({ done: true })
    for (const slot of slots) expect(filesHolding(disk, slot.wrapped)).toEqual([])
    expect(await vault.check()).toEqual([])
  })
})

describe('destroying one key', () => {
  test('overwrites it in both copies and keeps the rest of its hour', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const keys = await dataKeys(vault, 3, TONIGHT)
    const [gone = '', ...rest] = [...keys.keys()]
    const slot = slotsOn(disk, COPY_B).find(one => one.id === gone)
    expect(await vault.destroyKey(gone)).toEqual({ outcome: 'destroyed', at: NOON, inBackupsUntil: null })
    expect(await vault.destroyKey(gone)).toEqual({ outcome: 'was-destroyed', at: NOON, inBackupsUntil: null })
    expect(filesHolding(disk, slot?.wrapped ?? Buffer.alloc(1))).toEqual([])
    keys.delete(gone)
    await expectHeld(vault, keys)
    expect(await vault.under(AGENCY, hourOf(TONIGHT))).toEqual(rest.toSorted())
    await expect(vault.destroyKey(randomUUID())).rejects.toThrow(KeyUnknown)
  })

  test('takes the wrapping key with the last key under it', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const [id = ''] = (await dataKeys(vault, 1, null)).keys()
    expect([...disk.files().keys()].filter(path => path.includes('/wrapping/'))).toHaveLength(2)
    await vault.destroyKey(id)
    expect([...disk.files().keys()].filter(path => path.includes('/wrapping/'))).toEqual([])
  })
})
