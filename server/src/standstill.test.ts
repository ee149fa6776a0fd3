import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Language } from '@vidne/locales/say'
import { type Serving, serve } from './main.ts'
import { trialInstallation, type TrialInstallation } from './operations/testing/trial-installation.ts'
import { type Still, stillWords } from './platform/still.ts'

const still = { code: 'lock-missing' } as const satisfies Still
let trial: TrialInstallation
let serving: Serving

beforeAll(async () => {
  trial = await trialInstallation({ files: 1 })
  renameSync(join(trial.data, 'lock'), join(trial.data, 'lock-elsewhere'))
  serving = await serve(trial.data, { port: 0, logLevel: 'silent' })
})
afterAll(async () => {
  await serving?.close()
  trial?.remove()
})

type Asked = { body?: object; token?: string; headers?: Record<string, string> }

/** Asks as a browser does whose reader put these languages into its settings; null: a program that has none. */
async function ask(path: string, languages: string | null, { body, token, headers = {} }: Asked = {}) {
  const answer = await fetch(`${serving.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...headers,
      ...(languages === null ? {} : { 'accept-language': languages }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}

const readers: [string | null, Language][] = [
  ['da-DK,da;q=0.9,en;q=0.8', 'da'],
  ['fr,sv;q=0.7,en;q=0.5', 'sv'],
  ['de', 'de'],
  ['fr', 'en'],
  [null, 'en'],
]

test.each(readers)(
  'whoever reads %s is told by the page why the installation stands still, in %s',
  async (asked, own) => {
    const page = await ask('/status', asked)
    expect(page.status).toBe(200)
    expect(page.text).toContain(`<html lang="${own}">`)
    expect(page.text).toContain(stillWords(own, still))
  },
)

test.each(readers)('whoever reads %s is told the same at /readyz, with its code, in %s', async (asked, own) => {
  const { status, text } = await ask('/readyz', asked)
  expect(status).toBe(503)
  expect(JSON.parse(text)).toEqual({ ready: false, code: 'lock-missing', because: stillWords(own, still) })
})

test.each(readers)('an upload of whoever reads %s is refused in %s', async (asked, own) => {
  const headers = { 'tus-resumable': '1.0.0', 'upload-length': '5' }
  const { status, text } = await ask('/upload', asked, { body: {}, token: trial.deviceToken, headers })
  expect(status).toBe(503)
  const message = stillWords(own, { code: 'nothing-taken-in', values: { because: still } })
  expect(JSON.parse(text)).toEqual({ error: 'stands-still', message })
})

test.each(readers)('a run, and what would write an event, answer whoever reads %s in %s', async (asked, own) => {
  const token = trial.operatorToken
  const run = await ask('/api/runs', asked, { body: { what: 'nightly' }, token })
  const because = stillWords(own, { code: 'log-stopped', values: { log: still } })
  expect(JSON.parse(run.text)).toMatchObject({ state: 'stopped', because, deleted: [] })
  const wish = { person: 'Kim', role: 'evidence-clerk', expires: '2099-01-01T00:00:00Z' }
  const refused = await ask('/api/tokens', asked, { body: wish, token })
  expect(refused.status).toBe(503)
  expect(JSON.parse(refused.text)).toMatchObject({ code: 'STOPPED', data: { sentence: stillWords(own, still) } })
})
