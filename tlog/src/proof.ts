import { decodeBase64, encodeBase64 } from './base64.ts'
import { CheckpointRefused, parseCheckpoint, parseCount } from './checkpoint.ts'
import type { Hash } from './merkle.ts'
import { isCount, isHash } from './merkle.ts'
import { NoteRefused, parseNote } from './note.ts'

/**
 * A proof that stands alone (C2SP tlog-proof): the place of an entry, its inclusion proof and the signed checkpoint.
 * `extra` is opaque and NOT authenticated; null for none. `checkpoint` is the whole signed note.
 */
export type TlogProof = { extra: Uint8Array | null; index: number; hashes: readonly Hash[]; checkpoint: string }

export type ProofRefusal = 'too-long' | 'header' | 'extra' | 'index' | 'hash' | 'too-many-hashes' | 'checkpoint'

export class ProofRefused extends Error {
  override readonly name = 'ProofRefused'
  readonly code: ProofRefusal

  constructor(code: ProofRefusal, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

const HEADER = 'c2sp.org/tlog-proof@v1'
const EXTRA = 'extra '
const INDEX = 'index '
/** A tree of 2^53 entries is 53 levels high; RFC 6962 sizes end at 2^64. */
const MAX_HASHES = 64
const MAX_PROOF_CHARACTERS = 33_554_432

/** The text of a proof. Throws ProofRefused for what `parseProof` would not read back. */
export function formatProof(p: TlogProof): string {
  if (p.extra !== null && p.extra.length === 0) throw new ProofRefused('extra', 'no extra data is written as null')
  if (!isCount(p.index)) throw new ProofRefused('index', 'the index is a whole number from 0 to 2^53 - 1')
  if (!p.hashes.every(isHash)) throw new ProofRefused('hash', 'a hash has 32 bytes')
  if (p.hashes.length > MAX_HASHES) throw new ProofRefused('too-many-hashes', `more than ${MAX_HASHES} hashes`)
  refuseBadCheckpoint(p.checkpoint, p.index)
  const lines = [
    HEADER,
    ...(p.extra === null ? [] : [EXTRA + encodeBase64(p.extra)]),
    INDEX + p.index,
    ...p.hashes.map(encodeBase64),
  ]
  return `${lines.join('\n')}\n\n${p.checkpoint}`
}

/**
 * Reads a proof; nothing in it is verified but its form, canonical only: `formatProof` gives the same text again.
 * Throws ProofRefused.
 */
export function parseProof(text: string): TlogProof {
  if (text.length > MAX_PROOF_CHARACTERS)
    throw new ProofRefused('too-long', `longer than ${MAX_PROOF_CHARACTERS} characters`)
  const split = text.indexOf('\n\n')
  if (split < 0) throw new ProofRefused('checkpoint', 'no blank line stands before the checkpoint')
  const lines = text.slice(0, split).split('\n')
  if (lines[0] !== HEADER) throw new ProofRefused('header', `the first line is not ${HEADER}`)
  const hasExtra = lines[1]?.startsWith(EXTRA) === true
  const extra = hasExtra ? parseExtra(lines[1] ?? '') : null
  const [indexLine, ...hashLines] = lines.slice(hasExtra ? 2 : 1)
  const index = indexLine?.startsWith(INDEX) === true ? parseCount(indexLine.slice(INDEX.length)) : null
  if (index === null) throw new ProofRefused('index', 'no line with the index as a plain decimal number')
  if (hashLines.length > MAX_HASHES) throw new ProofRefused('too-many-hashes', `more than ${MAX_HASHES} hashes`)
  const checkpoint = text.slice(split + 2)
  refuseBadCheckpoint(checkpoint, index)
  return { extra, index, hashes: hashLines.map(parseHash), checkpoint }
}

function parseExtra(line: string): Uint8Array {
  const extra = decodeBase64(line.slice(EXTRA.length))
  if (extra === null || extra.length === 0)
    throw new ProofRefused('extra', 'the extra data is not base64, or there is none')
  return extra
}

function parseHash(line: string): Hash {
  const hash = decodeBase64(line)
  if (hash === null || !isHash(hash)) throw new ProofRefused('hash', 'not 32 bytes in base64')
  return hash
}

function refuseBadCheckpoint(checkpoint: string, index: number): void {
  try {
    const { size } = parseCheckpoint(parseNote(checkpoint).text)
    if (index >= size) throw new ProofRefused('index', `no entry ${index} in a log of ${size}`)
  } catch (cause) {
    if (!(cause instanceof NoteRefused || cause instanceof CheckpointRefused)) throw cause
    throw new ProofRefused('checkpoint', `the checkpoint cannot be read: ${cause.message}`, cause)
  }
}
