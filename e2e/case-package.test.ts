import { spawnSync } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leftOut } from '../checks/left-out.ts'
import { caseWith } from './case-asking.ts'
import { type Asked, ask, dock, get, inDays, personIn, run, until } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'
import { filesIn, unpacked, verify } from './guarantees/packages.ts'

type State = { state: string; approvals?: string[]; export?: string; download?: string; bytes?: number }

let here: Inside
let second: Asked
let recordings: string[]
let id: string

beforeAll(async () => {
  here = await inside()
  second = await personIn(here.clerk, 'Sam', 'supervisor')
  recordings = []
  for (const at of [1, 2, 3]) {
    const file = { path: `DCIM/${at}.mp4`, bytes: randomBytes(at * 700_000), wearer: 'PC 4711' }
    recordings.push((await dock(here.camera, file)).recording)
  }
  id = await caseWith(here.clerk, recordings, 'K 41/26')
})
afterAll(() => here?.close())

const WISH = { purpose: 'to the prosecution', to: 'Anklagemyndigheden', wait: false }

async function made(who: Asked, body: object): Promise<Buffer> {
  let state = await get<State>(who, 'POST', `/api/cases/${id}/package`, body)
  await until('the package of a case', async () => {
    if (state.state === 'sealing') state = await get<State>(who, 'GET', `/api/exports/${state.export}`)
    return state.state === 'ready'
  })
  const zip = (await ask(who, 'GET', state.download ?? '')).bytes
  expect(zip.length).toBe(state.bytes)
  return zip
}

test('goes outside when a second person has agreed to each of its recordings, and for this very wish', async () => {
  const asked = await get<State>(here.clerk, 'POST', `/api/cases/${id}/package`, WISH)
  expect(asked).toMatchObject({ state: 'waiting', approvals: expect.any(Array) })
  expect(asked.approvals).toHaveLength(3)
  const [first, ...others] = asked.approvals ?? []
  await get(second, 'POST', `/api/approvals/${first}/approve`)
  const again = await get<State>(here.clerk, 'POST', `/api/cases/${id}/package`, WISH)
  expect(again.approvals?.toSorted()).toEqual(others.toSorted())
  for (const approval of others) await get(second, 'POST', `/api/approvals/${approval}/approve`)
  const changed = await get<State>(here.clerk, 'POST', `/api/cases/${id}/package`, { ...WISH, to: 'Avisen' })
  expect(changed.approvals).toHaveLength(3)
  const zip = await made(here.clerk, WISH)
  const files = await filesIn(zip)
  const packages = [...files.keys()].filter(file => file.startsWith('exhibits/'))
  expect(packages).toEqual(recordings.map((one, at) => `exhibits/00${at + 1}-${one}.zip`))
  const used = await get<State>(here.clerk, 'POST', `/api/cases/${id}/package`, WISH)
  expect(used.state).toBe('waiting')
})

test('each package in it verifies by itself; the list names each by what covers all of its files', async () => {
  const zip = await made(here.clerk, { purpose: 'for the file', wait: false })
  const files = await filesIn(zip)
  const contents = JSON.parse(files.get('contents.json')!.toString()) as {
    case: string
    exhibits: { number: number; reference: string; file: string; recording: string; listing: string }[]
  }
  expect(contents.case).toBe('K 41/26')
  expect(contents.exhibits.map(one => [one.number, one.recording])).toEqual(recordings.map((one, at) => [at + 1, one]))
  for (const { file, listing } of contents.exhibits) {
    const bytes = files.get(file)!
    const folder = unpacked(new Map([['one.zip', bytes]]))
    const verdict = await verify(join(folder, 'one.zip'), '--trust', here.trust, '--rehearsal')
    expect(verdict).toMatchObject({ exit: 0, intact: true, history: 'asserted' })
    const listed = (await filesIn(bytes)).get('tagmanifest-sha256.txt')!
    expect(createHash('sha256').update(listed).digest('hex')).toBe(listing)
  }
  const page = files.get('index.html')!.toString()
  for (const { file, listing } of contents.exhibits) {
    expect(page).toContain(`href="${file}"`)
    expect(page).toContain(listing)
  }
  for (const words of ['Case K 41/26', 'Sag K 41/26', 'Ärende K 41/26', 'Vorgang K 41/26'])
    expect(page).toContain(words)
  expect(page).not.toMatch(/<script|https?:\/\//)
})

const noPython = spawnSync('python3', ['--version']).status === 0 ? null : 'there is no python3'

test.skipIf(leftOut('other people’s ZIP readers on a case’s package', noPython))(
  'is a ZIP that other people’s readers find whole, with every package in it',
  async () => {
    const file = join(tmpdir(), `case-${randomUUID()}.zip`)
    writeFileSync(file, await made(here.clerk, { purpose: 'for another reader', wait: false }))
    const script =
      'import sys,zipfile,io\nz=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None\nfor n in z.namelist():\n  if n.endswith(".zip"): assert zipfile.ZipFile(io.BytesIO(z.read(n))).testzip() is None\nprint(len(z.namelist()))'
    const said = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' })
    rmSync(file)
    expect([said.stderr, said.stdout.trim()]).toEqual(['', '6'])
  },
)

test('a download that was cut goes on from where it ended, to the same bytes', async () => {
  const wish = { purpose: 'over a bad line', wait: false }
  const state = await get<State>(here.clerk, 'POST', `/api/cases/${id}/package`, wish)
  const headers = { authorization: `Bearer ${here.clerk.token}` }
  const url = `${here.clerk.url}${state.download}`
  const rest = await fetch(url, { headers: { ...headers, range: 'bytes=1900000-' } })
  const tail = Buffer.from(await rest.arrayBuffer())
  const whole = Buffer.from(await (await fetch(url, { headers })).arrayBuffer())
  expect([rest.status, whole.length, tail.equals(whole.subarray(1_900_000))]).toEqual([206, state.bytes, true])
})

test('an exhibit whose footage is gone is named as gone, and a case of nothing but such gives none', async () => {
  for (const one of recordings.slice(1))
    await get(here.clerk, 'POST', `/api/recordings/${one}/hold`, { reason: 'complaint 12' })
  await inDays(here.clerk, 40)
  expect((await run(here.clerk)).deleted.map(one => one.recording)).toEqual([recordings[0]])
  const files = await filesIn(await made(here.clerk, { purpose: 'what is left', wait: false }))
  expect([...files.keys()].filter(file => file.startsWith('exhibits/'))).toHaveLength(2)
  expect(files.get('index.html')!.toString()).toContain('the footage was deleted by rule')
  const empty = await caseWith(here.clerk, [], 'K 42/26')
  expect(await ask(here.clerk, 'POST', `/api/cases/${empty}/package`, { purpose: 'nothing' })).toMatchObject({
    status: 409,
  })
})
