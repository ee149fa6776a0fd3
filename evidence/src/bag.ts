// BagIt 1.0 (RFC 8493) text files, with SHA-256 as the only digest.

/** The declaration that every bag carries as `bagit.txt` (section 2.1.1). */
export const BAG_DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'

export type BagRefusal =
  /** `bagit.txt` is not that of BagIt 1.0 with UTF-8. */
  | 'declaration'
  /** A line is not `<64 hex digits>  <path>`, or not `Label: value`. */
  | 'line'
  /** A path leaves the bag, is absolute, or holds a % that encodes nothing. */
  | 'path'
  /** A path stands there twice. */
  | 'duplicate-path'

/** A text file of a bag that cannot be read. `line` counts from 1. */
export class BagRefused extends Error {
  readonly code: BagRefusal
  readonly line: number
  constructor(code: BagRefusal, line: number) {
    super(`bag refused: ${code} in line ${line}`)
    this.name = 'BagRefused'
    this.code = code
    this.line = line
  }
}

/** A line of a manifest: a path in the bag with `/` between its parts, and the lower-case hex SHA-256 of the file. */
export type ManifestLine = { path: string; sha256: string }
/** A label of `bag-info.txt` and its value. Labels may repeat. */
export type InfoLine = { label: string; value: string }

/** Checks the text of `bagit.txt`. Throws BagRefused. */
export function checkDeclaration(text: string): void {
  const [version, encoding, ...rest] = linesOf(text)
  if (version !== 'BagIt-Version: 1.0') throw new BagRefused('declaration', 1)
  if (encoding !== 'Tag-File-Character-Encoding: UTF-8' || rest.length > 0) throw new BagRefused('declaration', 2)
}

/** The text of `manifest-sha256.txt` or `tagmanifest-sha256.txt`, in the order given. */
export function formatManifest(lines: readonly ManifestLine[]): string {
  return lines.map(line => `${line.sha256}  ${encodePath(line.path)}\n`).join('')
}

/**
 * Reads a manifest. Accepts what section 2.1.3 allows (any white space between the two, digits in either case, CR, LF or
 * both), returns lower-case digests. Throws BagRefused.
 */
export function parseManifest(text: string): ManifestLine[] {
  const seen = new Set<string>()
  return linesOf(text).map((line, i) => {
    const match = /^([0-9a-fA-F]{64})[ \t]+([^ \t].*)$/s.exec(line)
    const [, digest, encoded] = match ?? []
    if (digest === undefined || encoded === undefined) throw new BagRefused('line', i + 1)
    const path = decodePath(encoded)
    if (path === null || !staysInside(path)) throw new BagRefused('path', i + 1)
    if (seen.has(path)) throw new BagRefused('duplicate-path', i + 1)
    seen.add(path)
    return { path, sha256: digest.toLowerCase() }
  })
}

/** The text of `bag-info.txt`. Throws RangeError for a label or value that would break a line. */
export function formatBagInfo(lines: readonly InfoLine[]): string {
  return lines
    .map(({ label, value }) => {
      if (!/^[^\s:][^\r\n:]*$/.test(label) || label.endsWith(' ')) throw new RangeError('not a label for bag-info.txt')
      if (/[\r\n]/.test(value) || value.trim() !== value || value === '')
        throw new RangeError(`${label}: not a value for bag-info.txt`)
      return `${label}: ${value}\n`
    })
    .join('')
}

/** Reads `bag-info.txt`; a line that begins with white space continues the one before it (section 2.2.2). Throws BagRefused. */
export function parseBagInfo(text: string): InfoLine[] {
  const info: InfoLine[] = []
  for (const [i, line] of linesOf(text).entries()) {
    const continued = /^[ \t]+(.*)$/s.exec(line)?.[1]
    const last = info.at(-1)
    if (continued !== undefined) {
      if (last === undefined) throw new BagRefused('line', i + 1)
      last.value = `${last.value} ${continued.trim()}`.trim()
      continue
    }
    const [, label, value] = /^([^\s:][^:]*?)[ \t]*:[ \t]*(.*?)[ \t]*$/s.exec(line) ?? []
    if (label === undefined || value === undefined) throw new BagRefused('line', i + 1)
    info.push({ label, value })
  }
  return info
}

/** The value of `Payload-Oxum`: bytes and number of payload files. */
export function payloadOxum(files: readonly { bytes: number }[]): string {
  return `${files.reduce((sum, file) => sum + file.bytes, 0)}.${files.length}`
}

/** Section 2.1.3: CR, LF and % are percent-encoded, nothing else is. */
function encodePath(path: string): string {
  return path.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function decodePath(encoded: string): string | null {
  if (/%(?!25|0[aAdD])/.test(encoded)) return null
  return encoded
    .replace(/%0[dD]/g, '\r')
    .replace(/%0[aA]/g, '\n')
    .replaceAll('%25', '%')
}

function staysInside(path: string): boolean {
  return path.split('/').every(part => part !== '' && part !== '.' && part !== '..') && !path.startsWith('~')
}

/** The lines of a text, whichever line end it uses; the last may lack one. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
