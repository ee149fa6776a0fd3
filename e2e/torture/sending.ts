import { createHash, randomBytes, randomInt } from 'node:crypto'
import { type IncomingMessage, Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export type Answer = { status: number; headers: IncomingMessage['headers']; text: string }
export type Target = { url: string; token: string }

/** How a sender sends: the most bytes in a request, or all at once, and how long at most it rests between two. */
export type Pace = { portionBytes: number; rest: { ms: number }; whole?: boolean }

/** The server has broken its word. Never passed over. */
class WordBroken extends Error {
  override readonly name = 'WordBroken'
}

const agent = new Agent({ keepAlive: true, maxSockets: 2000 })

/** One request of tus 1.0. Rejects when the connection breaks. */
export function ask(
  target: Target,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: Uint8Array | null = null,
): Promise<Answer> {
  return new Promise((done, failed) => {
    const all = { authorization: `Bearer ${target.token}`, 'tus-resumable': '1.0.0', ...headers }
    const asked = request(new URL(path, target.url), { method, agent, headers: all }, response => {
      let text = ''
      response.on('data', chunk => (text += String(chunk)))
      response.on('error', failed)
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.on('error', failed)
    asked.end(body ?? undefined)
  })
}

/**
 * A camera's file on its way, through any number of cuts. It remembers all that was acknowledged and throws WordBroken when
 * the server takes any of it back.
 */
export class Sending {
  readonly sha256: string
  readonly bytes: number
  readonly name: string
  /** Where the upload lies; acknowledged once it is not null. */
  path: string | null = null
  acknowledged = 0
  recording: string | null = null
  receipt: string | null = null
  /** What the server has refused: status and text, each once. */
  readonly refused = new Map<string, number>()
  running = false
  #file: Buffer | null
  #promised: () => void = () => {}

  /** `file`: its content, or the length of one that nobody has sent before. */
  constructor(file: number | Buffer, name: string) {
    this.#file = typeof file === 'number' ? randomBytes(file) : file
    this.bytes = this.#file.length
    this.name = name
    this.sha256 = createHash('sha256').update(this.#file).digest('hex')
  }

  get done(): boolean {
    return this.receipt !== null
  }

  /**
   * Sends until the receipt is there or `signal` fires. Troubles that pass are waited out. `acknowledged` is told of every
   * answer that is a promise: the upload, its bytes, its receipt.
   */
  async run(target: Target, pace: Pace, signal: AbortSignal, acknowledged: () => void = () => {}): Promise<void> {
    this.running = true
    this.#promised = acknowledged
    while (!this.done && !signal.aborted) {
      const went = await this.#step(target, pace).catch((error: unknown) => {
        if (error instanceof WordBroken) throw error
        return false
      })
      await pause(went ? randomInt(pace.rest.ms + 1) : randomInt(50, 250))
    }
    this.running = false
  }

  /** Asks once for an upload, without sending anything. */
  async begin(target: Target): Promise<void> {
    await this.#begin(target)
  }

  /** What is acknowledged must still be there. */
  async verify(target: Target): Promise<void> {
    if (this.path === null) return
    const answer = await ask(target, 'HEAD', this.path)
    const offset = Number(answer.headers['upload-offset'] ?? -1)
    const known = this.recording
    if (answer.status !== 200 || offset < this.acknowledged)
      throw new WordBroken(`${this.name}: ${this.acknowledged} acknowledged, HEAD says ${answer.status} ${offset}`)
    if (known !== null && answer.headers['vidne-recording'] !== known)
      throw new WordBroken(`${this.name}: was recording ${known}, is ${String(answer.headers['vidne-recording'])}`)
  }

  async #step(target: Target, pace: Pace): Promise<boolean> {
    if (this.path === null) return this.#begin(target)
    if (this.recording !== null) return this.#askReceipt(target, this.path)
    return this.#append(target, this.path, pace)
  }

  async #begin(target: Target): Promise<boolean> {
    const metadata = `filename ${Buffer.from(this.name).toString('base64')},sha256 ${Buffer.from(this.sha256).toString('base64')}`
    const answer = await ask(target, 'POST', '/upload/', {
      'upload-length': String(this.bytes),
      'upload-metadata': metadata,
    })
    if (answer.status !== 201) return this.#note(answer.status, answer.text)
    this.path = answer.headers.location ?? null
    this.#promised()
    return true
  }

  async #append(target: Target, path: string, { portionBytes, whole }: Pace): Promise<boolean> {
    const offset = await this.#offset(target, path)
    if (offset === null || this.recording !== null) return offset !== null
    const end = whole === true ? this.bytes : Math.min(this.bytes, offset + randomInt(1, portionBytes + 1))
    const body = this.#file?.subarray(offset, end) ?? Buffer.alloc(0)
    const sum = createHash('sha256').update(body).digest('base64')
    const headers = {
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
      ...(offset % 3 === 0 ? { 'upload-checksum': `sha256 ${sum}` } : {}),
    }
    const answer = await ask(target, 'PATCH', path, headers, body)
    if (answer.status !== 204) return this.#note(answer.status, answer.text)
    this.acknowledged = Number(answer.headers['upload-offset'])
    this.#takeRecording(answer)
    this.#promised()
    return true
  }

  async #offset(target: Target, path: string): Promise<number | null> {
    const answer = await ask(target, 'HEAD', path)
    if (answer.status === 404 || answer.status === 410)
      throw new WordBroken(`${this.name}: the upload is gone (${answer.status})`)
    if (answer.status !== 200) {
      this.#note(answer.status, answer.text)
      return null
    }
    const offset = Number(answer.headers['upload-offset'])
    if (offset < this.acknowledged)
      throw new WordBroken(`${this.name}: ${this.acknowledged} acknowledged, now ${offset}`)
    this.#takeRecording(answer)
    // All bytes are there and the recording is being made: nothing is left to send.
    return offset === this.bytes && this.recording === null ? null : offset
  }

  #takeRecording(answer: Answer): void {
    const recording = answer.headers['vidne-recording']
    if (typeof recording !== 'string') return
    this.recording = recording
    this.#file = null
  }

  async #askReceipt(target: Target, path: string): Promise<boolean> {
    const answer = await ask(target, 'GET', `${path}/receipt`)
    if (answer.status !== 200) return this.#note(answer.status, answer.text)
    this.receipt = answer.text
    this.#promised()
    return true
  }

  #note(status: number, text: string): false {
    if (status >= 400) this.refused.set(`${status} ${text}`, status)
    return false
  }
}

/** What the server has said with one of these statuses, each once; with all of 400 and more when none is named. */
export function refusalsOf(sent: readonly Sending[], statuses: readonly number[] = []): string[] {
  const said = sent.flatMap(one => [...one.refused])
  return [
    ...new Set(said.filter(([, status]) => statuses.length === 0 || statuses.includes(status)).map(([text]) => text)),
  ]
}
