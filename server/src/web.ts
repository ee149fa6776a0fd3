import { refusalWords as refusedWords } from '@vidne/locales/refusals'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OpenAPIGenerator } from '@orpc/openapi'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { ORPCError } from '@orpc/server'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '@vidne/contract/contract'
import type { Language } from '@vidne/locales/say'
import { wordsFor } from '@vidne/policies/words'
import { Hono } from 'hono'
import { ofInstallation } from '@vidne/locales/installation'
import type { Asking } from './api.ts'
import type { House } from './compose.ts'
import { addDeletionPages } from './deletions-page/routes.ts'
import { serveLog } from './log-door.ts'
import { asksForReceipt, sendReceipt } from './dock/routes.ts'
import type { Actor } from './people/people.ts'
import type { Database } from './platform/database/door.ts'
import { DatabaseAway } from './platform/database/errors.ts'
import { type Limits, openLimits } from './platform/http/limits.ts'
import type { Logger } from './platform/http/logging.ts'
import type { Metrics } from './platform/http/metrics.ts'
import type { About } from './platform/http/about.ts'
import { type RawHandler, type Shell, answerToFailure, isSecured, openShell } from './platform/http/shell.ts'
import { oddInput } from './odd-input.ts'
import { preferred } from './platform/http/language.ts'
import { sendSentence } from './platform/http/sentence.ts'
import type { Settings } from './platform/settings/settings.ts'
import { type Still, stillWords } from './platform/still.ts'
import { publishedRules } from './policy-page/published.ts'
import { addPolicyPages } from './policy-page/routes.ts'
import { asksForTable, sendTable } from './review/listing-csv.ts'
import { type Asker, asksForMedia, sendMedia } from './review/media.ts'
import { answerShared, asksForShared } from './share/link-doors.ts'
import { openWorkshop } from './review/parts.ts'
import { asksForPackage, sendPackage } from './share/routes.ts'
import { answerOpen } from './open-api.ts'
import { backFromAgency, WAY_BACK } from './way-back.ts'
import { addDesk } from './desk/desk.ts'
import { addMapTiles } from './desk/map-tiles.ts'
import type { SetUp } from './set-up.ts'
import { statusPage } from './status-page.ts'
import {
  isFromHere,
  NOBODY,
  originOf,
  refusalWords,
  type Request as Asked,
  saysJson,
  type Site,
  type Stranger,
  type Who,
  whoAsks,
} from './who-asks.ts'

/** The house once it stands; null while nobody has founded it. */
export type Standing = { house: House | null }

type Parts = { settings: Settings; standing: Standing; metrics: Metrics; log: Logger; setUp?: SetUp }

/** Opens the port at once and answers from the house as soon as it stands. */
export async function openWeb(parts: Parts): Promise<Shell> {
  const limits = openLimits()
  const { standing } = parts
  const site: Site = { publicUrl: parts.settings.publicUrl, secure: isSecured(parts.settings) }
  const app = pages(parts, limits, site)
  return openShell({
    ...parts,
    limits,
    raw: [
      {
        kind: 'upload',
        matches: path => path === '/upload' || path.startsWith('/upload/'),
        handle: raw(standing, limits, site, toDock),
      },
      { kind: 'api', matches: asksForPackage, handle: raw(standing, limits, site, toShare) },
      { kind: 'api', matches: asksForShared, handle: shared(parts, limits, site) },
      { kind: 'api', matches: asksForMedia, handle: media(standing, limits, site) },
      { kind: 'api', matches: asksForReceipt, handle: raw(standing, limits, site, toReceipt) },
      { kind: 'api', matches: asksForTable, handle: raw(standing, limits, site, toTable) },
      {
        kind: 'log',
        matches: path => path.startsWith('/log/'),
        handle: (q, s) => serveLog(standing.house?.ground.seal ?? null, q, s),
      },
    ],
    fetch: (request, about) => app.fetch(request, { about }),
  })
}

type Bindings = { Bindings: { about: About } }

function pages(parts: Parts, limits: Limits, site: Site): Hono<Bindings> {
  const { standing, metrics, settings, log } = parts
  const app = new Hono<Bindings>()
  app.get('/healthz', context => context.json({ alive: true }))
  app.get('/readyz', async context => {
    const still = await whyNotReady(standing)
    if (still === null) return context.json({ ready: true })
    return context.json({ ready: false, code: still.code, because: inWords(context.env.about, still) }, 503)
  })
  app.get('/metrics', async context => context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }))
  app.get('/api/openapi.json', async context => context.json(await openApi()))
  app.all('/api/*', context => answerApi({ ...parts, limits, site }, context.req.raw, context.env.about))
  app.get(WAY_BACK, context => wayBack({ ...parts, limits, site }, context.req.raw, context.env.about))
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
  addMapTiles(app, settings.mapTiles)
  addDesk(app)
  app.notFound(context =>
    context.json({ error: 'NOT_FOUND', message: refusedWords(context.env.about.language, 'all', 'nothing-here') }, 404),
  )
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
  if (error instanceof ORPCError) return error.code === 'BAD_REQUEST' ? oddInput(about, error) : error
  const { status, still } = answerToFailure(ground.log, { request: about.id, path }, error)
  const sentence = inWords(about, still)
  const code = status === 500 ? 'BROKEN' : 'STOPPED'
  return new ORPCError(code, { defined: true, status, message: sentence, data: { sentence }, cause: error })
}

function inWords({ language }: About, still: Still): string {
  return stillWords(language, still)
}

type Door = Parts & { limits: Limits; site: Site }

async function answerApi(door: Door, request: Request, about: About): Promise<Response> {
  const { limits, site, standing } = door
  const guessing = await limits.guessing(about.client)
  if (!guessing.allowed)
    return refusal(429, 'TOO_MANY', refusedWords(about.language, 'all', 'too-many-guesses'), {
      'retry-after': `${guessing.retrySeconds}`,
    })
  const asked: Asked = { method: request.method, header: name => request.headers.get(name) }
  const who = standing.house === null ? NOBODY : await whoAsks(standing.house.ground.people, asked, site)
  if (!who.holds && who.by === 'token' && who.because === 'unknown') await limits.refusedToken(about.client)
  const entering = { request, asked, who, about }
  return (await answerToAll(door, entering)) ?? answerWithin(standing, entering)
}

/** Answers what takes somebody who is known here. */
async function answerWithin({ house }: Standing, { request, who, about }: Entering): Promise<Response> {
  if (house === null) return refusal(503, 'STOPPED', inWords(about, notFounded))
  if (!who.holds) return refusedWho(who, about)
  const { matched, response } = await handlerOf(house).handle(request, {
    prefix: '/api',
    context: {
      actor: who.actor,
      about,
      sees: (act, recording) => house.sees(who.actor, act, recording),
      recordingOf: thing => house.recordingOf(who.actor.agency, thing),
    },
  })
  return matched ? response : refusal(404, 'NOT_FOUND', refusedWords(about.language, 'all', 'nothing-here'))
}

type Entering = { request: Request; asked: Asked; who: Who; about: About }

/**
 * What is open to everybody, signed in or not; null where the path is none of that. What changes something is taken from pages of ours
 * alone, also from those who are nobody yet: else another site could sign somebody in under a name of its choice.
 */
async function answerToAll(door: Door, { request, asked, who, about }: Entering): Promise<Response | null> {
  const { settings, standing, site } = door
  const refused = who.by === 'token' ? null : refusedChange(asked, site, about)
  if (refused !== null) return refused
  return answerOpen(request, {
    house: standing.house,
    actor: who.holds ? who.actor : null,
    who,
    setUp: door.setUp ?? null,
    about,
    mode: settings.mode,
    secure: site.secure,
    origin: originOf(asked, site),
    cookie: asked.header('cookie') ?? '',
    client: asked.header('user-agent') ?? '',
    still: () => whyNotReady(standing),
    answer: new Headers(),
  })
}

/** What another site's page makes a browser ask, whoever it is; null where nothing is wrong with it. */
function refusedChange(asked: Asked, site: Site, about: About): Response | null {
  if (!changes(asked)) return null
  const ofABrowser = asked.header('origin') !== null || asked.header('sec-fetch-site') !== null
  if (ofABrowser && !isFromHere(asked, site)) return refusedWho({ ...NOBODY, because: 'from-elsewhere' }, about)
  return saysJson(asked) ? null : notJson(about)
}

/** From the agency's own sign-in: the browser comes with what the library has to check. */
async function wayBack(door: Door, request: Request, about: About): Promise<Response> {
  const { limits, site, standing } = door
  const guessing = await limits.guessing(about.client)
  if (!guessing.allowed)
    return refusal(429, 'TOO_MANY', refusedWords(about.language, 'all', 'too-many-guesses'), {
      'retry-after': `${guessing.retrySeconds}`,
    })
  const asked: Asked = { method: request.method, header: name => request.headers.get(name) }
  const { house } = standing
  if (house === null) return refusal(503, 'STOPPED', inWords(about, notFounded))
  return backFromAgency(house, { request, about, origin: originOf(asked, site), secure: site.secure })
}

function changes({ method }: Asked): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

function refusedWho(who: Stranger, about: About): Response {
  const elsewhere = who.because === 'from-elsewhere'
  return refusal(elsewhere ? 403 : 401, elsewhere ? 'NOT_ALLOWED' : 'UNKNOWN_TOKEN', refusalWords(about, who))
}

function notJson({ language }: About): Response {
  return refusal(415, 'ODD_INPUT', ofInstallation(language, 'signIn.notJson', {}))
}

function refusal(status: number, code: string, sentence: string, headers: Record<string, string> = {}): Response {
  return Response.json({ defined: true, code, status, message: sentence, data: { sentence } }, { status, headers })
}

/** Footage is for open views alone: whoever is not signed in is refused like anybody else without one, and it is noted. */
function media(standing: Standing, limits: Limits, site: Site): RawHandler {
  const workshop = openWorkshop()
  return async (request, response, about) => {
    const { house } = standing
    if (house === null) return sendSentence(response, 503, inWords(about, notFounded))
    const who = await whoOrRefused(house, limits, site, { request, response, about })
    if (who === null) return
    const asker: Asker = who.holds ? who : { because: who.because, known: who.known }
    await sendMedia({ views: house.views, workshop }, request, response, asker)
  }
}

/** Whoever was given a link asks without an account. */
function shared({ standing }: Parts, limits: Limits, { secure }: Site): RawHandler {
  const purposeWords = (language: Language, purpose: string): string =>
    wordsFor(language, 'purpose', purpose) ?? purpose
  const workshop = openWorkshop({ cuts: 2, copies: 2 })
  return async (request, response, about) => {
    const { house } = standing
    if (house === null) return sendSentence(response, 503, inWords(about, notFounded))
    const { openings } = house.share.links
    await answerShared({ openings, limits, secure, workshop, purposeWords }, request, response, about)
  }
}

type ForActor = (house: House, request: IncomingMessage, response: ServerResponse, actor: Actor | null) => Promise<void>

function raw(standing: Standing, limits: Limits, site: Site, handle: ForActor): RawHandler {
  return async (request, response, about) => {
    const { house } = standing
    if (house === null) return sendSentence(response, 503, inWords(about, notFounded))
    const who = await whoOrRefused(house, limits, site, { request, response, about })
    if (who === null) return
    if (who.holds || who.by === 'nobody') return handle(house, request, response, who.holds ? who.actor : null)
    if (who.by === 'token') response.setHeader('www-authenticate', 'Bearer')
    sendSentence(response, who.because === 'from-elsewhere' ? 403 : 401, refusalWords(about, who))
  }
}

type Raw = { request: IncomingMessage; response: ServerResponse; about: About }

/** Who asks; null once a guesser was told to wait. */
async function whoOrRefused(
  { ground }: House,
  limits: Limits,
  site: Site,
  { request, response, about }: Raw,
): Promise<Who | null> {
  const guessing = await limits.guessing(about.client)
  if (!guessing.allowed) {
    response.setHeader('retry-after', guessing.retrySeconds)
    sendSentence(response, 429, refusedWords(about.language, 'all', 'too-many-guesses'))
    return null
  }
  const who = await whoAsks(ground.people, askedOf(request), site)
  // A token that was right once is no guess: a dock that was forgotten must not lock out the others of its site. Nor is a
  // session that is not known any more: a browser sends it by itself.
  if (!who.holds && who.by === 'token' && who.because === 'unknown') await limits.refusedToken(about.client)
  return who
}

function askedOf({ method = 'GET', headers }: IncomingMessage): Asked {
  return {
    method,
    header(name) {
      const value = headers[name]
      return typeof value === 'string' ? value : null
    },
  }
}

const toDock: ForActor = (house, request, response, actor) => house.dock.handle(request, response, actor)

const unknown = (request: IncomingMessage): string =>
  refusedWords(preferred(request.headers['accept-language']), 'all', 'unknown-token')

const toShare: ForActor = async (house, request, response, actor) => {
  if (actor === null) return sendSentence(response, 401, unknown(request))
  await sendPackage(house.share, request, response, actor)
}

const toTable: ForActor = async (house, request, response, actor) => {
  if (actor === null) return sendSentence(response, 401, unknown(request))
  await sendTable(house.listing, request, response, actor)
}

const toReceipt: ForActor = async (house, request, response, actor) => {
  if (actor === null) return sendSentence(response, 401, unknown(request))
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

async function openApi(): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  return generator.generate(contract, { info: { title: 'Vidne', version: '0.1.0' }, servers: [{ url: '/api' }] })
}
