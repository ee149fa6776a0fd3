import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endOf } from './child-end.ts'
import { limited } from './child-limits.ts'
import { isRecord, parseFact } from './facts.ts'
import { lines } from './lines.ts'
import { stopwatch } from './stopwatch.ts'
import type { Child } from './child-end.ts'
import type { Command } from './child-limits.ts'
import type { Fact } from './facts.ts'
import type { FootageSource, NotParsable, ReadingLimits } from './footage.ts'

/** What a parser made of a source: how it ended, and every fact it had said by then. */
export type Parsed = { outcome: 'parsable' | NotParsable; facts: Fact[] }

/** What an idle Node maps before it has parsed anything: code range, snapshot, compiler. Measured 0.65 GB; RLIMIT_DATA counts it. */
const NODE_IDLE_BYTES = 700 * 1024 * 1024
const MAX_FACTS = 64
const MAX_REQUEST_BYTES = 16 * 1024 * 1024

/**
 * The command of a process that may read its own code and nothing else: no other file, no network, no child (Node's permission
 * model), no environment.
 */
export function confinedNode(
  script: string,
  args: readonly string[],
  p: { memoryBytes: number; wallMs: number },
): Command {
  const own = dirname(dirname(fileURLToPath(import.meta.url)))
  const mediabunny = packageFolder(fileURLToPath(import.meta.resolve('mediabunny')), 'mediabunny')
  const heapMiB = Math.max(32, Math.floor(p.memoryBytes / 2 ** 20))
  const node = {
    file: process.execPath,
    args: [
      '--permission',
      `--allow-fs-read=${join(own, 'src')}`,
      `--allow-fs-read=${join(own, 'package.json')}`,
      `--allow-fs-read=${mediabunny}`,
      `--max-old-space-size=${heapMiB}`,
      '--no-warnings',
      script,
      ...args,
    ],
  }
  return limited(node, {
    cpuSeconds: Math.ceil(p.wallMs / 1000) + 2,
    memory: `--data=${p.memoryBytes + NODE_IDLE_BYTES}`,
  })
}

function packageFolder(file: string, name: string): string {
  return file.slice(0, file.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length)
}

/**
 * Reads with our own header reader and mediabunny, in a process of its own that is killed when it passes a limit. Rejects only
 * when the source does.
 */
export async function readByProcess(source: FootageSource, limits: Required<ReadingLimits>): Promise<Parsed> {
  const script = fileURLToPath(new URL('./reading-child.ts', import.meta.url))
  const task = [source.bytes, limits.keyframes, limits.keyframesListed].join(',')
  return converse(confinedNode(script, [task], limits), source, limits)
}

/** Serves a child that asks for ranges and says facts, until it says its outcome or is killed. */
export async function converse(
  command: Command,
  source: FootageSource,
  limits: Required<ReadingLimits>,
): Promise<Parsed> {
  const child = spawn(command.file, command.args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = endOf(child)
  const session = new Session(child, source, limits)
  try {
    await session.run()
  } finally {
    session.close()
  }
  const { because } = await ended
  return { outcome: session.outcome ?? because, facts: session.facts }
}

/** One child's conversation: it asks for ranges and says facts until it says its outcome or is killed. */
class Session {
  readonly facts: Fact[] = []
  outcome: Parsed['outcome'] | null = null
  readonly #child: Child
  readonly #source: FootageSource
  readonly #watch: { run(): void; pause(): void }
  #bytesLeft: number

  constructor(child: Child, source: FootageSource, limits: Required<ReadingLimits>) {
    this.#child = child
    this.#source = source
    this.#bytesLeft = limits.sourceBytes
    this.#watch = stopwatch(limits.wallMs, () => this.#kill('timeout'))
  }

  async run(): Promise<void> {
    this.#watch.run()
    for await (const line of lines(this.#child.stdout)) {
      if (this.outcome === null) await this.#take(parseMessage(line))
    }
  }

  close(): void {
    this.#watch.pause()
    this.#child.kill('SIGKILL')
  }

  async #take(message: Message): Promise<void> {
    switch (message.kind) {
      case 'fact':
        if (this.facts.length < MAX_FACTS) this.facts.push(message.fact)
        return
      case 'outcome':
        this.outcome = message.outcome
        return
      case 'read':
        return this.#serve(message.offset, message.length)
      case 'nonsense':
        return this.#kill('crashed')
    }
  }

  async #serve(offset: number, length: number): Promise<void> {
    if (length > MAX_REQUEST_BYTES || offset + length > this.#source.bytes) return this.#kill('crashed')
    this.#bytesLeft -= length
    if (this.#bytesLeft < 0) return this.#kill('too-large-index')
    this.#watch.pause()
    const bytes = await this.#source.read(offset, length)
    if (bytes.length !== length) throw new Error(`the source gave ${bytes.length} bytes where ${length} were asked for`)
    this.#watch.run()
    const frame = Buffer.alloc(4)
    frame.writeUInt32BE(length)
    this.#child.stdin.write(frame)
    this.#child.stdin.write(bytes)
  }

  #kill(because: NotParsable): void {
    this.outcome ??= because
    this.#child.kill('SIGKILL')
  }
}

type Message =
  | { kind: 'fact'; fact: Fact }
  | { kind: 'outcome'; outcome: Parsed['outcome'] }
  | { kind: 'read'; offset: number; length: number }
  | { kind: 'nonsense' }

/** What the child says is as little to be trusted as what it reads. */
function parseMessage(line: string): Message {
  const message = parseJson(line)
  if (!isRecord(message)) return { kind: 'nonsense' }
  const fact = parseFact(message['fact'])
  if (fact !== null) return { kind: 'fact', fact }
  const outcome = OUTCOMES.find(each => each === message['outcome'])
  if (outcome !== undefined) return { kind: 'outcome', outcome }
  const read: unknown = message['read']
  if (!Array.isArray(read) || !read.every(isCount)) return { kind: 'nonsense' }
  const [offset, length] = read
  return offset === undefined || length === undefined ? { kind: 'nonsense' } : { kind: 'read', offset, length }
}

const OUTCOMES = ['parsable', 'unknown-format', 'too-large-index', 'memory'] as const

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
