import { refusalWords } from '@vidne/locales/refusals'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import { getRequestListener } from '@hono/node-server'
import { SettingRefused, type Settings } from '../settings/settings.ts'
import { type Still, stillWords } from '../still.ts'
import { type About, aboutRequest } from './about.ts'
import { type Limits, openLimits } from './limits.ts'
import type { Logger } from './logging.ts'
import type { Metrics } from './metrics.ts'
import { type Trouble, troubleOf } from './troubles.ts'

/** A protocol of its own beside the API (uploads, packages, log tiles), on the raw request. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse, about: About) => Promise<void>

export type Shell = { url: string; close(): Promise<void> }

type Parts = {
  settings: Pick<Settings, 'host' | 'port' | 'publicUrl' | 'tlsCert' | 'tlsKey' | 'trustProxy'>
  log: Logger
  metrics: Metrics
  raw: readonly { kind: 'upload' | 'log' | 'api'; matches: (path: string) => boolean; handle: RawHandler }[]
  fetch: (request: Request, about: About) => Response | Promise<Response>
  limits?: Limits
  /** How long requests under way may take to end when the installation is stopped. */
  patienceSeconds?: number
}

const PATIENCE_SECONDS = 10
const IDLE_SWEEP_MS = 50

/** A sender may write thousands of characters into it, and a log is no place to keep them. */
const LONGEST_PATH = 200

/** Serves until closed. Resolves once the port is open; rejects in words when it is taken. */
export async function openShell(parts: Parts): Promise<Shell> {
  const limits = parts.limits ?? openLimits()
  const server = listenerFor(parts.settings, (request, response) => void answer(parts, limits, request, response))
  // Node would cut an upload after five minutes; uploads have their own idle watchdog.
  server.requestTimeout = 0
  server.headersTimeout = 30_000
  server.keepAliveTimeout = 65_000
  await listen(server, parts.settings)
  return {
    url: parts.settings.publicUrl ?? localUrl(server, parts.settings),
    close: () => close(server, parts.patienceSeconds ?? PATIENCE_SECONDS),
  }
}

async function answer(parts: Parts, limits: Limits, request: IncomingMessage, response: ServerResponse) {
  const about = aboutRequest(request, parts.settings.trustProxy)
  const began = performance.now()
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const raw = parts.raw.find(one => one.matches(path))
  const kind = raw?.kind ?? (path.startsWith('/api/') ? 'api' : 'page')
  const where: Where = { request: about.id, path: path.slice(0, LONGEST_PATH) }
  setSafeHeaders(response, about, parts.settings)
  // What is answered there is for who asked, also where nobody thought of saying so.
  if (kind === 'api' || kind === 'upload') response.setHeader('cache-control', 'no-store')
  response.on('close', () => {
    const answered = { status: response.statusCode, seconds: (performance.now() - began) / 1000 }
    parts.metrics.request({ kind, ...answered })
    logAnswer(parts.log, { ...where, method: request.method, client: about.client, ...answered })
  })
  try {
    // A rack of cameras comes from one address, and tus clients give up at a 429: the dock has admission control of its own.
    const allowance = kind === 'upload' ? { allowed: true as const } : await limits.request(about.client)
    if (!allowance.allowed)
      return refuse(response, 429, refusalWords(about.language, 'all', 'too-many-requests'), allowance.retrySeconds)
    if (raw) await raw.handle(request, response, about)
    else
      await getRequestListener(r => fetched(parts, r, about, where), { overrideGlobalObjects: false })(
        request,
        response,
      )
  } catch (error) {
    const { status, still, retrySeconds } = answerToFailure(parts.log, where, error)
    refuse(response, status, stillWords(about.language, still), retrySeconds)
  }
}

/** The listener would answer an error of ours with an empty 500, and tell nobody. */
async function fetched(parts: Parts, request: Request, about: About, where: Where): Promise<Response> {
  try {
    return await parts.fetch(request, about)
  } catch (error) {
    const { status, still, retrySeconds } = answerToFailure(parts.log, where, error)
    const headers = retrySeconds === undefined ? {} : { 'retry-after': String(retrySeconds) }
    return Response.json(refusal(status, stillWords(about.language, still)), { status, headers })
  }
}

/** Nothing of what went well, unless somebody looks for it; of what did not, the number that the client was given. */
function logAnswer(log: Logger, answered: Where & { status: number; [fact: string]: unknown }): void {
  if (answered.status < 400) log.debug(answered, 'answered')
  else log.info(answered, answered.status < 500 ? 'refused' : 'could not be answered')
}

/** How a request is found again in the log. */
type Where = { request: string; path: string }

type Failure = Trouble | { status: 500; still: Still; retrySeconds?: never }

/** A trouble that passes is told by name; anything else is ours, and the operator finds it in the log. */
export function answerToFailure(log: Logger, about: Where, error: unknown): Failure {
  const trouble = troubleOf(error)
  if (trouble !== null) {
    log.warn(
      { ...about, because: error instanceof Error ? error.message : String(error) },
      stillWords('en', trouble.still),
    )
    return trouble
  }
  log.error({ ...about, err: error }, 'a request failed')
  return { status: 500, still: { code: 'broken', values: { request: about.request } } }
}

function refuse(response: ServerResponse, status: number, sentence: string, retrySeconds?: number) {
  if (response.headersSent) return void response.destroy()
  if (retrySeconds !== undefined) response.setHeader('retry-after', retrySeconds)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(refusal(status, sentence)))
}

function refusal(status: number, sentence: string): { error: string; message: string } {
  return { error: CODES[status] ?? 'BROKEN', message: sentence }
}

const CODES: Record<number, string> = { 429: 'TOO_MANY', 503: 'AWAY', 507: 'FULL' }

function setSafeHeaders(response: ServerResponse, about: About, settings: Parts['settings']) {
  response.setHeader('x-request-id', about.id)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  )
  // Only over https: browsers pay no heed to it elsewhere, and it would promise what nobody keeps.
  if (isSecured(settings)) response.setHeader('strict-transport-security', 'max-age=31536000')
}

/** Whether people reach it by https: by a certificate of our own, or by the proxy that does https for the address that people use. */
export function isSecured({ tlsCert, publicUrl }: Parts['settings']): boolean {
  return publicUrl === undefined ? tlsCert !== undefined : publicUrl.startsWith('https://')
}

function listenerFor(settings: Parts['settings'], listener: (q: IncomingMessage, s: ServerResponse) => void): Server {
  if (settings.tlsCert === undefined || settings.tlsKey === undefined) return createServer(listener)
  const [certFile, keyFile] = [`--tls-cert ${settings.tlsCert}`, `--tls-key ${settings.tlsKey}`]
  const cert = usable(certFile, 'cannot be read', () => readFileSync(settings.tlsCert ?? ''))
  const key = usable(keyFile, 'cannot be read', () => readFileSync(settings.tlsKey ?? ''))
  usable(certFile, 'holds no certificate in PEM', () => createSecureContext({ cert }))
  usable(keyFile, 'holds no private key in PEM without a passphrase', () => createSecureContext({ key }))
  return usable(`${certFile} and ${keyFile}`, 'do not belong together', () =>
    createSecureServer({ cert, key }, listener),
  )
}

function usable<T>(named: string, why: string, use: () => T): T {
  try {
    return use()
  } catch (cause) {
    throw new SettingRefused(`${named} ${why}`, { cause })
  }
}

/** The port cannot be opened; nothing is served. */
export class PortRefused extends Error {
  override readonly name = 'PortRefused'

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(
      cause.code === 'EADDRINUSE'
        ? `Port ${port} is taken by another program; choose another with --port.`
        : `Port ${port} of ${host} cannot be opened (${cause.code}); choose another with --port and --host.`,
      { cause },
    )
  }
}

function listen(server: Server, { port, host }: Parts['settings']): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => failed(new PortRefused(host, port, cause)))
    server.listen(port, host, done)
  })
}

function localUrl(server: Server, settings: Parts['settings']): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  const scheme = settings.tlsCert === undefined ? 'http' : 'https'
  return `${scheme}://localhost:${port}`
}

async function close(server: Server, patienceSeconds: number): Promise<void> {
  const closed = new Promise<void>(done => server.close(() => done()))
  server.closeIdleConnections()
  // A client that keeps its connection would hold the port for a minute after its last answer.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
  const impatient = setTimeout(() => server.closeAllConnections(), patienceSeconds * 1000)
  await closed
  clearInterval(idle)
  clearTimeout(impatient)
}
