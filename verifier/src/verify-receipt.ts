import type { Receipt } from '@vidne/evidence/receipt'
import { RECEIPT_OPENED, checkSealing } from './chain-check.ts'
import { type Demands, checkDemands } from './demands.ts'
import { type Beside, compareWithReceipt } from './footage-beside.ts'
import { readReceipt } from './receipt-check.ts'
import { type Trust, type Vouched, keyNamedIn, keyOf, openCheckpoint, readTrust, shownPublic } from './trust.ts'
import {
  type Findings,
  type ReasonCode,
  Unreadable,
  type Verdict,
  findings,
  inOrder,
  nothingAgainst,
} from './verdict.ts'

export type ReceiptAsked = {
  /** The text of a trust file. */
  trust?: string | undefined
  demands?: Demands | undefined
  /** Accepts what comes from a rehearsal installation. */
  rehearsal?: boolean | undefined
  /** What the holder measured itself. */
  footage?: Beside | undefined
}

/** How a receipt's text begins: it is a C2SP tlog-proof. */
export const RECEIPT_START = 'c2sp.org/tlog-proof@v1\n'

/** What is said of whom to trust, not of the receipt: it may be as it was issued all the same. */
const outside: ReadonlySet<ReasonCode> = new Set(['no-trust-file', 'trust-file-unreadable', 'rehearsal'])

/**
 * Judges a receipt. It shows that its recording was sealed, and nothing of what happened since: `history` is `unproven`. A
 * quorum of countersigners is not demanded of it: it carries the log's own checkpoint, made a second after the last byte.
 * @throws Unreadable when the text is no receipt.
 */
export async function verifyReceipt(text: string, asked: ReceiptAsked): Promise<Verdict> {
  const { demands, footage } = asked
  const receipt = readReceipt(text)
  if (receipt === null) throw new Unreadable('not-a-package', 'receipt')
  const found = findings()
  const trust = readTrust(asked.trust, found)
  const vouched = await checkReceipt(receipt, trust, found)
  compareWithReceipt(receipt.manifest, footage, found)
  const { manifest, event } = receipt
  const { mode } = receipt.opened.statement
  if (mode === 'rehearsal' && asked.rehearsal !== true) found.add('rehearsal', RECEIPT_OPENED)
  const countersigned = vouched?.countersigned ?? []
  const intact = found.reasons.every(({ code }) => outside.has(code))
  const judged = {
    history: 'unproven',
    countersigned,
    level: manifest.level,
    isPublic: shownPublic(vouched),
  } as const
  checkDemands(demands ?? {}, judged, found)
  return {
    kind: 'receipt',
    intact,
    footage: footage === undefined ? 'not-present' : 'checked',
    history: 'unproven',
    mode,
    countersigned,
    later: null,
    publicCheckpoint: vouched?.byTrustedLog === true ? judged.isPublic : null,
    level: manifest.level,
    reasons: inOrder(found.reasons),
    holds: nothingAgainst(found.reasons),
    asOf: sealedAt(vouched, event.core.at),
    trust: trust === null ? null : { digest: trust.digest, issuedByOperator: trust.issuedByOperator },
    logKey: trust === null ? keyNamedIn(receipt.checkpoint) : keyOf(vouched),
    recording: { bytes: manifest.bytes, sha256: manifest.sha256 },
  }
}

async function checkReceipt(receipt: Receipt, trust: Trust | null, found: Findings): Promise<Vouched | null> {
  // A receipt does not name its log's key: without a trust file no signature can be checked, which is told already.
  const signatures = trust === null ? findings() : found
  const vouched = await openCheckpoint(receipt.checkpoint, { trust, ownKey: null }, 'receipt', signatures)
  if (vouched !== null) checkSealing(receipt, vouched.checkpoint, found)
  return vouched
}

function sealedAt(vouched: Vouched | null, at: number): Verdict['asOf'] {
  if (vouched === null) return null
  const { seen, checkpoint } = vouched
  return { events: 1, size: checkpoint.size, at: seen?.at ?? at, by: seen?.by ?? null }
}
