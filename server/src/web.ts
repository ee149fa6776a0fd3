import type { IncomingMessage, ServerResponse } from 'node:http'
import { OpenAPIGenerator } from '@orpc/openapi'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { ORPCError } from '@orpc/server'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '@vidne/contract/contract'
import { Hono } from 'hono'
import type { Asking } from './api.ts'
import type { House } from './compose.ts'
import { addDeletionPages } from './deletions-page/routes.ts'
import { asksForReceipt, sendReceipt } from './dock/routes.ts'
import type { Actor } from './people/people.ts'
import type { Database } from './platform/database/door.ts'
import { DatabaseAway } from './platform/database/errors.ts'
import { type Limits, openLimits } from './platform/http/limits.ts'
import type { Logger } from './platform/http/logging.ts'
import type { Metrics } from './platform/http/metrics.ts'
import type { About } from './platform/http/about.ts'
import { type RawHandler, type Shell, answerToFailure, openShell } from './platform/http/shell.ts'
import type { Settings } from './platform/settings/settings.ts'
import { type Still, stillWords } from './platform/still.ts'
import { publishedRules } from './policy-page/published.ts'
import { addPolicyPages } from './policy-page/routes.ts'
import { type Asker, asksForMedia, sendMedia } from './review/media.ts'
import { asksForPackage, sendPackage } from './share/routes.ts'
import { answerOpen } from './open-api.ts'
import { addDesk } from './desk/desk.ts'
import { statusPage } from './status-page.ts'

/** The house once it stands; null while nobody has founded it. */
export type Standing = { house: House | null }

type Parts = { settings: Settings; standing: Standing; metrics: Metrics; log: Logger }

/** Opens the port at once and answers from the house as soon as it stands. */
export async function openWeb(parts: Parts): Promise<Shell> {
  const limits = openLimits()
  const { standing } = parts
  const app = pages(parts, limits)
  return openShell({
    ...parts,
    limits,
    raw: [
      {
        kind: 'upload',
        matches: path => path === '/upload' || path.startsWith('/upload/'),
        handle: raw(standing, limits, toDock),
      },
      { kind: 'api', matches: asksForPackage, handle: raw(standing, limits, toShare) },
      { kind: 'api', matches: asksForMedia, handle: media(standing, limits) },
      { kind: 'api', matches: asksForReceipt, handle: raw(standing, limits, toReceipt) },
      { kind: 'log', matches: path => path.startsWith('/log/'), handle: (q, s) => toLog(standing, q, s) },
    ],
    fetch: (request, about) => app.fetch(request, { about }),
  })
}

type Bindings = { Bindings: { about: About } }

function pages({ standing, metrics, settings, log }: Parts, limits: Limits): Hono<Bindings> {
  const app = new Hono<Bindings>()
  app.get('/healthz', context => context.json({ alive: true }))
  app.get('/readyz', async context => {
    const still = await whyNotReady(standing)
    if (still === null) return context.json({ ready: true })
    return context.json({ ready: false, code: still.code, because: inWords(context.env.about, still) }, 503)
  })
  app.get('/metrics', async context => context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }))
  app.get('/api/openapi.json', async context => context.json(await openApi()))
  app.all('/api/*', async context => {
    const { req, env } = context
    const asked = { standing, limits, mode: settings.mode, request: req.raw, about: env.about }
    return (await answerToAll(asked)) ?? answerApi(standing, limits, req.raw, env.about)
  })
  app.onError((error, context) => {
    const { about } = context.env
    const { status, still } = answerToFailure(log, { request: about.id, path: context.req.path }, error)
    return refusal(status, status === 500 ? 'BROKEN' : 'STOPPED', inWords(about, still))
  })
  app.get('/status', async context => {
    const still = await whyNotReady(standing)
    const state = { still, rehearsal: settings.mode === 'rehearsal', data: settings.data }
    return context.html(statusPage(context.env.about.language, state))
  })
  addPolicyPages(
    app,
    publishedRules(() => standing.house?.ground ?? null, settings.mode === 'rehearsal'),
  )
  addDeletionPages(app, () => publicLog(standing), settings.mode === 'rehearsal')
  addDesk(app)
  app.notFound(context => context.json({ error: 'NOT_FOUND', message: 'There is nothing here.' }, 404))
  return app
}

function publicLog({ house }: Standing): ReturnType<Parameters<typeof addDeletionPages>[1]> {
  if (house === null) return null
  const { seal, people, database } = house.ground
  const zone = async (): Promise<string> => {
    const [first] = await people.agencies()
    if (first === undefined) return 'UTC'
    return (await database.asAgency(first, trx => people.agency(trx, first)))?.zone ?? 'UTC'
  }
  return { seal, zone }
}

const notFounded = { code: 'not-founded' } as const

async function whyNotReady({ house }: Standing): Promise<Still | null> {
  if (house === null) return notFounded
  return (await databaseTrouble(house.ground.database)) ?? house.standsStill()
}

async function databaseTrouble(database: Database): Promise<Still | null> {
  if (await database.ready()) return null
  const failure = await database.asInstallation(async () => null).catch((error: unknown) => error)
  // It answers and still is not ready: the reserve that it keeps on its disk was given up to go on at all.
  const full = failure === null || (failure instanceof DatabaseAway && failure.full)
  return { code: full ? 'database-full' : 'database-away' }
}

const handlers = new WeakMap<House, OpenAPIHandler<Asking>>()

function handlerOf(house: House): OpenAPIHandler<Asking> {
  const there = handlers.get(house)
  if (there !== undefined) return there
  const made = new OpenAPIHandler<Asking>(house.router, {
    // Around the call itself: what cannot be decoded is the sender's fault, and is told to him as such.
    clientInterceptors: [
      async step => {
        try {
          return await step.next()
        } catch (error) {
          throw refused(house, step.context.about, step.path.join('.'), error)
        }
      },
    ],
  })
  handlers.set(house, made)
  return made
}

/** A refusal stays what it is; what broke on the way is logged, and told in words. */
function refused({ ground }: House, about: About, path: string, error: unknown): unknown {
  if (error instanceof ORPCError) return error
  const { status, still } = answerToFailure(ground.log, { request: about.id, path }, error)
  const sentence = inWords(about, still)
  const code = status === 500 ? 'BROKEN' : 'STOPPED'
  return new ORPCError(code, { defined: true, status, message: sentence, data: { sentence }, cause: error })
}

function inWords({ language }: About, still: Still): string {
  return stillWords(language, still)
}

type Asked = { standing: Standing; limits: Limits; mode: Settings['mode']; request: Request; about: About }

/** What is open to everybody; whoever presents a token is known in it, and a wrong one is nobody. */
async function answerToAll({ standing, limits, mode, request, about }: Asked): Promise<Response | null> {
  const { house } = standing
  const authorization = request.headers.get('authorization')
  const asks = house !== null && authorization !== null && (await limits.guessing(about.client)).allowed
  const known = asks ? await house.ground.people.authenticate(authorization) : null
  if (known?.holds === false && known.because === 'unknown') await limits.refusedToken(about.client)
  const actor = known?.holds === true ? known.actor : null
  return answerOpen(request, { house, actor, about, mode, still: () => whyNotReady(standing) })
}

async function answerApi({ house }: Standing, limits: Limits, request: Request, about: About): Promise<Response> {
  if (house === null) return refusal(503, 'STOPPED', inWords(about, notFounded))
  const guessing = await limits.guessing(about.client)
  if (!guessing.allowed) return refusal(429, 'TOO_MANY', tooManyGuesses, { 'retry-after': `${guessing.retrySeconds}` })
  const known = await house.ground.people.authenticate(request.headers.get('authorization'))
  if (!known.holds) {
    if (known.because === 'unknown') await limits.refusedToken(about.client)
    return refusal(401, 'UNKNOWN_TOKEN', tokenSentences[known.because])
  }
  const { matched, response } = await handlerOf(house).handle(request, {
    prefix: '/api',
    context: {
      actor: known.actor,
      about,
      sees: (act, recording) => house.sees(known.actor, act, recording),
      recordingOf: thing => house.recordingOf(known.actor.agency, thing),
    },
  })
  return matched ? response : refusal(404, 'NOT_FOUND', 'There is nothing here.')
}

const tokenSentences = {
  unknown: 'This token is not known here. Give one with --token @FILE or VIDNE_TOKEN.',
  expired: 'This token has expired. Ask an administrator for a new one.',
  revoked: 'This token was revoked. Ask an administrator for a new one.',
} as const

const tooManyGuesses = 'Too many unknown tokens from this address; wait a minute.'

function refusal(status: number, code: string, sentence: string, headers: Record<string, string> = {}): Response {
  return Response.json({ defined: true, code, status, message: sentence, data: { sentence } }, { status, headers })
}

/** Footage is for open views alone: whoever is not signed in is refused like anybody else without one, and it is noted. */
function media(standing: Standing, limits: Limits): RawHandler {
  return async (request, response, about) => {
    const { house } = standing
    if (house === null) return send(response, 503, 'Nobody has founded this installation yet: run vidne init.')
    const guessing = await limits.guessing(about.client)
    if (!guessing.allowed) {
      response.setHeader('retry-after', guessing.retrySeconds)
      return send(response, 429, tooManyGuesses)
    }
    const { authorization } = request.headers
    const known = await house.ground.people.authenticate(authorization)
    if (!known.holds && known.because === 'unknown') await limits.refusedToken(about.client)
    const asker: Asker = known.holds ? known : { because: known.because, known: known.known }
    await sendMedia(house.views, request, response, asker)
  }
}

type ForActor = (house: House, request: IncomingMessage, response: ServerResponse, actor: Actor | null) => Promise<void>

function raw(standing: Standing, limits: Limits, handle: ForActor): RawHandler {
  return async (request, response, about) => {
    const { house } = standing
    if (house === null) return send(response, 503, inWords(about, notFounded))
    const guessing = await limits.guessing(about.client)
    if (!guessing.allowed) {
      response.setHeader('retry-after', guessing.retrySeconds)
      return send(response, 429, tooManyGuesses)
    }
    const { authorization } = request.headers
    const known = await house.ground.people.authenticate(authorization)
    if (known.holds || authorization === undefined)
      return handle(house, request, response, known.holds ? known.actor : null)
    // A token that was right once is no guess: a dock that was forgotten must not lock out the others of its site.
    if (known.because === 'unknown') await limits.refusedToken(about.client)
    response.setHeader('www-authenticate', 'Bearer')
    send(response, 401, tokenSentences[known.because])
  }
}

const toDock: ForActor = (house, request, response, actor) => house.dock.handle(request, response, actor)

const toShare: ForActor = async (house, request, response, actor) => {
  if (actor === null) return send(response, 401, tokenSentences.unknown)
  await sendPackage(house.share, request, response, actor)
}

const toReceipt: ForActor = async (house, request, response, actor) => {
  if (actor === null) return send(response, 401, tokenSentences.unknown)
  const { dock, receiptOf, ground } = house
  const { database, people } = ground
  await sendReceipt(
    {
      dock,
      receiptOf,
      database,
      sees: (by, id) => house.sees(by, 'list', id),
      allowed: (by, act, subject) => people.allowed(by, act, subject),
    },
    request,
    response,
    actor,
  )
}

async function toLog({ house }: Standing, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (house === null) return send(response, 404, 'There is no log yet.')
  const path = (request.url ?? '').split('?', 1)[0]?.slice('/log/'.length) ?? ''
  if (request.method === 'POST' && path === 'cosignature') return takeCosignature(house, request, response)
  const served = await house.ground.seal.serve(path)
  response.writeHead(served.status, served.headers)
  response.end(request.method === 'HEAD' ? undefined : served.body)
}

const longestCosignature = 65_536

/** Anyone may post one: it counts only when a key that the operator named has made it. */
async function takeCosignature(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > longestCosignature) return send(response, 413, 'This is longer than a cosignature.')
  }
  const size = await house.ground.seal.acceptCosignature(text)
  if (size === null)
    return send(
      response,
      403,
      'No line of this is the cosignature of a key that is known here, over a public checkpoint.',
    )
  send(response, 200, `Taken for the checkpoint of size ${size}.`)
}

function send(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ message }))
}

async function openApi(): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  return generator.generate(contract, { info: { title: 'Vidne', version: '0.1.0' }, servers: [{ url: '/api' }] })
}
