// A file of records that only grows. Many writers share one fsync (group commit), and a reader can tell a record that
// was never acknowledged (a torn tail, dropped) from one that was and is damaged (refused).
//
// Record, big-endian: u32 CRC-32 ‖ u32 length ‖ u64 settled ‖ payload. `settled` is the length of the file that was on
// the disk when this record was written: a sound record that was written after byte X had been settled proves that
// whatever is unreadable before X had been acknowledged. The CRC also covers the record's own position.

import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { FsyncFailed, realDisk, type Disk, type DiskFile } from './disk.ts'

const HEADER_BYTES = 16
const LONGEST_RECORD_BYTES = 256 * 1024 * 1024
const BATCH_BYTES = 8 * 1024 * 1024

/** A record that had been acknowledged cannot be read any more. */
export class RecordsDamaged extends Error {
  readonly path: string
  readonly position: number
  constructor(path: string, position: number) {
    super(`${path}: the record at byte ${position} is damaged, and sound records follow it`)
    this.name = 'RecordsDamaged'
    this.path = path
    this.position = position
  }
}

type Waiting = { record: Uint8Array; done: () => void; failed: (error: unknown) => void }

function checksum(record: Uint8Array, position: number): number {
  const place = Buffer.alloc(8)
  place.writeBigUInt64BE(BigInt(position))
  return crc32(record.subarray(4), crc32(place))
}

function encode(payload: Uint8Array, position: number, settled: number): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + payload.length)
  record.writeUInt32BE(payload.length, 4)
  record.writeBigUInt64BE(BigInt(settled), 8)
  record.set(payload, HEADER_BYTES)
  record.writeUInt32BE(checksum(record, position), 0)
  return record
}

type Read = { payload: Buffer; settled: number; next: number }

function recordAt(file: Buffer, position: number): Read | null {
  if (position + HEADER_BYTES > file.length) return null
  const length = file.readUInt32BE(position + 4)
  const next = position + HEADER_BYTES + length
  if (length === 0 || length > LONGEST_RECORD_BYTES || next > file.length) return null
  const settled = Number(file.readBigUInt64BE(position + 8))
  if (settled > position) return null
  const record = file.subarray(position, next)
  if (checksum(record, position) !== record.readUInt32BE(0)) return null
  return { payload: record.subarray(HEADER_BYTES), settled, next }
}

export type ReadRecords = {
  readonly records: Uint8Array[]
  /** Where the sound ones end. */
  readonly end: number
  /** What follows had been acknowledged, at least in part; otherwise it is the torn tail of a write that never was. */
  readonly damaged: boolean
  /** Sound records behind the damage. */
  readonly beyond: Uint8Array[]
}

/** Reads records until the first that is not sound, and looks whether that one had been acknowledged. */
export function readRecords(bytes: Uint8Array): ReadRecords {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const records: Uint8Array[] = []
  let end = 0
  for (let read = recordAt(file, 0); read !== null; read = recordAt(file, end)) {
    records.push(read.payload)
    end = read.next
  }
  const beyond: Uint8Array[] = []
  for (let probe = end + 1; probe < file.length;) {
    const later = recordAt(file, probe)
    if (later !== null && later.settled > end) beyond.push(later.payload)
    probe = later?.next ?? probe + 1
  }
  return { records, end, damaged: beyond.length > 0, beyond }
}

/** See `openAppendFile`. */
export class AppendFile {
  readonly #file: DiskFile
  readonly #path: string
  #settled: number
  #waiting: Waiting[] = []
  #working: Promise<void> | null = null
  #broken: Error | null = null

  constructor(file: DiskFile, path: string, settled: number) {
    this.#file = file
    this.#path = path
    this.#settled = settled
  }

  /** Bytes that are on the disk. */
  get settledBytes(): number {
    return this.#settled
  }

  /**
   * Adds a record; durable when it resolves. Calls that wait together share one write and one fsync and keep their order.
   * @throws FsyncFailed (fatal; every later call throws it too), DiskFull (the file is as it was; try again)
   */
  async append(record: Uint8Array): Promise<void> {
    if (record.length === 0 || record.length > LONGEST_RECORD_BYTES)
      throw new RangeError(`${this.#path}: record length`)
    if (this.#broken !== null) throw this.#broken
    return new Promise((done, failed) => {
      this.#waiting.push({ record, done, failed })
      this.#working ??= this.#work()
    })
  }

  /** Waits for what was asked and closes. */
  async close(): Promise<void> {
    await this.#working
    this.#broken ??= new Error(`${this.#path} is closed`)
    await this.#file.close()
  }

  async #work(): Promise<void> {
    // Yield once, so that everybody who calls in the same turn travels in the same batch.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#commit(this.#takeBatch())
    this.#working = null
  }

  #takeBatch(): Waiting[] {
    let bytes = 0
    let count = 0
    while (count < this.#waiting.length && (count === 0 || bytes < BATCH_BYTES)) {
      bytes += this.#waiting[count]?.record.length ?? 0
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      if (this.#broken !== null) throw this.#broken
      const bytes = this.#encode(batch)
      await this.#file.write(bytes, this.#settled)
      await this.#file.sync()
      this.#settled += bytes.length
      for (const one of batch) one.done()
    } catch (error) {
      await this.#takeBack(error)
      for (const one of batch) one.failed(error)
    }
  }

  #encode(batch: readonly Waiting[]): Buffer {
    let position = this.#settled
    const records: Buffer[] = []
    for (const { record } of batch) {
      const encoded = encode(record, position, this.#settled)
      records.push(encoded)
      position += encoded.length
    }
    return Buffer.concat(records)
  }

  // After a failed write the tail is unknown; it is cut off, or nothing is written here any more.
  async #takeBack(error: unknown): Promise<void> {
    if (this.#broken !== null) return
    if (error instanceof FsyncFailed) {
      this.#broken = error
      return
    }
    try {
      await this.#file.truncate(this.#settled)
      await this.#file.sync()
    } catch (cause) {
      this.#broken = cause instanceof FsyncFailed ? cause : new Error(`${this.#path} cannot be written to`, { cause })
    }
  }
}

/**
 * Opens or creates a file of records. Returns what was acknowledged before, in order; a torn tail is cut off (`tornBytes`).
 * One owner at a time.
 * @throws RecordsDamaged where an acknowledged record cannot be read
 */
export async function openAppendFile(
  path: string,
  { mode = 0o600, disk = realDisk }: { mode?: number; disk?: Disk } = {},
): Promise<{ file: AppendFile; records: Uint8Array[]; tornBytes: number }> {
  const bytes = await disk.read(path)
  if (bytes === null) {
    const file = await disk.open(path, 'create', mode)
    await file.sync()
    await disk.syncFolder(dirname(path))
    return { file: new AppendFile(file, path, 0), records: [], tornBytes: 0 }
  }
  const { records, end, damaged } = readRecords(bytes)
  if (damaged) throw new RecordsDamaged(path, end)
  const file = await disk.open(path, 'existing', mode)
  if (end < bytes.length) {
    await file.truncate(end)
    await file.sync()
  }
  return { file: new AppendFile(file, path, end), records, tornBytes: bytes.length - end }
}
