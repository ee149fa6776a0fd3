// Small enough that a map of ten labels is cheap; big enough that a million make no crowd of pages.
const PAGE_BITS = 12
const RECORDS_A_PAGE = 1 << PAGE_BITS
const IN_PAGE = RECORDS_A_PAGE - 1

/**
 * Fixed-width records in pages that are never moved or copied: a million labels cost what they hold, not the double of it,
 * and growing never stops the process to copy.
 */
export class BytePages {
  readonly #width: number
  readonly #pages: Uint8Array[] = []

  /** `width`: bytes a record. */
  constructor(width: number) {
    this.#width = width
  }

  /** The record itself, not a copy; its page is made on first use. */
  at(index: number): Uint8Array {
    const page = (this.#pages[index >>> PAGE_BITS] ??= new Uint8Array(RECORDS_A_PAGE * this.#width))
    const offset = (index & IN_PAGE) * this.#width
    return page.subarray(offset, offset + this.#width)
  }

  /** One bit of a record, bit 0 the highest of its first byte. Quicker than taking the record. */
  bit(index: number, bit: number): 0 | 1 {
    const byte = this.#pages[index >>> PAGE_BITS]?.[(index & IN_PAGE) * this.#width + (bit >> 3)] ?? 0
    return ((byte >> (7 - (bit & 7))) & 1) === 1 ? 1 : 0
  }
}

/** Whole numbers in the same kind of pages. */
export class NumberPages {
  readonly #make: () => Int32Array | Uint16Array | Uint8Array
  readonly #pages: (Int32Array | Uint16Array | Uint8Array)[] = []

  constructor(kind: 'int32' | 'uint16' | 'uint8') {
    const Kind = { int32: Int32Array, uint16: Uint16Array, uint8: Uint8Array }[kind]
    this.#make = () => new Kind(RECORDS_A_PAGE)
  }

  get(index: number): number {
    return this.#pages[index >>> PAGE_BITS]?.[index & IN_PAGE] ?? 0
  }

  set(index: number, value: number): void {
    const page = (this.#pages[index >>> PAGE_BITS] ??= this.#make())
    page[index & IN_PAGE] = value
  }
}
