import { randomFillSync } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** An installation and who asks it. */
export type Asked = { url: string; token: string }

const PORTION_BYTES = 64 * 1_048_576

/**
 * Docks a recording of any length, portion by portion, out of one buffer. The portions are alike, which nobody can tell once
 * they are sealed; the first begins with bytes of its own. Gives the recording's id.
 */
export async function dockLarge(asked: Asked, bytes: number): Promise<string> {
  const made = await ask(asked, 'POST', '/upload/', { 'tus-resumable': '1.0.0', 'upload-length': String(bytes) })
  const path = new URL(made.headers.location ?? '', asked.url).pathname
  const portion = randomFillSync(Buffer.allocUnsafe(Math.min(PORTION_BYTES, bytes)))
  let last = made
  for (let offset = 0; offset < bytes; offset += portion.length) {
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    }
    last = await ask(asked, 'PATCH', path, headers, portion.subarray(0, bytes - offset))
    if (last.statusCode !== 204) throw new Error(`a portion was answered ${last.statusCode}`)
  }
  return String(last.headers['vidne-recording'])
}

/** Exports a recording and throws the package away as it comes; how many bytes came, in how many seconds. */
export async function exportAway(asked: Asked, recording: string): Promise<{ bytes: number; seconds: number }> {
  const answer = await ask(asked, 'GET', await preparedAt(asked, recording), {}, null, 'unread')
  const began = performance.now()
  let bytes = 0
  for await (const chunk of answer) bytes += (chunk as Buffer).length
  if (answer.statusCode !== 200 || bytes !== Number(answer.headers['content-length']))
    throw new Error(`a package was answered ${answer.statusCode} with ${bytes} bytes`)
  return { bytes, seconds: (performance.now() - began) / 1000 }
}

type State = { export: string; download?: string }

/** Asks for a package until it can be fetched; where. */
async function preparedAt(asked: Asked, recording: string): Promise<string> {
  const wish = JSON.stringify({ purpose: 'bench', wait: false })
  let state = await json<State>(asked, 'POST', `/api/recordings/${recording}/exports`, wish)
  for (let tries = 0; state.download === undefined && tries < 600; tries++) {
    await pause(100)
    state = await json<State>(asked, 'GET', `/api/exports/${state.export}`, null)
  }
  if (state.download === undefined) throw new Error('the package was not ready in a minute')
  return state.download
}

async function json<T>(asked: Asked, method: string, path: string, body: string | null): Promise<T> {
  const bytes = body === null ? null : Buffer.from(body)
  const answer = await ask(asked, method, path, { 'content-type': 'application/json' }, bytes, 'unread')
  const text = (await answer.toArray()).join('')
  if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`)
  return JSON.parse(text) as T
}

function ask(
  { url, token }: Asked,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer | null = null,
  answer: 'read' | 'unread' = 'read',
): Promise<IncomingMessage> {
  return new Promise((done, failed) => {
    const length = { 'content-length': String(body?.length ?? 0) }
    const all = { authorization: `Bearer ${token}`, ...headers, ...length }
    const asked = request(new URL(path, url), { method, headers: all, agent: false }, response => {
      if (answer === 'unread') return done(response)
      response.resume()
      response.on('end', () => done(response))
    })
    asked.on('error', failed)
    asked.end(body ?? undefined)
  })
}
