import { MAX_NAME_BYTES } from './zip-format.ts'

/** Control characters and what Windows forbids or reads as a drive, a stream or a separator. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f"*:<>?\\|]/

/**
 * Whether a name in a package is safe to unpack anywhere: relative, `/` between non-empty parts, no `.` or `..`, no part that
 * ends in a dot or space (Windows drops them), no character above, no lone surrogate, at most 1024 bytes of UTF-8.
 */
export function isSafeName(name: string): boolean {
  if (name === '' || FORBIDDEN.test(name) || !name.isWellFormed()) return false
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) return false
  return name.split('/').every(part => part !== '' && !part.endsWith('.') && !part.endsWith(' '))
}

/** Names with the same fold are one file on some file system: upper and lower case, composed and decomposed letters. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
}

/**
 * Keeps names apart. `add` is false for a name that, folded, is there already, or that would be a file and a folder at once.
 */
export class NameSet {
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()

  add(name: string): boolean {
    const folded = foldName(name)
    if (this.#files.has(folded) || this.#folders.has(folded)) return false
    const folders = parentsOf(folded)
    if (folders.some(folder => this.#files.has(folder))) return false
    this.#files.add(folded)
    for (const folder of folders) this.#folders.add(folder)
    return true
  }
}

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'))
}
