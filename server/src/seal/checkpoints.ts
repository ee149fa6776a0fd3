import { CheckpointRefused, parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseVerifierKey } from '@vidne/tlog/keys'
import { NoteRefused, formatNote, openNote, parseNote } from '@vidne/tlog/note'
import type { NoteKey, NoteSigner } from '@vidne/tlog/note'

/** A checkpoint of this log under its own signature. */
export type Signed = { readonly size: number; readonly root: Uint8Array; readonly note: string }

/** Reads a note as a checkpoint that this signer has signed for its own log; null when it is none. */
export async function readSigned(note: string, signer: NoteSigner): Promise<Signed | null> {
  try {
    const opened = await openNote(note, [parseVerifierKey(signer.vkey)])
    const { origin, size, root } = parseCheckpoint(opened.note.text)
    return origin === signer.name ? { size, root, note } : null
  } catch (refusal) {
    if (refusal instanceof NoteRefused || refusal instanceof CheckpointRefused) return null
    throw refusal
  }
}

/** The names among `keys` whose signatures a note carries. A signature that does not verify is not carried. */
export async function signedBy(note: string, keys: readonly NoteKey[]): Promise<string[]> {
  const { text, signatures } = parseNote(note)
  const bytes = new TextEncoder().encode(text)
  const names = new Set<string>()
  for (const { name, keyId, signature } of signatures) {
    const key = keys.find(one => one.name === name && one.keyId === keyId)
    if (key !== undefined && (await key.verify(bytes, signature)).holds) names.add(name)
  }
  return [...names]
}

/** The note without the lines of a key: an ML-DSA-44 line is 3.3 kB and has no place on a receipt. */
export function without(note: string, key: { name: string; keyId: number } | null): string {
  const { text, signatures } = parseNote(note)
  return formatNote({
    text,
    signatures: signatures.filter(line => line.name !== key?.name || line.keyId !== key.keyId),
  })
}
