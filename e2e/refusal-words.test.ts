import { contract } from '@vidne/contract/contract'
import { languages } from '@vidne/locales/say'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dock, get } from './guarantees/asking.ts'
import { inside, type Inside } from './guarantees/inside.ts'

let here: Inside
let reader = ''
let recording = ''
beforeAll(async () => {
  here = await inside()
  const wish = { person: 'Rita Reader', role: 'figures-reader', expires: '2099-01-01' }
  reader = (await get<{ token: string }>(here.clerk, 'POST', '/api/tokens', wish)).token
  recording = (await dock(here.camera, { path: 'DCIM/a.mp4', bytes: new Uint8Array(900).fill(3), camera: 'C' }))
    .recording
})
afterAll(() => here?.close())

type Door = { readonly method: string; readonly path: string }

type Known = { readonly route?: { readonly method?: string; readonly path?: string } }

/** Every door of the contract, with an id of nothing in its place. */
function doorsIn(tree: unknown): Door[] {
  if (typeof tree !== 'object' || tree === null) return []
  const known: Known['route'] = '~orpc' in tree ? (tree['~orpc'] as Known).route : undefined
  if (known?.path !== undefined) return [{ method: known.method ?? 'POST', path: `/api${known.path}` }]
  return Object.values(tree).flatMap(doorsIn)
}

const NOTHING = '0190b8f0-0000-7000-8000-000000000000'

type Said = { readonly status: number; readonly sentence: string | null }

async function asked({ method, path }: Door, language: string, token: string | null, body?: object): Promise<Said> {
  const answer = await fetch(here.clerk.url + path.replaceAll(/\{\w+\}/g, NOTHING), {
    method,
    headers: {
      'accept-language': language,
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
  })
  const text = await answer.text()
  if (answer.status < 400) return { status: answer.status, sentence: null }
  const said = JSON.parse(text) as { message?: string; data?: { sentence?: string } }
  return { status: answer.status, sentence: said.data?.sentence ?? said.message ?? '' }
}

/** What is refused in each language, where it is; the sentences have to differ, since none of them is the same in two languages. */
async function mixing(door: Door, token: string | null, body?: object): Promise<object[]> {
  const said = await Promise.all(languages.map(language => asked(door, language, token, body)))
  if (said.some(({ sentence }) => sentence === null)) return []
  const sentences = said.map(({ sentence }) => sentence ?? '')
  return new Set(sentences).size === languages.length && !sentences.includes('') ? [] : [{ ...door, said }]
}

const all = doorsIn(contract)

test.each<readonly [string, () => string | null]>([
  ['nobody', () => null],
  ['whoever may do nothing there', () => reader],
  ['a clerk who names what is not there', () => here.operatorToken],
])('what every door refuses %s is told in four languages', async (_, token) => {
  expect(all.length).toBeGreaterThan(80)
  const mixed: object[] = []
  const holder = token()
  // What ends somebody's own sessions, or founds things, is not asked: it is no refusal.
  for (const door of all.filter(({ path }) => !/sign-out|\/(set-up|tour)\b/.test(path)))
    mixed.push(...(await mixing(door, holder)))
  expect(mixed).toEqual([])
})

const day = '2099-01-01'
/** One for each room, with what it needs to be understood, so that it is the room that refuses. */
const rooms: readonly (readonly [room: string, method: string, path: string, body: object, as: 'clerk' | 'reader'])[] =
  [
    ['holds', 'POST', '/api/recordings/@/hold', { kind: 'case', reason: 'a trial of it' }, 'reader'],
    ['categories', 'POST', '/api/recordings/@/categories', { rule: 'no-such-rule', basis: 'a law' }, 'clerk'],
    ['early deletion', 'POST', '/api/recordings/@/deletion', { reason: 'a trial of it' }, 'reader'],
    ['release of no hold', 'POST', '/api/recordings/@/release', { reason: 'a trial of it' }, 'clerk'],
    ['views', 'POST', '/api/recordings/@/views', { purpose: 'curiosity' }, 'clerk'],
    ['exports', 'POST', '/api/recordings/@/exports', { purpose: 'a trial' }, 'reader'],
    ['list', 'GET', '/api/recordings?after=nowhere', {}, 'clerk'],
    ['tokens', 'POST', '/api/tokens', { person: 'X', role: 'wearer', expires: '2020-01-01' }, 'clerk'],
    ['units', 'POST', '/api/units', { name: 'U' }, 'reader'],
    ['capacity', 'GET', `/api/capacity?from=${day}&to=2020-01-01`, {}, 'clerk'],
    ['clock', 'POST', '/api/clock', { instant: '2020-01-01T00:00:00.000Z' }, 'clerk'],
    ['installation', 'GET', '/api/installation', {}, 'reader'],
    ['audit', 'POST', '/api/audit/searches', { ground: 'security', from: day, until: day }, 'reader'],
  ]

test.each(rooms)('%s: a refusal in the language of whoever asks', async (_, method, path, body, as) => {
  const door = { method, path: path.replace('@', recording) }
  const token = as === 'clerk' ? here.operatorToken : reader
  const first = await asked(door, 'en', token, body)
  expect({ path, status: first.status }).toEqual({ path, status: expect.toBeOneOf([403, 404, 409, 422]) })
  // That there is no such door is no refusal of the room.
  expect(first.sentence).not.toBe('There is nothing here.')
  expect(await mixing(door, token, body)).toEqual([])
})
