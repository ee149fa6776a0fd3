import type { ChecksumAlgorithm } from './tus-headers.ts'

/** What the sealing worker is told. `sealing` names one upload's state on that worker. */
export type Order =
  | { order: 'begin'; sealing: number }
  | { order: 'start-part'; sealing: number; key: Uint8Array; aad: Uint8Array; fd: number | null }
  | { order: 'start-checksum'; sealing: number; algorithm: ChecksumAlgorithm }
  | { order: 'seal'; sealing: number; ask: number; slot: number; bytes: number; final: boolean }
  | { order: 'absorb'; sealing: number; ask: number; key: Uint8Array; aad: Uint8Array; sealed: Uint8Array }
  | { order: 'end-checksum'; sealing: number; ask: number }
  | { order: 'finish'; sealing: number; ask: number }
  | { order: 'forget'; sealing: number }

/** A recording's digests. `pieces`: the 44-byte leaves on end. `crc32`: unsigned. */
export type Digests = { bytes: number; sha256: Uint8Array; pieces: Uint8Array; crc32: number }

/** `sealed` is null where the worker wrote it to the file itself. */
export type Answer =
  | { ask: number; sealed: Uint8Array | null }
  | { ask: number; absorbed: number }
  | { ask: number; checksum: Uint8Array }
  | { ask: number; digests: Digests }
  | { ask: number; failed: { message: string; code: string | null; damaged: boolean } }

export type WorkerSettings = { slots: SharedArrayBuffer }
