const POLYNOMIAL = 0xedb8_8320
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => shiftEight(byte))

/**
 * CRC-32 as ZIP uses it (ISO 3309, reflected) of `bytes`, or of what `previous` is the CRC-32 of with `bytes` behind it. Unsigned 32 bits. For small
 * files and browsers; in Node `zlib.crc32` gives the same numbers many times faster.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

/**
 * The CRC-32 of one part with another behind it, from the two alone: what lies before moves up by the length of what follows. So the
 * CRC-32 of a ZIP is known without reading the footage in it.
 */
export function crc32Behind(before: number, after: number, afterBytes: number): number {
  let moved = before
  // x^(8·2^i) is squared from one to the next; the bits of the length say which of them take part.
  for (let power = timesX(8), left = afterBytes; left > 0; power = product(power, power), left = Math.floor(left / 2)) {
    if (left % 2 === 1) moved = product(moved, power)
  }
  return (moved ^ after) >>> 0
}

/** x^n modulo the polynomial; the highest bit is x^0. */
function timesX(n: number): number {
  let value = 0x8000_0000
  for (let i = 0; i < n; i++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
}

/** The product of two remainders modulo the polynomial. */
function product(a: number, b: number): number {
  let [sum, shifted] = [0, b]
  for (let bit = 31; bit >= 0; bit--) {
    if ((a >>> bit) & 1) sum ^= shifted
    shifted = shifted & 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1
  }
  return sum
}

function shiftEight(byte: number): number {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
}
