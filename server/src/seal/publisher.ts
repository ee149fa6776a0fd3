import { mapRootLeaf } from '@vidne/evidence/leaf'
import { addSignatures, parseNote, signNote } from '@vidne/tlog/note'
import type { NoteKey, NoteSigner } from '@vidne/tlog/note'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import { readSigned, signedBy, type Signed } from './checkpoints.ts'
import type { LogMap } from './log-map.ts'
import { fillersFor } from './padding.ts'
import type { Sequencer, Step, Turn } from './sequencer.ts'
import { changePublic, eventsSince, insertPublic, publicNotes, PUBLIC_KEPT, type PublicNote } from './store.ts'
import type { TileStore } from './tile-store.ts'
import { Waiting } from './waiting.ts'
import { linesOf, type Witnesses } from './witnesses.ts'

export type PublisherParts = {
  readonly database: Database
  readonly sequencer: Sequencer
  readonly map: LogMap
  readonly tiles: TileStore
  readonly witnesses: Witnesses
  readonly signers: { readonly log: NoteSigner; readonly second: NoteSigner | null }
  /** Whose cosignatures are taken: witnesses and map-checkers. */
  readonly cosigners: readonly NoteKey[]
  readonly mapCheckers: readonly NoteKey[]
  readonly clock: Clock
  readonly passed: (step: Step) => void | Promise<void>
}

// A checkpoint with a hundred cosigners is some 400 kB; what is posted is one note with the poster's own line.
const LONGEST_COSIGNED = 65_536
const MOST_LINES = 16

type Counted = PublicNote & { readonly cosigners: number; readonly mapChecked: boolean }

/** A map root in the log: its leaf at `index` covers every leaf before it. */
export type MapRoot = { readonly index: number; readonly root: Uint8Array; readonly leaf: Uint8Array }

/**
 * Moves the public checkpoint. Each one covers an interval padded to a step and ends in a map root over all before it,
 * so the map root of a public checkpoint of size n is always leaf n - 1.
 */
export class Publisher {
  readonly #parts: PublisherParts
  readonly #waiting = new Waiting<PublicNote | null>()
  // Newest first, as the database remembers them, each with the number of its known cosigners.
  #notes: readonly Counted[] = []
  #publishing: Promise<PublicNote | null> | null = null

  constructor(parts: PublisherParts) {
    this.#parts = parts
  }

  /** The public checkpoint, or null before the first. */
  get newest(): PublicNote | null {
    return this.#notes[0] ?? null
  }

  /** The newest public checkpoint that a map-checker has signed, of those that are remembered; null without one. */
  get checked(): PublicNote | null {
    return this.#notes.find(note => note.mapChecked) ?? null
  }

  /** Reads what is public from the database: at start, and when another process has published. */
  async load(): Promise<void> {
    const { database, sequencer } = this.#parts
    const notes = await database.asInstallation(trx => publicNotes(trx, sequencer.log))
    this.#notes = await Promise.all(notes.map(note => this.#counted(note)))
    const { newest } = this
    // A crash may have come between recording and serving it.
    if (newest !== null) await this.#serve(newest)
    this.#announce()
  }

  /** Shows the present public checkpoint to the witnesses, whose answer may stop the log. */
  async inquire(): Promise<void> {
    const { newest } = this
    if (newest === null) return
    const { sequencer, witnesses } = this.#parts
    const testimony = await witnesses.ask(newest.note, () => sequencer.largestSigned())
    if (testimony.stopped !== null) return sequencer.stop(testimony.stopped)
    await this.#add(newest.size, testimony.lines)
  }

  /** Makes the next public checkpoint; calls that come meanwhile share it. Null when the log cannot sign now. */
  publish(): Promise<PublicNote | null> {
    this.#publishing ??= this.#publish().finally(() => {
      this.#publishing = null
    })
    return this.#publishing
  }

  /** A public checkpoint that covers a leaf, and of those the one that most have cosigned; null when there is none yet. */
  covering(index: number): (PublicNote & { readonly cosigners: number }) | null {
    const covering = this.#notes.filter(note => note.size > index)
    return covering.reduce<Counted | null>(
      (best, note) => (best !== null && best.cosigners >= note.cosigners ? best : note),
      null,
    )
  }

  /** Size of the newest public checkpoint that somebody beside the log has signed; 0 without one. */
  get countersignedSize(): number {
    return Math.max(0, ...this.#notes.filter(note => note.cosigners > 0).map(note => note.size))
  }

  /** The next public checkpoint that covers a leaf; null when the log ends before. */
  next(index: number): Promise<PublicNote | null> {
    return this.#waiting.until(index)
  }

  /** Adds a map root over everything numbered so far and signs a private checkpoint over it. */
  async mapRoot(): Promise<{ signed: Signed; mapRoot: MapRoot } | 'not-now'> {
    await this.#parts.map.catchUp(this.#parts.sequencer.signed.size)
    return this.#parts.sequencer.insist(async turn => {
      await turn.number()
      const mapRoot = await this.#sayMapRoot(turn)
      return { signed: await turn.seal(), mapRoot }
    })
  }

  /** The map root that the public checkpoint of this size ends in. Waits for the map after a start. */
  async mapRootOf(size: number): Promise<MapRoot> {
    await this.#parts.map.catchUp(size - 1)
    const root = this.#parts.map.rootAt(size - 1)
    return { index: size - 1, root, leaf: mapRootLeaf(root, size - 1) }
  }

  /**
   * Takes cosignatures, as lines under one of the remembered public checkpoints or as the whole cosigned note. Only lines
   * of a known cosigner that verify are kept. Gives the size they belong to, or null when none does.
   */
  async accept(cosigned: string): Promise<number | null> {
    if (cosigned.length > LONGEST_COSIGNED) return null
    const isNote = cosigned.includes('\n\n')
    const lines = (isNote ? cosigned.slice(cosigned.lastIndexOf('\n\n') + 2) : cosigned)
      .split('\n')
      .filter(line => line !== '')
      .slice(0, MOST_LINES)
    for (const { size, note } of this.#notes) {
      const { text } = parseNote(note)
      if (isNote && !cosigned.startsWith(`${text}\n`)) continue
      const sound = await Promise.all(this.#parts.cosigners.map(key => linesOf(key, text, lines)))
      if (sound.flat().length === 0) continue
      await this.#add(size, sound.flat())
      return size
    }
    return null
  }

  /** Lets everybody who waits go empty-handed. */
  end(): void {
    this.#waiting.all(null)
  }

  async #publish(): Promise<PublicNote | null> {
    const { sequencer, map, signers, witnesses, database, clock, passed } = this.#parts
    await map.catchUp(sequencer.signed.size)
    const signed = await sequencer.insist(turn => this.#padAndSeal(turn))
    if (signed === 'not-now') return null
    const { text } = parseNote(signed.note)
    const ours = await signNote(text, signers.second === null ? [signers.log] : [signers.log, signers.second])
    await passed('public-signed')
    const testimony = await witnesses.ask(ours, () => sequencer.largestSigned())
    if (testimony.stopped !== null) {
      sequencer.stop(testimony.stopped)
      return null
    }
    const fresh = { size: signed.size, note: addSignatures(ours, testimony.lines), at: clock.now() }
    await database.asInstallation(trx => insertPublic(trx, { ...fresh, log: sequencer.log }))
    await passed('public-recorded')
    await this.#serve(fresh)
    await passed('public-served')
    const notes = [await this.#counted(fresh), ...this.#notes]
    this.#notes = notes.toSorted((a, b) => b.size - a.size).slice(0, PUBLIC_KEPT)
    this.#announce()
    return fresh
  }

  async #padAndSeal(turn: Turn): Promise<Signed> {
    const { sequencer, database } = this.#parts
    const since = { log: sequencer.log, from: this.newest?.size ?? 0 }
    await turn.number()
    const events = await database.asInstallation(trx => eventsSince(trx, since))
    // What was committed while this was counted is numbered here too, among the fillers; then one step up may be due.
    await turn.number(fillersFor(events))
    const shown = await database.asInstallation(trx => eventsSince(trx, since))
    if (fillersFor(shown) > 0) await turn.fill(fillersFor(shown))
    await this.#sayMapRoot(turn)
    return turn.seal()
  }

  async #sayMapRoot(turn: Turn): Promise<MapRoot> {
    const { map } = this.#parts
    const index = turn.count
    await map.catchUp(index)
    const root = map.rootAt(index)
    const leaf = mapRootLeaf(root, index)
    await turn.say(leaf)
    map.offer(index, [leaf])
    return { index, root, leaf }
  }

  async #counted({ size, note, at }: PublicNote): Promise<Counted> {
    const { cosigners, mapCheckers } = this.#parts
    const mapChecked = (await signedBy(note, mapCheckers)).length > 0
    return { size, note, at, mapChecked, cosigners: (await signedBy(note, cosigners)).length }
  }

  async #add(size: number, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return
    const { database, sequencer } = this.#parts
    const which = { log: sequencer.log, size }
    const note = await database.asInstallation(trx => changePublic(trx, which, now => addSignatures(now, lines)))
    if (note === null) return
    const all = this.#notes.map(async one => (one.size === size ? this.#counted({ ...one, note }) : one))
    this.#notes = await Promise.all(all)
    await this.#serve({ size, note })
  }

  /** What a mirror sees never goes back to a smaller tree, however two processes cross. */
  async #serve({ size, note }: { size: number; note: string }): Promise<void> {
    const { tiles, signers } = this.#parts
    const there = await tiles.published()
    const shown = there === null ? 0 : ((await readSigned(there, signers.log))?.size ?? 0)
    if (there !== note && shown <= size) await tiles.publish(note)
  }

  #announce(): void {
    const { newest } = this
    if (newest === null) return
    this.#parts.sequencer.keepPublic(newest.size)
    this.#waiting.passed(newest.size, newest)
  }
}
