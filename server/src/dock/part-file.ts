import { write } from 'node:fs'
import { promisify } from 'node:util'
import type { OpenFile } from '../platform/objects/objects.ts'

const WASM_PAGE_BYTES = 65_536
const writeFile = promisify(write)

/** A few memories in turn, so that one is filled while others are being written. */
export class Scratches {
  readonly #free: Uint8Array<ArrayBuffer>[]
  readonly #waiting: ((scratch: Uint8Array<ArrayBuffer>) => void)[] = []

  /** Each may be written past the page cache and has room for `bytes` behind what a file has carried over: under 64 KiB. */
  constructor({ count, bytes }: { count: number; bytes: number }) {
    const pages = Math.ceil(bytes / WASM_PAGE_BYTES) + 1
    // The memory of a module begins at a page of the system; that of any other buffer begins anywhere.
    const memory = () => new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer)
    this.#free = Array.from({ length: count }, memory)
  }

  take(): Promise<Uint8Array<ArrayBuffer>> {
    const scratch = this.#free.pop()
    return scratch === undefined ? new Promise(given => this.#waiting.push(given)) : Promise.resolve(scratch)
  }

  give(scratch: Uint8Array<ArrayBuffer>): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(scratch)
    else next(scratch)
  }
}

/**
 * One file, filled front to back: whole blocks past the page cache, the rest, shorter than a block, carried over to the next write
 * and at the end written as usual. Where the file cannot be written so, all of it is written as usual.
 */
export class PartFile {
  readonly #file: OpenFile
  readonly #blockBytes: number
  #direct: number | null
  #carried: Uint8Array = new Uint8Array(0)
  #position = 0

  constructor(file: OpenFile) {
    this.#file = file
    this.#direct = file.direct?.fd ?? null
    this.#blockBytes = file.direct?.blockBytes ?? 1
  }

  /** Puts what was carried over to the front of `scratch`. What comes next belongs behind it: from there on. */
  begin(scratch: Uint8Array): number {
    scratch.set(this.#carried)
    return this.#carried.length
  }

  /**
   * Writes the first `length` bytes of `scratch`, which is free again when it settles; the next write may begin before. Rejects
   * with an error of the operating system.
   */
  async write(scratch: Uint8Array, length: number, last: boolean): Promise<void> {
    const blocks = length - (length % this.#blockBytes)
    const at = this.#position
    this.#position += blocks
    this.#carried = scratch.slice(blocks, length)
    await this.#writeBlocks(scratch.subarray(0, blocks), at)
    if (last) await writeAt(this.#file.fd, scratch.subarray(blocks, length), at + blocks)
  }

  async #writeBlocks(blocks: Uint8Array, at: number): Promise<void> {
    if (this.#direct === null) return writeAt(this.#file.fd, blocks, at)
    try {
      await writeAt(this.#direct, blocks, at)
    } catch (error) {
      // Memory or file are not aligned as this disk wants it: no trouble of the disk.
      if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error
      this.#direct = null
      await writeAt(this.#file.fd, blocks, at)
    }
  }
}

async function writeAt(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await writeFile(fd, bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
