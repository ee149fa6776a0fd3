import { concat, equalBytes } from '@vidne/evidence/bytes'
import { parseLeaf } from '@vidne/evidence/leaf'
import { LabelMap } from '@vidne/evidence/map'
import type { PublicStatement } from '@vidne/evidence/statement'
import { CheckpointRefused, parseCheckpoint } from '@vidne/tlog/checkpoint'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { Frontier, leafHash, treeRoot } from '@vidne/tlog/merkle'
import type { Hash } from '@vidne/tlog/merkle'
import { addSignatures, NoteRefused, openNote, parseNote, signNote } from '@vidne/tlog/note'
import type { NoteKey, NoteSigner } from '@vidne/tlog/note'
import { BundleRefused, decodeBundle, TILE_WIDTH } from '@vidne/tlog/tiles'

/** Where a log's files come from. What is not there is null; a partial tile may be cut from a wider one. */
export interface LogSource {
  checkpoint(): Promise<string | null>
  /** `width` hashes of 32 bytes. */
  tile(level: number, index: number, width: number): Promise<Uint8Array | null>
  bundle(index: number, width: number): Promise<Uint8Array | null>
}

/** Everything that can be wrong with a log. */
export type LogFault =
  | 'no-checkpoint'
  | 'checkpoint-unreadable'
  | 'signature-wrong'
  | 'signer-unknown'
  | 'other-log'
  | 'forked'
  | 'bundle-missing'
  | 'bundle-damaged'
  | 'tile-missing'
  | 'tile-differs'
  | 'root-differs'
  | 'leaf-malformed'
  | 'label-twice'
  | 'map-root-wrong'
  | 'opening-wrong'

export type LogFinding = { readonly fault: LogFault; readonly where: string }

export type LogVerdict = {
  /** Nothing was found, and the checkpoint is signed by a key the caller gave. */
  readonly sound: boolean
  /** Nothing was found but that no given key has signed: tiles, root and map are right, and nobody here vouches for them. */
  readonly consistent: boolean
  readonly origin: string | null
  readonly size: number
  /** The checkpoint that was checked: the signed note. */
  readonly checkpoint: string
  readonly events: number
  readonly mapRoots: number
  readonly statements: number
  /** The first hundred. */
  readonly findings: readonly LogFinding[]
}

export type LogCheck = {
  readonly source: LogSource
  /** The log's keys, from whoever the checker trusts. */
  readonly keys: readonly NoteKey[]
  /** The checkpoint to check; the one the log serves when absent. */
  readonly checkpoint?: string
  /** Checkpoints seen before: the log must begin with each of their trees. */
  readonly earlier?: readonly string[]
  /** Told of the leaves read so far. */
  readonly progress?: (leaves: number, size: number) => void
}

const MOST_FINDINGS = 100

/**
 * Recomputes a whole log from its bundles: every leaf's form, every tile, the root that was signed, the map from its first
 * label on, and each map root that was logged on the way. Needs about 150 bytes of memory an event. Rejects only when the
 * source cannot be read.
 */
export async function checkLog(check: LogCheck): Promise<LogVerdict> {
  const found = new Findings()
  const note = check.checkpoint ?? (await check.source.checkpoint())
  if (note === null) found.add('no-checkpoint', 'checkpoint')
  const checkpoint = note === null ? null : await openSigned(note, check.keys, 'checkpoint', found)
  const recount = new Recount(check.source, checkpoint?.origin ?? '', found)
  if (checkpoint !== null) {
    const marks = await marksOf(check, checkpoint, found)
    await recount.run(checkpoint.size, marks, check.progress ?? (() => undefined))
  }
  const { events, mapRoots, statements } = recount
  const { origin = null, size = 0 } = checkpoint ?? {}
  const sound = found.list.length === 0
  const { consistent } = found
  return { sound, consistent, origin, size, checkpoint: note ?? '', events, mapRoots, statements, findings: found.list }
}

/**
 * The cosignature of a map-checker over a log it has found sound: that all map roots are recomputed and no label comes
 * twice. Gives the signed note with its line added. Throws RangeError for a log that was not found sound.
 */
export async function cosignLog(verdict: LogVerdict, signer: NoteSigner): Promise<string> {
  if (!verdict.sound) throw new RangeError('a map-checker cosigns only what it has found sound')
  const { text } = parseNote(verdict.checkpoint)
  const [line] = (await signNote(text, [signer])).split('\n').slice(-2)
  return addSignatures(verdict.checkpoint, [line ?? ''])
}

class Findings {
  readonly list: LogFinding[] = []
  /** Apart from the list, which ends at the hundredth. */
  consistent = true

  add(fault: LogFault, where: string): void {
    if (fault !== 'signer-unknown') this.consistent = false
    if (this.list.length < MOST_FINDINGS) this.list.push({ fault, where })
  }
}

async function openSigned(
  note: string,
  keys: readonly NoteKey[],
  where: string,
  found: Findings,
): Promise<Checkpoint | null> {
  try {
    const { signedBy } = await openNote(note, keys)
    const checkpoint = parseCheckpoint(parseNote(note).text)
    // A log speaks for its own origin only.
    if (!signedBy.some(one => one.key.name === checkpoint.origin)) found.add('signer-unknown', where)
    return checkpoint
  } catch (refusal) {
    if (!(refusal instanceof NoteRefused || refusal instanceof CheckpointRefused)) throw refusal
    if (refusal.code === 'no-known-signature') return withoutKey(note, where, found)
    found.add(refusal.code === 'bad-signature' ? 'signature-wrong' : 'checkpoint-unreadable', where)
    return null
  }
}

/** Without a key the log can still be consistent with itself, which is worth knowing, and never sound. */
function withoutKey(note: string, where: string, found: Findings): Checkpoint | null {
  found.add('signer-unknown', where)
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch (refusal) {
    if (!(refusal instanceof CheckpointRefused)) throw refusal
    found.add('checkpoint-unreadable', where)
    return null
  }
}

/** The roots that the tree must have on its way. */
type Marks = ReadonlyMap<number, readonly { readonly root: Hash; readonly fault: LogFault; readonly where: string }[]>

async function marksOf({ earlier = [], keys }: LogCheck, last: Checkpoint, found: Findings): Promise<Marks> {
  const marks = new Map([[last.size, [{ root: last.root, fault: 'root-differs' as LogFault, where: 'checkpoint' }]]])
  for (const [at, note] of earlier.entries()) {
    const where = `earlier checkpoint ${at + 1}`
    const checkpoint = await openSigned(note, keys, where, found)
    if (checkpoint === null) continue
    if (checkpoint.origin !== last.origin) found.add('other-log', where)
    else if (checkpoint.size > last.size)
      found.add('forked', `${where}: ${checkpoint.size} leaves, more than ${last.size}`)
    else {
      const mark = { root: checkpoint.root, fault: 'forked' as LogFault, where }
      marks.set(checkpoint.size, [...(marks.get(checkpoint.size) ?? []), mark])
    }
  }
  return marks
}

class Recount {
  events = 0
  mapRoots = 0
  statements = 0
  readonly #source: LogSource
  readonly #origin: string
  readonly #found: Findings
  readonly #frontier = Frontier.empty()
  readonly #map = new LabelMap()
  // Of each level, the hashes of the tile that is not full yet.
  readonly #rows: Hash[][] = []

  constructor(source: LogSource, origin: string, found: Findings) {
    this.#source = source
    this.#origin = origin
    this.#found = found
  }

  async run(size: number, marks: Marks, progress: (leaves: number, size: number) => void): Promise<void> {
    this.#compare(marks)
    for (let index = 0; index * TILE_WIDTH < size; index++) {
      const entries = await this.#bundle(index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH))
      if (entries === null) return
      for (const leaf of entries) {
        this.#judge(leaf)
        await this.#append(leafHash(leaf))
        this.#compare(marks)
      }
      progress(this.#frontier.size, size)
    }
    for (const [level, row] of this.#rows.entries()) {
      const index = Math.floor(size / TILE_WIDTH ** (level + 1))
      if (row.length > 0) await this.#compareTile(level, index, row)
    }
  }

  async #bundle(index: number, width: number): Promise<Uint8Array[] | null> {
    const where = `bundle ${index}`
    try {
      const bytes = await this.#source.bundle(index, width)
      if (bytes !== null) return decodeBundle(bytes, width)
      this.#found.add('bundle-missing', where)
    } catch (refusal) {
      if (!(refusal instanceof BundleRefused)) throw refusal
      this.#found.add('bundle-damaged', where)
    }
    return null
  }

  #judge(bytes: Uint8Array): void {
    const index = this.#frontier.size
    const leaf = parseLeaf(bytes)
    if (index === 0 && leaf.kind !== 'statement') this.#found.add('opening-wrong', 'leaf 0')
    if (leaf.kind === 'refused') return this.#found.add('leaf-malformed', `leaf ${index}, ${leaf.because}`)
    if (leaf.kind === 'statement') return this.#judgeStatement(leaf.statement, index)
    if (leaf.kind === 'map-root') {
      this.mapRoots += 1
      // Its size is its own index: it covers everything before it, and nothing can slip in between.
      const isTrue = leaf.size === index && equalBytes(leaf.root, this.#map.root())
      return isTrue ? undefined : this.#found.add('map-root-wrong', `leaf ${index}`)
    }
    this.events += 1
    if (this.#map.insert(leaf.label, leaf.commitment) === 'duplicate') this.#found.add('label-twice', `leaf ${index}`)
  }

  /** Leaf 0 opens the log under its own origin; nothing else does, and a log is continued from another in leaf 1 only. */
  #judgeStatement(statement: PublicStatement, index: number): void {
    this.statements += 1
    const opensHere = statement.type === 'log-opened' && statement.origin === this.#origin
    const misplaced =
      (statement.type === 'log-opened' && index > 0) || (statement.type === 'log-continued' && index !== 1)
    if ((index === 0 && !opensHere) || misplaced) this.#found.add('opening-wrong', `leaf ${index}`)
  }

  async #append(hash: Hash): Promise<void> {
    this.#frontier.append(hash)
    let rising: Hash | null = hash
    for (let level = 0; rising !== null; level++) {
      const row = (this.#rows[level] ??= [])
      row.push(rising)
      rising = null
      if (row.length < TILE_WIDTH) break
      await this.#compareTile(level, Math.floor(this.#frontier.size / TILE_WIDTH ** (level + 1)) - 1, row)
      rising = treeRoot(row)
      this.#rows[level] = []
    }
  }

  async #compareTile(level: number, index: number, row: readonly Hash[]): Promise<void> {
    const where = `tile ${level}/${index}`
    const bytes = await this.#source.tile(level, index, row.length)
    if (bytes === null) this.#found.add('tile-missing', where)
    else if (!equalBytes(bytes, concat(...row))) this.#found.add('tile-differs', where)
  }

  #compare(marks: Marks): void {
    for (const { root, fault, where } of marks.get(this.#frontier.size) ?? []) {
      if (!equalBytes(root, this.#frontier.root())) this.#found.add(fault, `${where}, ${this.#frontier.size} leaves`)
    }
  }
}
