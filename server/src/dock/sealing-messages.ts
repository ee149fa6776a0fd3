import type { OpenFile } from '../platform/objects/objects.ts'
import type { ChecksumAlgorithm } from './tus-headers.ts'

/**
 * What a sealing worker is told. `sealing` names an upload's state there. Two workers may share an upload: one hashes the whole,
 * the other hashes the pieces, encrypts and writes. Each segment is told to both then and lies in a slot until both are done;
 * `together` where one worker has both halves.
 */
export type Order =
  | { order: 'begin'; sealing: number; half: 'whole' | 'pieces' }
  | { order: 'start-part'; sealing: number; key: Uint8Array; aad: Uint8Array; file: OpenFile | null }
  | { order: 'start-checksum'; sealing: number; algorithm: ChecksumAlgorithm }
  | { order: 'hash'; sealing: number; ask: number; slot: number; bytes: number }
  | { order: 'seal'; sealing: number; ask: number; slot: number; bytes: number; final: boolean; together: boolean }
  | { order: 'absorb'; sealing: number; ask: number; key: Uint8Array; aad: Uint8Array; sealed: Uint8Array }
  | { order: 'end-checksum'; sealing: number; ask: number }
  | { order: 'finish'; sealing: number; ask: number }
  | { order: 'forget'; sealing: number }

/** `crc32`: unsigned. */
export type WholeDigests = { bytes: number; sha256: Uint8Array; crc32: number }
/** `pieces`: the 44-byte leaves on end. */
export type PieceDigests = { bytes: number; pieces: Uint8Array }
export type Digests = WholeDigests & PieceDigests

/** `sealed` is null where the worker wrote it to the file itself. */
export type Answer =
  | { ask: number; hashed: number }
  | { ask: number; sealed: Uint8Array | null }
  | { ask: number; checksum: Uint8Array }
  | { ask: number; whole: WholeDigests }
  | { ask: number; pieces: PieceDigests }
  | { ask: number; failed: { message: string; code: string | null; damaged: boolean } }

export type WorkerSettings = { slots: SharedArrayBuffer }
