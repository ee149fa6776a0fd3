import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endOf } from './child-end.ts'
import { type About, type Cut, parseAbout } from './cut-messages.ts'
import { isRecord } from './facts.ts'
import { lines } from './lines.ts'
import { confinedNode } from './reading-process.ts'
import { stopwatch } from './stopwatch.ts'
import type { Child } from './child-end.ts'
import type { FootageSource } from './footage.ts'

/** How much a cut may use before its process is killed. `sourceBytes`: all that it may ask for; `bytes`: all that it may say. */
export type CutLimits = { wallMs?: number; memoryBytes?: number; sourceBytes?: number; bytes?: number }

const DEFAULTS: Required<CutLimits> = {
  wallMs: 20_000,
  memoryBytes: 384 * 1024 * 1024,
  sourceBytes: 32 * 1024 ** 3,
  bytes: 256 * 1024 * 1024,
}
const MOST_AT_ONCE_BYTES = 16 * 1024 * 1024

/** Footage could not be cut: it is no such container, or the process that tried was killed. */
export class NotCut extends Error {
  override readonly name = 'NotCut'
}

/** What a browser has to know before it plays this. Throws NotCut, and what the source throws. */
export async function aboutFootage(source: FootageSource, limits: CutLimits = {}): Promise<About> {
  for await (const said of converse(source, { kind: 'about' }, limits)) if ('about' in said) return said.about
  throw new NotCut('nothing was said about it')
}

/**
 * Cuts footage in a process of its own (G13) and gives the bytes as they come; as fast as they are taken, no faster. Nothing is
 * written to a disk (G3). Ends the process when whoever reads stops. Throws NotCut, and what the source throws.
 */
export async function* cutFootage(
  source: FootageSource,
  cut: Exclude<Cut, { kind: 'about' }>,
  limits: CutLimits = {},
): AsyncGenerator<Uint8Array> {
  for await (const said of converse(source, cut, limits)) if ('bytes' in said) yield said.bytes
}

type Said = { about: About } | { bytes: Uint8Array }

async function* converse(source: FootageSource, cut: Cut, asked: CutLimits): AsyncGenerator<Said> {
  const limits = { ...DEFAULTS, ...asked }
  const script = fileURLToPath(new URL('./cutting-child.ts', import.meta.url))
  const command = confinedNode(script, [JSON.stringify({ bytes: source.bytes, cut })], limits)
  const child = spawn(command.file, command.args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = endOf(child)
  // Only the process's own time counts: neither the source's, nor that of whoever takes what was cut.
  const watch = stopwatch(limits.wallMs, () => child.kill('SIGKILL'))
  const left = { source: limits.sourceBytes, bytes: limits.bytes }
  try {
    watch.run()
    for await (const line of lines(child.stdout)) {
      watch.pause()
      const message = parseMessage(line)
      if (message === 'cut') return
      if ('read' in message) await serve(child, source, message.read, left)
      else if (!('because' in message)) {
        left.bytes -= 'bytes' in message ? message.bytes.length : 0
        if (left.bytes < 0) throw new NotCut('more was cut than there can be')
        yield message
      } else throw new NotCut(message.because)
      watch.run()
    }
  } finally {
    watch.pause()
    child.kill('SIGKILL')
  }
  throw new NotCut((await ended).because)
}

async function serve(
  child: Child,
  source: FootageSource,
  { offset, length }: { offset: number; length: number },
  left: { source: number },
): Promise<void> {
  left.source -= length
  if (length > MOST_AT_ONCE_BYTES || offset + length > source.bytes || left.source < 0)
    throw new NotCut('it asked for what there is not')
  const bytes = await source.read(offset, length)
  const frame = Buffer.alloc(4)
  frame.writeUInt32BE(bytes.length)
  child.stdin.write(frame)
  child.stdin.write(bytes)
}

type Message = 'cut' | Said | { read: { offset: number; length: number } } | { because: string }

/** What the child says is as little to be trusted as what it cuts. */
function parseMessage(line: string): Message {
  const nonsense = { because: 'nonsense' }
  const message = parseJson(line)
  if (!isRecord(message)) return nonsense
  if (message['outcome'] === 'cut') return 'cut'
  if (typeof message['outcome'] === 'string') return { because: 'unknown-format' }
  if (typeof message['bytes'] === 'string') return { bytes: Buffer.from(message['bytes'], 'base64') }
  const about = parseAbout(message['about'])
  if (about !== null) return { about }
  const read: unknown = message['read']
  if (!Array.isArray(read) || !read.every(isCount)) return nonsense
  const [offset, length] = read
  return offset === undefined || length === undefined ? nonsense : { read: { offset, length } }
}

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
