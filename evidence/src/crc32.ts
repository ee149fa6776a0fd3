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

function shiftEight(byte: number): number {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
}
