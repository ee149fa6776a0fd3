// Reads both copies anew and compares them with each other and with what is in memory.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { realDisk } from '../durable/disk.ts'
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

function finding(code: VaultFinding['code'], copy: Copy | null, stops: boolean, text: string): VaultFinding {
  return { code, copy, stops, text }
}

function checkCopy(name: Copy, folder: string, content: CopyContent, state: VaultState): VaultFinding[] {
  if (content.state === 'absent') {
    return [
      finding('copy-empty', name, true, `copy ${name} of the vault has gone from ${folder}; is its disk mounted?`),
    ]
  }
  if (content.state === 'damaged') {
    return [finding('copy-damaged', name, true, `copy ${name} of the vault (${folder}) is damaged: ${content.why}`)]
  }
  if (content.header?.vault !== state.header.vault) {
    return [finding('copy-of-another-vault', name, true, `${folder} now holds a copy of another vault`)]
  }
  const findings: VaultFinding[] = []
  const different = differingSlots(content.image, state.table.image).length
  const behind = state.commit - latestCommit(content)
  if (different > 0 || behind > 0) {
    const text =
      `copy ${name} of the vault (${folder}) is not as this process wrote it: ${different} keys differ, ` +
      `${behind} changes are missing. Was it put back from an older state? Restart to bring the copies together`
    findings.push(finding('copies-differ', name, true, text))
  }
  const back = reappeared(content.image, state)
  if (back > 0) {
    const text = `copy ${name} of the vault (${folder}) holds ${back} keys that were destroyed; was it restored?`
    findings.push(finding('destroyed-key-reappeared', name, true, text))
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
  const text = `copy ${name} of the vault (${folder}) lacks ${missing} wrapping keys, or they cannot be opened`
  return [finding('wrapping-key-missing', name, true, text)]
}

async function checkModes(place: VaultPlace, name: Copy, folder: string): Promise<VaultFinding[]> {
  if (process.platform === 'win32') return []
  const open: string[] = []
  for (const path of [folder, ...[HEADER, KEYS, DESTROYED, WRAPPING].map(file => join(folder, file))]) {
    const mode = await place.disk.mode(path)
    if (mode !== null && (mode & 0o077) !== 0) open.push(path)
  }
  if (open.length === 0) return []
  const text = `other users can reach ${open.join(', ')}; take their permissions away (chmod go= …)`
  return [finding('mode-too-open', name, false, text)]
}

async function oneDisk(folders: readonly [string, string]): Promise<VaultFinding[]> {
  const [a, b] = await Promise.all(folders.map(folder => stat(folder)))
  if (a === undefined || b === undefined || a.dev !== b.dev) return []
  const text = 'both copies of the vault lie on one disk; if it fails, every recording is lost. Put one on another disk'
  return [finding('copies-on-one-disk', null, false, text)]
}
