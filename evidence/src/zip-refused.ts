export type ZipRefusal =
  /** No end of a ZIP anywhere near the end of the bytes. */
  | 'not-a-zip'
  /** Bytes, or a comment, behind the end of the directory. */
  | 'trailing-bytes'
  | 'leading-bytes'
  | 'gap'
  | 'overlap'
  | 'truncated'
  | 'multi-disk'
  | 'encrypted'
  | 'compressed'
  /** The lengths stand behind the content: whoever reads on cannot know where it ends. */
  | 'data-descriptor'
  /** A number above 2^53 - 1. */
  | 'too-large'
  | 'too-many-entries'
  | 'directory-too-large'
  | 'directory-malformed'
  /** A folder, a link or a device. */
  | 'not-a-file'
  | 'unsafe-name'
  | 'duplicate-name'
  /** The header before the content says something else than the directory. */
  | 'local-differs'
  /** The content has not the CRC-32 that the directory says. */
  | 'checksum'

/** A ZIP that is not of the kind a package is. `where` names the entry or the part of the file. */
export class ZipRefused extends Error {
  readonly code: ZipRefusal
  readonly where: string
  constructor(code: ZipRefusal, where: string) {
    super(`ZIP refused: ${code} (${where})`)
    this.name = 'ZipRefused'
    this.code = code
    this.where = where
  }
}
