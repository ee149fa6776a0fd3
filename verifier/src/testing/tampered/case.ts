import { fromUtf8, utf8 } from '@vidne/evidence/bytes'
import type { Json } from '@vidne/evidence/jcs'
import type { Dossier } from '@vidne/evidence/package'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import { formatReceipt } from '@vidne/evidence/receipt'
import { formatProof, parseProof } from '@vidne/tlog/proof'
import type { HistoryStanding, ReasonCode } from '../../verdict.ts'
import { type Made, type Sample, bagged, filesOf, makePackage } from '../sample-package.ts'
import { zipped } from '../zipped.ts'

/** What a verifier is handed. `trust`: the usual trust file when absent, none when null. */
export type Given = {
  file: Uint8Array
  /** Of the file's name; `.zip` when absent. */
  ending?: '.txt'
  trust?: string | null
  demands?: Json
  receipt?: string
  /** What a reader holds beside it. */
  footage?: Uint8Array
  checkpoint?: string
  /** Tiles by path. */
  log?: ReadonlyMap<string, Uint8Array>
}

/** A deceit, and the reason and place by which a verifier must refuse it. */
export type Case = {
  name: string
  why: string
  given: () => Promise<Given>
  because: readonly [ReasonCode, string]
  exit?: 2
  /** What may be left of the history; `unproven` where absent. */
  history?: HistoryStanding
}

/** A package with other files. Unless told, the deceiver makes the lists fit. */
export async function withFiles(
  made: Made,
  change: (files: Map<string, Uint8Array>) => void,
  { listed = true } = {},
): Promise<Given> {
  const files = new Map(made.files)
  change(files)
  return { file: await zipped(listed ? bagged(files) : files) }
}

/** A package whose papers tell another story. */
export async function withDossier(
  made: Made,
  change: (dossier: Dossier) => Partial<Dossier>,
  differing: Partial<Sample> = {},
): Promise<Given> {
  const dossier = { ...made.dossier, ...change(made.dossier) }
  return { file: await zipped(filesOf(dossier, { ...made.sample, ...differing })) }
}

/** A package from an installation that differs from an honest one from the start. */
export async function from(differing: Partial<Sample>): Promise<Given> {
  return { file: await zipped((await makePackage(differing)).files) }
}

/** Changes what a proof carries, without touching the proof. */
export function changeExtra(files: Map<string, Uint8Array>, name: string, change: (json: string) => string): void {
  const proof = parseProof(fromUtf8(files.get(name) ?? new Uint8Array()))
  const extra = utf8(change(fromUtf8(proof.extra ?? new Uint8Array())))
  files.set(name, utf8(formatProof({ ...proof, extra })))
}

/** Changes the checkpoint alike in every file that carries it, or in some. */
export function changeCheckpoint(
  files: Map<string, Uint8Array>,
  change: (note: string) => string,
  where: readonly string[] = [...files.keys()].filter(name => /^(events|log|policy)\//.test(name)),
): void {
  const note = fromUtf8(files.get(PACKAGE_FILE.checkpoint) ?? new Uint8Array())
  const altered = change(note)
  for (const name of where) {
    const text = fromUtf8(files.get(name) ?? new Uint8Array())
    files.set(name, utf8(text.replaceAll(note, () => altered)))
  }
}

/** One letter of base64 exchanged for another, so that the text stays canonical. */
export function otherLetter(letter: string): string {
  return letter === 'A' ? 'B' : 'A'
}

export function receiptOf({ dossier }: Made): string {
  const first = dossier.events[0]
  if (first === undefined) throw new Error('a sample without events')
  const { manifest, checkpoint, opened } = dossier
  return formatReceipt({
    manifest,
    checkpoint,
    ...first,
    opened: { statement: opened.statement, hashes: opened.hashes },
  })
}
