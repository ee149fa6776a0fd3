import { createCipheriv, createHash } from 'node:crypto'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'

export type Answered = { status: number; headers: IncomingMessage['headers']; text: string }

/** One request as a program would make it that knows tus. A body given as a list is sent chunked, in these chunks. */
export async function ask(
  method: string,
  url: string,
  p: { token?: string | null; headers?: Record<string, string>; body?: Uint8Array | readonly Uint8Array[] } = {},
): Promise<Answered> {
  const token = p.token === undefined ? 'dock' : p.token
  const headers: Record<string, string> = {
    'tus-resumable': '1.0.0',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(p.body instanceof Uint8Array ? { 'content-length': String(p.body.length) } : {}),
    ...p.headers,
  }
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false }, answer => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      )
    })
    asking.on('error', reject)
    for (const chunk of p.body instanceof Uint8Array ? [p.body] : (p.body ?? [])) asking.write(chunk)
    asking.end()
  })
}

export function metadata(pairs: Record<string, string | Uint8Array>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')
}

/** Begins an upload and gives its address. */
export async function begin(
  url: string,
  bytes: number,
  pairs: Record<string, string | Uint8Array> = { path: 'a.mp4' },
  token = 'dock',
): Promise<string> {
  const answer = await ask('POST', `${url}/upload/`, {
    token,
    headers: { 'upload-length': String(bytes), 'upload-metadata': metadata(pairs) },
  })
  if (answer.status !== 201) throw new Error(`not begun: ${answer.status} ${answer.text}`)
  return new URL(answer.headers.location ?? '', url).href
}

export function patch(
  upload: string,
  offset: number,
  body: Uint8Array | readonly Uint8Array[],
  headers: Record<string, string> = {},
  token = 'dock',
): Promise<Answered> {
  const all = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers }
  return ask('PATCH', upload, { token, headers: all, body })
}

export async function offsetOf(upload: string, token = 'dock'): Promise<number> {
  return Number((await ask('HEAD', upload, { token })).headers['upload-offset'])
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** Bytes that look random and are the same for the same seed. */
export function footage(bytes: number, seed: string): Buffer {
  return createCipheriv('aes-256-ctr', sha256(Buffer.from(seed)), Buffer.alloc(16)).update(Buffer.alloc(bytes))
}
