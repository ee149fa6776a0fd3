// A backup of the vault: a copy without the keys that expire before the backup does, so that no backup outlives a maximum.

import { join } from 'node:path'
import { openAppendFile } from '../durable/append-file.ts'
import { realDisk, type Disk } from '../durable/disk.ts'
import { createFileDurable, makeFolderDurable, writeFileDurable } from '../durable/durable.ts'
import type { Clock } from '../clock.ts'
import { DESTROYED, eraseCopy, HEADER, KEYS, readCopy, WRAPPING } from './copy.ts'
import { commitRecord } from './destroy.ts'
import { formatHeader, type Header } from './header.ts'
import { HOUR_MS, VaultDamaged, VaultLocked, type BackupVerdict } from './port.ts'
import { decodeSlot, SLOT_BYTES, slotState } from './slot.ts'
import { demandBothCopies, type VaultPlace, type VaultState } from './state.ts'
import { deriveMaster, sameBytes } from './wrap.ts'
import { decodeWrapping, wrappingFileName, type WrappingName } from './wrapping-file.ts'

/** Backups of the vault live 7 days at most. */
export const LONGEST_BACKUP_MS = 7 * 24 * HOUR_MS

type WholeCopy = {
  readonly header: Header
  readonly slots: readonly Uint8Array[]
  readonly records: readonly Uint8Array[]
  readonly wrappings: readonly { readonly name: WrappingName; readonly file: Uint8Array }[]
}

/** See `Vault.backup`. */
export async function writeBackup(
  place: VaultPlace,
  state: VaultState,
  folder: string,
  expires: number,
): Promise<BackupVerdict> {
  demandBothCopies(state)
  const at = place.clock.now()
  if (expires <= at) return { written: false, because: 'already-expired' }
  if (expires > at + LONGEST_BACKUP_MS) return { written: false, because: 'lives-too-long' }
  if (((await place.disk.list(folder)) ?? []).length > 0) return { written: false, because: 'folder-not-empty' }
  // Recorded first: a destruction must never believe that there is no backup while half of one lies somewhere.
  await commitRecord(state, { kind: 'backup', commit: state.commit + 1, at, expires })
  const slots: Uint8Array[] = []
  const needed = new Set<string>()
  for (const index of state.table.held()) {
    const { hour, wrapping } = state.table.get(index)
    if (hour !== null && hour * HOUR_MS < expires) continue
    slots.push(state.table.at(index))
    needed.add(wrapping)
  }
  const wrappings = await Promise.all([...needed].map(id => readableWrapping(state, id)))
  const { records } = await readCopy(place.folders[0], place.disk)
  const header = { ...state.header, backup: { at, expires } }
  await writeWholeCopy(place.disk, folder, { header, slots, records, wrappings })
  return { written: true, keys: slots.length, omitted: state.table.keys - slots.length }
}

async function readableWrapping(state: VaultState, id: string): Promise<{ name: WrappingName; file: Uint8Array }> {
  const name = state.wrappings.get(id)
  for (const copy of name === null ? [] : state.copies) {
    const file = name === null ? null : await copy.readWrapping(name)
    if (name !== null && file !== null && decodeWrapping(name, file) !== null) return { name, file }
  }
  throw new VaultDamaged(`the wrapping key ${id} cannot be read; repair the vault before it is backed up`)
}

// The header comes last: a copy that was cut off in the making is known by its absence.
async function writeWholeCopy(disk: Disk, folder: string, copy: WholeCopy): Promise<void> {
  await makeFolderDurable(join(folder, WRAPPING), disk)
  for (const { name, file } of copy.wrappings) {
    const agency = join(folder, WRAPPING, name.agency)
    await makeFolderDurable(agency, disk)
    await createFileDurable(join(agency, wrappingFileName(name)), file, { disk })
  }
  await createFileDurable(join(folder, KEYS), Buffer.concat(copy.slots), { disk })
  const { file: journal } = await openAppendFile(join(folder, DESTROYED), { disk })
  await Promise.all(copy.records.map(record => journal.append(record)))
  await journal.close()
  await writeFileDurable(join(folder, HEADER), formatHeader(copy.header), { disk })
}

export type RestoreVerdict =
  | { readonly restored: true; readonly keys: number; readonly backedUpAt: number }
  | { readonly restored: false; readonly because: 'expired' | 'not-a-backup' | 'damaged' | 'folder-not-empty' }

/**
 * Makes both copies of a vault from a backup, into empty folders. The restored vault gives out no key before
 * `replayDestructions` has told it what was destroyed since.
 * @throws VaultLocked where the master key is not the vault's
 */
export async function restoreVault(p: {
  backup: string
  copies: readonly [string, string]
  master: Uint8Array
  clock: Clock
  disk?: Disk
}): Promise<RestoreVerdict> {
  const disk = p.disk ?? realDisk
  const { header, image, records, state, wrappings: names } = await readCopy(p.backup, disk)
  if (header === null || header.backup === null) return { restored: false, because: 'not-a-backup' }
  if (state !== 'sound') return { restored: false, because: 'damaged' }
  if (!sameBytes(deriveMaster(p.master, header.vault).check, Buffer.from(header.check, 'hex'))) {
    throw new VaultLocked('the master key is not the one this vault was made with')
  }
  if (header.backup.expires <= p.clock.now()) return { restored: false, because: 'expired' }
  for (const folder of p.copies) {
    if ((await readCopy(folder, disk)).state !== 'absent') return { restored: false, because: 'folder-not-empty' }
  }
  const wrappings = await wholeWrappings(p.backup, image, names, disk)
  if (wrappings === null) return { restored: false, because: 'damaged' }
  const restored = { ...header, awaitsReplay: true, backup: null }
  // "Absent" may still be the beginning of a copy that was never completed.
  for (const folder of p.copies) await eraseCopy(folder, disk)
  for (const folder of p.copies)
    await writeWholeCopy(disk, folder, { header: restored, slots: [image], records, wrappings })
  return { restored: true, keys: image.length / SLOT_BYTES, backedUpAt: header.backup.at }
}

// Null where a key is damaged or its wrapping key is not there: half a backup is no backup.
async function wholeWrappings(
  folder: string,
  image: Buffer,
  names: ReadonlyMap<string, WrappingName>,
  disk: Disk,
): Promise<{ name: WrappingName; file: Uint8Array }[] | null> {
  const found = new Map<string, { name: WrappingName; file: Uint8Array }>()
  for (let from = 0; from < image.length; from += SLOT_BYTES) {
    const bytes = image.subarray(from, from + SLOT_BYTES)
    if (slotState(bytes) !== 'held') return null
    const name = names.get(decodeSlot(bytes).wrapping)
    if (name === undefined) return null
    if (found.has(name.id)) continue
    const file = await disk.read(join(folder, WRAPPING, name.agency, wrappingFileName(name)))
    if (file === null || decodeWrapping(name, file) === null) return null
    found.set(name.id, { name, file })
  }
  return [...found.values()]
}
