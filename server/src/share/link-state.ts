import { createHash } from 'node:crypto'
import type { LinkRow } from './links-store.ts'

/** `not-agreed`: the question about it ended without a second person's word; only a list looks. */
export type LinkState = 'waiting' | 'not-agreed' | 'open' | 'used-up' | 'expired' | 'revoked'

/** What a link is just now; the first that is true. */
export function stateOfLink(row: LinkRow, now: number): Exclude<LinkState, 'not-agreed'> {
  if (row.revoked_at !== null) return 'revoked'
  if (row.until.getTime() <= now) return 'expired'
  if (row.agreed_at === null) return 'waiting'
  return row.openings >= row.most_openings ? 'used-up' : 'open'
}

/** Secrets are kept by their digest alone. */
export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
