import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DiskFull, FsyncFailed } from '../durable/disk.ts'
import {
  aDisk,
  AGENCY,
  COPY_A,
  COPY_B,
  dataKeys,
  expectHeld,
  filesHolding,
  HOUR,
  MASTER,
  NOON,
  openOn,
  OTHER_AGENCY,
  settableClock,
  slotsOn,
  TONIGHT,
} from '../testing/a-vault.ts'
import { hourOf, KeyDestroyed, KeyExists, KeyUnknown, openVault, VaultInUse, VaultLocked } from './vault.ts'

describe('making keys', () => {
  test('a key that was given out is given out again after the vault was closed and opened', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const keys = await dataKeys(vault, 3, TONIGHT)
    await vault.close()
    const again = await openOn(disk)
    await expectHeld(again, keys)
    expect(new Set([...keys.values()].map(key => Buffer.from(key).toString('hex'))).size).toBe(3)
    await again.close()
  })

  test('both copies hold it when it is given out, without the process saying goodbye', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const [id = ''] = (await dataKeys(vault, 1, TONIGHT)).keys()
    expect(slotsOn(disk, COPY_A).map(slot => slot.id)).toEqual([id])
    expect(slotsOn(disk, COPY_B).map(slot => slot.id)).toEqual([id])
  })

  test('64 recordings that begin together cost a handful of fsyncs', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    await dataKeys(vault, 1, TONIGHT)
    const before = disk.syncs
    await Promise.all(Array.from({ length: 64 }, () => dataKeys(vault, 1, TONIGHT)))
    // One commit for the first, one for the 63 that came meanwhile, in two copies.
    expect(disk.syncs - before).toBeLessThanOrEqual(4)
    await vault.close()
  })

  test('the key itself is in no file, nor in clear in what is wrapped', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const keys = await dataKeys(vault, 8, TONIGHT)
    for (const key of keys.values()) expect(filesHolding(disk, key)).toEqual([])
    expect(filesHolding(disk, MASTER)).toEqual([])
  })

  test('an id gets one key, ever', async () => {
    const vault = await openOn(await aDisk())
    const [id = ''] = (await dataKeys(vault, 1, TONIGHT)).keys()
    const again = { agency: AGENCY, keys: [{ id, kind: 'data' as const }], expires: TONIGHT }
    await expect(vault.create(again)).rejects.toThrow(KeyExists)
    await vault.destroyKey(id)
    await expect(vault.create(again)).rejects.toThrow(KeyDestroyed)
    const twice = [{ id: randomUUID(), kind: 'data' as const }]
    const both = await Promise.allSettled(
      [1, 2].map(() => vault.create({ agency: AGENCY, keys: twice, expires: TONIGHT })),
    )
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('a full disk refuses new keys, loses none, and goes on when there is room', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const before = await dataKeys(vault, 2, TONIGHT)
    for (const full of [COPY_A, COPY_B]) {
      disk.fault = ({ kind, path }) => {
        if (kind === 'write' && path.startsWith(full)) throw new DiskFull(path, null)
      }
      await expect(dataKeys(vault, 600, TONIGHT)).rejects.toThrow(DiskFull)
      await expect(dataKeys(vault, 1, TONIGHT + HOUR)).rejects.toThrow(DiskFull)
      await expectHeld(vault, before)
      disk.fault = () => undefined
    }
    const after = await dataKeys(vault, 600, TONIGHT)
    await vault.close()
    const again = await openOn(disk)
    await expectHeld(again, new Map([...before, ...after]))
    expect(await again.under(AGENCY, hourOf(TONIGHT))).toEqual([...before.keys(), ...after.keys()].toSorted())
    await again.close()
  })

  test.each([1, 1000])(
    'a write that copy b refuses (%d times) leaves nothing of the key in copy a, and the same key can be asked for again',
    async times => {
      const disk = await aDisk()
      const vault = await openOn(disk)
      const before = await dataKeys(vault, 2, TONIGHT)
      let left = times
      disk.fault = ({ kind, path }) => {
        if (kind === 'write' && path === `${COPY_B}/keys` && left-- > 0) throw new DiskFull(path, null)
      }
      const asked = { agency: AGENCY, keys: [{ id: randomUUID(), kind: 'data' as const }], expires: TONIGHT }
      await expect(vault.create(asked)).rejects.toThrow(DiskFull)
      expect(slotsOn(disk, COPY_A)).toHaveLength(2)
      disk.fault = () => undefined
      const made = await vault.create(asked)
      await expectHeld(vault, new Map([...before, ...made]))
      expect(await vault.check()).toEqual([])
      await vault.close()
    },
  )

  test('after a failed fsync nothing is made or destroyed any more', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const [id = ''] = (await dataKeys(vault, 1, TONIGHT)).keys()
    disk.fault = ({ kind, path }) => {
      if (kind === 'sync' && path.startsWith(COPY_B)) throw new FsyncFailed(path, null)
    }
    await expect(dataKeys(vault, 1, TONIGHT)).rejects.toThrow(FsyncFailed)
    disk.fault = () => undefined
    await expect(dataKeys(vault, 1, TONIGHT)).rejects.toThrow(FsyncFailed)
    await expect(vault.destroyKey(id)).rejects.toThrow(FsyncFailed)
  })
})

describe('reading keys', () => {
  test('an unknown, a destroyed and a malformed id are told apart', async () => {
    const vault = await openOn(await aDisk())
    const [id = ''] = (await dataKeys(vault, 1, TONIGHT)).keys()
    await vault.destroyKey(id)
    await expect(vault.key(id)).rejects.toThrow(KeyDestroyed)
    await expect(vault.key(randomUUID())).rejects.toThrow(KeyUnknown)
    await expect(vault.key('../../etc/passwd')).rejects.toThrow(TypeError)
  })

  test('a caller may overwrite the key it was given', async () => {
    const vault = await openOn(await aDisk())
    const [[id = '', key] = []] = await dataKeys(vault, 1, TONIGHT)
    const value = Buffer.from(key ?? [])
    ;(await vault.key(id)).fill(0)
    key?.fill(0)
    expect(Buffer.from(await vault.key(id)).equals(value)).toBe(true)
  })

  test('more keys than memory holds are read from the disk again', async () => {
    const disk = await aDisk()
    const vault = await openVault({
      copies: [COPY_A, COPY_B],
      master: MASTER,
      clock: settableClock(),
      disk,
      keysInMemory: 4,
    })
    const keys = await dataKeys(vault, 20, TONIGHT)
    await expectHeld(vault, keys)
    await expectHeld(vault, keys)
    await vault.close()
  })

  test('a closed vault gives nothing out', async () => {
    const vault = await openOn(await aDisk())
    const [id = ''] = (await dataKeys(vault, 1, TONIGHT)).keys()
    await vault.close()
    await expect(vault.key(id)).rejects.toThrow(VaultLocked)
    await expect(dataKeys(vault, 1, TONIGHT)).rejects.toThrow(VaultLocked)
    await vault.close()
  })
})

describe('the hour of expiry', () => {
  test('is rounded down, and keys without end are under none', async () => {
    const vault = await openOn(await aDisk())
    const early = await dataKeys(vault, 2, NOON + 9 * HOUR)
    const late = await dataKeys(vault, 2, NOON + 10 * HOUR - 1)
    const next = await dataKeys(vault, 1, NOON + 10 * HOUR)
    await dataKeys(vault, 1, null)
    expect(await vault.under(AGENCY, hourOf(NOON) + 9)).toEqual([...early.keys(), ...late.keys()].toSorted())
    expect(await vault.under(AGENCY, hourOf(NOON) + 10)).toEqual([...next.keys()])
    expect(await vault.hours(AGENCY)).toEqual([hourOf(NOON) + 9, hourOf(NOON) + 10])
  })

  test('is of one agency', async () => {
    const vault = await openOn(await aDisk())
    const [ours = ''] = (await dataKeys(vault, 1, TONIGHT)).keys()
    const [theirs = ''] = (await dataKeys(vault, 1, TONIGHT, OTHER_AGENCY)).keys()
    expect(await vault.under(AGENCY, hourOf(TONIGHT))).toEqual([ours])
    expect(await vault.under(OTHER_AGENCY, hourOf(TONIGHT))).toEqual([theirs])
    await expect(vault.rewrap({ id: theirs, agency: AGENCY, expires: null })).rejects.toThrow(KeyUnknown)
  })

  test('given in milliseconds where hours are meant is refused', async () => {
    const vault = await openOn(await aDisk())
    await expect(vault.under(AGENCY, TONIGHT)).rejects.toThrow(RangeError)
    await expect(vault.destroyHour({ agency: AGENCY, hour: TONIGHT, approved: [] })).rejects.toThrow(RangeError)
  })
})

describe('a hold', () => {
  test('moves the key out of its hour; the old wrapping is in no file any more', async () => {
    const disk = await aDisk()
    const clock = settableClock()
    const vault = await openOn(disk, clock)
    const keys = await dataKeys(vault, 5, TONIGHT)
    const [held = '', ...others] = [...keys.keys()]
    const old = slotsOn(disk, COPY_A).find(slot => slot.id === held)
    await vault.rewrap({ id: held, agency: AGENCY, expires: null })
    expect(filesHolding(disk, old?.wrapped ?? Buffer.alloc(1))).toEqual([])
    expect(await vault.under(AGENCY, hourOf(TONIGHT))).toEqual(others.toSorted())
    clock.at = TONIGHT
    expect(await vault.destroyHour({ agency: AGENCY, hour: hourOf(TONIGHT), approved: others })).toMatchObject({
      done: true,
    })
    await vault.close()
    const again = await openOn(disk)
    expect(Buffer.from(await again.key(held)).equals(keys.get(held) ?? Buffer.alloc(0))).toBe(true)
    await again.close()
  })

  test('placed and lifted at once by many leaves each key under its last expiry', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const keys = await dataKeys(vault, 10, TONIGHT)
    const moves = [...keys.keys()].flatMap(id => [
      vault.rewrap({ id, agency: AGENCY, expires: null }),
      vault.rewrap({ id, agency: AGENCY, expires: TONIGHT + HOUR }),
    ])
    await Promise.all(moves)
    expect(await vault.under(AGENCY, hourOf(TONIGHT) + 1)).toEqual([...keys.keys()].toSorted())
    expect(slotsOn(disk, COPY_A)).toHaveLength(10)
    await vault.close()
    const again = await openOn(disk)
    await expectHeld(again, keys)
    await again.close()
  })
})

describe('opening', () => {
  test('with another master key is refused', async () => {
    const disk = await aDisk()
    await (await openOn(disk)).close()
    const wrong = openVault({ copies: [COPY_A, COPY_B], master: Buffer.alloc(32, 8), clock: settableClock(), disk })
    await expect(wrong).rejects.toThrow(VaultLocked)
    await (await openOn(disk)).close()
  })

  test('twice at once is refused', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    await expect(openOn(disk)).rejects.toThrow(VaultInUse)
    await vault.close()
    await (await openOn(disk)).close()
  })

  test('an empty vault in place of the installation’s own is recognised', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    expect(await vault.recognises('installation-1')).toBe('missing')
    expect(await vault.claim('installation-1')).toBe('claimed')
    expect(await vault.claim('installation-1')).toBe('was-ours')
    expect(await vault.claim('installation-2')).toBe('other')
    await vault.close()
    const again = await openOn(disk)
    expect(await again.recognises('installation-1')).toBe('yes')
    expect(await again.recognises('installation-2')).toBe('other')
    expect(await again.isEmpty()).toBe(true)
    await again.close()
    const swapped = await openOn(await aDisk())
    expect(await swapped.recognises('installation-1')).toBe('missing')
  })

  test('an older state of the whole vault is told by its position', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    await dataKeys(vault, 1, TONIGHT)
    const yesterday = [COPY_A, COPY_B].map(copy => [copy, disk.snapshot(copy)] as const)
    const [id = ''] = (await dataKeys(vault, 1, TONIGHT)).keys()
    await vault.destroyKey(id)
    const today = await vault.position()
    await vault.close()
    for (const [copy, files] of yesterday) disk.restore(copy, files)
    const old = await openOn(disk)
    const found = await old.position()
    expect(found.vault).toBe(today.vault)
    expect(found.commit).toBeLessThan(today.commit)
    await old.close()
  })
})
