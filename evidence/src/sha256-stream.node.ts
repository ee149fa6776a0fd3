import { createHash } from 'node:crypto'

/** SHA-256 (FIPS 180-4) of what passes through `update`, in chunks of any size. `digest` is called once. */
export interface Sha256Stream {
  update(chunk: Uint8Array): void
  digest(): Uint8Array
}

export function sha256Stream(): Sha256Stream {
  const hash = createHash('sha256')
  return {
    update: chunk => void hash.update(chunk),
    digest: () => new Uint8Array(hash.digest()),
  }
}
