import type { Fact } from './facts.ts'

/** The plaintext of a recording, decrypted range by range where it is asked for. */
export interface FootageSource {
  bytes: number
  /** Exactly `length` bytes from `offset` on. A rejection is the source's fault and reaches the caller of `readFootage`. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** How much a parser may use before it is killed. Each has a default (`DEFAULT_LIMITS`). */
export type ReadingLimits = {
  /** Time of each parser; time spent in `FootageSource.read` is not counted. */
  wallMs?: number
  /** Memory of the parser above what an idle process of its kind needs. */
  memoryBytes?: number
  /** Bytes asked of the source by each parser. */
  sourceBytes?: number
  /** Most keyframes; more is taken for an attack. */
  keyframes?: number
  /** Above this many keyframes they are counted but not listed. */
  keyframesListed?: number
}

export const DEFAULT_LIMITS: Required<ReadingLimits> = {
  wallMs: 30_000,
  memoryBytes: 256 * 1024 * 1024,
  sourceBytes: 32 * 1024 ** 3,
  keyframes: 500_000,
  keyframesListed: 20_000,
}

export type NotParsable =
  /** The parser was still busy at the end of its time, and was killed. */
  | 'timeout'
  | 'memory'
  /** The parser died. */
  | 'crashed'
  /** No footage, or the part that describes it is missing or broken. */
  | 'unknown-format'
  /** More keyframes, packets or bytes than any footage has. */
  | 'too-large-index'

/** What could be read. Facts may be there although the whole was not parsable. */
export type Reading = { parsable: true; facts: Fact[] } | { parsable: false; because: NotParsable; facts: Fact[] }
