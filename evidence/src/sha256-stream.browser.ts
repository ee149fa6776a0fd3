import { sha256 } from '@noble/hashes/sha2.js'

/** SHA-256 (FIPS 180-4) of what passes through `update`, in chunks of any size. `digest` is called once. */
export interface Sha256Stream {
  update(chunk: Uint8Array): void
  digest(): Uint8Array
}

export function sha256Stream(): Sha256Stream {
  const hash = sha256.create()
  return {
    update: chunk => void hash.update(chunk),
    digest: () => hash.digest(),
  }
}
