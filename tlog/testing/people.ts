import { generateKey, parseVerifierKey, signerFromKey } from '../src/keys.ts'
import type { NoteKey, NoteSigner } from '../src/note.ts'

/** Someone who signs, with a fresh key: the signer, and the key others know them by. */
export type Signatory = { signer: NoteSigner; key: NoteKey; vkey: string; skey: string }

/** A moment that has fractions of a second, to show that signatures carry whole ones. */
export const NOW = 1_700_000_000_987

export async function someone(name: string, kind: NoteKey['kind'], now = NOW): Promise<Signatory> {
  const { skey, vkey } = await generateKey(name, kind)
  return { signer: await signerFromKey(skey, () => now), key: parseVerifierKey(vkey), vkey, skey }
}

/** Runs what should be refused and gives the refusal; a missing refusal is an error. */
export async function refusal(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was refused')
}
