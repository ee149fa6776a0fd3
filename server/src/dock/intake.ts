import type { IncomingMessage } from 'node:http'
import type { PartSink } from './part-sink.ts'
import { SLOT_BYTES } from './slots.ts'
import type { Place, Turns } from './turns.ts'

/** How a body ended. Everything but `whole` leaves an upload to be resumed. */
export type BodyEnd = 'whole' | 'cut' | 'idle' | 'taken-over' | 'closing' | 'too-long'

/** What came from the socket. `alone`: nothing else lies in its memory. */
type Chunk = { readonly bytes: Buffer; readonly alone: boolean }

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
 * Receives one request body into the segments of the sink. It stops reading from the socket whenever it waits for room or a turn,
 * so what a server holds in memory is bounded whatever the senders do. The newest full segment is held back until more comes,
 * because the last segment of a part is sealed as such.
 *
 * A chunk is copied into its segment as soon as it comes, and its memory given back: the next chunk then gets the same memory,
 * which is still in the processor's cache.
 */
export class Intake {
  readonly #request: IncomingMessage
  readonly #sink: PartSink
  readonly #turns: Turns
  readonly #bytesTaken: number
  /** Of the segment that is being filled; null while there is none. */
  #room: Buffer | null = null
  #filled = 0
  /** What has come and lies in no segment yet. */
  #waiting: Chunk[] = []
  #waitingBytes = 0
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

  /** `bytesTaken`: how many the upload still takes. */
  constructor(p: { request: IncomingMessage; sink: PartSink; turns: Turns; bytesTaken: number }) {
    this.#request = p.request
    this.#sink = p.sink
    this.#turns = p.turns
    this.#bytesTaken = p.bytesTaken
  }

  /** Plaintext bytes that wait here to become a whole segment. */
  get waitingBytes(): number {
    return this.#filled + this.#waitingBytes
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
        if (!this.#canMove) await new Promise<void>(wake => (this.#wake = wake))
        await this.#move()
        if (this.#end !== null && !this.#canMove) return this.#end
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
    if (this.waitingBytes === 0) return
    this.#early = true
    this.#wakeUp()
  }

  /** Lets others go first when little has come since the last look although this side was ready to read. */
  passTurnIfSlow(): void {
    const came = this.#received - this.#receivedAtLook
    this.#receivedAtLook = this.#received
    if (!this.#hasTurn || !this.#turns.pressing || this.#holding || came >= SLOW_BYTES) return
    this.#takeBack()
    this.#passTurn()
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

  readonly #onData = (chunk: Buffer): void => {
    this.#lastByteAt = performance.now()
    if (this.#end !== null) return
    if (this.#received + chunk.length > this.#bytesTaken) return this.#ended('too-long')
    this.#received += chunk.length
    this.#bytesThisTurn += chunk.length
    this.#waiting.push({ bytes: chunk, alone: chunk.byteLength === chunk.buffer.byteLength })
    this.#waitingBytes += chunk.length
    this.#pour()
    if (this.#canMove) {
      this.#hold()
      this.#wakeUp()
    } else if (!this.#hasTurn && this.#waitingBytes > QUIET_BYTES) {
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

  /** Whether what is here goes on its way although it fills no segment. */
  get #over(): boolean {
    return this.#end !== null || this.#early
  }

  /** Whether a segment can be begun, or sent, with what is here. */
  get #canMove(): boolean {
    if (this.#room === null) return this.#waitingBytes > 0 && (this.#hasTurn || this.#over)
    return this.#over || this.#waitingBytes > 0 || (this.#filled === SLOT_BYTES && this.#sink.lastOfPart)
  }

  async #move(): Promise<void> {
    this.#hold()
    while (this.#canMove) {
      this.#room ??= await this.#sink.room({ inOpenPart: !this.#hasTurn })
      this.#pour()
      const full = this.#filled === SLOT_BYTES && this.#sink.lastOfPart
      const last = full || (this.#over && this.#waitingBytes === 0)
      if (last || this.#waitingBytes > 0) await this.#send(last)
    }
    if (this.#hasTurn || this.#waitingBytes <= QUIET_BYTES) this.#letFlow()
    else this.#askForTurn()
  }

  async #send(final: boolean): Promise<void> {
    await this.#sink.send({ bytes: this.#filled, final })
    this.#room = null
    this.#filled = 0
    if (this.#waitingBytes === 0) this.#early = false
    if (this.#hasTurn && this.#turns.pressing && this.#bytesThisTurn >= BYTES_A_TURN) this.#passTurn()
  }

  /** Copies what waits into the segment, as far as there is room. */
  #pour(): void {
    if (this.#room === null) return
    for (let chunk = this.#waiting[0]; chunk !== undefined && this.#filled < SLOT_BYTES; chunk = this.#waiting[0]) {
      // Not `set`, which copies into shared memory word by word and costs half as much again.
      const copied = chunk.bytes.copy(this.#room, this.#filled)
      this.#filled += copied
      this.#waitingBytes -= copied
      const rest = chunk.bytes.subarray(copied)
      if (rest.length > 0) this.#waiting[0] = { ...chunk, bytes: rest }
      else letGo(this.#waiting.shift())
    }
  }

  /** The other way: a slow sender does not keep a segment from others. */
  #takeBack(): void {
    if (this.#room === null) return
    this.#waiting.unshift({ bytes: Buffer.from(this.#room.subarray(0, this.#filled)), alone: false })
    this.#waitingBytes += this.#filled
    this.#sink.giveBack()
    this.#room = null
    this.#filled = 0
  }

  #askForTurn(): void {
    if (this.#turn !== null) return
    const turn = this.#turns.ask()
    this.#turn = turn
    void turn.ready.then(() => {
      if (this.#turn !== turn) return
      this.#hasTurn = true
      this.#bytesThisTurn = 0
      this.#wakeUp()
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
function letGo(chunk: Chunk | undefined): void {
  if (chunk?.alone && chunk.bytes.buffer instanceof ArrayBuffer) chunk.bytes.buffer.transfer(0)
}
