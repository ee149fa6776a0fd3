// Reads both copies anew and compares them with each other and with what is in memory.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { realDisk } from '../durable/disk.ts'
import type { Still } from '../still.ts'
import { DESTROYED, HEADER, KEYS, readCopy, WRAPPING, type CopyContent } from './copy.ts'
import { tombstoneOfBytes } from './journal.ts'
import type { Copy, VaultFinding } from './port.ts'
import { latestCommit } from './merge.ts'
import { differingSlots } from './reconcile.ts'
import { slotId, slotState, SLOT_BYTES } from './slot.ts'
import type { VaultPlace, VaultState } from './state.ts'
import { unwrapKey } from './wrap.ts'
import { decodeWrapping, wrappingFileName } from './wrapping-file.ts'

/** See `Vault.check`. */
export async function checkVault(place: VaultPlace, state: VaultState): Promise<VaultFinding[]> {
  const findings = [...state.findings]
  for (const live of state.copies) {
    const content = await readCopy(live.folder, place.disk)
    findings.push(...checkCopy(live.name, live.folder, content, state))
    if (content.state === 'sound') findings.push(...(await checkWrappings(place, live, content, state)))
    findings.push(...(await checkModes(place, live.name, live.folder)))
  }
  if (place.disk === realDisk && state.copies.length === 2) findings.push(...(await oneDisk(place.folders)))
  return findings
}

function finding(code: VaultFinding['code'], copy: Copy | null, still: Still): VaultFinding {
  return { code, copy, stops: true, still }
}

function checkCopy(copy: Copy, folder: string, content: CopyContent, state: VaultState): VaultFinding[] {
  const place = { copy, folder }
  if (content.state === 'absent') return [finding('copy-empty', copy, { code: 'vault-copy-empty', values: place })]
  if (content.why !== null) {
    const values = { ...place, why: content.why }
    return [finding('copy-damaged', copy, { code: 'vault-copy-damaged', values })]
  }
  if (content.header?.vault !== state.header.vault) {
    return [finding('copy-of-another-vault', copy, { code: 'vault-copy-of-another-vault', values: { folder } })]
  }
  const findings: VaultFinding[] = []
  const different = differingSlots(content.image, state.table.image).length
  const behind = state.commit - latestCommit(content)
  if (different > 0 || behind > 0) {
    const values = { ...place, different, behind }
    findings.push(finding('copies-differ', copy, { code: 'vault-copies-differ', values }))
  }
  const keys = reappeared(content.image, state)
  if (keys > 0) {
    const still = { code: 'vault-destroyed-key-reappeared', values: { ...place, keys } } as const
    findings.push(finding('destroyed-key-reappeared', copy, still))
  }
  return findings
}

function reappeared(image: Buffer, state: VaultState): number {
  let count = 0
  for (let from = 0; from + SLOT_BYTES <= image.length; from += SLOT_BYTES) {
    const bytes = image.subarray(from, from + SLOT_BYTES)
    if (slotState(bytes) !== 'held') continue
    if (state.journal.destroyedAt(tombstoneOfBytes(slotId(bytes))) !== null) count += 1
  }
  return count
}

async function checkWrappings(
  place: VaultPlace,
  { name, folder }: { name: Copy; folder: string },
  content: CopyContent,
  state: VaultState,
): Promise<VaultFinding[]> {
  let missing = 0
  for (const id of state.table.wrappings()) {
    const wrapping = content.wrappings.get(id)
    const path = wrapping === undefined ? null : join(folder, WRAPPING, wrapping.agency, wrappingFileName(wrapping))
    const file = path === null ? null : await place.disk.read(path)
    const wrapped = wrapping === undefined || file === null ? null : decodeWrapping(wrapping, file)
    const key = wrapped === null ? null : unwrapKey(state.keys.wrapping, wrapped)
    if (key === null) missing += 1
    key?.fill(0)
  }
  if (missing === 0) return []
  const values = { copy: name, folder, keys: missing }
  return [finding('wrapping-key-missing', name, { code: 'vault-wrapping-key-missing', values })]
}

async function checkModes(place: VaultPlace, name: Copy, folder: string): Promise<VaultFinding[]> {
  if (process.platform === 'win32') return []
  const open: string[] = []
  for (const path of [folder, ...[HEADER, KEYS, DESTROYED, WRAPPING].map(file => join(folder, file))]) {
    const mode = await place.disk.mode(path)
    if (mode !== null && (mode & 0o077) !== 0) open.push(path)
  }
  if (open.length === 0) return []
  const still = { code: 'vault-mode-too-open', values: { paths: open.join(', ') } } as const
  return [{ code: 'mode-too-open', copy: name, stops: false, still }]
}

async function oneDisk(folders: readonly [string, string]): Promise<VaultFinding[]> {
  const [a, b] = await Promise.all(folders.map(folder => stat(folder)))
  if (a === undefined || b === undefined || a.dev !== b.dev) return []
  const still = { code: 'vault-copies-on-one-disk' } as const
  return [{ code: 'copies-on-one-disk', copy: null, stops: false, still }]
}
