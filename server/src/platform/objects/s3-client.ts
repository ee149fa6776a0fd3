// Signed requests to an S3-compatible store, asked again with back-off while the store is slow, cut or says 5xx.

import { createHash } from 'node:crypto'
import { Agent as PlainAgent, request as plainRequest, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import { errorCode } from '../durable/disk.ts'
import { ObjectsAway } from './port.ts'
import type { S3Address } from './s3-address.ts'

/** How long a store is waited for. All in milliseconds. */
export type Patience = {
  /** Without a byte in either direction for so long an attempt is given up. */
  readonly idleMs: number
  /** After so long no new attempt is made. */
  readonly totalMs: number
  /** Pause before the second attempt; it doubles up to `longestPauseMs`. */
  readonly pauseMs: number
  readonly longestPauseMs: number
  /** A trickle is as good as nothing: an attempt may take twice `idleMs` and the time of its bytes at this rate. */
  readonly slowestBytesPerMs: number
}

export const PATIENCE: Patience = {
  idleMs: 10_000,
  totalMs: 45_000,
  pauseMs: 100,
  longestPauseMs: 5_000,
  slowestBytesPerMs: 256,
}

/** For the one question whether anybody is there at all: a person waits for it. An answer within some 7 seconds, whatever it is. */
export const BRIEF: Patience = {
  idleMs: 3_000,
  totalMs: 3_500,
  pauseMs: 100,
  longestPauseMs: 1_000,
  slowestBytesPerMs: 1e6,
}

const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024
// What is read at once is a part of an object at most.
const USUAL_ANSWER_BYTES = 16 * 1024 * 1024
const SOCKETS = 64
const ASK_AGAIN = new Set([408, 429, 500, 502, 503, 504])
// What says that the bytes were hurt on their way, or that another writer is at work this very moment.
const HURT_TRIES = 4
const ASK_AGAIN_CODES = new Set([
  'XAmzContentSHA256Mismatch',
  'BadDigest',
  'IncompleteBody',
  'RequestTimeout',
  'SlowDown',
  'ConditionalRequestConflict',
  'OperationAborted',
])

export type S3Request = {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE'
  /** Key below the prefix, or null for the bucket itself. */
  readonly key: string | null
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: readonly Uint8Array[]
  /** Digest of the body; computed where it is not given. */
  readonly sha256?: string
  /** Take the first answer, whatever it says. */
  readonly once?: boolean
  /** Give up sooner than work may: see BRIEF. */
  readonly brief?: boolean
}

export type S3Answer = {
  readonly status: number
  readonly headers: Readonly<IncomingMessage['headers']>
  readonly body: Buffer
  /** S3 error code, empty where there is none. */
  readonly code: string
  /** An earlier attempt of this request may have been carried out although no answer came. */
  readonly unsure: boolean
}

export type S3Client = {
  /** Any answer that asking again would not change. @throws ObjectsAway */
  send(request: S3Request): Promise<S3Answer>
  close(): void
}

/** A client for one bucket. Signing takes the machine's clock, also in a rehearsal: the store compares it with its own. */
export function s3Client(address: S3Address, patience: Patience): S3Client {
  const agentOptions = { keepAlive: true, maxSockets: SOCKETS }
  const tls = address.origin.startsWith('https:')
  const agent = tls ? new TlsAgent(agentOptions) : new PlainAgent(agentOptions)
  const brief = briefer(patience)
  return {
    async send(request) {
      const given = request.brief === true ? brief : patience
      const ask = (): Promise<Omit<S3Answer, 'unsure'>> => attempt(address, agent, request, given)
      return request.once === true ? { ...(await ask()), unsure: false } : askPatiently(address, given, ask)
    },
    close: () => agent.destroy(),
  }
}

function briefer(patience: Patience): Patience {
  return {
    idleMs: Math.min(patience.idleMs, BRIEF.idleMs),
    totalMs: Math.min(patience.totalMs, BRIEF.totalMs),
    pauseMs: Math.min(patience.pauseMs, BRIEF.pauseMs),
    longestPauseMs: Math.min(patience.longestPauseMs, BRIEF.longestPauseMs),
    slowestBytesPerMs: Math.max(patience.slowestBytesPerMs, BRIEF.slowestBytesPerMs),
  }
}

async function askPatiently(
  address: S3Address,
  patience: Patience,
  ask: () => Promise<Omit<S3Answer, 'unsure'>>,
): Promise<S3Answer> {
  const giveUpAt = performance.now() + patience.totalMs
  let last = ''
  let cause: unknown
  for (let tries = 0; ; tries++) {
    try {
      const answer = await ask()
      const again = ASK_AGAIN.has(answer.status) || (ASK_AGAIN_CODES.has(answer.code) && tries + 1 < HURT_TRIES)
      if (!again) return { ...answer, unsure: tries > 0 }
      last = `answered ${answer.status} ${answer.code}`.trimEnd()
    } catch (error) {
      if (!isTrouble(error)) throw error
      last = error.message
      cause = error
    }
    const pause = Math.min(patience.pauseMs * 2 ** tries, patience.longestPauseMs) * (0.5 + Math.random() / 2)
    if (performance.now() + pause > giveUpAt) {
      throw new ObjectsAway(
        `the object store ${address.origin} (bucket ${address.bucket}) does not answer: ${last}`,
        cause,
      )
    }
    await sleep(pause)
  }
}

/** The attempt came to nothing, and another may not. */
class AttemptFailed extends Error {}

// What the network and TLS say carries a code; an error without one is ours.
function isTrouble(error: unknown): error is Error {
  return error instanceof AttemptFailed || errorCode(error) !== null
}

async function attempt(
  address: S3Address,
  agent: PlainAgent | TlsAgent,
  request: S3Request,
  patience: Patience,
): Promise<Omit<S3Answer, 'unsure'>> {
  const body = request.body ?? []
  const bytes = body.reduce((sum, part) => sum + part.length, 0)
  const signed = await sign(address, request, request.sha256 ?? sha256Of(body))
  const send = signed.url.protocol === 'https:' ? tlsRequest : plainRequest
  const headers: Record<string, string> = Object.fromEntries(signed.headers)
  if (request.method === 'PUT') headers['content-length'] = String(bytes)
  return new Promise((resolve, reject) => {
    const longestMs = 2 * patience.idleMs + (bytes + USUAL_ANSWER_BYTES) / patience.slowestBytesPerMs
    const deadline = setTimeout(() => out.destroy(new AttemptFailed('it is too slow')), longestMs)
    const done = (): void => clearTimeout(deadline)
    const out = send(signed.url, { method: request.method, headers, agent, timeout: patience.idleMs }, answer => {
      takeAnswer(answer).then(resolve, reject).finally(done)
    })
    out.on('timeout', () => out.destroy(new AttemptFailed('nothing came in time')))
    out.on('error', error => {
      done()
      reject(error)
    })
    for (const part of body) out.write(part)
    out.end()
  })
}

async function sign(address: S3Address, request: S3Request, sha256: string): Promise<{ url: URL; headers: Headers }> {
  const url = new URL(`${address.origin}/${address.bucket}`)
  if (request.key !== null) url.pathname += `/${address.prefix}${request.key}`
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value)
  const { accessKeyId, secretAccessKey, region } = address
  const signer = new AwsV4Signer({
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    method: request.method,
    url: url.href,
    headers: { ...request.headers, 'x-amz-content-sha256': sha256 },
  })
  return signer.sign()
}

async function takeAnswer(answer: IncomingMessage): Promise<Omit<S3Answer, 'unsure'>> {
  // A body that ends before its content-length makes this loop throw.
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    length += bytes.length
    if (length > LONGEST_ANSWER_BYTES) throw new AttemptFailed('its answer is longer than any object')
    chunks.push(bytes)
  }
  const status = answer.statusCode ?? 0
  const body = Buffer.concat(chunks)
  return { status, headers: answer.headers, body, code: status >= 300 ? errorCodeOf(body) : '' }
}

function errorCodeOf(body: Buffer): string {
  return /<Code>([A-Za-z0-9]{1,100})<\/Code>/.exec(body.toString('latin1', 0, 4096))?.[1] ?? ''
}

export function sha256Of(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
