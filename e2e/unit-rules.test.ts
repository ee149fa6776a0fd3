import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, found } from './installation.ts'

const folder = mkdtempSync(join(tmpdir(), 'vidne-unit-rules-'))
const ours = { s: 'decision 4 of the traffic department' }

let here: Installation
let supervisor: string
let second: string
/** One camera is the unit's, the other the agency's. */
let units: string
let agencys: string

async function answered<T>(words: string[], token?: string): Promise<T> {
  const done = await here.run([...words, '--json'], token)
  if (done.code !== 0) throw new Error(done.err)
  return JSON.parse(done.out)
}

async function tokenOf(person: string, role: string): Promise<string> {
  const words = ['token', 'create', '--person', person, '--role', role, '--expires', '2099-12-31']
  return (await answered<{ token: string }>(words)).token
}

async function dockedFrom(camera: string): Promise<string> {
  const files = join(folder, camera)
  mkdirSync(files)
  writeFileSync(join(files, '1.mp4'), `footage of ${camera}`)
  const docked = await here.run(['dock', files, '--camera', camera, '--json'], here.deviceToken)
  return (JSON.parse(docked.out) as { recording: string }).recording
}

beforeAll(async () => {
  here = await found('dk-politi')
  supervisor = await tokenOf('Leder 2', 'supervisor')
  second = await tokenOf('Data protection', 'data-protection-officer')
  await answered(['unit', 'create', 'Traffic'])
  await answered(['unit', 'assign', '--camera', 'C-7', '--unit', 'Traffic'])
  ;[units, agencys] = [await dockedFrom('C-7'), await dockedFrom('C-8')]
})
afterAll(() => here?.stop())

const viewing = (recording: string) => ['view', recording, '--purpose', 'supervision', '--out']
const exporting = (recording: string) => ['export', recording, '--purpose', 'case 1', '--out']
let files = 0
const file = () => join(folder, `out-${(files += 1)}`)

test('S5-03 who looks at footage of a unit’s camera, and what takes two persons, is the unit’s word', async () => {
  for (const recording of [units, agencys])
    expect(await here.run([...viewing(recording), file()], supervisor)).toMatchObject({ code: 0 })
  const { policy } = await answered<{ policy: { secondPerson: { v: string }[] } }>(['policy', 'show'])
  const known = policy.secondPerson.map(({ v }) => v)
  const draft = join(folder, 'draft.json')
  const secondPerson = [...known, { v: 'export', act: 'export', when: 'always', ...ours }]
  writeFileSync(draft, JSON.stringify({ view: { supervisor: null }, secondPerson }))
  const publishing = ['policy', 'publish', draft, '--unit', 'Traffic', '--reason', 'fewer viewers']
  const { approval } = await answered<{ approval: string }>(publishing)
  await answered(['approve', approval], second)

  expect(await here.run([...viewing(units), file()], supervisor)).toMatchObject({ code: 1 })
  expect(await here.run([...viewing(agencys), file()], supervisor)).toMatchObject({ code: 0 })
  expect(await answered([...exporting(units), file()])).toMatchObject({ state: 'waiting' })
  expect(await answered([...exporting(agencys), file()])).not.toMatchObject({ state: 'waiting' })
})

test('S3-17 anybody reads the rules of a unit too, linked from those of its agency', async () => {
  const read = async (path: string) => {
    const answer = await fetch(here.url + path)
    return { status: answer.status, text: await answer.text() }
  }
  const { text } = await read('/policy?lang=da')
  expect(text).toContain('Disse enheder har egne, strengere regler:')
  const path = /<a href="(\/policy\/agencies\/[^"]+\/units\/[^"?]+)\?lang=da">Traffic</.exec(text)?.[1] ?? ''
  const { digest } = await answered<{ digest: string }>(['policy', 'show', '--unit', 'Traffic'])
  const page = await read(`${path}?lang=en`)
  expect(page.text).toContain('<h1>Prøvekommunen, Traffic: rules for cameras</h1>')
  expect(page.text).toContain(digest)
  expect(text).toContain('data-value="view.supervisor"')
  expect(page.text).not.toContain('data-value="view.supervisor"')
  expect(await read(`${path.slice(0, -1)}${path.endsWith('0') ? '1' : '0'}`)).toMatchObject({ status: 404 })
  expect(await read('/policy/agencies/x/units/y')).toMatchObject({ status: 404 })
})
