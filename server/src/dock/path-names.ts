// A camera's file names are bytes, not text. What is valid UTF-8 without control characters is kept as it is; anything else is
// percent-encoded and marked as such, so that two names on the camera are never one name here.

/** How a path is written down. `percent`: every byte that is not plain printable UTF-8, and `%` itself, stands as %XX. */
export type WrittenPath = { readonly path: string; readonly encoding: 'utf-8' | 'percent' }

export const LONGEST_PATH_BYTES = 4096

/** Writes down the bytes of a relative path. NFC and NFD forms stay apart: nothing is normalised. */
export function writePath(bytes: Uint8Array): WrittenPath {
  const text = decoded(bytes)
  if (text !== null && !hasControls(text)) return { path: text, encoding: 'utf-8' }
  return { path: percentEncoded(bytes), encoding: 'percent' }
}

/** The extension for a media file's name: lower-case letters and digits of the last name's ending, else `bin`. */
export function extensionOf(path: string): string {
  const ending = /[^/.][^/]*\.([A-Za-z0-9]{1,8})$/.exec(path)?.[1]
  return ending === undefined ? 'bin' : ending.toLowerCase()
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function percentEncoded(bytes: Uint8Array): string {
  const printable = (byte: number): boolean => byte > 0x20 && byte < 0x7f && byte !== 0x25
  return Array.from(bytes, byte =>
    printable(byte) || byte === 0x20
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('')
}
