import type { SealLevel } from '@vidne/evidence/manifest'

/**
 * Every reason not to rely on something, a closed set. Each has a sentence in every language under `verdict.reason`, and
 * each is told with a place.
 */
export const REASONS = [
  // What was given is nothing that can be judged.
  'cannot-read',
  'not-a-package',
  'zip-refused',
  'demands-unreadable',
  // Whom to trust.
  'no-trust-file',
  'trust-file-unreadable',
  'trust-inside',
  'rehearsal',
  // The files.
  'bag-malformed',
  'file-missing',
  'file-extra',
  'file-unknown',
  'file-altered',
  'file-too-large',
  'footage-length',
  'footage-altered',
  'pieces-altered',
  'footage-after-deletion',
  'footage-differs',
  'footage-reappeared',
  'export-not-committed',
  // The history.
  'history-unreadable',
  'other-log',
  'log-unknown',
  'signature-wrong',
  'not-in-log',
  'chain-broken',
  'other-recording',
  'map-proof-wrong',
  'parallel-history',
  'history-continues',
  'map-behind',
  'map-not-in-log',
  'opening-wrong',
  'policy-after-event',
  // The rules, replayed.
  'deleted-while-held',
  'deleted-too-early',
  'deadline-differs',
  'order-impossible',
  'one-person',
  'clock-ran-back',
  'clock-ahead',
  // What was asked for beside the package itself.
  'quorum-not-met',
  'log-forked',
  'log-incomplete',
  'checkpoint-unreadable',
  'checkpoint-untrusted',
  'receipt-unreadable',
  'receipt-wrong',
  'receipt-differs',
  'demand-not-met',
  'more-reasons',
] as const

export type ReasonCode = (typeof REASONS)[number]

/** `where` names a file, a range of bytes, an event or a line; never empty. */
export type Reason = { code: ReasonCode; where: string }

/** What stands of the history of this sealing. */
export type HistoryStanding = 'unproven' | 'asserted' | 'checked'

export type Verdict = {
  kind: 'recording' | 'deletion-statement' | 'receipt'
  /** What was given is what was sealed and committed to; of a receipt and a statement, without footage to look at. */
  intact: boolean
  /** Whether there was footage and it was hashed; `other`: what lay beside a statement is not the footage it is about. */
  footage: 'checked' | 'not-present' | 'other'
  history: HistoryStanding
  /** Of the installation, by leaf 0 of its log; null where the history cannot be read. */
  mode: 'normal' | 'rehearsal' | null
  /** Names, in the trust file, of those who signed beside the log: this checkpoint, or a later one that goes on from it. */
  countersigned: string[]
  /** The checkpoint that was given, where it is shown to go on from this one; `at` by the clock of the first who signed it. */
  later: { size: number; by: string[]; at: number | null } | null
  /**
   * Whether this checkpoint, or the later one, is shown to have been published: the log's ML-DSA-44 key signed it, or somebody
   * countersigned it. Null where no log of a trust file is known to have signed it.
   */
  publicCheckpoint: boolean | null
  /** Null when the history cannot be read, and with it nothing says from where on the footage is covered. */
  level: SealLevel | null
  reasons: Reason[]
  /** Everything that the trust file and the demands ask for holds. */
  holds: boolean
  /** Where the history ends. `at` in epoch milliseconds, by the word of a countersigner; by null: of the installation's clock. */
  asOf: { events: number; size: number; at: number; by: string | null } | null
  trust: { digest: string; issuedByOperator: boolean } | null
  /**
   * `keyId`: eight hexadecimal digits, as in the line of a trust file. `fingerprint`: SHA-256 of that line, hexadecimal; null
   * where there is no key, but only what a signature says of itself.
   */
  logKey: { origin: string; keyId: string; fingerprint: string | null } | null
  recording: { bytes: number; sha256: string } | null
}

/** Told, but no reason to refuse: by itself the installation's clock proves nothing, and clocks are set. */
const remarks: ReadonlySet<ReasonCode> = new Set(['clock-ran-back', 'clock-ahead'])

/** Whether these reasons leave everything standing that was asked for. */
export function nothingAgainst(reasons: readonly Reason[]): boolean {
  return reasons.every(({ code }) => remarks.has(code))
}

/** Reasons by what they are about, whichever check was done first. */
export function inOrder(reasons: readonly Reason[]): Reason[] {
  return reasons.toSorted((a, b) => REASONS.indexOf(a.code) - REASONS.indexOf(b.code))
}

/** Why something cannot be read, where that can be told in words. */
export type ReadFault = 'missing' | 'forbidden' | 'folder' | 'silent' | 'noLog'

/** What was given is no package, receipt or statement at all. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly code: ReasonCode
  readonly where: string
  readonly fault: ReadFault | null
  constructor(code: ReasonCode, where: string, { cause, fault }: { cause?: unknown; fault?: ReadFault } = {}) {
    super(`${where}: ${code}`, { cause })
    this.code = code
    this.where = where
    this.fault = fault ?? null
  }
}

/** Collects reasons; a check that finds nothing adds nothing. */
export interface Findings {
  add(code: ReasonCode, where: string): void
  has(code: ReasonCode): boolean
  readonly reasons: readonly Reason[]
}

/** A package of two hundred thousand wrong files would else make a verdict nobody can open. */
const MOST_REASONS = 500

export function findings(): Findings {
  const reasons: Reason[] = []
  const codes = new Set<ReasonCode>()
  return {
    reasons,
    has: code => codes.has(code),
    add(code, where) {
      if (reasons.some(told => told.code === code && told.where === where)) return
      codes.add(code)
      if (reasons.length < MOST_REASONS) reasons.push({ code, where })
      else if (reasons.length === MOST_REASONS) reasons.push({ code: 'more-reasons', where: String(MOST_REASONS) })
    },
  }
}
