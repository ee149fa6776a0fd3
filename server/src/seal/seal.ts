import type { PublicStatement, StatementOf } from '@vidne/evidence/statement'
import type { Hash } from '@vidne/tlog/merkle'
import type { NoteSigner } from '@vidne/tlog/note'
import { stillWords } from '../platform/still.ts'
import { readSigned } from './checkpoints.ts'
import { continueLog, type Continuation } from './continuing.ts'
import { beginLog, survey } from './opening.ts'
import { RunningLog } from './running.ts'
import type { MapProofs, PlacedStatement, Proofs, SealState, StatementOut } from './proofs.ts'
import type { Publisher } from './publisher.ts'
import { serveLog, type Served, type Shown } from './serve.ts'
import type { Settled, SettleWish } from './settling.ts'
import { stillOf, type LogStanding } from './standing.ts'
import { groundOf, type Ground, type SealSettings } from './settings.ts'
import type { TileStore } from './tile-store.ts'
import type { ClockLead } from './witness-clocks.ts'

export { stillOf, type LogStanding, type StopReason } from './standing.ts'
export type { SealSettings } from './settings.ts'
export type { Continuation } from './continuing.ts'
export { rebuildTiles, RebuildRefused } from './rebuilding.ts'
export type { Settled, SettleWish } from './settling.ts'
export type { Served } from './serve.ts'
export type { ClockLead } from './witness-clocks.ts'
export type { SealState, MapProofs, PlacedStatement } from './proofs.ts'

/** Figures of the log, for /metrics and status pages. */
export type SealFigures = {
  readonly leaves: number
  readonly publicLeaves: number
  /** Leaves under a checkpoint that somebody beside the log has signed. */
  readonly countersignedLeaves: number
  readonly labels: number
  readonly mapReady: boolean
  readonly standing: 'ok' | 'stopped'
}

/** The seal stage's door. Labels and commitments are 32 bytes; sizes and indexes count leaves. */
export interface Seal extends Pick<
  Proofs,
  'position' | 'proofOf' | 'mapProofs' | 'statementProof' | 'receiptOf' | 'state'
> {
  /** Whether the log may sign; if not, why and what to do. Ask before promising anybody that something will be sealed. */
  standing(): LogStanding
  /** Makes leaf 0 of a new log, signs it and publishes the first checkpoint. */
  openLog(opened: StatementOf<'log-opened'>): Promise<void>
  /** Resolves with the index of a label's leaf once a signed checkpoint covers it; null when the log stops or closes before. */
  whenSealed(label: Uint8Array): Promise<number | null>
  /** Brings an event under a checkpoint and a later map root. `none` says why it could not. */
  settle(wish: SettleWish): Promise<Settled>
  /** What the log has said in the open, of one type, oldest first; nothing beyond the public checkpoint. Empty while it stands still. */
  said<Type extends PublicStatement['type']>(type: Type): Promise<StatementOut<Type>[]>
  /** Makes the next public checkpoint now. False when the log cannot sign. */
  publish(): Promise<boolean>
  /**
   * Takes a cosignature for one of the last 256 public checkpoints: its line, or the whole cosigned note. Gives the size of
   * the checkpoint, or null when no line is a known cosigner's and holds.
   */
  acceptCosignature(cosigned: string): Promise<number | null>
  /**
   * By how much our clock leads that of each witness that was heard since the start (negative: lags behind). Empty where none is
   * named, or none has answered. Makes a public checkpoint when nobody was heard lately. Rejects never for a silent witness.
   */
  clockLeads(): Promise<readonly ClockLead[]>
  /** Answers `/log/` + path. Never shows a leaf beyond the public checkpoint. */
  serve(path: string): Promise<Served>
  metrics(): SealFigures
  close(): Promise<void>
}

/** Looks whether the log may go on, and if so, keeps it going. Never throws for a log that must stop: ask `standing()`. */
export async function openSeal(settings: SealSettings): Promise<Seal> {
  const ground = groundOf(settings)
  const places = { ...ground, signer: ground.signers.log }
  const found = await survey(places)
  const seal = new Door(ground, found.standing)
  if (found.standing === 'ok' && found.log !== null && found.signed !== null) {
    await seal.run({ log: found.log, signed: found.signed })
  }
  const still = stillOf(found.standing)
  if (still !== null) ground.log.warn({ reason: still.code }, stillWords('en', still))
  return seal
}

/** Whether the log might go on from what lies there. Looks at database, tiles and lock; signs and writes nothing. */
export async function standingOf(settings: SealSettings): Promise<LogStanding> {
  const ground = groundOf(settings)
  return (await survey({ ...ground, signer: ground.signers.log })).standing
}

/**
 * Retires a log whose leaves are lost and begins the next one, which names the old one's last checkpoint. The settings are
 * those of the new log (new origin, new key); the folders are the old ones and are put aside. Open the seal afterwards.
 */
export async function continueFrom(settings: SealSettings, continuation: Continuation): Promise<void> {
  const { folder, lockFolder } = settings
  const ground = groundOf(settings)
  await continueLog({ ...ground, signer: ground.signers.log, folder, lockFolder }, continuation)
}

/** Proofs were asked of a log that must stop: nothing it holds can be relied on. */
export class LogNotRunning extends Error {
  override readonly name = 'LogNotRunning'
}

const NO_FIGURES = { leaves: 0, publicLeaves: 0, countersignedLeaves: 0, labels: 0, mapReady: false }

class Door implements Seal {
  readonly #ground: Ground
  readonly #found: LogStanding
  #running: RunningLog | null = null

  constructor(ground: Ground, found: LogStanding) {
    this.#ground = ground
    this.#found = found
  }

  async run(start: ConstructorParameters<typeof RunningLog>[1]): Promise<void> {
    this.#running = new RunningLog(this.#ground, start)
    await this.#running.start()
  }

  standing(): LogStanding {
    return this.#running?.sequencer.standing ?? (this.#found === 'ok' ? { stopped: 'not-opened' } : this.#found)
  }

  async openLog(opened: StatementOf<'log-opened'>): Promise<void> {
    const standing = this.standing()
    if (standing === 'ok') throw new Error('the log is open already')
    if (standing.stopped !== 'not-opened') throw new Error(stillWords('en', { code: standing.stopped }))
    const places = { ...this.#ground, signer: this.#ground.signers.log }
    await beginLog(places, opened)
    const { log, signed } = await survey(places)
    if (log === null || signed === null) throw new Error('the log that has just been opened is not there')
    await this.run({ log, signed })
    await this.publish()
  }

  async position(label: Uint8Array): Promise<number | null> {
    return this.#running?.proofs.position(label) ?? null
  }

  async receiptOf(sealed: Parameters<Proofs['receiptOf']>[0]): Promise<string | null> {
    return this.#running?.proofs.receiptOf(sealed) ?? null
  }

  async state(label: Uint8Array): Promise<SealState> {
    return this.#running?.proofs.state(label) ?? 'received'
  }

  proofOf(index: number, size: number): Promise<Hash[]> {
    return this.#demand().proofs.proofOf(index, size)
  }

  mapProofs(labels: readonly Uint8Array[], absent: Uint8Array, size: number): Promise<MapProofs> {
    return this.#demand().proofs.mapProofs(labels, absent, size)
  }

  statementProof<Type extends PublicStatement['type']>(
    wanted: { type: Type; policy?: string },
    size: number,
  ): Promise<PlacedStatement<Type> | null> {
    return this.#demand().proofs.statementProof(wanted, size)
  }

  async said<Type extends PublicStatement['type']>(type: Type): Promise<StatementOut<Type>[]> {
    return this.#running?.proofs.statements(type, this.metrics().publicLeaves) ?? []
  }

  async whenSealed(label: Uint8Array): Promise<number | null> {
    return this.#running?.whenSealed(label) ?? null
  }

  async settle(wish: SettleWish): Promise<Settled> {
    if (this.#running !== null) return this.#running.settling.settle(wish)
    return { kind: 'none', because: 'stopped', still: stillOf(this.standing()) ?? { code: 'not-opened' } }
  }

  async publish(): Promise<boolean> {
    return this.#running?.publishNow() ?? false
  }

  async acceptCosignature(cosigned: string): Promise<number | null> {
    return this.#running?.publisher.accept(cosigned) ?? null
  }

  async clockLeads(): Promise<readonly ClockLead[]> {
    return this.#running?.clockLeads() ?? []
  }

  async serve(path: string): Promise<Served> {
    const { tiles, signers } = this.#ground
    const publicly = this.#running === null ? await servedAnyway(tiles, signers.log) : shownBy(this.#running.publisher)
    return serveLog(path, publicly, tiles)
  }

  metrics(): SealFigures {
    const standing = this.standing() === 'ok' ? 'ok' : 'stopped'
    return { ...(this.#running?.figures() ?? NO_FIGURES), standing }
  }

  async close(): Promise<void> {
    await this.#running?.close()
  }

  #demand(): RunningLog {
    if (this.#running === null) throw new LogNotRunning('the log is not running')
    return this.#running
  }
}

function shownBy({ newest, checked }: Publisher): Shown | null {
  return newest === null ? null : { ...newest, checked: checked?.note ?? null }
}

/** A log that must stop still shows what it has published, so that others can look into why. */
async function servedAnyway(tiles: TileStore, signer: NoteSigner): Promise<Shown | null> {
  const note = await tiles.published()
  const signed = note === null ? null : await readSigned(note, signer)
  return signed === null ? null : { ...signed, checked: null }
}
