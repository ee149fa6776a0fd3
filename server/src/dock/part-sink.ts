import type { ObjectWriter, Objects } from '../platform/objects/objects.ts'
import type { Session } from './session.ts'
import type { Slots } from './slots.ts'
import type { Place, Turns } from './turns.ts'
import type { StoredPart } from './uploads-store.ts'

/** Full segments in a part: 16 MiB of plaintext. */
export const PART_SEGMENTS = 16
/** Segments of one upload under way at once. More would let one sender fill every slot. */
const SEGMENTS_UNDER_WAY = 4

/** The upload has more parts than one recording may have. */
export class TooManyParts extends Error {
  override readonly name = 'TooManyParts'
}

export type SinkParts = { objects: Objects; slots: Slots; openParts: Turns; mostParts: number }

type OpenPart = {
  readonly part: number
  readonly object: string
  readonly offset: number
  readonly writer: ObjectWriter
  readonly place: Place
  readonly openedAt: number
  readonly seals: Promise<void>[]
  bytes: number
  segments: number
  /** Sealed bytes are appended in order where the store has no file descriptor. */
  appended: Promise<void>
}

/**
 * Takes the segments of one request body and makes parts of them: each a sealed message and an object of its own, closed at 16
 * MiB or at the end. Unless `deferred`, every part is acknowledged as soon as it is durable; a deferred sink acknowledges all
 * of them by `commit`, or none.
 */
export class PartSink {
  readonly #session: Session
  readonly #given: SinkParts
  readonly #deferred: boolean
  readonly #closed: StoredPart[] = []
  #part: OpenPart | null = null
  #slot: number | null = null
  #end: number
  #chain: Promise<void> = Promise.resolve()
  #failure: { error: unknown } | null = null

  constructor(session: Session, given: SinkParts, deferred: boolean) {
    this.#session = session
    this.#given = given
    this.#deferred = deferred
    this.#end = session.acknowledged
  }

  /** Whether the segment to come is the last that fits into the open part. */
  get lastOfPart(): boolean {
    return this.#part?.segments === PART_SEGMENTS - 1
  }

  /** Since when a part is open; null where none is. */
  get openSince(): number | null {
    return this.#part?.openedAt ?? null
  }

  get failed(): boolean {
    return this.#failure !== null
  }

  /**
   * Room for the segment to come. Throws what broke an earlier segment.
   *
   * Who has no turn asks for room in an open part: were he to keep a slot while he waits for others to close their parts, they
   * could wait for his slot. Those who have a turn are fewer than the slots.
   */
  async room({ inOpenPart }: { inOpenPart: boolean }): Promise<Buffer> {
    this.#throwFailure()
    if (inOpenPart) this.#part ??= await this.#open()
    await this.#part?.seals.at(-SEGMENTS_UNDER_WAY)
    this.#slot = await this.#given.slots.take()
    return this.#given.slots.view(this.#slot)
  }

  /** Resolves when what was put into the room is on its way. */
  async send(segment: { bytes: number; final: boolean }): Promise<void> {
    const part = (this.#part ??= await this.#open())
    const slot = this.#slot
    if (slot === null) throw new Error('a segment without room')
    this.#slot = null
    this.#send(part, { slot, ...segment })
    if (!segment.final) return
    this.#part = null
    this.#chain = this.#chain.then(() => this.#close(part)).catch((error: unknown) => this.#fail(error))
  }

  /** What was put into the room is taken elsewhere. */
  giveBack(): void {
    if (this.#slot === null) return
    this.#given.slots.give(this.#slot)
    this.#slot = null
  }

  /** Resolves when every part is durable and, unless deferred, acknowledged. */
  async finish(): Promise<void> {
    await this.#chain
    this.#throwFailure()
  }

  /** Acknowledges everything of a deferred sink. */
  async commit(): Promise<void> {
    await this.finish()
    if (this.#closed.length > 0) await this.#session.record(this.#closed.splice(0))
  }

  /** After a failure: waits until no worker writes any more, and leaves nothing unfinished behind. */
  async abandon(): Promise<void> {
    this.giveBack()
    await this.#chain
    const part = this.#part
    this.#part = null
    if (part === null) return
    await Promise.allSettled([...part.seals, part.appended])
    await part.writer.abort()
    part.place.leave()
  }

  async #open(): Promise<OpenPart> {
    if (this.#session.begunParts >= this.#given.mostParts) throw new TooManyParts('too many parts')
    const place = this.#given.openParts.ask()
    await place.ready
    try {
      const { part, object } = await this.#session.beginPart()
      const writer = await this.#given.objects.open(object)
      this.#session.sealing.startPart({ ...this.#session.cipherOf(part), file: writer.file })
      const begun = { bytes: 0, segments: 0, seals: [], appended: Promise.resolve() }
      return { part, object, offset: this.#end, writer, place, openedAt: performance.now(), ...begun }
    } catch (error) {
      place.leave()
      throw error
    }
  }

  #send(part: OpenPart, segment: { slot: number; bytes: number; final: boolean }): void {
    part.bytes += segment.bytes
    part.segments += 1
    this.#end += segment.bytes
    const before = part.appended
    const sealed = this.#session.sealing.seal(segment).finally(() => this.#given.slots.give(segment.slot))
    part.appended = sealed.then(async bytes => {
      await before
      if (bytes !== null) await part.writer.append(bytes)
    })
    part.seals.push(part.appended.catch((error: unknown) => this.#fail(error)))
  }

  async #close(part: OpenPart): Promise<void> {
    try {
      await Promise.all(part.seals)
      await (this.failed ? part.writer.abort() : part.writer.close())
    } finally {
      part.place.leave()
    }
    if (this.failed) return
    const stored = { part: part.part, object: part.object, offset: part.offset, bytes: part.bytes }
    if (this.#deferred) this.#closed.push(stored)
    else await this.#session.record([stored])
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error
  }
}
