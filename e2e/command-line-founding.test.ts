import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import program from '../cli/package.json' with { type: 'json' }
import { vidne } from './installation.ts'

const root = mkdtempSync(join(tmpdir(), 'vidne-founding-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let places = 0
/** A path that nothing has yet. */
const fresh = () => join(root, `place-${places++}`)
const words = (data: string, ...more: string[]) => [
  'init',
  '--data',
  data,
  '--agency',
  'A',
  '--pack',
  'uk-met',
  ...more,
]
const everythingBelow = () =>
  readdirSync(root, { recursive: true })
    .map(String)
    .toSorted((a, b) => (a < b ? -1 : 1))
const failsLate = { VIDNE_MASTER_KEY_FILE: '/nowhere/master.key' }

test('the program says which version it is', async () => {
  expect(await vidne(['--version'])).toEqual({ code: 0, out: `vidne ${program.version}\n`, err: '' })
})

describe('a founding that fails', () => {
  test.each<[string, string[], Record<string, string>, number]>([
    ['an option that can never be used', ['--origin', 'a,b'], {}, 2],
    ['a place that cannot be made', ['--vault', '/proc/v'], {}, 2],
    ['a database that is away', ['--database', 'postgresql://127.0.0.1:1/x'], {}, 1],
    ['a setting of the environment', [], { VIDNE_PORT: '' }, 2],
    ['a database named by the environment', [], { VIDNE_DATABASE: 'postgresql://127.0.0.1:1/x' }, 1],
    ['a master key that is not there, found out late', [], failsLate, 1],
  ])('by %s leaves everything as it was', async (_, more, env, code) => {
    const [missing, empty, vault, objects] = [join(fresh(), 'a', 'b'), fresh(), fresh(), fresh()]
    mkdirSync(empty)
    mkdirSync(objects)
    const before = everythingBelow()
    for (const data of [missing, empty]) {
      const own = more.includes('--vault') ? [] : ['--vault', vault]
      const said = await vidne(words(data, ...own, '--objects', objects, ...more), env)
      expect(said).toMatchObject({ code, out: '' })
      expect(said.err).toMatch(/^vidne: [^\n]+\n$/)
      expect(everythingBelow()).toEqual(before)
    }
  })

  test('says by which option, and not by a line of a file that nobody wrote', async () => {
    for (const agency of ['', '   ', 'a\nb', 'x'.repeat(201)]) {
      const said = await vidne(['init', '--data', fresh(), `--agency=${agency}`, '--pack', 'uk-met'])
      expect(said).toMatchObject({ code: 2, err: expect.stringMatching(/^vidne: --agency /) })
    }
    const none = await vidne(['init', '--data', fresh(), '--agency', 'A', '--pack', 'none'])
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringContaining('none of dk-politi, dk-borger, uk-met, se-skola, de-nrw-oa'),
    })
  })

  test('in a folder that holds something touches nothing of it', async () => {
    const [data, objects] = [fresh(), fresh()]
    for (const folder of [data, objects]) {
      mkdirSync(folder)
      writeFileSync(join(folder, 'mine.txt'), 'mine')
    }
    const before = everythingBelow()
    expect(await vidne(words(data))).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') })
    const said = await vidne(words(fresh(), '--objects', objects))
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining(`--objects ${objects} is not empty`) })
    expect(everythingBelow()).toEqual(before)
  })

  test('because another is at work in the same folder leaves that one whole', async () => {
    const data = fresh()
    const said = await Promise.all([1, 2, 3].map(() => vidne(words(data, '--json'))))
    expect(said.filter(one => one.code === 0)).toHaveLength(1)
    expect(said.filter(one => one.code === 1)).toHaveLength(2)
    expect(await vidne(['doctor', '--data', data])).toMatchObject({ code: 0 })
  })
})

describe('a founding', () => {
  test('keeps tokens in files that only their owner can read, and shows them nowhere', async () => {
    const [data, tokens] = [fresh(), fresh()]
    mkdirSync(tokens)
    const said = await vidne(words(data, '--tokens', tokens))
    expect(said).toMatchObject({ code: 0 })
    for (const name of ['operator.token', 'device.token']) {
      const token = readFileSync(join(tokens, name), 'utf8').trim()
      expect(token).toMatch(/^vdn_[0-9a-f]+_[0-9a-f]+$/)
      expect(statSync(join(tokens, name)).mode & 0o077).toBe(0)
      expect(said.out).not.toContain(token)
      expect(said.out).toContain(join(tokens, name))
    }
    const again = fresh()
    expect(await vidne(words(again, '--tokens', tokens))).toMatchObject({ code: 2, out: '' })
    expect(existsSync(again)).toBe(false)
  })

  test.each([
    [[], {}, 'http://localhost:8420/'],
    [['--port', '9123'], {}, 'http://localhost:9123/'],
    [[], { VIDNE_PORT: '9124' }, 'http://localhost:9124/'],
    [[], { VIDNE_PUBLIC_URL: 'https://vidne.example.org' }, 'https://vidne.example.org/'],
  ] as const)('tells the address it will have: %j %j', async (more, env, address) => {
    const data = fresh()
    const said = await vidne(words(data, '--json', ...more), env)
    expect(JSON.parse(said.out)).toMatchObject({ setupUrl: address })
  })

  test('with places named relative to where it was typed keeps them as they were meant', async () => {
    const data = fresh()
    expect(await vidne(words(data, '--vault', './vault-beside', '--objects', './objects-beside'))).toMatchObject({
      code: 0,
    })
    onTestFinished(() => {
      for (const name of ['vault-beside', 'objects-beside']) rmSync(name, { recursive: true, force: true })
    })
    const settings = readFileSync(join(data, 'vidne.toml'), 'utf8')
    for (const name of ['vault-beside', 'objects-beside']) expect(settings).toContain(`"${join(process.cwd(), name)}"`)
  })
})

test('a server without an installation says on stderr how to found one, and becomes it', async () => {
  const data = join(root, 'a folder with a space')
  const program = join(import.meta.dirname, '../cli/bin/vidne.mjs')
  const server = spawn(process.execPath, [program, 'serve', '--data', data, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void server.kill('SIGTERM'))
  const said: string[] = []
  const errors = createInterface({ input: server.stderr })
  errors.on('line', line => said.push(line))
  let url = ''
  for await (const line of createInterface({ input: server.stdout })) {
    ;({ url } = JSON.parse(line) as { url: string })
    break
  }
  await heard(said, 'npx vidne init')
  const typed = said.find(line => line.includes('npx vidne init'))?.trim() ?? ''
  expect(typed).toBe(`npx vidne init --data '${data}' --agency NAME --pack uk-met --tokens .`)
  expect(existsSync(data)).toBe(false)
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  expect(await vidne(words(data))).toMatchObject({
    code: 0,
    out: expect.stringContaining(
      `The server that waits for this folder goes on with it within seconds, and answers on ${url}`,
    ),
  })
  await heard(said, 'The installation was founded')
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
})

async function heard(said: readonly string[], words: string): Promise<void> {
  for (let looks = 0; looks < 300; looks++) {
    if (said.some(line => line.includes(words))) return
    await new Promise(passed => setTimeout(passed, 100))
  }
  throw new Error(`never heard: ${words}\n${said.join('\n')}`)
}
