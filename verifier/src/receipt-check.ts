import { equalBytes } from '@vidne/evidence/bytes'
import { captureId, commitment } from '@vidne/evidence/event'
import type { Dossier } from '@vidne/evidence/package'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import { type ReceiptFault, type ReceiptVerdict, checkReceipt } from '@vidne/evidence/receipt'
import { parsePolicy } from '@vidne/tlog/policy'
import type { Trust } from './trust.ts'
import type { Findings, ReasonCode } from './verdict.ts'

/** How a receipt's fault is told among the reasons of a verdict. */
export const reasonOfFault: Readonly<Record<ReceiptFault, ReasonCode>> = {
  unreadable: 'receipt-unreadable',
  'not-a-receipt': 'receipt-unreadable',
  'signature-wrong': 'signature-wrong',
  'signer-unknown': 'log-unknown',
  'other-log': 'other-log',
  'not-the-first-event': 'chain-broken',
  'other-recording': 'other-recording',
  'not-in-log': 'not-in-log',
  'other-length': 'footage-length',
  'other-digest': 'footage-altered',
}

/** Trusts nobody: every receipt is from a stranger. */
const nobody = parsePolicy('quorum none\n')

/** Checks that a receipt is one for this recording, from the same log, and names the same place in it. */
export async function compareReceipt(
  text: string,
  dossier: Dossier,
  trust: Trust | null,
  found: Findings,
): Promise<void> {
  const verdict: ReceiptVerdict = await checkReceipt({ text, policy: trust?.policy ?? nobody })
  if (!verdict.holds) {
    // Without a trust file nobody is known, and that is told already.
    if (trust !== null || verdict.because !== 'signer-unknown') found.add(reasonOfFault[verdict.because], 'receipt')
    return
  }
  const { receipt } = verdict
  const first = dossier.events[0]
  if (!equalBytes(captureId(receipt.manifest), captureId(dossier.manifest)))
    found.add('receipt-differs', `receipt, ${PACKAGE_FILE.captureManifest}`)
  else if (first === undefined || first.index !== receipt.index || !sameEvent(first.event, receipt.event))
    found.add('receipt-differs', `receipt, index ${receipt.index}`)
}

function sameEvent(a: Parameters<typeof commitment>[0], b: Parameters<typeof commitment>[0]): boolean {
  return equalBytes(commitment(a), commitment(b))
}
