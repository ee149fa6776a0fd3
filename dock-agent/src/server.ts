import { setTimeout as pause } from 'node:timers/promises'
import { faultWords } from './faults.ts'

/** The server refused for good; its sentence says why and what to do. `code` is its word for programs, where it gave one. */
export class ServerRefused extends Error {
  override readonly name = 'ServerRefused'
  readonly code: string | null
  constructor(message: string, code: string | null = null) {
    super(message)
    this.code = code
  }
}

/** The server does not know who asks. It will not for the next file either. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
}

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string }

export type Asking = { headers?: Record<string, string>; body?: Uint8Array<ArrayBuffer> | string }

const LONGEST_PAUSE_MS = 10_000

/** Speaks with one server. Waits out what passes: no answer, a full house, a restart. */
export class DockServer {
  readonly url: string
  readonly #token: string
  readonly #patienceMs: number
  readonly #onSilence: (sentence: string) => void
  /** Since when nothing was answered at all, whatever file it was about. */
  #silentSince: number | null = null
  readonly #told = new Set<string>()

  /**
   * `patienceMs`: how long a server may stay away, without any answer that helps, before a request is given up. One that has
   * been silent for so long is tried once for each further file. `onSilence`: told when it begins not to answer, and once in the
   * server's own words why it takes nothing just now.
   */
  constructor(p: { url: string; token: string; patienceMs: number; onSilence?: (sentence: string) => void }) {
    this.url = p.url
    this.#token = p.token
    this.#patienceMs = p.patienceMs
    this.#onSilence = p.onSilence ?? (() => undefined)
  }

  /** One request, tried again while the trouble may pass. Throws ServerRefused when patience ends, TokenRefused. */
  async ask(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    const until = performance.now() + this.#patienceMs
    for (let tries = 0; ; tries++) {
      const answer = await this.#once(method, path, asking)
      if (answer !== null && !passes(answer)) return answer
      if (answer === null && this.#silentFor() > this.#patienceMs) throw this.#silent()
      if (performance.now() > until) throw answer === null ? this.#silent() : refusalOf(answer)
      await pause(waitFor(answer, tries))
    }
  }

  /** As `ask`, but the first answer counts, and no answer is null: for bytes whose offset must be asked for again. Throws TokenRefused. */
  async tell(method: string, path: string, asking: Asking): Promise<Answer | null> {
    const answer = await this.#once(method, path, asking)
    return answer !== null && passes(answer) ? null : answer
  }

  #silentFor(): number {
    return this.#silentSince === null ? 0 : performance.now() - this.#silentSince
  }

  #noteSilence(why: unknown): null {
    if (this.#silentSince === null) {
      this.#silentSince = performance.now()
      const said = why instanceof Error ? faultWords(why.cause) : null
      this.#onSilence(`${this.url} does not answer${said === null ? '' : `: ${said}`}; ${this.#patience()}`)
    }
    return null
  }

  /** Why nothing is taken just now, once: whoever stands there does not wait for minutes without a word. */
  #noteTrouble(answer: Answer): void {
    const { message, code } = refusalOf(answer)
    if (answer.status < 500 || code === 'busy' || this.#told.has(message)) return
    this.#told.add(message)
    this.#onSilence(`${this.url}: ${message} (${this.#patience()})`)
  }

  #patience(): string {
    return `it is tried for ${Math.ceil(this.#patienceMs / 1000)} s`
  }

  #silent(): ServerRefused {
    return new ServerRefused(`${this.url} does not answer; the file is kept on the camera`)
  }

  async #once(method: string, path: string, asking: Asking): Promise<Answer | null> {
    const answer = await this.#asked(method, path, asking)
    if (answer?.status !== 401) return answer
    // The answer to a HEAD has no words.
    throw new TokenRefused(
      answer.text === '' ? 'The server does not know this token any more.' : refusalOf(answer).message,
    )
  }

  async #asked(method: string, path: string, { headers, body }: Asking): Promise<Answer | null> {
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, ...headers },
        redirect: 'error',
        ...(body === undefined ? {} : { body }),
      })
      const text = await response.text()
      this.#silentSince = null
      const answer = { status: response.status, headers: response.headers, text }
      if (passes(answer)) this.#noteTrouble(answer)
      return answer
    } catch (error) {
      return this.#noteSilence(error)
    }
  }
}

/** The refusal that an answer is, in the server's own words. */
export function refusalOf({ status, text }: Answer): ServerRefused {
  try {
    const said: unknown = JSON.parse(text)
    if (typeof said === 'object' && said !== null && 'message' in said && typeof said.message === 'string') {
      const code = 'error' in said && typeof said.error === 'string' ? said.error : null
      return new ServerRefused(said.message, code)
    }
  } catch {
    // Not JSON: something in between answered.
  }
  return new ServerRefused(`the server answered ${status}`)
}

/** What says "not now": everything else is meant. 500 is ours to report, 507 says that there is no room until somebody makes some. */
function passes({ status }: Answer): boolean {
  return [408, 423, 425, 429, 502, 503, 504].includes(status)
}

function waitFor(answer: Answer | null, tries: number): number {
  const asked = Number(answer?.headers.get('retry-after') ?? Number.NaN)
  const own = Math.min(LONGEST_PAUSE_MS, 200 * 2 ** tries) * (0.5 + Math.random() / 2)
  return Number.isFinite(asked) ? Math.min(LONGEST_PAUSE_MS, asked * 1000) : own
}
