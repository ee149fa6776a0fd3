import { readSync, writeSync } from 'node:fs'

// The reading process's side of the pipes. It asks on its output, one line of JSON a question, and waits on its input for
// `u32 length ‖ bytes`. Synchronous, because nothing else is to be done meanwhile.

const REQUEST_BYTES = 4 * 1024 * 1024
const BLOCK_BYTES = 128 * 1024
const INPUT = 0
const OUTPUT = 1

export function tellParent(message: object): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
  for (let at = 0; at < bytes.length;) at += retry(() => writeSync(OUTPUT, bytes, at))
}

/** The bytes `offset` to `offset + length` of the footage. */
export function askParent(offset: number, length: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = 0; at < length; at += REQUEST_BYTES) {
    tellParent({ read: [offset + at, Math.min(REQUEST_BYTES, length - at)] })
    parts.push(receive(Buffer.from(receive(4)).readUInt32BE()))
  }
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)
}

/** As `askParent`, for many small reads close together: keeps the newest block. */
export function blockReader(bytes: number): (offset: number, length: number) => Uint8Array {
  let at = 0
  let block: Uint8Array = new Uint8Array(0)
  return (offset, length) => {
    if (offset < at || offset + length > at + block.length) {
      at = offset
      block = askParent(offset, Math.max(length, Math.min(BLOCK_BYTES, bytes - offset)))
    }
    return block.subarray(offset - at, offset - at + length)
  }
}

function receive(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length;) {
    const count = retry(() => readSync(INPUT, bytes, at, length - at, null))
    // The parent is gone, and with it whoever wanted to know.
    if (count === 0) process.exit(1)
    at += count
  }
  return bytes
}

/** A pipe that the parent set non-blocking says EAGAIN instead of waiting. */
function retry(act: () => number): number {
  for (;;) {
    try {
      return act()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
