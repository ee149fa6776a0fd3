import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { type Server, type Socket, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseProof } from '@vidne/tlog/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesIn } from './guarantees/packages.ts'
import { type Installation, type Spoken, found, vidne } from './installation.ts'

// Far more than the buffers between two programs hold, so that a cut is one.
const FOOTAGE_BYTES = 40_000_000
const CUT_AFTER_BYTES = 9_000_000

const temporary = () => mkdtempSync(join(tmpdir(), 'vidne-exports-'))
const json = <T>(text: string) => JSON.parse(text) as T

/** Hands on to a server, and cuts an answer after so many bytes, so many times; then it passes all, or answers nobody any more. */
async function openCutter(target: string, times: number, then: 'passes' | 'is silent') {
  let left = times
  const sockets = new Set<Socket>()
  const server: Server = createServer(from => {
    if (left === 0 && then === 'is silent') return void from.resetAndDestroy()
    const to = connect(Number(new URL(target).port), '127.0.0.1')
    let passed = 0
    for (const socket of [from, to]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => [from, to].forEach(one => one.destroy()))
    }
    from.pipe(to)
    to.on('data', chunk => {
      passed += chunk.length
      if (passed > CUT_AFTER_BYTES && left > 0) {
        left -= 1
        return void from.resetAndDestroy()
      }
      if (!from.write(chunk)) {
        to.pause()
        from.once('drain', () => to.resume())
      }
    })
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: () => new Promise<void>(done => [...sockets].map(one => one.destroy()) && server.close(() => done())),
  }
}

/** How often a package's history says that it was exported for this purpose. */
async function exportsIn(file: string, purpose: string): Promise<number> {
  const proofs = [...(await filesIn(readFileSync(file)))].filter(([name]) => name.startsWith('events/'))
  const events = proofs.map(([, proof]) => {
    type Told = { core: { type: string }; fields: { name: string; value: unknown }[] }
    return json<Told>(Buffer.from(parseProof(proof.toString()).extra ?? []).toString())
  })
  return events.filter(
    ({ core, fields }) =>
      core.type === 'exported' && fields.some(one => one.name === 'purpose' && one.value === purpose),
  ).length
}

describe('an export that a second person has agreed to', () => {
  const out = temporary()
  let here: Installation
  let recording: string
  let second: string

  beforeAll(async () => {
    here = await found('de-nrw-oa')
    const camera = temporary()
    mkdirSync(join(camera, 'DCIM'))
    writeFileSync(join(camera, 'DCIM', '1.mp4'), randomBytes(FOOTAGE_BYTES))
    const docked = await here.run(['dock', camera, '--trust', here.trust, '--json'], here.deviceToken)
    recording = json<{ recording: string }>(docked.out).recording
    const words = ['token', 'create', '--person', 'Zweite Person', '--role', 'supervisor', '--expires', '2099-12-31']
    second = (await here.run(words)).out.trim()
  })
  afterAll(() => here?.stop())

  const wordsFor = (purpose: string, file: string) => [
    'export',
    recording,
    '--purpose',
    purpose,
    '--out',
    file,
    '--json',
  ]
  const agreed = async (purpose: string): Promise<void> => {
    const asked = await here.run(wordsFor(purpose, join(out, 'asked.zip')))
    const { approval } = json<{ approval: string }>(asked.out)
    expect(await here.run(['approve', approval], second)).toMatchObject({ code: 0 })
  }
  const throughCutter = async (words: string[], times: number, then: 'passes' | 'is silent'): Promise<Spoken> => {
    const cutter = await openCutter(here.url, times, then)
    const said = await vidne([...words, '--server', cutter.url], { VIDNE_TOKEN: here.operatorToken })
    await cutter.close()
    return said
  }

  test('is not used up by a path that cannot be written, and leaves no file while it waits', async () => {
    await agreed('wrong path')
    const refused = await here.run(wordsFor('wrong path', join(out, 'nowhere', 'o.zip')))
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Nothing was asked for.') })
    expect(await here.run(wordsFor('wrong path', out))).toMatchObject({ code: 2, out: '' })
    expect(readdirSync(out)).toEqual([])
    const file = join(out, 'path.zip')
    expect(await here.run(wordsFor('wrong path', file))).toMatchObject({ code: 0 })
    expect(await exportsIn(file, 'wrong path')).toBe(1)
  })

  test('goes on by itself where it was cut', async () => {
    await agreed('cut twice')
    const file = join(out, 'twice.zip')
    expect(await throughCutter(wordsFor('cut twice', file), 2, 'passes')).toMatchObject({ code: 0 })
    expect(await vidne(['verify', file, '--trust', here.trust, '--rehearsal'])).toMatchObject({ code: 0 })
  })

  test('whose download was cut for good is had by the same words again, and is one export', async () => {
    await agreed('cut')
    const file = join(out, 'cut.zip')
    const cut = await throughCutter(wordsFor('cut', file), 1, 'is silent')
    expect(cut).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Type the same command again') })
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false])
    expect(await here.run(wordsFor('cut', file))).toMatchObject({ code: 0 })
    expect(await vidne(['verify', file, '--trust', here.trust, '--rehearsal'])).toMatchObject({ code: 0 })
    expect(await exportsIn(file, 'cut')).toBe(1)
  })

  test('is had again after the server went away with it, and not a second time once it was had whole', async () => {
    await agreed('server lost')
    const file = join(out, 'lost.zip')
    expect(await throughCutter(wordsFor('server lost', file), 1, 'is silent')).toMatchObject({ code: 1 })
    await here.stop('SIGKILL')
    await here.start()
    expect(await here.run(wordsFor('server lost', file))).toMatchObject({ code: 0 })
    // The package that went with the server had been exported too: nobody can say that nothing of it left.
    expect(await exportsIn(file, 'server lost')).toBe(2)
    expect(json(await here.run(wordsFor('server lost', file)).then(one => one.out))).toMatchObject({ state: 'waiting' })
    await here.stop('SIGKILL')
    await here.start()
    expect(json(await here.run(wordsFor('server lost', file)).then(one => one.out))).toMatchObject({ state: 'waiting' })
  })

  test('a shell is told whether a receipt was verified, and whether a file was wiped', async () => {
    const camera = temporary()
    writeFileSync(join(camera, '2.mp4'), `film ${Math.random()}`)
    const unverified = await here.run(['dock', camera], here.deviceToken)
    expect(unverified.out).toMatch(/^2\.mp4: sealed as \S+ \(receipt kept, not verified: no trust file was given\)\n$/)
    expect(existsSync(join(camera, '2.mp4'))).toBe(true)
    const words = ['dock', camera, '--trust', here.trust, '--wipe']
    const kept = await here.run(words, here.deviceToken)
    expect(kept.out).toMatch(
      /^2\.mp4: sealed as \S+ \(receipt kept, not verified: it is from a rehearsal installation\), not wiped: .*--rehearsal\n$/,
    )
    expect(existsSync(join(camera, '2.mp4'))).toBe(true)
    const wiped = await here.run([...words, '--rehearsal'], here.deviceToken)
    expect(wiped.out).toMatch(/^2\.mp4: sealed as \S+ \(receipt verified\), wiped\n$/)
    expect(existsSync(join(camera, '2.mp4'))).toBe(false)
  })
})
