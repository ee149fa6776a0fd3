import { toHex } from '@vidne/evidence/bytes'
import type { Manifest } from '@vidne/evidence/manifest'
import type { Findings } from './verdict.ts'

/** What a reader measured of a file he holds himself: its length, and SHA-256 of the whole. */
export type Beside = { readonly bytes: number; readonly sha256: Uint8Array }

/** How a file beside what was given is named in a verdict, whatever it is called on a disk. */
const WHERE = 'footage'

/** A receipt is for these very bytes, or it is not for this file. */
export function compareWithReceipt(manifest: Manifest, beside: Beside | undefined, found: Findings): void {
  if (beside === undefined) return
  if (beside.bytes !== manifest.bytes)
    found.add('footage-length', `${WHERE}, ${beside.bytes} of ${manifest.bytes} bytes`)
  else if (!isSealed(manifest, beside)) found.add('footage-altered', WHERE)
}

/**
 * A file beside a package has to be the footage that was sealed. Beside a statement it must not be: footage that reappears
 * convicts it (G10). Other footage says nothing about a statement.
 */
export function compareWithPackage(
  { manifest, deleted }: { manifest: Manifest; deleted: boolean },
  beside: Beside | undefined,
  found: Findings,
): 'checked' | 'other' | null {
  if (beside === undefined) return null
  const same = isSealed(manifest, beside)
  if (same && deleted) found.add('footage-reappeared', WHERE)
  if (!same && !deleted) found.add('footage-differs', WHERE)
  return same || !deleted ? 'checked' : 'other'
}

function isSealed(manifest: Manifest, { bytes, sha256 }: Beside): boolean {
  return bytes === manifest.bytes && toHex(sha256) === manifest.sha256
}
