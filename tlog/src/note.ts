import { concatBytes, fromUtf8, readUint32, sameBytes, uint32, utf8 } from './bytes.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { isKeyName } from './key-name.ts'

/** Signs note texts under one name. */
export interface NoteSigner {
  readonly name: string
  readonly keyId: number
  readonly vkey: string
  /** The signature bytes of a note line, without the key ID. Throws when this kind of key does not sign such a text. */
  sign(text: Uint8Array): Promise<Uint8Array>
}

/** Checks note texts for one name. */
export interface NoteKey {
  readonly name: string
  readonly keyId: number
  readonly vkey: string
  readonly kind: 'ed25519' | 'cosignature-ed25519' | 'cosignature-ml-dsa-44'
  verify(text: Uint8Array, signature: Uint8Array): Promise<SignatureVerdict>
}

export type SignatureVerdict = { holds: true; at?: number /* unix seconds of a cosignature */ } | { holds: false }

export type NoteSignature = { name: string; keyId: number; signature: Uint8Array }

/** `text` ends in a newline; the blank line after it belongs to neither part. */
export type Note = { text: string; signatures: readonly NoteSignature[] }

export type NoteRefusal =
  | 'too-long'
  | 'not-utf8'
  | 'control-character'
  | 'no-signatures'
  | 'bad-text'
  | 'bad-signature-line'
  | 'too-many-signatures'
  | 'ambiguous-key'
  | 'bad-signature'
  | 'no-known-signature'

export class NoteRefused extends Error {
  override readonly name = 'NoteRefused'
  readonly code: NoteRefusal

  constructor(code: NoteRefusal, message: string) {
    super(message)
    this.code = code
  }
}

/** C2SP signed-note wants at least 16 accepted; a checkpoint of a hundred witnesses still passes. */
export const MAX_SIGNATURES = 128
/** Room for `MAX_SIGNATURES` lines of ML-DSA-44, and a text of half a megabyte. */
export const MAX_NOTE_BYTES = 1_048_576

/**
 * Reads a signed note without believing it: nothing is verified here.
 * Throws NoteRefused for what is not a note (C2SP signed-note, Format).
 */
export function parseNote(note: string | Uint8Array): Note {
  const whole = noteString(note)
  const split = whole.lastIndexOf('\n\n')
  if (split < 0) throw new NoteRefused('no-signatures', 'no blank line stands between text and signatures')
  const text = whole.slice(0, split + 1)
  const tail = whole.slice(split + 2)
  if (tail === '') throw new NoteRefused('no-signatures', 'no signature line follows the text')
  if (!tail.endsWith('\n')) throw new NoteRefused('bad-signature-line', 'the last signature line is cut off')
  const lines = tail.slice(0, -1).split('\n')
  if (lines.length > MAX_SIGNATURES)
    throw new NoteRefused('too-many-signatures', `more than ${MAX_SIGNATURES} signatures`)
  return { text, signatures: lines.map(parseSignatureLine) }
}

/** The one spelling of a note; `parseNote` reads it back. Throws NoteRefused for what could not be read back. */
export function formatNote(note: Note): string {
  const whole = `${note.text}\n${note.signatures.map(line => `${formatSignatureLine(line)}\n`).join('')}`
  if (parseNote(whole).text !== note.text) throw new NoteRefused('bad-text', 'the text does not end in a newline')
  return whole
}

/** `— name base64(key ID ‖ signature)`, without the newline. */
export function formatSignatureLine(line: NoteSignature): string {
  return `— ${line.name} ${encodeBase64(concatBytes(uint32(line.keyId), line.signature))}`
}

/** Reads one signature line, given without its newline. Throws NoteRefused. */
export function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, encoded, ...more] = line.split(' ')
  if (dash !== '—' || name === undefined || encoded === undefined || more.length > 0 || !isKeyName(name)) {
    throw new NoteRefused('bad-signature-line', 'a signature line is: em dash, key name, base64')
  }
  const bytes = decodeBase64(encoded)
  // Four bytes of key ID and at least one of signature, as golang.org/x/mod/sumdb/note wants it too.
  if (bytes === null || bytes.length < 5)
    throw new NoteRefused('bad-signature-line', `not a base64 signature under ${name}`)
  return { name, keyId: readUint32(bytes), signature: bytes.subarray(4) }
}

/**
 * Opens a note under keys the caller trusts: lines of unknown keys are ignored, every line of a known key must verify.
 * `signedBy` has each key once, with the latest time it vouches for.
 * Throws NoteRefused: also `bad-signature` (a known key's line does not verify), `no-known-signature`, `ambiguous-key`
 * (two different keys of the caller share name and key ID).
 */
export async function openNote(
  note: string | Uint8Array,
  keys: readonly NoteKey[],
): Promise<{ note: Note; signedBy: readonly { key: NoteKey; at?: number }[] }> {
  const opened = parseNote(note)
  const known = keysByIdentity(keys)
  const text = utf8(opened.text)
  const signedBy = new Map<NoteKey, { key: NoteKey; at?: number }>()
  for (const line of opened.signatures) {
    const key = known.get(identity(line))
    if (key === undefined) continue
    const verdict = await key.verify(text, line.signature)
    if (!verdict.holds) throw new NoteRefused('bad-signature', `the signature of ${key.name} does not fit the text`)
    const earlier = signedBy.get(key)?.at
    if (verdict.at === undefined) signedBy.set(key, signedBy.get(key) ?? { key })
    else signedBy.set(key, { key, at: Math.max(verdict.at, earlier ?? 0) })
  }
  if (signedBy.size === 0) throw new NoteRefused('no-known-signature', 'no known key has signed')
  return { note: opened, signedBy: [...signedBy.values()] }
}

/** Signs a text, which ends in a newline, with at least one signer; the lines stand in the order of the signers. */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  const bytes = utf8(text)
  const signatures: NoteSignature[] = []
  for (const signer of signers) {
    signatures.push({ name: signer.name, keyId: signer.keyId, signature: await signer.sign(bytes) })
  }
  return formatNote({ text, signatures })
}

/**
 * Adds signature lines (with or without their newline) behind those a note has; a line it has already is not doubled.
 * Nothing is verified. Throws NoteRefused when note or lines are not well-formed or the lines become too many.
 */
export function addSignatures(note: string, lines: readonly string[]): string {
  const { text, signatures } = parseNote(note)
  const all = [...signatures]
  for (const line of lines) {
    const added = parseSignatureLine(line.endsWith('\n') ? line.slice(0, -1) : line)
    if (!all.some(present => sameSignature(present, added))) all.push(added)
  }
  return formatNote({ text, signatures: all })
}

function noteString(note: string | Uint8Array): string {
  if (note.length > MAX_NOTE_BYTES) throw new NoteRefused('too-long', `longer than ${MAX_NOTE_BYTES} bytes`)
  const text = typeof note === 'string' ? note : fromUtf8(note)
  if (text === null || !text.isWellFormed()) throw new NoteRefused('not-utf8', 'not valid UTF-8')
  if (/[^\n -\u{10ffff}]/u.test(text))
    throw new NoteRefused('control-character', 'a control character other than newline')
  return text
}

function keysByIdentity(keys: readonly NoteKey[]): ReadonlyMap<string, NoteKey> {
  const known = new Map<string, NoteKey>()
  for (const key of keys) {
    const other = known.get(identity(key))
    if (other !== undefined && other.vkey !== key.vkey) {
      throw new NoteRefused('ambiguous-key', `two keys called ${key.name} share one key ID`)
    }
    known.set(identity(key), key)
  }
  return known
}

function identity(signed: { name: string; keyId: number }): string {
  return `${signed.keyId} ${signed.name}`
}

function sameSignature(a: NoteSignature, b: NoteSignature): boolean {
  return a.name === b.name && a.keyId === b.keyId && sameBytes(a.signature, b.signature)
}
