import type { IncomingMessage, ServerResponse } from 'node:http'
import { type SharedContent, type SharedRefusal, openingWish, sharedWish } from '@vidne/contract/links'
import type * as z from 'zod'
import { type CaseKey, caseWords } from '@vidne/locales/cases'
import type { Language } from '@vidne/locales/say'
import type { About } from '../platform/http/about.ts'
import type { Limits } from '../platform/http/limits.ts'
import { type Workshop, partNamed, sendPiece } from '../review/review.ts'
import type { SharedLink } from './link-content.ts'
import type { Browser, LinkOpenings, OpeningRefused } from './link-openings.ts'
import type { Ready, Sealing } from './prepared.ts'
import type { ShareRefusal } from './refusals.ts'
import { preparedAnswer, sendSendable } from './routes.ts'

const HERE = '/api/shared/'
const LONGEST_BODY = 4096

/** Whether a path is one of those that somebody with a link asks, without an account. */
export function asksForShared(path: string): boolean {
  return path.startsWith(HERE)
}

export type LinkDoors = {
  readonly openings: LinkOpenings
  readonly limits: Pick<Limits, 'guessing' | 'refusedToken'>
  readonly workshop: Workshop
  /** Served over https, so that the cookie may be of this origin alone. */
  readonly secure: boolean
  /** What a policy's purpose is called. */
  readonly purposeWords: (language: Language, purpose: string) => string
}

/**
 * Answers whoever was given a link. Only POST does anything, and only from this origin's own page: what fetches addresses, as
 * preview bots do, is shown nothing and uses up nothing. Media and packages hang on the cookie of the browser that opened the link.
 */
export async function answerShared(
  doors: LinkDoors,
  request: IncomingMessage,
  response: ServerResponse,
  about: About,
): Promise<void> {
  response.setHeader('cache-control', 'no-store')
  const guessing = await doors.limits.guessing(about.client)
  if (!guessing.allowed) {
    response.setHeader('retry-after', guessing.retrySeconds)
    return refuse(response, 'too-many', about)
  }
  const [path = '', query = ''] = (request.url ?? '').slice(HERE.length).split('?', 2)
  const [what = '', link = '', id = '', piece = null] = path.split('/')
  const asked = { what, request, response, about }
  if (request.method === 'POST') return post(doors, asked)
  const browser = browserOf(request, link)
  if (browser === null) return refuse(response, 'not-opened', about)
  await give(doors, { ...asked, browser, id, piece, query: new URLSearchParams(query) })
}

type Given = Posted & { browser: Browser; id: string; piece: string | null; query: URLSearchParams }

/** Sends footage under a view, what a browser needs to show it, or a package, to the browser that opened the link. */
async function give(doors: LinkDoors, asked: Given): Promise<void> {
  const { what, id, piece, query, browser, request, response, about } = asked
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const view = query.get('view') ?? ''
  const shown = reads && what === 'media' ? await doors.openings.footage(browser, { recording: id, view }) : null
  const part = piece === null ? null : partNamed(piece)
  if (shown !== null && (piece === null || part !== null))
    return sendPiece(doors.workshop, request, response, { part, shown, view, query })
  const found = reads && what === 'package' ? await doors.openings.download(browser, id) : null
  if (found === null) return refuse(response, 'not-opened', about)
  await sendSendable(found.found, { name: id, sending: found.sending }, request, response)
}

type Posted = { what: string; request: IncomingMessage; response: ServerResponse; about: About }

async function post(doors: LinkDoors, { what, request, response, about }: Posted): Promise<void> {
  const body = fromOwnPage(request) ? await jsonOf(request) : null
  if (body === null) return refuse(response, 'unknown', about)
  if (what === 'openings') return openLink(doors, { body, response, about })
  const wish = sharedWish.safeParse(body)
  const browser = wish.success ? browserOf(request, wish.data.link) : null
  if (!wish.success || browser === null) return refuse(response, 'not-opened', about)
  const door = Object.hasOwn(DOORS, what) ? DOORS[what] : undefined
  if (door === undefined) return refuse(response, 'unknown', about)
  await door({ doors, browser, response, about, wish: wish.data })
}

type Asked = {
  doors: LinkDoors
  browser: Browser
  response: ServerResponse
  about: About
  wish: z.infer<typeof sharedWish>
}

/** What is asked of a link that this browser has opened. */
const DOORS: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
  async content({ doors, browser, response, about }) {
    const content = await doors.openings.content(browser)
    if ('because' in content) return refuse(response, content.because, about)
    answer(response, told(doors, content, about.language))
  },
  async views({ doors, browser, response, about, wish: { recording } }) {
    if (recording === undefined) return refuse(response, 'unknown', about)
    const view = await doors.openings.view(browser, recording)
    if ('because' in view) return refuse(response, view.because, about)
    const media = `${HERE}media/${browser.link}/${recording}?view=${view.view}`
    answer(response, { media, until: new Date(view.until).toISOString() })
  },
  async packages({ doors, browser, response, about, wish: { recording } }) {
    prepared(response, about, browser, await doors.openings.pack(browser, recording ?? null))
  },
  async prepared({ doors, browser, response, about, wish }) {
    if (wish.export === undefined) return refuse(response, 'unknown', about)
    prepared(response, about, browser, await doors.openings.find(browser, wish.export))
  },
}

async function openLink(
  doors: LinkDoors,
  { body, response, about }: Pick<Posted, 'response' | 'about'> & { body: unknown },
): Promise<void> {
  const wish = openingWish.safeParse(body)
  if (!wish.success) return refuse(response, 'unknown', about)
  const opened = await doors.openings.open(wish.data)
  if (opened.state === 'refused') {
    if (opened.because === 'unknown') await doors.limits.refusedToken(about.client)
    return refuse(response, opened.because, about)
  }
  const { link } = wish.data
  response.setHeader('set-cookie', cookieFor(doors, { link, browser: opened.browser }))
  const content = await doors.openings.content({ link, secret: opened.browser })
  if ('because' in content) return refuse(response, content.because, about)
  answer(response, told(doors, content, about.language))
}

const cookieName = (link: string) => `vidne-shared-${link.replaceAll('-', '')}`

/** The browser alone sends it back, to these addresses alone; no script reads it, and no other site makes the browser send it. */
function cookieFor({ secure }: LinkDoors, p: { link: string; browser: string }): string {
  const kept = `${cookieName(p.link)}=${p.browser}; Path=${HERE}; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_SECONDS}`
  return secure ? `${kept}; Secure` : kept
}

/** As long as an opening lasts at most; how long it really lasts is seen to here. */
const COOKIE_SECONDS = 43_200

function browserOf(request: IncomingMessage, link: string): Browser | null {
  const name = cookieName(link)
  const pairs = (request.headers.cookie ?? '').split(';').map(pair => pair.trim().split('=', 2))
  const secret = pairs.find(([key]) => key === name)?.[1]
  return secret === undefined || !/^[\w-]{43}$/.test(secret) ? null : { link, secret }
}

/** A form or script of another site cannot send JSON here without being asked first, and says where it comes from. */
function fromOwnPage({ headers }: IncomingMessage): boolean {
  const json = (headers['content-type'] ?? '').split(';', 1)[0]?.trim() === 'application/json'
  const site = headers['sec-fetch-site']
  const own = site === undefined || site === 'same-origin' || site === 'none'
  return json && own && (headers.origin === undefined || hostIn(headers.origin) === headers.host)
}

function hostIn(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > LONGEST_BODY) return null
  }
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function prepared(
  response: ServerResponse,
  about: About,
  { link }: Browser,
  state: Ready | Sealing | OpeningRefused | ShareRefusal,
): void {
  if ('because' in state) return refuse(response, state.because, about)
  if ('refused' in state) return refuse(response, state.refused === 'log-stopped' ? 'stopped' : 'deleted', about)
  answer(response, preparedAnswer(state, `${HERE}package/${link}/${state.export}`))
}

function told(doors: LinkDoors, content: SharedLink, language: Language): SharedContent {
  const { row, opening, agency, recordings, rehearsal, logKey, fingerprint } = content
  const iso = (at: number) => new Date(at).toISOString()
  return {
    state: 'open',
    link: row.id,
    agency: agency.name,
    zone: agency.zone,
    rehearsal,
    logKey,
    fingerprint,
    caseNumber: row.case_number,
    recipient: row.recipient,
    purpose: doors.purposeWords(language, row.purpose),
    until: row.until.toISOString(),
    openUntil: opening.until.toISOString(),
    openingsLeft: row.most_openings - row.openings,
    exhibits: recordings.map(({ recordedAt, receivedAt, history, ...rest }) => ({
      ...rest,
      recordedAt: recordedAt === null ? null : iso(recordedAt),
      receivedAt: iso(receivedAt),
      history: history(language).map(({ title, sentences, lines }) => ({
        title,
        sentences: [...sentences],
        lines: [...lines],
      })),
    })),
  }
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const STATUS: Readonly<Partial<Record<SharedRefusal, number>>> = { 'too-many': 429, stopped: 503, deleted: 410 }

function refuse(response: ServerResponse, because: SharedRefusal, { language }: About): void {
  const sentence = caseWords(language, `shared.${because}` satisfies CaseKey)
  response.writeHead(STATUS[because] ?? 403, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ state: 'refused', because, sentence }))
}
