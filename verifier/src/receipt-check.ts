import { equalBytes } from '@vidne/evidence/bytes'
import { captureId, commitment } from '@vidne/evidence/event'
import type { OpenEvent } from '@vidne/evidence/event'
import type { Dossier } from '@vidne/evidence/package'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import { type Receipt, checkReceipt, parseReceipt } from '@vidne/evidence/receipt'
import { FormatRefused } from '@vidne/evidence/shape'
import { ProofRefused } from '@vidne/tlog/proof'
import { RECEIPT_OPENED } from './chain-check.ts'
import type { Trust } from './trust.ts'
import type { Findings } from './verdict.ts'

/**
 * Checks that a receipt holds, is one for this recording, and names the same place in the log. One from a rehearsal is refused for
 * that as a package is, and compared all the same.
 */
export async function compareReceipt(
  { text, rehearsal }: { text: string; rehearsal: boolean },
  dossier: Dossier,
  trust: Trust | null,
  found: Findings,
): Promise<void> {
  const receipt = readReceipt(text)
  if (receipt === null) return found.add('receipt-unreadable', 'receipt')
  if (trust !== null) {
    const verdict = await checkReceipt({ text, policy: trust.policy, rehearsal: true })
    if (!verdict.holds) return found.add('receipt-wrong', `receipt, ${verdict.because}`)
  }
  if (receipt.opened.statement.mode === 'rehearsal' && !rehearsal) found.add('rehearsal', RECEIPT_OPENED)
  const first = dossier.events[0]
  if (!equalBytes(captureId(receipt.manifest), captureId(dossier.manifest)))
    found.add('receipt-differs', `receipt, ${PACKAGE_FILE.captureManifest}`)
  else if (first?.index !== receipt.index || !sameEvent(first.event, receipt.event))
    found.add('receipt-differs', `receipt, index ${receipt.index}`)
}

/** A receipt without believing it; null when it is none. */
export function readReceipt(text: string): Receipt | null {
  try {
    return parseReceipt(text)
  } catch (refusal) {
    if (refusal instanceof ProofRefused || refusal instanceof FormatRefused) return null
    throw refusal
  }
}

function sameEvent(a: OpenEvent, b: OpenEvent): boolean {
  return equalBytes(commitment(a), commitment(b))
}
