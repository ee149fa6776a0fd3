import type { SealLevel } from '@vidne/evidence/manifest'

/**
 * Every reason not to rely on something, a closed set. Each has a sentence in every language under `verdict.reason`, and
 * each is told with a place.
 */
export const REASONS = [
  'no-trust-file',
  'trust-file-unreadable',
  'trust-inside',
  'rehearsal',
  'file-missing',
  'file-extra',
  'file-altered',
  'bag-malformed',
  'footage-length',
  'footage-altered',
  'pieces-altered',
  'history-unreadable',
  'other-log',
  'log-unknown',
  'signature-wrong',
  'not-in-log',
  'chain-broken',
  'other-recording',
  'parallel-history',
  'history-continues',
  'map-behind',
  'map-not-in-log',
  'opening-wrong',
  'policy-after-event',
  'export-not-committed',
  'deleted-while-held',
  'deleted-too-early',
  'order-impossible',
  'clock-ran-back',
  'quorum-not-met',
  'log-forked',
  'receipt-differs',
  'demand-not-met',
] as const

export type ReasonCode = (typeof REASONS)[number]

/** `where` names a file, a range of bytes, an event or a line; never empty. */
export type Reason = { code: ReasonCode; where: string }

/** What stands of the history of this sealing. */
export type HistoryStanding = 'unproven' | 'asserted' | 'checked'

export type Verdict = {
  /** A receipt has no footage to look at: its holder compares length and digest. */
  kind: 'recording' | 'deletion-statement' | 'receipt'
  intact: boolean
  history: HistoryStanding
  /** Names, in the trust file, of those who signed this checkpoint beside the log. */
  countersigned: string[]
  level: SealLevel
  reasons: Reason[]
  /** Everything that the trust file and the demands ask for holds. */
  holds: boolean
  /** The size of the log at which the history is complete, and whose word the time is. */
  asOf: { size: number; at: number | null; by: string | null }
  trust: { digest: string; issuedByOperator: boolean } | null
  logKey: { origin: string; fingerprint: string } | null
  recording: { bytes: number; sha256: string }
}

/** What was given is no package, receipt or statement at all. */
export class Unreadable extends Error {
  readonly where: string
  readonly detail: string
  constructor(where: string, detail: string, cause?: unknown) {
    super(`${where}: ${detail}`, { cause })
    this.name = 'Unreadable'
    this.where = where
    this.detail = detail
  }
}

/** Collects reasons; a check that finds nothing adds nothing. */
export type Findings = { add(code: ReasonCode, where: string): void; readonly reasons: Reason[] }

export function findings(): Findings {
  const reasons: Reason[] = []
  return { reasons, add: (code, where) => void reasons.push({ code, where }) }
}
