import type { FloeRefusal } from '@vidne/evidence/floe'

/** A sealed segment in a file, and which bytes of its plaintext (`from` to `until`, exclusive) go where in the answer (`at`). */
export type SegmentInFile = {
  /** Stays open until the answer has come, or the worker has ended. */
  readonly fd: number
  readonly offset: number
  readonly length: number
  /** The segment's AES key, 32 bytes. The worker zeroes its copy. */
  readonly key: Uint8Array
  readonly index: number
  readonly final: boolean
  readonly from: number
  readonly until: number
  readonly at: number
}

/** `bytes`: how long the answer is. `target`: memory of that length, which is handed over and comes back as the answer; null: new. */
export type Opening = {
  readonly bytes: number
  readonly target: Uint8Array<ArrayBuffer> | null
  readonly segments: readonly SegmentInFile[]
}

export type Order = Opening & { readonly ask: number }

/** `refused`: what is stored is not what was sealed; `which` of the order's segments. `failed`: anything else; `code` is the operating system's. */
export type Answer =
  | { readonly ready: true }
  | { readonly ask: number; readonly plain: Uint8Array<ArrayBuffer> }
  | {
      readonly ask: number
      readonly refused: { readonly which: number; readonly code: FloeRefusal; readonly segment: number | null }
    }
  | { readonly ask: number; readonly failed: { readonly message: string; readonly code: string | null } }
