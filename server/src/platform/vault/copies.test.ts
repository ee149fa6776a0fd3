import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stillWords } from '../still.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
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
  settableClock,
  slotsOn,
} from '../testing/a-vault.ts'
import { seeded, type SimulatedDisk } from '../testing/simulated-disk.ts'
import { hourOf, KeyDestroyed, openVault, VaultDamaged, VaultDegraded, type Vault } from './vault.ts'

const SOON = NOON - HOUR
const LATER = NOON + 20 * HOUR
const COPIES = [
  { older: COPY_A, name: 'a', other: COPY_B },
  { older: COPY_B, name: 'b', other: COPY_A },
] as const

async function hex(vault: Vault, id: string): Promise<string> {
  return Buffer.from(await vault.key(id)).toString('hex')
}

/** A vault with keys that stay, go with their hour, go alone and are put on hold, after a snapshot of one copy. */
async function aDayLater(older: string) {
  const disk = await aDisk()
  const vault = await openOn(disk)
  const stays = await dataKeys(vault, 3, LATER)
  const goes = await dataKeys(vault, 4, SOON)
  const [alone = '', held = ''] = (await dataKeys(vault, 2, LATER)).keys()
  const yesterday = disk.snapshot(older)
  const wrappedThen = new Map(slotsOn(disk, older).map(slot => [slot.id, Buffer.from(slot.wrapped)]))
  const fresh = await dataKeys(vault, 2, LATER + HOUR)
  await vault.destroyHour({ agency: AGENCY, hour: hourOf(SOON), approved: [...goes.keys()] })
  await vault.destroyKey(alone)
  await vault.rewrap({ id: held, agency: AGENCY, expires: null })
  const heldKey = await hex(vault, held)
  const position = await vault.position()
  await vault.close()
  return { disk, stays, goes, alone, held, heldKey, fresh, yesterday, wrappedThen, position }
}

describe.each(COPIES)("yesterday's copy $name beside today's other one", ({ older, name, other }) => {
  test('brings nothing back and loses nothing', async () => {
    const { disk, stays, goes, alone, held, heldKey, fresh, yesterday, wrappedThen, position } = await aDayLater(older)
    disk.restore(older, yesterday)
    expect(filesHolding(disk, wrappedThen.get(alone) ?? Buffer.alloc(1))).not.toEqual([])
    const vault = await openOn(disk)
    for (const [id, key] of [...stays, ...fresh]) expect(await hex(vault, id)).toBe(Buffer.from(key).toString('hex'))
    for (const id of [alone, ...goes.keys()]) {
      await expect(vault.key(id)).rejects.toThrow(KeyDestroyed)
      expect(filesHolding(disk, wrappedThen.get(id) ?? Buffer.alloc(1))).toEqual([])
    }
    expect(await hex(vault, held)).toBe(heldKey)
    expect(await vault.under(AGENCY, hourOf(LATER))).toEqual([...stays.keys()].toSorted())
    expect(filesHolding(disk, wrappedThen.get(held) ?? Buffer.alloc(1))).toEqual([])
    expect(await vault.position()).toEqual(position)
    const [finding] = await vault.check()
    expect(finding).toMatchObject({ code: 'copy-was-behind', copy: name, stops: false })
    expect(stillWords('en', finding!.still)).toContain(
      '5 keys in it that were destroyed meanwhile were destroyed again',
    )
    await vault.close()
    expect(disk.files().get(`${older}/keys`)).toEqual(disk.files().get(`${other}/keys`))
    const again = await openOn(disk)
    expect(await again.check()).toEqual([])
    await again.close()
  })
})

describe.each(COPIES)('when copy $name has gone', ({ older, name, other }) => {
  async function withoutCopy() {
    const found = await aDayLater(older)
    found.disk.restore(older, new Map())
    return { ...found, vault: await openOn(found.disk) }
  }

  test('keys can be read, nothing can be made, moved or destroyed, and nothing is written where it was', async () => {
    const { disk, vault, stays, alone, held } = await withoutCopy()
    for (const [id, key] of stays) expect(await hex(vault, id)).toBe(Buffer.from(key).toString('hex'))
    await expect(vault.key(alone)).rejects.toThrow(KeyDestroyed)
    await expect(dataKeys(vault, 1, LATER)).rejects.toThrow(VaultDegraded)
    await expect(vault.rewrap({ id: held, agency: AGENCY, expires: LATER })).rejects.toThrow(VaultDegraded)
    await expect(vault.destroyKey(held)).rejects.toThrow(VaultDegraded)
    const approved = await vault.under(AGENCY, hourOf(SOON))
    await expect(vault.destroyHour({ agency: AGENCY, hour: hourOf(SOON), approved })).rejects.toThrow(VaultDegraded)
    await expect(vault.backup('/disk1/backup', { expires: NOON + HOUR })).rejects.toThrow(VaultDegraded)
    await expect(vault.replayDestructions([])).rejects.toThrow(VaultDegraded)
    const [finding] = await vault.check()
    expect(finding).toMatchObject({ code: 'copy-missing', copy: name, stops: true })
    expect(stillWords('en', finding!.still)).toContain(older)
    expect(disk.snapshot(older).size - (name === 'a' ? 2 : 0)).toBeLessThanOrEqual(0)
    await vault.close()
  })

  test('an operator has it made again from the other one', async () => {
    const { disk, vault, stays, alone } = await withoutCopy()
    expect(await vault.repair()).toEqual([])
    await dataKeys(vault, 1, LATER)
    for (const [id, key] of stays) expect(await hex(vault, id)).toBe(Buffer.from(key).toString('hex'))
    await vault.close()
    expect(disk.files().get(`${older}/keys`)).toEqual(disk.files().get(`${other}/keys`))
    disk.restore(other, new Map())
    const onlyTheNewOne = await openOn(disk)
    for (const [id, key] of stays) expect(await hex(onlyTheNewOne, id)).toBe(Buffer.from(key).toString('hex'))
    await expect(onlyTheNewOne.key(alone)).rejects.toThrow(KeyDestroyed)
    await onlyTheNewOne.close()
  })
})

describe('a damaged copy', () => {
  function flip(disk: SimulatedDisk, path: string, at: number): void {
    disk.damage(path, content => {
      content[at] = (content[at] ?? 0) ^ 0x55
      return content
    })
  }

  test.each(['vault.json', 'destroyed'])(
    'with an unreadable %s is not written to; repair makes it whole without bringing anything back',
    async file => {
      const { disk, stays, goes, alone } = await aDayLater(COPY_A)
      flip(disk, `${COPY_A}/${file}`, 5)
      const vault = await openOn(disk)
      await expect(dataKeys(vault, 1, LATER)).rejects.toThrow(VaultDegraded)
      expect((await vault.check())[0]).toMatchObject({ code: 'copy-damaged', copy: 'a', stops: true })
      expect(await vault.repair()).toEqual([])
      for (const [id, key] of stays) expect(await hex(vault, id)).toBe(Buffer.from(key).toString('hex'))
      for (const id of [alone, ...goes.keys()]) await expect(vault.key(id)).rejects.toThrow(KeyDestroyed)
      await vault.close()
      const again = await openOn(disk)
      expect(await again.check()).toEqual([])
      await again.close()
    },
  )

  test('gives what only it holds to the other one when it is repaired', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    await dataKeys(vault, 1, LATER)
    const yesterday = disk.snapshot(COPY_B)
    const fresh = await dataKeys(vault, 2, LATER + HOUR)
    const [doomed = ''] = (await dataKeys(vault, 1, LATER)).keys()
    await vault.destroyKey(doomed)
    await vault.close()
    // b is old, and a, which is not, has lost its header.
    disk.restore(COPY_B, yesterday)
    disk.damage(`${COPY_A}/vault.json`, () => Buffer.from('{}'))
    const again = await openOn(disk)
    await again.repair()
    for (const [id, key] of fresh) expect(await hex(again, id)).toBe(Buffer.from(key).toString('hex'))
    await expect(again.key(doomed)).rejects.toThrow(KeyDestroyed)
    await again.close()
  })

  test('that lost single keys gets them from the other one', async () => {
    const { disk, stays } = await aDayLater(COPY_A)
    flip(disk, `${COPY_A}/keys`, 20)
    flip(disk, `${COPY_B}/keys`, 128 + 20)
    const vault = await openOn(disk)
    for (const [id, key] of stays) expect(await hex(vault, id)).toBe(Buffer.from(key).toString('hex'))
    expect(await vault.check()).toEqual([])
    await vault.close()
  })

  test('in the same key as the other one stops clean-up and says that the key is lost', async () => {
    const { disk } = await aDayLater(COPY_A)
    flip(disk, `${COPY_A}/keys`, 20)
    flip(disk, `${COPY_B}/keys`, 21)
    const vault = await openOn(disk)
    expect((await vault.check())[0]).toMatchObject({ code: 'key-unreadable', stops: true })
    await vault.close()
  })

  test('without a wrapping key gets it from the other one; without it in both the keys under it are named unreadable', async () => {
    const { disk, stays, fresh } = await aDayLater(COPY_A)
    const wrapping = [...disk.files().keys()].filter(path => path.includes('/wrapping/'))
    const ofFresh = slotsOn(disk, COPY_A).find(slot => fresh.has(slot.id))?.wrapping ?? '-'
    const ofStays = slotsOn(disk, COPY_A).find(slot => stays.has(slot.id))?.wrapping ?? '-'
    for (const path of wrapping) {
      if (path.includes(ofFresh) || (path.includes(ofStays) && path.startsWith(COPY_A))) await disk.remove(path)
    }
    const vault = await openOn(disk)
    for (const [id, key] of stays) expect(await hex(vault, id)).toBe(Buffer.from(key).toString('hex'))
    for (const id of fresh.keys()) await expect(vault.key(id)).rejects.toThrow(VaultDamaged)
    const stopping = (await vault.check()).filter(finding => finding.stops)
    expect(new Set(stopping.map(finding => finding.code))).toEqual(new Set(['wrapping-key-missing']))
    await vault.close()
  })

  test('with an altered wrapping key reads the other one, says so, and has it put right by repair', async () => {
    const { disk, stays } = await aDayLater(COPY_A)
    const wrapping = slotsOn(disk, COPY_A).find(slot => stays.has(slot.id))?.wrapping ?? '-'
    const path = [...disk.files().keys()].find(one => one.startsWith(COPY_A) && one.includes(wrapping)) ?? ''
    flip(disk, path, 60)
    const vault = await openOn(disk)
    for (const [id, key] of stays) expect(await hex(vault, id)).toBe(Buffer.from(key).toString('hex'))
    expect(await vault.check()).toMatchObject([{ code: 'wrapping-key-missing', copy: 'a', stops: true }])
    expect(await vault.repair()).toEqual([])
    await vault.close()
    const again = await openOn(disk)
    expect(await again.check()).toEqual([])
    await again.close()
  })

  test('of another vault is refused by name', async () => {
    const disk = await aDisk()
    await (await openOn(disk)).close()
    const others = await aDisk()
    await (await openOn(others)).close()
    disk.restore(COPY_B, others.snapshot(COPY_B))
    await expect(openOn(disk)).rejects.toThrow(/different vaults/)
  })

  test('both at once cannot be opened', async () => {
    const { disk } = await aDayLater(COPY_A)
    disk.damage(`${COPY_A}/vault.json`, () => Buffer.from('{}'))
    disk.damage(`${COPY_B}/vault.json`, () => Buffer.from('{}'))
    await expect(openOn(disk)).rejects.toThrow(/Copy a .* damaged.*Copy b .* damaged/s)
  })
})

describe('a check of the running vault', () => {
  test('finds a copy that was taken away or put back from yesterday meanwhile', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    await dataKeys(vault, 2, LATER)
    const yesterday = disk.snapshot(COPY_B)
    const [gone = ''] = (await dataKeys(vault, 1, LATER)).keys()
    const withGone = disk.snapshot(COPY_B)
    await vault.destroyKey(gone)
    expect(await vault.check()).toEqual([])
    disk.restore(COPY_B, yesterday)
    expect((await vault.check()).map(finding => finding.code)).toEqual(['copies-differ'])
    disk.restore(COPY_B, withGone)
    expect((await vault.check()).map(finding => finding.code)).toContain('destroyed-key-reappeared')
    disk.restore(COPY_B, new Map())
    expect((await vault.check()).map(finding => finding.code)).toEqual(['copy-empty'])
  })

  test('on a real disk says when others can read it, and that both copies lie on one disk', async () => {
    const folder = await temporaryFolder()
    const copies = [join(folder, 'a'), join(folder, 'b')] as const
    const vault = await openVault({ copies, master: MASTER, clock: settableClock() })
    await dataKeys(vault, 2, LATER)
    expect((await vault.check()).map(finding => finding.code)).toEqual(['copies-on-one-disk'])
    await chmod(join(folder, 'b', 'keys'), 0o644)
    expect((await vault.check()).map(finding => finding.code)).toEqual(['mode-too-open', 'copies-on-one-disk'])
    await vault.close()
  })
})

// A wrapping key whose name had survived and whose bytes had not was taken for whole, and one copy stayed without it.
test('a copy that was put back from before is brought together whole, wherever that is interrupted', async () => {
  for (let cut = 0; cut < 40; cut++) {
    for (let seed = 0; seed < 4; seed++) {
      const disk = await aDisk()
      const vault = await openOn(disk)
      const before = disk.snapshot(COPY_A)
      const keys = await dataKeys(vault, 2, LATER)
      await vault.close()
      disk.restore(COPY_A, before)
      disk.cutPowerAfter(cut)
      await openOn(disk).catch(() => undefined)
      const again = await openOn(disk.afterPowerCut(seeded(cut * 7 + seed)))
      await expectHeld(again, keys)
      expect((await again.check()).filter(finding => finding.stops)).toEqual([])
      await again.close()
    }
  }
})
