/** Why a text or a number could not become bytes. */
export type BytesFault = 'not-hex' | 'not-base64' | 'not-utf8' | 'not-unicode' | 'out-of-range'

/** Thrown when a text is not the one canonical coding of some bytes, or a number does not fit its field. */
export class BytesRefused extends Error {
  readonly code: BytesFault
  constructor(code: BytesFault, message: string) {
    super(message)
    this.name = 'BytesRefused'
    this.code = code
  }
}

const encoder = new TextEncoder()
// `ignoreBOM` keeps a leading U+FEFF as a character: two byte strings never decode to the same text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The UTF-8 bytes of a text. Throws BytesRefused for a lone surrogate, which UTF-8 cannot write. */
export function utf8(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new BytesRefused('not-unicode', 'the text holds a lone surrogate')
  return encoder.encode(text)
}

/** The text written by UTF-8 bytes. Throws BytesRefused for anything that is not well-formed UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw Object.assign(new BytesRefused('not-utf8', 'the bytes are not UTF-8'), { cause })
  }
}

/** One array holding all parts in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Whether both hold the same bytes. Not constant-time: for public values only, never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const HEX_TEXT = /^(?:[0-9a-f]{2})*$/

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX_OF_BYTE[byte]
  return text
}

/** Whether the text is exactly `bytes` bytes in lower-case hexadecimal. */
export function isHex(text: unknown, bytes: number): text is string {
  return typeof text === 'string' && text.length === bytes * 2 && HEX_TEXT.test(text)
}

/** The bytes of a lower-case hexadecimal text. Throws BytesRefused; upper case is refused, so each value has one spelling. */
export function fromHex(text: string): Uint8Array {
  if (!HEX_TEXT.test(text)) throw new BytesRefused('not-hex', 'the text is not lower-case hexadecimal')
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16)
  return bytes
}

const BASE64_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64_TEXT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const VALUE_OF_DIGIT = new Map(BASE64_DIGITS.split('').map((digit, value) => [digit, value]))

/** RFC 4648 §4 base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const group = (a << 16) | (b << 8) | c
    for (let shift = 18; shift >= 0; shift -= 6) text += BASE64_DIGITS[(group >> shift) & 63]
  }
  const missing = (3 - (bytes.length % 3)) % 3
  return missing === 0 ? text : text.slice(0, -missing) + '='.repeat(missing)
}

/**
 * The bytes of an RFC 4648 §4 base64 text. Throws BytesRefused for missing padding, foreign characters and for bits after
 * the end (§3.5), so that each value has one spelling.
 */
export function fromBase64(text: string): Uint8Array {
  if (!BASE64_TEXT.test(text)) throw new BytesRefused('not-base64', 'the text is not padded base64')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3)
  for (let at = 0, out = 0; at < text.length; at += 4, out += 3) {
    let group = 0
    for (let digit = at; digit < at + 4; digit++) group = (group << 6) | (VALUE_OF_DIGIT.get(text.charAt(digit)) ?? 0)
    bytes[out] = group >> 16
    bytes[out + 1] = group >> 8
    bytes[out + 2] = group
  }
  const end = bytes.length - padding
  if (bytes.subarray(end).some(byte => byte !== 0)) throw new BytesRefused('not-base64', 'bits follow the end')
  return bytes.slice(0, end)
}

/** A whole number from 0 to 2^53-1 as eight bytes, big-endian. Throws BytesRefused outside that range. */
export function u64(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new BytesRefused('out-of-range', `${value} is not a u64 we keep`)
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

/** Reads eight big-endian bytes. Throws BytesRefused above 2^53-1, which no size or index of ours reaches. */
export function readU64(bytes: Uint8Array, offset = 0): number {
  if (offset < 0 || offset + 8 > bytes.length) throw new BytesRefused('out-of-range', 'fewer than eight bytes are left')
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BytesRefused('out-of-range', `${value} is above 2^53-1`)
  return Number(value)
}

/** A whole number from 0 to 2^32-1 as four bytes, big-endian. Throws BytesRefused outside that range. */
export function u32(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new BytesRefused('out-of-range', `${value} is not a u32`)
  }
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
