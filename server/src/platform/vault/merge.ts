// The steps by which copies are brought together; each can be repeated.

import { join } from 'node:path'
import type { Disk } from '../durable/disk.ts'
import { WRAPPING, type CopyContent, type LiveCopy } from './copy.ts'
import { decodeRecord, Journal, tombstoneOfBytes, type JournalRecord } from './journal.ts'
import { differingSlots, isTidy, reconcile, type Merged } from './reconcile.ts'
import { slotCommit, slotsIn, slotState, SLOT_BYTES } from './slot.ts'
import { decodeWrapping, wrappingFileName, type WrappingName } from './wrapping-file.ts'

/** A copy that is open, and what was found in it. */
export type Pair = { readonly live: LiveCopy; readonly content: CopyContent }

export type Destruction = Extract<JournalRecord, { kind: 'destroyed' }>

function recordsOf(content: CopyContent): JournalRecord[] {
  return content.records.map(decodeRecord).filter(record => record !== null)
}

/** What several copies have destroyed, together. */
export function journalOf(contents: readonly CopyContent[]): Journal {
  const journal = new Journal()
  for (const content of contents) for (const record of recordsOf(content)) journal.add(record)
  return journal
}

/** Destructions that at least one copy does not show as carried out. */
export function unfinishedIn(contents: readonly CopyContent[]): Destruction[] {
  const all = new Map<number, Destruction>()
  const finishedIn = new Map<number, number>()
  for (const content of contents) {
    for (const commit of new Set(
      recordsOf(content).flatMap(record => (record.kind === 'finished' ? [record.commit] : [])),
    )) {
      finishedIn.set(commit, (finishedIn.get(commit) ?? 0) + 1)
    }
    for (const record of recordsOf(content)) if (record.kind === 'destroyed') all.set(record.commit, record)
  }
  return [...all.values()].filter(record => (finishedIn.get(record.commit) ?? 0) < contents.length)
}

/** Number of the latest commit a copy shows. */
export function latestCommit(content: CopyContent): number {
  return Math.max(latestInJournal(content), latestInSlots(content.image))
}

/** The same of both copies; slots that are equal are looked through once. */
export function latestCommits(a: CopyContent, b: CopyContent): [number, number] {
  if (!a.image.equals(b.image)) return [latestCommit(a), latestCommit(b)]
  const slots = latestInSlots(a.image)
  return [Math.max(latestInJournal(a), slots), Math.max(latestInJournal(b), slots)]
}

function latestInJournal(content: CopyContent): number {
  return recordsOf(content).reduce((latest, record) => Math.max(latest, record.commit), 0)
}

function latestInSlots(image: Buffer): number {
  let latest = 0
  for (const bytes of slotsIn(image)) if (slotState(bytes) === 'held') latest = Math.max(latest, slotCommit(bytes))
  return latest
}

/** Adds to a journal what another copy has destroyed or backed up. "Finished" is never taken over: it is of one copy. */
export async function appendMissing(live: LiveCopy, has: CopyContent, other: CopyContent): Promise<void> {
  const known = new Set(has.records.map(record => Buffer.from(record).toString('latin1')))
  const missing = other.records.filter(record => {
    const decoded = decodeRecord(record)
    return decoded !== null && decoded.kind !== 'finished' && !known.has(Buffer.from(record).toString('latin1'))
  })
  await Promise.all(missing.map(record => live.appendRaw(record)))
}

/** The union of the slots. Where both copies agree only unfinished destructions can have left something behind. */
export function mergeSlots(a: Buffer, b: Buffer, journal: Journal, unfinished: readonly Destruction[]): Merged {
  if (!a.equals(b)) return reconcile(a, b, id => journal.destroyedAt(tombstoneOfBytes(id)) !== null)
  if (unfinished.length === 0 && isTidy(a)) return { image: a, damagedInA: 0, damagedInB: 0, reappeared: 0 }
  const gone = new Set(unfinished.flatMap(record => record.tombstones))
  return reconcile(a, b, id => gone.has(tombstoneOfBytes(id)))
}

/** Brings a file of slots to the merged image. */
export async function writeDifferences(live: LiveCopy, file: Buffer, image: Buffer): Promise<void> {
  const slots = image.length / SLOT_BYTES
  if (file.length !== image.length) await live.resize(Math.floor(file.length / SLOT_BYTES), slots)
  const different = differingSlots(file, image).filter(index => index < slots)
  if (different.length === 0) return
  const at = (index: number): Buffer => image.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES)
  await live.writeSlots(different.map(index => ({ index, bytes: at(index) })))
}

/** Gives each copy the wrapping keys it lacks, and says which there are for the keys that are held. */
export async function shareWrappings(
  pairs: readonly Pair[],
  needed: ReadonlySet<string>,
): Promise<Map<string, WrappingName>> {
  const shared = new Map<string, WrappingName>()
  for (const { content } of pairs) {
    for (const name of content.wrappings.values()) if (needed.has(name.id)) shared.set(name.id, name)
  }
  // A copy's slots are written behind its wrapping keys: where no slot is missing no wrapping key was cut off either.
  const images = pairs.map(({ content }) => content.image)
  const mayBeTorn = images.some(image => !image.equals(images[0] ?? image))
  for (const name of shared.values()) {
    for (const pair of pairs) {
      const named = pair.content.wrappings.has(name.id)
      if (named && !(mayBeTorn && (await soundWrapping(pair, name)) === null)) continue
      const [sound] = (await Promise.all(pairs.map(other => soundWrapping(other, name)))).filter(file => file !== null)
      if (sound === undefined) continue
      if (named) await pair.live.eraseWrapping(name)
      await pair.live.addWrapping(name, sound)
    }
  }
  return shared
}

async function soundWrapping({ live }: Pair, name: WrappingName): Promise<Uint8Array | null> {
  const file = await live.readWrapping(name)
  return file !== null && decodeWrapping(name, file) !== null ? file : null
}

/** Copies wrapping keys from the folder of a copy that cannot be opened. */
export async function takeWrappings(
  live: LiveCopy,
  has: CopyContent,
  from: { folder: string; content: CopyContent },
  disk: Disk,
): Promise<void> {
  for (const name of from.content.wrappings.values()) {
    if (has.wrappings.has(name.id)) continue
    const file = await disk.read(join(from.folder, WRAPPING, name.agency, wrappingFileName(name)))
    if (file !== null && decodeWrapping(name, file) !== null) await live.addWrapping(name, file)
  }
}

/** Destroys wrapping keys under which nothing is held: an hour that was destroyed, or a create that was cut off. */
export async function dropUnused(
  live: LiveCopy,
  content: CopyContent,
  used: ReadonlyMap<string, WrappingName>,
): Promise<void> {
  for (const name of content.wrappings.values()) if (!used.has(name.id)) await live.eraseWrapping(name)
}
