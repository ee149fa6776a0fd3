import { execFileSync, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { DEFAULT_LIMITS } from './footage.ts'
import { fixture, missingPrograms, sourceOf } from './fixtures.ts'
import { confinedNode, converse, readByProcess } from './reading-process.ts'

const LIMITS = DEFAULT_LIMITS
const withoutPrlimit = leftOut('the kernel’s limits on a parser', missingPrograms('prlimit'))

describe('the process that parses', () => {
  test('can read no file but its own code, write none, reach no network and start no process', async () => {
    const server = createServer(socket => socket.end())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const attempts = `
      const attempt = async act => { try { await act(); return 'DONE' } catch (error) { return (error.cause ?? error).code } }
      const { readFileSync, writeFileSync, readdirSync } = require('node:fs')
      const answers = [
        attempt(() => readFileSync('/etc/passwd')),
        attempt(() => readdirSync('/')),
        attempt(() => writeFileSync('/tmp/vidne-plaintext', 'footage')),
        attempt(() => require('node:child_process').execSync('true')),
        attempt(() => new Promise((yes, no) => require('node:net').connect(${port}, '127.0.0.1', yes).on('error', no))),
        attempt(() => new (require('node:worker_threads').Worker)('1', { eval: true })),
      ]
      Promise.all(answers).then(all => console.log(JSON.stringify([...all, Object.keys(process.env).length])))`
    const command = confinedNode('-e', [attempts], LIMITS)
    const answer = await run(command.file, command.args)
    server.close()
    const denied = 'ERR_ACCESS_DENIED'
    expect(JSON.parse(answer)).toEqual([denied, denied, denied, denied, denied, denied, 0])
  })

  test.skipIf(withoutPrlimit)('leaves no core dump and no file of any size', () => {
    const command = confinedNode('-e', ['0'], LIMITS)
    expect(command.args).toContain('--core=0')
    expect(command.args).toContain('--fsize=0')
    const limits = execFileSync(command.file, [...command.args.slice(0, 5), 'prlimit', '--output=RESOURCE,HARD'], {
      encoding: 'utf8',
    })
    expect(limits).toMatch(/CORE +0/)
    expect(limits).toMatch(/FSIZE +0/)
  })

  test('is ended when its heap grows too large', async () => {
    const hog = `const all = []; for (;;) all.push(Array.from({ length: 1e5 }, (_, i) => ({ i })))`
    const parsed = await converse(
      confinedNode('-e', [hog], { ...LIMITS, memoryBytes: 64 * 2 ** 20 }),
      sourceOf(new Uint8Array(1)),
      LIMITS,
    )
    expect(parsed.outcome).toBe('memory')
  })

  test.skipIf(withoutPrlimit)('is refused memory outside its heap as well', async () => {
    const hog = `const all = []; try { for (;;) all.push(new Uint8Array(5e7).fill(1)) } catch { console.log('{"outcome":"memory"}') }`
    const parsed = await converse(confinedNode('-e', [hog], LIMITS), sourceOf(new Uint8Array(1)), LIMITS)
    expect(parsed.outcome).toBe('memory')
  })

  test.each([
    ['busy', 'for (const end = performance.now() + 30_000; performance.now() < end;) {}'],
    ['idle', 'setTimeout(() => {}, 30_000)'],
  ])('is killed when its time is over, however %s', async (_, script) => {
    const limits = { ...LIMITS, wallMs: 300 }
    // Without the kernel's processor limit, which is there for the case that we have died: before its own end only we end it.
    const unlimited = { file: process.execPath, args: ['-e', script] }
    const parsed = await converse(unlimited, sourceOf(new Uint8Array(1)), limits)
    expect(parsed.outcome).toBe('timeout')
  })

  test('is not charged for the time that the source takes', async () => {
    const bytes = fixture('plain.mp4')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const read = async (at: number, length: number) => {
      vi.advanceTimersByTime(2 * LIMITS.wallMs)
      return bytes.subarray(at, at + length)
    }
    const parsed = await readByProcess({ bytes: bytes.length, read }, LIMITS)
    expect(parsed.outcome).toBe('parsable')
  })

  test('inherits no setting and no secret of ours', async () => {
    const script = `console.log(JSON.stringify({ outcome: Object.keys(process.env).length === 0 ? 'parsable' : 'memory' }))`
    const parsed = await converse(confinedNode('-e', [script], LIMITS), sourceOf(new Uint8Array(1)), LIMITS)
    expect(parsed.outcome).toBe('parsable')
  })

  test.each([
    ['dies', 'process.exit(3)'],
    ['is shot', `process.kill(process.pid, 'SIGSEGV')`],
    ['says nothing', '0'],
    ['says nonsense', `console.log('hello'); setTimeout(() => {}, 60000)`],
    ['asks beyond the end', `console.log('{"read":[1073741823,2]}'); setTimeout(() => {}, 60000)`],
    ['asks for a negative length', `console.log('{"read":[5,-1]}'); setTimeout(() => {}, 60000)`],
    ['asks for too much at once', `console.log('{"read":[0,16777217]}'); setTimeout(() => {}, 60000)`],
    [
      'tells a fact that is none',
      `console.log('{"fact":{"name":"face","value":"x","source":"s","parser":"p"}}'); setTimeout(() => {}, 60000)`,
    ],
  ])('that %s has crashed, whatever it meant', async (_, script) => {
    const source = { bytes: 2 ** 30, read: async (_at: number, n: number) => new Uint8Array(n) }
    const parsed = await converse(confinedNode('-e', [script], LIMITS), source, LIMITS)
    expect(parsed).toEqual({ outcome: 'crashed', facts: [] })
  })

  test('cannot make us read the source without end', async () => {
    const greedy = `const { readSync } = require('node:fs'); const b = Buffer.alloc(1000);
      for (;;) { console.log('{"read":[0,100]}'); readSync(0, b) }`
    let asked = 0
    const source = { bytes: 100, read: async () => ((asked += 100), new Uint8Array(100)) }
    const limits = { ...LIMITS, sourceBytes: 1000 }
    const parsed = await converse(confinedNode('-e', [greedy], limits), source, limits)
    expect(parsed.outcome).toBe('too-large-index')
    expect(asked).toBe(1000)
  })

  test('cannot fill our memory with what it says', async () => {
    const chatty = `const fs = require('node:fs'); const line = 'x'.repeat(1 << 20); for (let i = 0; i < 100; i++) fs.writeSync(1, line)`
    const before = process.memoryUsage().rss
    const parsed = await converse(confinedNode('-e', [chatty], LIMITS), sourceOf(new Uint8Array(1)), LIMITS)
    expect(parsed).toEqual({ outcome: 'crashed', facts: [] })
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6)
  })

  test('stops at more keyframes than any footage has', async () => {
    const parsed = await readByProcess(sourceOf(fixture('recorder.webm')), { ...LIMITS, keyframes: 2 })
    expect(parsed.outcome).toBe('too-large-index')
  })

  test('is ended by an index that fills its memory', async () => {
    const limits = { ...LIMITS, memoryBytes: 64 * 2 ** 20 }
    const parsed = await readByProcess(inflated(fixture('plain.mp4'), 'stts', 60_000_000), limits)
    expect(parsed.outcome).toBe('memory')
    expect(parsed.facts.map(fact => fact.name)).toContain('created-at')
  })
})

/** The clip with `entries` more entries of eight zeros in the first box of that type, made up as they are read. */
function inflated(clip: Buffer, type: string, entries: number) {
  const at = clip.indexOf(type) - 4
  const insertAt = at + clip.readUInt32BE(at)
  const more = entries * 8
  const copy = Buffer.from(clip)
  for (const parent of ['moov', 'trak', 'mdia', 'minf', 'stbl', type]) {
    const parentAt = copy.indexOf(parent) - 4
    copy.writeUInt32BE(copy.readUInt32BE(parentAt) + more, parentAt)
  }
  copy.writeUInt32BE(copy.readUInt32BE(at + 12) + entries, at + 12)
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length)
    bytes.set(copy.subarray(Math.min(offset, insertAt), Math.min(offset + length, insertAt)))
    const from = Math.max(offset, insertAt + more)
    if (from < offset + length) bytes.set(copy.subarray(from - more, offset + length - more), from - offset)
    return bytes
  }
  return { bytes: clip.length + more, read }
}

function run(file: string, args: string[]): Promise<string> {
  const { stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env: {}, cwd: '/' })
  if (stdout === '') throw new Error(stderr)
  return Promise.resolve(stdout)
}
