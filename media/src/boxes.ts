// The boxes of ISO/IEC 14496-12 and QuickTime. Every walk is bounded by a count, so no file can keep it busy.

export type Read = (offset: number, length: number) => Uint8Array
export type Box = { type: string; at: number; contentAt: number; end: number }

/** The boxes from `at` to `end`. Stops where a size is impossible; the last box may reach beyond `end`. */
export function* boxes(read: Read, at: number, end: number, most: number): Generator<Box> {
  for (let count = 0; at + 8 <= end && count < most; count++) {
    const header = read(at, Math.min(16, end - at))
    const view = viewOf(header)
    const type = text(header.subarray(4, 8))
    let size = view.getUint32(0)
    let headerBytes = 8
    if (size === 1) {
      if (header.length < 16) return
      size = Number(view.getBigUint64(8))
      headerBytes = 16
    } else if (size === 0) {
      size = end - at
    }
    if (size < headerBytes || !Number.isSafeInteger(at + size)) return
    yield { type, at, contentAt: at + headerBytes, end: at + size }
    at += size
  }
}

export function content(read: Read, box: Box, most: number): Uint8Array {
  return read(box.contentAt, Math.min(box.end - box.contentAt, most))
}

// Box types hold ©; the texts that are read here are ASCII.
export function text(bytes: Uint8Array): string {
  return Array.from(bytes, byte => String.fromCharCode(byte)).join('')
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
