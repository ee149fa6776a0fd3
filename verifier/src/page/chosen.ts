import { PolicyRefused, parsePolicy } from '@vidne/tlog/policy'
import { parseDemands } from '../demands.ts'
import type { Progress } from '../footage-check.ts'
import { zipPackage } from '../package-source.ts'
import type { Verdict } from '../verdict.ts'
import { verifyPackage } from '../verify.ts'
import { RECEIPT_START, verifyReceipt } from '../verify-receipt.ts'
import { blobSource } from './blob-source.ts'

export type Role = 'subject' | 'trust' | 'demands' | 'receipt'
/** What the reader has chosen so far. */
export type Chosen = Partial<Record<Role, File>> & { rehearsal: boolean }

const MOST_TEXT_BYTES = 16 * 1024 * 1024

/** Judges what was chosen, as the command does. @throws Unreadable */
export async function judge(chosen: Chosen & { subject: File }, progress: Progress): Promise<Verdict> {
  const { subject, rehearsal } = chosen
  const trust = await textOf(chosen.trust)
  const demanded = await textOf(chosen.demands)
  const demands = demanded === undefined ? undefined : parseDemands(demanded)
  if (await isReceipt(subject)) return verifyReceipt((await textOf(subject)) ?? '', { trust, demands })
  const source = await zipPackage(blobSource(subject), subject.name)
  const receipt = await textOf(chosen.receipt)
  return verifyPackage({ ...source, onDisk: () => null }, { trust, demands, receipt, rehearsal, progress })
}

/** What a dropped file is for, by what it holds. */
export async function roleOf(file: File): Promise<Role> {
  if (file.size > MOST_TEXT_BYTES || (await isReceipt(file))) return 'subject'
  const text = await file.text()
  if (text.startsWith('{')) return 'demands'
  try {
    parsePolicy(text)
    return 'trust'
  } catch (refusal) {
    if (refusal instanceof PolicyRefused) return 'subject'
    throw refusal
  }
}

async function isReceipt(file: File): Promise<boolean> {
  return (await file.slice(0, RECEIPT_START.length).text()) === RECEIPT_START
}

/** The beginning is enough to find out that something is no text of ours. */
function textOf(file: File | undefined): Promise<string | undefined> {
  return file === undefined ? Promise.resolve(undefined) : file.slice(0, MOST_TEXT_BYTES).text()
}
