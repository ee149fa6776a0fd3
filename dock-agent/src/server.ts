import { setTimeout as pause } from 'node:timers/promises'

/** The server refused for good; its sentence says why and what to do. */
export class ServerRefused extends Error {
  override name = 'ServerRefused'
}

export type Answer = { status: number; headers: Headers; text: string }

/** How long a server may stay away, without any progress, before a file is given up for this time. */
const patienceMs = 120_000
const longestPauseMs = 10_000

/** Speaks with one server. Waits out what passes: no answer, a full house, a restart. */
export class DockServer {
  readonly url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.url = url
    this.#token = token
  }

  /** One request, tried again while the trouble may pass. @throws ServerRefused when patience ends. */
  async ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: Uint8Array | string,
  ): Promise<Answer> {
    const until = performance.now() + patienceMs
    for (let tries = 0; ; tries++) {
      const answer = await this.#once(method, path, headers, body)
      if (answer !== null && !passes(answer)) return answer
      if (performance.now() > until)
        throw new ServerRefused(answer === null ? `${this.url} does not answer` : sentenceOf(answer))
      await pause(waitFor(answer, tries))
    }
  }

  async #once(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array | string,
  ): Promise<Answer | null> {
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, ...headers },
        redirect: 'error',
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      })
      return { status: response.status, headers: response.headers, text: await response.text() }
    } catch {
      return null
    }
  }
}

/** 408, 423, 429 and the 5xx but 501 and 507 say "not now"; everything else is meant. */
function passes({ status }: Answer): boolean {
  return status === 408 || status === 423 || status === 429 || (status >= 500 && status !== 501 && status !== 507)
}

function waitFor(answer: Answer | null, tries: number): number {
  const asked = Number(answer?.headers.get('retry-after') ?? Number.NaN)
  const own = Math.min(longestPauseMs, 200 * 2 ** tries)
  return Number.isFinite(asked) ? Math.min(longestPauseMs, asked * 1000) : own * (0.5 + Math.random() / 2)
}

/** What the server said, in its own words. */
export function sentenceOf({ status, text }: Answer): string {
  try {
    const said: unknown = JSON.parse(text)
    if (typeof said === 'object' && said !== null && 'message' in said && typeof said.message === 'string')
      return said.message
  } catch {
    // Not JSON: a proxy in between answered.
  }
  return `the server answered ${status}`
}
