/** What one server process lets in at once. Every figure can be set; the defaults hold 500 uploads in well under 900 MB. */
export type DockLimits = {
  /** Longest recording, in bytes. */
  readonly longestBytes: number
  /** Most parts of one recording: a bound for clients that send a byte at a time. */
  readonly mostParts: number
  /** Uploads that one agency may have begun and not finished. */
  readonly openUploads: number
  /** Request bodies being received at the same time; more are told to come back. */
  readonly bodies: number
  /** Of these, how many fill a segment at the same time, each in a slot of its own. The others are held back by their sockets. */
  readonly turns: number
  /** Slots of 1 MiB, besides one a turn, for segments on their way through the sealing workers. */
  readonly slots: number
  /** Received bytes waiting to become a segment, over all bodies. Above it the idlest are sealed as they are. */
  readonly waitingBytes: number
  /** Parts open at once. On an object store each buffers up to 16 MiB of sealed bytes. */
  readonly openParts: number
  readonly workers: number
  /** Threads that read and decrypt footage, started while several read at once and ended when nobody does. */
  readonly openers: number
  /** A body from which nothing came for so long is ended; what had come is kept. */
  readonly idleMs: number
  /** After so long a silence another connection may take an upload over. */
  readonly takeOverMs: number
  /** An upload that nobody went on with for so long is removed, its key first. */
  readonly uploadLifeMs: number
}

const MIB = 1_048_576
const DAY_MS = 86_400_000

/** `buffersParts`: the object store keeps an open part in memory. */
export function defaultLimits(p: { cores: number; buffersParts: boolean }): DockLimits {
  const workers = Math.max(1, Math.min(3, p.cores - 1))
  return {
    longestBytes: 1024 ** 4,
    mostParts: 200_000,
    openUploads: 20_000,
    bodies: 2_000,
    turns: 12,
    slots: workers * 10,
    waitingBytes: 128 * MIB,
    openParts: p.buffersParts ? 20 : 2_000,
    workers,
    openers: Math.max(1, Math.min(8, p.cores)),
    idleMs: 180_000,
    takeOverMs: 10_000,
    uploadLifeMs: 7 * DAY_MS,
  }
}
