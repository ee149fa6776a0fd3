import { FORMATS } from '@vidne/evidence/statement'
import { eventLeaf, mapRootLeaf, parseLeaf, statementLeaf } from '@vidne/evidence/leaf'
import { LabelMap } from '@vidne/evidence/map'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { generateKey, parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
import { leafHash, treeRoot } from '@vidne/tlog/merkle'
import { signNote, type NoteKey, type NoteSigner } from '@vidne/tlog/note'
import { bundlePath, encodeBundle, tilePath, tilesForAppend, TILE_WIDTH } from '@vidne/tlog/tiles'
import type { LogSource } from '../log-check.ts'

export const ORIGIN = 'log.example.org/agency'

/** A log of any leaves, however wrong, under a true signature: what an operator who lies could publish. */
export class BuiltLog implements LogSource {
  readonly leaves: Uint8Array[]
  readonly signer: NoteSigner
  readonly files = new Map<string, Uint8Array>()

  constructor(leaves: Uint8Array[], signer: NoteSigner) {
    this.leaves = leaves
    this.signer = signer
  }

  static async of(leaves: Uint8Array[], signer: NoteSigner): Promise<BuiltLog> {
    const log = new BuiltLog(leaves, signer)
    const nothing = { tile: () => Promise.reject(new Error('an empty log has no tiles')) }
    for (const tile of await tilesForAppend(nothing, 0, leaves.map(leafHash)))
      log.files.set(tilePath(tile.level, tile.index, tile.width), tile.bytes)
    for (let at = 0; at < leaves.length; at += TILE_WIDTH) {
      const entries = leaves.slice(at, at + TILE_WIDTH)
      log.files.set(bundlePath(at / TILE_WIDTH, entries.length), encodeBundle(entries))
    }
    return log
  }

  /** The checkpoint over the first `size` leaves. */
  async checkpoint(size = this.leaves.length): Promise<string> {
    const root = treeRoot(this.leaves.slice(0, size).map(leafHash))
    return signNote(formatCheckpoint({ origin: this.signer.name, size, root, extensions: [] }), [this.signer])
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array | null> {
    const bytes = this.files.get(tilePath(level, index, width)) ?? this.files.get(tilePath(level, index, TILE_WIDTH))
    return bytes?.slice(0, width * 32) ?? null
  }

  async bundle(index: number, width: number): Promise<Uint8Array | null> {
    return this.files.get(bundlePath(index, width)) ?? null
  }
}

export async function logKey(): Promise<{ signer: NoteSigner; key: NoteKey }> {
  const { skey, vkey } = await generateKey(ORIGIN, 'ed25519')
  return { signer: await signerFromKey(skey), key: parseVerifierKey(vkey) }
}

export const opening = (origin = ORIGIN): Uint8Array =>
  statementLeaf({
    type: 'log-opened',
    v: 1,
    origin,
    mode: 'normal',
    formats: { ...FORMATS },
    cadenceSeconds: 300,
    at: 1,
  })

/** The event leaf with a number of its own. */
export function event(number: number): Uint8Array {
  const bytes = (what: number): Uint8Array => leafHash(new TextEncoder().encode(`${what} ${number}`))
  return eventLeaf(bytes(1), bytes(2))
}

/** The map root that belongs behind these leaves. */
export function mapRootAfter(leaves: readonly Uint8Array[]): Uint8Array {
  const map = new LabelMap()
  for (const leaf of leaves) {
    const read = parseLeaf(leaf)
    if (read.kind === 'event') map.insert(read.label, read.commitment)
  }
  return mapRootLeaf(map.root(), leaves.length)
}

/** A sound log: its opening, `events` events, and a map root behind every hundred of them and at the end. */
export function soundLeaves(events: number): Uint8Array[] {
  const leaves = [opening()]
  for (let number = 0; number < events; number++) {
    leaves.push(event(number))
    if (number % 100 === 99) leaves.push(mapRootAfter(leaves))
  }
  return [...leaves, mapRootAfter(leaves)]
}
