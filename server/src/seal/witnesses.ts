import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { NoteRefused, parseNote, parseSignatureLine } from '@vidne/tlog/note'
import type { NoteKey } from '@vidne/tlog/note'
import { consistencyProof } from '@vidne/tlog/tiles'
import type { Logger } from '../platform/http/logging.ts'
import type { StopReason } from './standing.ts'
import type { TileStore } from './tile-store.ts'
import { WitnessClocks } from './witness-clocks.ts'
import { addCheckpoint, type WitnessAnswer } from './witness-protocol.ts'

/** A witness of the settings: where it answers, and the key by which its word is known. */
export type Witness = { readonly url: string; readonly key: NoteKey }

/** What the witnesses make of a checkpoint: lines to add to it, or why nothing may be signed any more. */
export type Testimony = { readonly lines: readonly string[]; readonly stopped: StopReason | null }

type Said = { lines: readonly string[]; stopped: StopReason | null }

const ATTEMPTS = 3

/**
 * Those who countersign this log. They are asked before the first signature after a start and at every public checkpoint.
 * One that does not answer holds nothing up; one that has seen more than we have, or something else, stops the log.
 */
export class Witnesses {
  /** What time it was for those who signed. */
  readonly clocks = new WitnessClocks()
  readonly #witnesses: readonly Witness[]
  readonly #tiles: TileStore
  readonly #log: Logger
  readonly #timeoutMs: number
  readonly #cosignedSize = new Map<string, number>()

  constructor(parts: { witnesses: readonly Witness[]; tiles: TileStore; log: Logger; timeoutMs: number }) {
    this.#witnesses = parts.witnesses
    this.#tiles = parts.tiles
    this.#log = parts.log
    this.#timeoutMs = parts.timeoutMs
  }

  /** Whether there is anybody to ask. */
  get any(): boolean {
    return this.#witnesses.length > 0
  }

  /** Shows a public checkpoint to all. `known` tells the largest size ever signed here; who has seen more is ahead of us. */
  async ask(note: string, known: () => Promise<number>): Promise<Testimony> {
    const said = await Promise.all(this.#witnesses.map(witness => this.#askOne(witness, note, known)))
    return {
      lines: said.flatMap(one => one.lines),
      stopped: said.find(one => one.stopped !== null)?.stopped ?? null,
    }
  }

  async #askOne(witness: Witness, note: string, known: () => Promise<number>): Promise<Said> {
    const { size } = parseCheckpoint(parseNote(note).text)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const oldSize = this.#cosignedSize.get(witness.url) ?? 0
      const proof = await consistencyProof(this.#tiles, oldSize, size)
      const answer = await addCheckpoint(witness.url, { oldSize, proof, note }, this.#timeoutMs)
      if (answer.kind === 'has') {
        const verdict = judgeSize(answer.size, { oldSize, size, known: await known() })
        if (verdict !== 'ask-again') return { lines: [], stopped: verdict }
        this.#cosignedSize.set(witness.url, answer.size)
        continue
      }
      return this.#hear(witness, note, { oldSize, size }, answer)
    }
    return { lines: [], stopped: null }
  }

  async #hear(
    witness: Witness,
    note: string,
    { oldSize, size }: { oldSize: number; size: number },
    answer: Exclude<WitnessAnswer, { kind: 'has' }>,
  ): Promise<Said> {
    const { name } = witness.key
    if (answer.kind === 'inconsistent') return { lines: [], stopped: 'witness-differs' }
    if (answer.kind === 'cosigned') {
      this.#cosignedSize.set(witness.url, size)
      const signed = await signaturesOf(witness.key, parseNote(note).text, answer.lines)
      if (signed.length === 0)
        this.#log.warn({ witness: name }, 'a witness answered without a cosignature of its known key')
      // What it has signed before it may answer with its old signature, whose time says nothing of now.
      if (size > oldSize) for (const { at } of signed) if (at > 0) this.clocks.hear(name, at * 1000)
      return { lines: signed.map(({ line }) => line), stopped: null }
    }
    const facts = { witness: name, because: answer.kind === 'away' ? answer.because : `status ${answer.status}` }
    this.#log.warn(facts, 'a witness did not cosign the public checkpoint')
    return { lines: [], stopped: null }
  }
}

/** A witness that has cosigned more than anybody here has signed remembers what was lost here. */
function judgeSize(
  seen: number,
  { oldSize, size, known }: { oldSize: number; size: number; known: number },
): 'ask-again' | StopReason | null {
  if (seen > known) return 'behind-witness'
  // Between the public and the last signed size: a checkpoint whose publishing a crash cut off. The next one covers it.
  if (seen > size) return null
  // Told that its size is the one we named: then what differs is the root.
  return seen === oldSize ? 'witness-differs' : 'ask-again'
}

/** The lines that this key has truly signed. */
export async function linesOf(key: NoteKey, text: string, lines: readonly string[]): Promise<string[]> {
  return (await signaturesOf(key, text, lines)).map(({ line }) => line)
}

/** The same, each with the unix seconds it names; 0 for none. */
async function signaturesOf(
  key: NoteKey,
  text: string,
  lines: readonly string[],
): Promise<{ line: string; at: number }[]> {
  const bytes = new TextEncoder().encode(text)
  const sound: { line: string; at: number }[] = []
  for (const line of lines) {
    const read = readLine(line)
    if (read === null || read.name !== key.name || read.keyId !== key.keyId) continue
    const verdict = await key.verify(bytes, read.signature)
    if (verdict.holds) sound.push({ line, at: verdict.at ?? 0 })
  }
  return sound
}

function readLine(line: string): { name: string; keyId: number; signature: Uint8Array } | null {
  try {
    return parseSignatureLine(line)
  } catch (refusal) {
    if (refusal instanceof NoteRefused) return null
    throw refusal
  }
}
