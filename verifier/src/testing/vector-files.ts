import { utf8 } from '@vidne/evidence/bytes'
import { TRUST } from './sample-package.ts'
import { type Genuine, genuine } from './good.ts'
import { tampered } from './tampered/all.ts'
import type { Case, Given } from './tampered/case.ts'

/** Files by path below `vectors/`. */
export type VectorFiles = Map<string, Uint8Array>

/** A verifier is called in the vector's folder with the file and these words. */
export type Vector = {
  name: string
  why: string
  file: string
  words: string[]
  exit: 0 | 1 | 2
  /** Members of the verdict. */
  verdict: Record<string, unknown>
  /** A reason that must be among those told; null where the verdict says all. */
  because: { code: string; where: string } | null
}

/** All vectors for verifiers, the same bytes each time. */
export async function vectorFiles(): Promise<VectorFiles> {
  const files: VectorFiles = new Map()
  files.set('packages/trust.policy', utf8(TRUST))
  files.set('tampered/trust.policy', utf8(TRUST))
  const good = await Promise.all(genuine.map(one => genuineVector(files, one)))
  const bad = await Promise.all(tampered.map(one => tamperedVector(files, one)))
  files.set('packages/index.json', index(good))
  files.set('tampered/index.json', index(bad))
  return files
}

const index = (vectors: Vector[]) => utf8(`${JSON.stringify(vectors, null, 2)}\n`)

async function genuineVector(files: VectorFiles, { name, why, given, verdict, rehearsal }: Genuine): Promise<Vector> {
  const { file, words } = lay(files, 'packages', name, await given())
  if (rehearsal === true) words.push('--rehearsal')
  return { name, why, file, words, exit: 0, verdict, because: null }
}

async function tamperedVector(files: VectorFiles, one: Case): Promise<Vector> {
  const { name, why, exit = 1, because, history = 'unproven' } = one
  const [code, place] = because
  const { file, words } = lay(files, 'tampered', name, await one.given())
  // What is no package at all is named by the path that was given.
  const where = place === 'package' ? file : place
  return { name, why, file, words, exit, verdict: { holds: false, history }, because: { code, where } }
}

function lay(files: VectorFiles, folder: string, name: string, given: Given): { file: string; words: string[] } {
  const words: string[] = []
  const put = (option: string | null, ending: string, bytes: Uint8Array) => {
    files.set(`${folder}/${name}${ending}`, bytes)
    if (option !== null) words.push(option, `${name}${ending}`)
  }
  const { ending = '.zip' } = given
  put(null, ending, given.file)
  if (given.trust === undefined) words.push('--trust', 'trust.policy')
  else if (given.trust !== null) put('--trust', '.policy', utf8(given.trust))
  if (given.demands !== undefined) put('--demands', '.demands.json', utf8(JSON.stringify(given.demands)))
  if (given.footage !== undefined) put('--footage', '.footage', given.footage)
  if (given.receipt !== undefined) put('--receipt', '.receipt', utf8(given.receipt))
  if (given.checkpoint !== undefined) put('--checkpoint', '.checkpoint', utf8(given.checkpoint))
  if (given.log !== undefined) words.push('--log', `${name}.log`)
  for (const [path, bytes] of given.log ?? []) files.set(`${folder}/${name}.log/${path}`, bytes)
  return { file: `${name}${ending}`, words }
}
