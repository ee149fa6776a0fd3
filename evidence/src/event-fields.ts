/**
 * Names of the fields that a verifier reads, so that writers and verifiers spell them alike; what each holds is in
 * docs/spec/events.md. Any event may carry further fields: to a verifier they are words.
 */
export const FIELD = {
  /** `exported`: SHA-256 of the bytes of `manifest-sha256.txt`, hexadecimal. */
  package: 'package',
  /** `deletion-due`: the deadline in UTC epoch milliseconds, or null where there is none. */
  deleteAfter: 'delete-after',
  /** `deletion-due`, `key-destroyed`, `deleted`: the rule that set the deadline. */
  rule: 'rule',
  /** `held`, `hold-released`: which hold. */
  hold: 'hold',
} as const
