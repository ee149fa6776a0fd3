import { PolicyRefused, parsePolicy } from '@vidne/tlog/policy'
import { digestOf } from '#pieces'
import { parseDemands } from '../demands.ts'
import type { Beside } from '../footage-beside.ts'
import type { Progress } from '../footage-check.ts'
import { pinnedBy } from '../kept-log.ts'
import { logOf } from '../log-files.ts'
import { zipPackage } from '../package-source.ts'
import type { Pinned } from '../pinned.ts'
import { readCheckpoint } from '../trust.ts'
import type { Verdict } from '../verdict.ts'
import { verifyPackage } from '../verify.ts'
import { RECEIPT_START, verifyReceipt } from '../verify-receipt.ts'
import { blobSource } from './blob-source.ts'
import { type Folder, logIn } from './folder.ts'

export type Role = 'subject' | 'trust' | 'demands' | 'receipt' | 'footage' | 'checkpoint'
/** What the reader has chosen so far; `log`: a copy of the log, in a folder. */
export type Chosen = Partial<Record<Role, File>> & { log: Folder | null; rehearsal: boolean }

const ZIP_START = 'PK\u0003\u0004'
const MOST_TEXT_BYTES = 16 * 1024 * 1024

/** Judges what was chosen, as the command does. @throws Unreadable */
export async function judge(chosen: Chosen & { subject: File }, progress: Progress): Promise<Verdict> {
  const { subject, rehearsal } = chosen
  const trust = await textOf(chosen.trust)
  const demanded = await textOf(chosen.demands)
  const demands = demanded === undefined ? undefined : parseDemands(demanded)
  const footage = await measured(chosen.footage, progress)
  if (await isReceipt(subject))
    return verifyReceipt((await textOf(subject)) ?? '', { trust, demands, footage, rehearsal })
  const source = await zipPackage(blobSource(subject), subject.name)
  const receipt = await textOf(chosen.receipt)
  const pinned = await keptLog(chosen)
  const asked = { trust, demands, receipt, footage, pinned, rehearsal, progress }
  return verifyPackage({ ...source, onDisk: () => null }, asked)
}

/** What the command's options --log and --checkpoint give. A checkpoint by itself has no tiles: it is seen to be incomplete. */
async function keptLog({ log, checkpoint }: Chosen): Promise<Pinned | undefined> {
  const note = (await textOf(checkpoint)) ?? null
  if (log !== null) return pinnedBy(await logIn(log), log.name, note)
  return note === null ? undefined : pinnedBy(NO_LOG, '', note)
}

const NO_LOG = logOf({ file: async () => null, widths: async () => [] })

async function measured(file: File | undefined, progress: Progress): Promise<Beside | undefined> {
  if (file === undefined) return undefined
  const source = { files: new Map([[file.name, file.size]]), read: readerOf(file), onDisk: () => null }
  return { bytes: file.size, sha256: await digestOf(source, file.name, progress) }
}

function readerOf(file: File): (name: string, offset: number, length: number) => Promise<Uint8Array> {
  const source = blobSource(file)
  return (_, offset, length) => source.read(offset, length)
}

/**
 * What a dropped file is for, by what it holds. Anything beside a package, statement or receipt that was chosen before is footage
 * to hold against it.
 */
export async function roleOf(file: File, { subject }: Chosen): Promise<Role> {
  if ((await isZip(file)) || (await isReceipt(file))) return 'subject'
  const unknown = subject === undefined ? 'subject' : 'footage'
  if (file.size > MOST_TEXT_BYTES) return unknown
  const text = await file.text()
  if (text.startsWith('{')) return 'demands'
  if (readCheckpoint(text) !== null) return 'checkpoint'
  try {
    parsePolicy(text)
    return 'trust'
  } catch (refusal) {
    if (refusal instanceof PolicyRefused) return unknown
    throw refusal
  }
}

async function isZip(file: File): Promise<boolean> {
  return (await file.slice(0, ZIP_START.length).text()) === ZIP_START
}

async function isReceipt(file: File): Promise<boolean> {
  return (await file.slice(0, RECEIPT_START.length).text()) === RECEIPT_START
}

/** The beginning is enough to find out that something is no text of ours. */
function textOf(file: File | undefined): Promise<string | undefined> {
  return file === undefined ? Promise.resolve(undefined) : file.slice(0, MOST_TEXT_BYTES).text()
}
