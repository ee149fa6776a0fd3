import type { IncomingMessage } from 'node:http'
import type { PartSink } from './part-sink.ts'
import { SLOT_BYTES } from './slots.ts'
import type { Place, Turns } from './turns.ts'

/** How a body ended. Everything but `whole` leaves an upload to be resumed. */
export type BodyEnd = 'whole' | 'cut' | 'idle' | 'taken-over' | 'closing' | 'too-long'

/** What came from the socket. `alone`: nothing else lies in its memory. */
type Chunk = { readonly bytes: Uint8Array; readonly alone: boolean }

/** A body may hold so much without having a turn: enough to go on listening to a sender who sends next to nothing. */
const QUIET_BYTES = 16_384
/**
 * How much a body may take in before it passes its turn on, while others wait. Long turns end uploads one after the other instead
 * of all at once, so that making recordings of some goes on beside receiving the others.
 */
const BYTES_A_TURN = 32 * SLOT_BYTES
/** A sender of whom less came between two looks of the watch lets others go first. */
const SLOW_BYTES = SLOT_BYTES

/**
 * Receives one request body and hands it to the sink, segment by segment. It stops reading from the socket whenever a segment
 * waits for a slot or a turn, so what a server holds in memory is bounded whatever the senders do. The newest full segment is
 * held back until more comes, because the last segment of a part is sealed as such.
 */
export class Intake {
  readonly #request: IncomingMessage
  readonly #sink: PartSink
  readonly #turns: Turns
  readonly #room: number
  #gathered: Chunk[] = []
  #gatheredBytes = 0
  #received = 0
  #end: BodyEnd | null = null
  #early = false
  #turn: Place | null = null
  #hasTurn = false
  #bytesThisTurn = 0
  #receivedAtLook = 0
  #lastByteAt = performance.now()
  #holding = false
  #wake: (() => void) | null = null

  /** `room`: bytes that the upload still takes. */
  constructor(p: { request: IncomingMessage; sink: PartSink; turns: Turns; room: number }) {
    this.#request = p.request
    this.#sink = p.sink
    this.#turns = p.turns
    this.#room = p.room
  }

  /** Plaintext bytes that wait here to become a segment. */
  get waitingBytes(): number {
    return this.#gatheredBytes
  }

  get received(): number {
    return this.#received
  }

  /** How long nothing has come although this side was ready to read, in milliseconds. */
  silence(now: number): number {
    return this.#holding ? 0 : now - this.#lastByteAt
  }

  get openSince(): number | null {
    return this.#sink.openSince
  }

  /** Whether the sender's connection is gone, so that nothing can come any more. */
  get gone(): boolean {
    return this.#request.destroyed || this.#end !== null
  }

  /** Reads until the body ends. What had come is in the sink then, whatever the end. Throws what the sink throws. */
  async run(): Promise<BodyEnd> {
    this.#listen()
    try {
      for (;;) {
        await this.#something()
        for (let next = this.#nextSegment(); next !== null; next = this.#nextSegment()) await this.#hand(next)
        if (this.#end !== null && this.#gatheredBytes === 0) return this.#end
      }
    } finally {
      this.#stopListening()
      this.#turn?.leave()
    }
  }

  /** Ends the body from this side. Nothing that has come is lost. */
  stop(why: 'idle' | 'taken-over' | 'closing'): void {
    this.#ended(why)
  }

  /** Seals what is here as it is, so that its memory and its open part are free for others. */
  closeEarly(): void {
    if (this.#gatheredBytes === 0) return
    this.#early = true
    this.#wakeUp()
  }

  /** Lets others go first when little has come since the last look although this side was ready to read. */
  passTurnIfSlow(): void {
    const came = this.#received - this.#receivedAtLook
    this.#receivedAtLook = this.#received
    if (this.#hasTurn && this.#turns.pressing && !this.#holding && came < SLOW_BYTES) this.#passTurn()
  }

  #listen(): void {
    const request = this.#request
    request.on('data', this.#onData)
    request.on('end', this.#onEnd)
    request.on('close', this.#onCut)
    request.on('error', this.#onCut)
    if (request.destroyed) this.#ended('cut')
  }

  #stopListening(): void {
    const request = this.#request
    request.off('data', this.#onData)
    request.off('end', this.#onEnd)
    request.off('close', this.#onCut)
    // A late error of a socket that nobody listens to would end the process.
    request.on('error', () => {})
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#lastByteAt = performance.now()
    if (this.#end !== null) return
    if (this.#received + chunk.length > this.#room) return this.#ended('too-long')
    this.#gathered.push({ bytes: chunk, alone: chunk.byteLength === chunk.buffer.byteLength })
    this.#gatheredBytes += chunk.length
    this.#received += chunk.length
    this.#bytesThisTurn += chunk.length
    if (this.#canCut()) {
      this.#hold()
      this.#wakeUp()
    } else if (!this.#hasTurn && this.#gatheredBytes > QUIET_BYTES) {
      this.#hold()
      this.#askForTurn()
    }
  }

  readonly #onEnd = (): void => this.#ended('whole')
  // Also when all bytes have reached this machine: those that were not read yet are gone with the socket.
  readonly #onCut = (): void => this.#ended('cut')

  #ended(how: BodyEnd): void {
    this.#end ??= how
    this.#wakeUp()
  }

  #wakeUp(): void {
    this.#wake?.()
    this.#wake = null
  }

  async #something(): Promise<void> {
    if (this.#end !== null || this.#early || this.#canCut()) return
    await new Promise<void>(wake => (this.#wake = wake))
  }

  #canCut(): boolean {
    if (this.#gatheredBytes > SLOT_BYTES) return true
    return this.#gatheredBytes === SLOT_BYTES && this.#sink.lastOfPart
  }

  #nextSegment(): { bytes: number; final: boolean } | null {
    if (this.#canCut()) return { bytes: SLOT_BYTES, final: this.#sink.lastOfPart }
    const rest = this.#gatheredBytes > 0 && (this.#end !== null || this.#early)
    this.#early = false
    return rest ? { bytes: this.#gatheredBytes, final: true } : null
  }

  async #hand(segment: { bytes: number; final: boolean }): Promise<void> {
    this.#hold()
    await this.#sink.take({ ...segment, fill: slot => this.#fill(slot, segment.bytes) })
    if (this.#hasTurn && this.#turns.pressing && this.#bytesThisTurn >= BYTES_A_TURN) this.#passTurn()
    if (this.#canCut()) return
    if (this.#hasTurn || this.#gatheredBytes <= QUIET_BYTES) this.#letFlow()
    else this.#askForTurn()
  }

  #fill(slot: Uint8Array, bytes: number): void {
    let filled = 0
    while (filled < bytes) {
      const chunk = this.#gathered.shift()
      if (chunk === undefined) throw new Error('fewer bytes gathered than counted')
      const part = chunk.bytes.subarray(0, bytes - filled)
      slot.set(part, filled)
      filled += part.length
      if (part.length < chunk.bytes.length)
        this.#gathered.unshift({ ...chunk, bytes: chunk.bytes.subarray(part.length) })
      else letGo(chunk)
    }
    this.#gatheredBytes -= bytes
  }

  #askForTurn(): void {
    if (this.#turn !== null) return
    const turn = this.#turns.ask()
    this.#turn = turn
    void turn.ready.then(() => {
      if (this.#turn !== turn) return
      this.#hasTurn = true
      this.#bytesThisTurn = 0
      this.#letFlow()
    })
  }

  #passTurn(): void {
    this.#turn?.leave()
    this.#turn = null
    this.#hasTurn = false
  }

  #hold(): void {
    if (this.#holding) return
    this.#holding = true
    this.#request.pause()
  }

  #letFlow(): void {
    if (!this.#holding) return
    this.#holding = false
    this.#lastByteAt = performance.now()
    this.#request.resume()
  }
}

/**
 * Frees a chunk's memory now. Left to the garbage collector, 64 KiB of foreign memory a chunk makes it run dozens of times a
 * second under load: a quarter of the server's work.
 */
function letGo({ bytes, alone }: Chunk): void {
  if (alone && bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0)
}
