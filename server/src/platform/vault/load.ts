// Reads both copies, makes one truth of them, and brings both to it.

import { randomBytes } from 'node:crypto'
import { stillWords } from '../still.ts'
import { eraseCopy, initialiseCopy, LiveCopy, readCopy, type CopyContent } from './copy.ts'
import { openingFindings } from './findings.ts'
import type { Header } from './header.ts'
import {
  appendMissing,
  dropUnused,
  journalOf,
  latestCommit,
  latestCommits,
  mergeSlots,
  shareWrappings,
  takeWrappings,
  unfinishedIn,
  writeDifferences,
  type Pair,
} from './merge.ts'
import { VaultDamaged, VaultLocked, type Copy, type VaultFinding } from './port.ts'
import { SlotTable } from './slot-table.ts'
import type { VaultPlace, VaultState } from './state.ts'
import { deriveMaster, sameBytes, type MasterKeys } from './wrap.ts'
import { WrappingKeys } from './wrapping-keys.ts'

const NAMES: readonly Copy[] = ['a', 'b']
const EMPTY = Buffer.alloc(0)

/** One copy as found, with its place. */
type Found = { readonly name: Copy; readonly folder: string; readonly content: CopyContent }

/**
 * Opens what lies in the two folders. Both absent: a new vault. One absent and the other never used: the missing one is
 * made. One absent, damaged or another vault's: read only. Both sound: the union, without what either has destroyed.
 * @throws VaultLocked, VaultDamaged
 */
export async function loadVault(place: VaultPlace): Promise<VaultState> {
  const found = await readBoth(place)
  const sound = found.filter(copy => copy.content.state === 'sound')
  if (sound.length === 2) return loadSound(place, found)
  if (found.every(copy => copy.content.state === 'absent')) return makeNew(place, newHeader(place.master), found)
  const [only] = sound
  if (only === undefined) throw new VaultDamaged(found.map(inWords).filter(Boolean).join(' '))
  const other = found.find(copy => copy !== only)
  if (other?.content.state === 'absent' && neverUsed(only.content)) return makeNew(place, headerOf(only), [other])
  if (other === undefined) throw new VaultDamaged('a vault has two copies')
  return loadDegraded(place, only, other)
}

async function readBoth(place: VaultPlace): Promise<Found[]> {
  const found: Found[] = []
  for (const [index, folder] of place.folders.entries()) {
    found.push({ name: NAMES[index] ?? 'b', folder, content: await readLiveCopy(folder, place) })
  }
  return found
}

// A backup that was copied here by hand omits keys and knows nothing of what was destroyed since.
async function readLiveCopy(folder: string, place: VaultPlace): Promise<CopyContent> {
  const content = await readCopy(folder, place.disk)
  if (content.state !== 'sound' || content.header?.backup === null) return content
  return { ...content, state: 'damaged', why: { code: 'is-backup' } }
}

function inWords({ name: copy, folder, content: { state, why } }: Found): string {
  const values = { copy, folder }
  if (why !== null) return stillWords('en', { code: 'vault-copy-damaged', values: { ...values, why } })
  return state === 'sound' ? '' : stillWords('en', { code: 'vault-copy-empty', values })
}

function neverUsed(content: CopyContent): boolean {
  return content.image.every(byte => byte === 0) && content.records.length === 0
}

function headerOf({ name, folder, content }: Found): Header {
  if (content.header === null) throw new VaultDamaged(`copy ${name} of the vault (${folder}) has no header`)
  return content.header
}

function newHeader(master: Uint8Array): Header {
  const vault = randomBytes(16).toString('hex')
  const check = deriveMaster(master, vault).check.toString('hex')
  return { v: 1, vault, check, installation: null, awaitsReplay: false, backup: null }
}

async function makeNew(place: VaultPlace, header: Header, missing: readonly Found[]): Promise<VaultState> {
  for (const { folder } of missing) await initialiseCopy(folder, header, place.disk)
  return loadSound(place, await readBoth(place))
}

/** What the master key gives for this vault. @throws VaultLocked */
function unlock(place: VaultPlace, header: Header): MasterKeys {
  const keys = deriveMaster(place.master, header.vault)
  if (!sameBytes(keys.check, Buffer.from(header.check, 'hex'))) {
    throw new VaultLocked('the master key is not the one this vault was made with')
  }
  return keys
}

async function loadSound(place: VaultPlace, found: readonly Found[]): Promise<VaultState> {
  const [a, b] = found
  if (a === undefined || b === undefined) throw new VaultDamaged('a vault has two copies')
  const header = headerOf(a)
  if (headerOf(b).vault !== header.vault) {
    throw new VaultDamaged(
      `copy a (${a.folder}) and copy b (${b.folder}) belong to different vaults; put the right one back`,
    )
  }
  const keys = unlock(place, header)
  unlock(place, headerOf(b))
  const live = await LiveCopy.open(a.name, a.folder, place.disk)
  const other = await LiveCopy.open(b.name, b.folder, place.disk)
  try {
    const pairs = [
      { live, content: a.content },
      { live: other, content: b.content },
    ] as const
    return await bringTogether(place, { header: mergedHeader(header, headerOf(b)), keys, pairs })
  } catch (error) {
    await live.close()
    await other.close()
    throw error
  }
}

// A claim is never undone. A replay counts as done when one copy says so: its destructions were committed before that.
function mergedHeader(a: Header, b: Header): Header {
  return { ...a, installation: a.installation ?? b.installation, awaitsReplay: a.awaitsReplay && b.awaitsReplay }
}

type Together = {
  readonly header: Header
  readonly keys: MasterKeys
  /** Each copy with what was found in it. */
  readonly pairs: readonly [Pair, Pair]
}

// Each step can be cut off and is then done again at the next open: journals first (what is destroyed), then wrapping
// keys (what the slots need), then slots, then the wrapping keys nothing needs, then the mark that it is finished.
async function bringTogether(place: VaultPlace, { header, keys, pairs }: Together): Promise<VaultState> {
  const [a, b] = pairs
  await appendMissing(a.live, a.content, b.content)
  await appendMissing(b.live, b.content, a.content)
  const journal = journalOf([a.content, b.content])
  const unfinished = unfinishedIn([a.content, b.content])
  const merged = mergeSlots(a.content.image, b.content.image, journal, unfinished)
  const table = new SlotTable(merged.image)
  const wrappings = await shareWrappings(pairs, table.wrappings())
  for (const { live, content } of pairs) {
    await writeDifferences(live, content.image, merged.image)
    await dropUnused(live, content, wrappings)
    await Promise.all(unfinished.map(({ commit }) => live.append({ kind: 'finished', commit, at: place.clock.now() })))
    if (JSON.stringify(content.header) !== JSON.stringify(header)) await live.writeHeader(header)
  }
  const commits = latestCommits(a.content, b.content)
  return {
    copies: [a.live, b.live],
    header,
    keys,
    table,
    journal,
    wrappings: new WrappingKeys(wrappings, keys.wrapping),
    commit: Math.max(...commits),
    findings: openingFindings(pairs, commits, merged, table, wrappings),
    degraded: null,
    stale: false,
    fatal: null,
  }
}

async function loadDegraded(place: VaultPlace, only: Found, other: Found): Promise<VaultState> {
  const header = headerOf(only)
  const keys = unlock(place, header)
  const journal = journalOf([only.content, ...(ofSameVault(other, header) ? [other.content] : [])])
  const merged = mergeSlots(only.content.image, EMPTY, journal, [])
  const finding = degradedBy(other)
  return {
    copies: [await LiveCopy.open(only.name, only.folder, place.disk)],
    header,
    keys,
    table: new SlotTable(merged.image),
    journal,
    wrappings: new WrappingKeys(only.content.wrappings, keys.wrapping),
    commit: latestCommit(only.content),
    findings: [finding],
    degraded: stillWords('en', finding.still),
    stale: false,
    fatal: null,
  }
}

function degradedBy({ name: copy, folder, content: { why } }: Found): VaultFinding {
  const values = { copy, folder }
  return why === null
    ? { code: 'copy-missing', copy, stops: true, still: { code: 'vault-copy-missing', values } }
    : { code: 'copy-damaged', copy, stops: true, still: { code: 'vault-copy-degraded', values: { ...values, why } } }
}

function ofSameVault(copy: Found, header: Header): boolean {
  return copy.content.header === null || copy.content.header.vault === header.vault
}

/**
 * Rebuilds the copy that is missing or damaged from the other one and from what can still be read of it, after an
 * operator's decision. Both copies must be closed.
 * @throws VaultDamaged where the folder holds another vault's copy
 */
export async function repairCopies(place: VaultPlace): Promise<void> {
  const found = await readBoth(place)
  const good = found.find(copy => copy.content.state === 'sound')
  const bad = found.find(copy => copy.content.state !== 'sound')
  if (good === undefined || bad === undefined) return
  const header = headerOf(good)
  unlock(place, header)
  if (!ofSameVault(bad, header))
    throw new VaultDamaged(`${bad.folder} holds a copy of another vault; move it away first`)
  if (bad.content.state === 'damaged') await salvage(place, good, bad)
  await eraseCopy(bad.folder, place.disk)
  await initialiseCopy(bad.folder, header, place.disk)
}

async function salvage(place: VaultPlace, good: Found, bad: Found): Promise<void> {
  const live = await LiveCopy.open(good.name, good.folder, place.disk)
  try {
    await appendMissing(live, good.content, bad.content)
    const merged = mergeSlots(good.content.image, bad.content.image, journalOf([good.content, bad.content]), [])
    await takeWrappings(live, good.content, { folder: bad.folder, content: bad.content }, place.disk)
    await writeDifferences(live, good.content.image, merged.image)
  } finally {
    await live.close()
  }
}
