import type { Hash } from '@vidne/tlog/merkle'
import { parseProof, ProofRefused } from '@vidne/tlog/proof'
import { BytesRefused, fromUtf8 } from './bytes.ts'
import { FormatRefused } from './shape.ts'

/** Gives the bytes of a file of the package, or null when the package has none of that name. */
export type PackageFiles = (name: string) => Promise<Uint8Array | null>

/** Where a leaf stands in the tree of the package's one checkpoint. */
export type Place = { index: number; hashes: readonly Hash[] }

/** Why a package's files do not make a dossier. */
export type DossierFault =
  | 'missing'
  | 'not-text'
  | 'not-a-proof'
  | 'wrong-format'
  | 'other-checkpoint'
  | 'wrong-leaf'
  | 'wrong-count'
  | 'wrong-size'
  | 'wrong-digest'

/** Thrown while reading a dossier; `where` is the name of the file. */
export class DossierRefused extends Error {
  readonly code: DossierFault
  readonly where: string
  constructor(code: DossierFault, where: string, cause?: unknown) {
    super(`${where}: ${code}`, { cause })
    this.name = 'DossierRefused'
    this.code = code
    this.where = where
  }
}

/** The text of a file that must be there. Throws DossierRefused. */
export async function readText(files: PackageFiles, name: string): Promise<string> {
  const bytes = await files(name)
  if (bytes === null) throw new DossierRefused('missing', name)
  return textOf(bytes, name)
}

/** A file that must be there, through its format's parser. Throws DossierRefused. */
export async function readFormat<Value>(
  files: PackageFiles,
  name: string,
  decode: (text: string) => Value,
): Promise<Value> {
  const text = await readText(files, name)
  return within(name, 'wrong-format', () => decode(text))
}

/** A tlog-proof that stands under the package's checkpoint, and what it carries. Throws DossierRefused. */
export function proofOf(text: string, name: string, checkpoint: string): { extra: Uint8Array; place: Place } {
  const { extra, index, hashes, checkpoint: own } = within(name, 'not-a-proof', () => parseProof(text))
  if (extra === null) throw new DossierRefused('not-a-proof', name)
  if (own !== checkpoint) throw new DossierRefused('other-checkpoint', name)
  return { extra, place: { index, hashes } }
}

/** The text of a file's bytes. Throws DossierRefused. */
export function textOf(bytes: Uint8Array, name: string): string {
  return within(name, 'not-text', () => fromUtf8(bytes))
}

/** Turns the refusal of a parser into one that names the file. */
export function within<Value>(name: string, fault: DossierFault, read: () => Value): Value {
  try {
    return read()
  } catch (refusal) {
    const expected =
      refusal instanceof FormatRefused || refusal instanceof BytesRefused || refusal instanceof ProofRefused
    throw expected ? new DossierRefused(fault, name, refusal) : refusal
  }
}
