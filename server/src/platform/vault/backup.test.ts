import { describe, expect, test } from 'vitest'
import {
  aDisk,
  AGENCY,
  COPY_A,
  COPY_B,
  dataKeys,
  HOUR,
  MASTER,
  NOON,
  openOn,
  settableClock,
  slotsOn,
} from '../testing/a-vault.ts'
import { seeded, type SimulatedDisk } from '../testing/simulated-disk.ts'
import {
  hourOf,
  KeyDestroyed,
  KeyUnknown,
  restoreVault,
  tombstoneOf,
  VaultLocked,
  type RestoreVerdict,
} from './vault.ts'

const BACKUP = '/disk1/backup'
const DAY = 24 * HOUR
const EXPIRES = NOON + 5 * DAY

async function restoreOn(disk: SimulatedDisk, at = NOON + DAY, master = MASTER): Promise<RestoreVerdict> {
  return restoreVault({ backup: BACKUP, copies: [COPY_A, COPY_B], master, clock: settableClock(at), disk })
}

async function emptied(disk: SimulatedDisk): Promise<SimulatedDisk> {
  for (const copy of [COPY_A, COPY_B]) disk.restore(copy, new Map())
  return disk
}

describe('a backup of the vault', () => {
  test('omits every key that expires before the backup does, and every trace of it', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const omitted = await dataKeys(vault, 3, EXPIRES - 1)
    const kept = await dataKeys(vault, 2, EXPIRES)
    const endless = await dataKeys(vault, 1, null)
    expect(await vault.backup(BACKUP, { expires: EXPIRES })).toEqual({ written: true, keys: 3, omitted: 3 })
    expect(
      slotsOn(disk, BACKUP)
        .map(slot => slot.id)
        .toSorted(),
    ).toEqual([...kept.keys(), ...endless.keys()].toSorted())
    const slots = slotsOn(disk, COPY_A)
    const inBackup = [...disk.files()].filter(([path]) => path.startsWith(BACKUP))
    for (const slot of slots.filter(({ id }) => omitted.has(id))) {
      expect(
        inBackup.filter(([path, content]) => path.includes(slot.wrapping) || content.includes(slot.wrapped)),
      ).toEqual([])
    }
  })

  test('lives 7 days at most, and goes into an empty folder only', async () => {
    const vault = await openOn(await aDisk())
    expect(await vault.backup(BACKUP, { expires: NOON + 7 * DAY + 1 })).toEqual({
      written: false,
      because: 'lives-too-long',
    })
    expect(await vault.backup(BACKUP, { expires: NOON })).toEqual({ written: false, because: 'already-expired' })
    expect(await vault.backup(BACKUP, { expires: NOON + 7 * DAY })).toMatchObject({ written: true })
    expect(await vault.backup(BACKUP, { expires: NOON + DAY })).toEqual({ written: false, because: 'folder-not-empty' })
  })

  test('is remembered: a destruction says until when a backup may still hold the key', async () => {
    const clock = settableClock()
    const vault = await openOn(await aDisk(), clock)
    const [early = '', hold = '', moved = ''] = (await dataKeys(vault, 3, NOON + 30 * DAY)).keys()
    const [short = ''] = (await dataKeys(vault, 1, NOON + DAY)).keys()
    await vault.rewrap({ id: hold, agency: AGENCY, expires: null })
    await vault.backup(BACKUP, { expires: EXPIRES })
    const [fresh = ''] = (await dataKeys(vault, 1, NOON + 30 * DAY)).keys()
    await vault.rewrap({ id: moved, agency: AGENCY, expires: NOON + DAY })
    expect(await vault.destroyKey(early)).toMatchObject({ inBackupsUntil: EXPIRES })
    expect(await vault.destroyKey(hold)).toMatchObject({ inBackupsUntil: EXPIRES })
    expect(await vault.destroyKey(fresh)).toMatchObject({ inBackupsUntil: null })
    clock.at = NOON + DAY
    const approved = [short, moved]
    const hour = hourOf(NOON + DAY)
    expect(await vault.destroyHour({ agency: AGENCY, hour, approved })).toMatchObject({
      done: true,
      inBackupsUntil: EXPIRES,
    })
    const [nothingLeft = ''] = (await dataKeys(vault, 1, null)).keys()
    clock.at = EXPIRES
    expect(await vault.destroyKey(nothingLeft)).toMatchObject({ inBackupsUntil: null })
  })

  test('of keys that expire before it, no destruction has to wait', async () => {
    const clock = settableClock()
    const vault = await openOn(await aDisk(), clock)
    const keys = await dataKeys(vault, 2, NOON + DAY)
    await vault.backup(BACKUP, { expires: EXPIRES })
    clock.at = NOON + DAY
    const verdict = await vault.destroyHour({ agency: AGENCY, hour: hourOf(clock.at), approved: [...keys.keys()] })
    expect(verdict).toMatchObject({ done: true, inBackupsUntil: null })
  })
})

describe('a restored vault', () => {
  test('gives out no key before it was told what has been destroyed since', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    await vault.claim('installation-1')
    const [before = '', after = '', kept = ''] = (await dataKeys(vault, 3, EXPIRES)).keys()
    const key = Buffer.from(await vault.key(kept)).toString('hex')
    await vault.destroyKey(before)
    await vault.backup(BACKUP, { expires: EXPIRES })
    await vault.destroyKey(after)
    const destroyed = await vault.destructions()
    expect(destroyed.toSorted()).toEqual([before, after].map(tombstoneOf).toSorted())
    const [lost = ''] = (await dataKeys(vault, 1, EXPIRES)).keys()
    const wrapped = slotsOn(disk, BACKUP).find(slot => slot.id === after)?.wrapped ?? Buffer.alloc(1)
    const position = await vault.position()
    await vault.close()

    expect(await restoreOn(await emptied(disk))).toEqual({ restored: true, keys: 2, backedUpAt: NOON })
    const restored = await openOn(disk)
    await expect(restored.key(kept)).rejects.toThrow(VaultLocked)
    await expect(restored.key(after)).rejects.toThrow(VaultLocked)
    await restored.close()
    const again = await openOn(disk)
    await expect(again.key(kept)).rejects.toThrow(VaultLocked)
    expect((await again.position()).commit).toBeLessThan(position.commit)
    expect(await again.recognises('installation-1')).toBe('yes')

    expect(await again.replayDestructions(destroyed)).toBe(1)
    expect(Buffer.from(await again.key(kept)).toString('hex')).toBe(key)
    for (const id of [before, after]) await expect(again.key(id)).rejects.toThrow(KeyDestroyed)
    await expect(again.key(lost)).rejects.toThrow(KeyUnknown)
    const live = [...disk.files()].filter(([path]) => !path.startsWith(BACKUP))
    expect(live.filter(([, content]) => content.includes(wrapped))).toEqual([])
    expect(await again.replayDestructions(destroyed)).toBe(0)
    expect((await again.destructions()).toSorted()).toEqual(destroyed.toSorted())
    await again.close()
    const last = await openOn(disk)
    expect(Buffer.from(await last.key(kept)).toString('hex')).toBe(key)
    expect(await last.check()).toEqual([])
    await last.close()
  })

  test('a tombstone of a key it never held keeps that key from ever being made', async () => {
    const vault = await openOn(await aDisk())
    const id = '0190a7a0-0000-7000-8000-000000000001'
    expect(await vault.replayDestructions([tombstoneOf(id)])).toBe(0)
    await expect(vault.create({ agency: AGENCY, keys: [{ id, kind: 'data' }], expires: EXPIRES })).rejects.toThrow(
      KeyDestroyed,
    )
    await expect(vault.replayDestructions(['nonsense'])).rejects.toThrow(TypeError)
  })

  test('is refused from an expired backup, a live copy, half a backup, over another vault, under another master key', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    await dataKeys(vault, 2, EXPIRES)
    await vault.backup(BACKUP, { expires: EXPIRES })
    await vault.close()
    expect(await restoreOn(disk)).toEqual({ restored: false, because: 'folder-not-empty' })
    const live = disk.snapshot(COPY_A)
    await emptied(disk)
    expect(await restoreOn(disk, EXPIRES)).toEqual({ restored: false, because: 'expired' })
    await expect(restoreOn(disk, NOON, Buffer.alloc(32, 9))).rejects.toThrow(VaultLocked)
    const whole = disk.snapshot(BACKUP)
    for (const missing of [...whole.keys()].filter(path => whole.get(path) !== null)) {
      disk.restore(BACKUP, new Map([...whole].filter(([path]) => path !== missing)))
      expect(await restoreOn(disk)).toMatchObject({ restored: false })
    }
    disk.restore(BACKUP, new Map([...live].map(([path, bytes]) => [path.replace(COPY_A, BACKUP), bytes])))
    expect(await restoreOn(disk)).toEqual({ restored: false, because: 'not-a-backup' })
    disk.restore(BACKUP, whole)
    expect(await restoreOn(disk)).toMatchObject({ restored: true, keys: 2 })
  })

  test('is not what a backup becomes that is copied into place by hand', async () => {
    const disk = await aDisk()
    const vault = await openOn(disk)
    const [id = ''] = (await dataKeys(vault, 1, EXPIRES)).keys()
    await vault.backup(BACKUP, { expires: EXPIRES })
    const fresh = await dataKeys(vault, 2, EXPIRES)
    await vault.destroyKey(id)
    await vault.close()
    const byHand = (copy: string) =>
      new Map([...disk.snapshot(BACKUP)].map(([path, bytes]) => [path.replace(BACKUP, copy), bytes]))
    disk.restore(COPY_A, byHand(COPY_A))
    const degraded = await openOn(disk)
    expect(await degraded.check()).toMatchObject([{ code: 'copy-damaged', copy: 'a', stops: true }])
    for (const [one, key] of fresh) expect(Buffer.from(await degraded.key(one)).equals(key)).toBe(true)
    expect(await degraded.repair()).toEqual([])
    await expect(degraded.key(id)).rejects.toThrow(KeyDestroyed)
    await degraded.close()
    for (const copy of [COPY_A, COPY_B]) disk.restore(copy, byHand(copy))
    await expect(openOn(disk)).rejects.toThrow(/it is a backup; it has to be restored/)
  })

  test('that loses power while it is told what was destroyed is told again, or knows', async () => {
    for (let cut = 0; cut < 40; cut++) {
      const disk = await aDisk()
      const vault = await openOn(disk)
      const [gone = '', kept = ''] = (await dataKeys(vault, 2, EXPIRES)).keys()
      await vault.backup(BACKUP, { expires: EXPIRES })
      await vault.close()
      await restoreOn(await emptied(disk))
      const restored = await openOn(disk)
      disk.cutPowerAfter(cut)
      await restored.replayDestructions([tombstoneOf(gone)]).catch(() => undefined)
      const after = disk.afterPowerCut(seeded(cut))
      const again = await openOn(after)
      const waits = await again.key(kept).then(
        () => false,
        (error: unknown) => error instanceof VaultLocked,
      )
      if (waits) await again.replayDestructions([tombstoneOf(gone)])
      await expect(again.key(gone)).rejects.toThrow(KeyDestroyed)
      expect(await again.key(kept)).toHaveLength(32)
      await again.close()
    }
  })
})
