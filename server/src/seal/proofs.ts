import type { OpenEvent } from '@vidne/evidence/event'
import { parseLeaf } from '@vidne/evidence/leaf'
import type { Manifest } from '@vidne/evidence/manifest'
import type { MapProof } from '@vidne/evidence/map-proof'
import { formatReceipt } from '@vidne/evidence/receipt'
import type { LogOpening } from '@vidne/evidence/receipt'
import type { PublicStatement, StatementOf } from '@vidne/evidence/statement'
import { type Hash, leafHash } from '@vidne/tlog/merkle'
import type { NoteSigner } from '@vidne/tlog/note'
import { TileCache } from '@vidne/tlog/tile-cache'
import { inclusionProof } from '@vidne/tlog/tiles'
import type { Database } from '../platform/database/door.ts'
import { without } from './checkpoints.ts'
import { LeafZero } from './leaf-zero.ts'
import type { LogMap } from './log-map.ts'
import type { Publisher } from './publisher.ts'
import type { Sequencer } from './sequencer.ts'
import { findStatement, positionOf, statementsOut } from './store.ts'
import type { TileStore } from './tile-store.ts'

/** How far an event has come: committed here; under a signed checkpoint; under one that somebody else has cosigned too. */
export type SealState = 'received' | 'sealed' | 'countersigned'

/** Presence of each label in order, absence of one, all under the map root that covers the log's first `size` leaves. */
export type MapProofs = { readonly presence: MapProof[]; readonly absence: MapProof }

/** A public statement with its place in the log and the inclusion proof for the size that was asked for. */
export type PlacedStatement<Type extends PublicStatement['type']> = {
  readonly statement: StatementOf<Type>
  readonly index: number
  readonly hashes: Hash[]
}

export type ProofParts = {
  readonly database: Database
  readonly sequencer: Sequencer
  readonly publisher: Publisher
  readonly map: LogMap
  readonly tiles: TileStore
  readonly second: NoteSigner | null
}

/** A public statement that is out, with its place in its log and what a tile holds of it. */
export type StatementOut<Type extends PublicStatement['type']> = {
  readonly statement: StatementOf<Type>
  readonly index: number
  readonly leafHash: Hash
}

/** Answers what the log can prove of what it holds. */
export class Proofs {
  readonly #parts: ProofParts
  // Tiles at the edge grow, and the cache asks again for a wider one; what it keeps of a tile never changes.
  readonly #cached: TileCache
  readonly #leafZero = new LeafZero(size => this.#opening(size))

  constructor(parts: ProofParts) {
    this.#parts = parts
    this.#cached = new TileCache(parts.tiles, 1024)
  }

  /** The index of the leaf under a label, or null while it has none. */
  position(label: Uint8Array): Promise<number | null> {
    const { database, sequencer } = this.#parts
    return database.asInstallation(trx => positionOf(trx, sequencer.log, label))
  }

  /** Inclusion proof of leaf `index` in the tree of `size` leaves, which must have been signed. */
  proofOf(index: number, size: number): Promise<Hash[]> {
    const { signed } = this.#parts.sequencer
    if (size > signed.size) throw new RangeError(`no tree of ${size} leaves has been signed yet`)
    return inclusionProof(this.#cached, index, size)
  }

  /** Map proofs as of the log's first `size` leaves, now or any time later. */
  async mapProofs(labels: readonly Uint8Array[], absent: Uint8Array, size: number): Promise<MapProofs> {
    const { map } = this.#parts
    await map.catchUp(size)
    return { presence: labels.map(label => map.proveAt(label, size)), absence: map.proveAt(absent, size) }
  }

  async statementProof<Type extends PublicStatement['type']>(
    wanted: { type: Type; policy?: string },
    size: number,
  ): Promise<PlacedStatement<Type> | null> {
    const { database, sequencer } = this.#parts
    const query = { log: sequencer.log, size, type: wanted.type, policy: wanted.policy ?? null }
    const found = await database.asInstallation(trx => findStatement(trx, query))
    if (found === null) return null
    const leaf = parseLeaf(found.leaf)
    if (leaf.kind !== 'statement' || !isOf(leaf.statement, wanted.type))
      throw new Error(`leaf ${found.index} is not what was written`)
    return { statement: leaf.statement, index: found.index, hashes: await this.proofOf(found.index, size) }
  }

  /** All statements of a type below a public size, and those of the logs before this one, oldest first. */
  async statements<Type extends PublicStatement['type']>(type: Type, size: number): Promise<StatementOut<Type>[]> {
    const { database, sequencer } = this.#parts
    const found = await database.asInstallation(trx => statementsOut(trx, { log: sequencer.log, size, type }))
    return found.map(({ index, leaf }) => {
      const parsed = parseLeaf(leaf)
      if (parsed.kind !== 'statement' || !isOf(parsed.statement, type))
        throw new Error(`leaf ${index} is not what was written`)
      return { statement: parsed.statement, index, leafHash: leafHash(leaf) }
    })
  }

  /**
   * The receipt of a recording's first event, or null while no signed checkpoint covers it. Where the public checkpoint
   * covers it the receipt carries that one, with its cosignatures; else the log's private one, a second old. The log's
   * opening stands beside it, so that the holder learns what kind of installation it comes from.
   */
  async receiptOf(sealed: { manifest: Manifest; event: OpenEvent; label: Uint8Array }): Promise<string | null> {
    const index = await this.position(sealed.label)
    const { sequencer, publisher, second } = this.#parts
    if (index === null || index >= sequencer.signed.size) return null
    const publicly = publisher.covering(index)
    const { size, note } = publicly === null ? sequencer.signed : { ...publicly, note: without(publicly.note, second) }
    const { manifest, event } = sealed
    const [hashes, opened] = await Promise.all([this.proofOf(index, size), this.#leafZero.under(size)])
    return formatReceipt({ manifest, event, index, hashes, checkpoint: note, opened })
  }

  async #opening(size: number): Promise<LogOpening> {
    // Of a tree of one leaf: only the very first can be it.
    const first = await this.statementProof({ type: 'log-opened' }, 1)
    if (first === null) throw new Error('leaf 0 is not the opening of the log')
    return { statement: first.statement, hashes: await this.proofOf(0, size) }
  }

  async state(label: Uint8Array): Promise<SealState> {
    const index = await this.position(label)
    const { sequencer, publisher } = this.#parts
    if (index === null || index >= sequencer.signed.size) return 'received'
    const publicly = publisher.covering(index)
    return publicly !== null && publicly.cosigners > 0 ? 'countersigned' : 'sealed'
  }
}

function isOf<Type extends PublicStatement['type']>(
  statement: PublicStatement,
  type: Type,
): statement is StatementOf<Type> {
  return statement.type === type
}
