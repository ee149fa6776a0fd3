import { chmod, rm } from 'node:fs/promises'
import { type Server, type Socket, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { House } from '../compose.ts'
import { errorCode } from '../platform/durable/disk.ts'
import type { Logger } from '../platform/http/logging.ts'
import { type BackupGround, makeBackup } from './backup.ts'
import { Description } from './description.ts'
import { FindingAnswer } from './finding.ts'
import { type InsideGround, lookInside } from './inside-findings.ts'
import { OperationRefused, sentenceOf } from './refused.ts'

const Question = z.discriminatedUnion('ask', [
  z.strictObject({
    ask: z.literal('backup'),
    out: z.string(),
    objects: z.enum(['default', 'copy', 'leave']),
    database: z.enum(['default', 'export']),
    logKeys: z.boolean(),
  }),
  z.strictObject({ ask: z.literal('look') }),
])
type Question = z.infer<typeof Question>

/** What comes back, a line each: how far it is, then one of the other two. */
const Line = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), done: z.number(), total: z.number() }),
  z.strictObject({ kind: z.literal('done'), value: z.unknown() }),
  z.strictObject({ kind: z.literal('refused'), sentence: z.string() }),
])
type Line = z.infer<typeof Line>

/** What is answered to `backup`, and to `look`. */
export const BackupAnswer = z.strictObject({
  out: z.string(),
  at: z.int(),
  description: Description,
  erased: z.array(z.string()),
})
export const LookAnswer = z.array(FindingAnswer)

export type OperatorSocket = { close(): Promise<void> }

/** The longest path a Unix socket can have is 107 bytes; macOS takes 103. */
const LONGEST_PATH_BYTES = 103

function socketOf(data: string): string | null {
  const path = join(data, 'operator.sock')
  return process.platform === 'win32' || Buffer.byteLength(path) > LONGEST_PATH_BYTES ? null : path
}

/**
 * Lets the operator's commands reach an installation that is being served: a socket in the data folder, for whoever may
 * read that folder and nobody else. The server makes the backup itself, since nobody else may open what it has open.
 */
export async function openOperatorSocket({ ground: served, keep }: House, log: Logger): Promise<OperatorSocket> {
  // A served installation has all its migrations: the server applied them when it opened the database.
  const ground = { ...served, keep, logStanding: async () => served.seal.standing(), migrationsAhead: [] }
  const path = socketOf(ground.settings.data)
  if (path === null) return { close: async () => {} }
  // The locks of database and vault have told that no other server is alive: the name is left over from a dead one.
  await rm(path, { force: true })
  const talking = new Set<Socket>()
  const one = new OneAtATime()
  const server = createServer(socket => {
    talking.add(socket)
    socket.on('close', () => talking.delete(socket))
    socket.on('error', () => socket.destroy())
    void answerOn(socket, ground, one, log)
  })
  try {
    await listening(server, path)
    await chmod(path, 0o600)
  } catch (error) {
    // A folder that takes no socket (some network disks) is no reason not to serve.
    log.warn({ because: String(error) }, 'the operator cannot reach this server by its data folder')
  }
  return {
    async close() {
      for (const socket of talking) socket.destroy()
      await one.idle()
      if (server.listening) await new Promise<void>(closed => server.close(() => closed()))
    },
  }
}

async function listening(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(path, resolve)
  await promise
}

/** Whoever asks is told how far it is, and by leaving stops it. */
type Asking = { readonly onProgress: (done: number, total: number) => void; readonly stop: AbortSignal }

class OneAtATime {
  #work: Promise<unknown> | null = null

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#work !== null)
      throw new OperationRefused('The server is busy with another command of the operator. Wait for it.')
    const running = work()
    this.#work = running.catch(() => undefined)
    try {
      return await running
    } finally {
      this.#work = null
    }
  }

  async idle(): Promise<void> {
    await this.#work
  }
}

async function answerOn(
  socket: Socket,
  ground: BackupGround & InsideGround,
  one: OneAtATime,
  log: Logger,
): Promise<void> {
  const tell = (line: Line): void => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`))
  try {
    const question = Question.parse(JSON.parse(await firstLine(socket)))
    const gone = new AbortController()
    socket.once('close', () => gone.abort())
    const onProgress = (done: number, total: number): void => tell({ kind: 'progress', done, total })
    const value = await one.run(() => answer(question, ground, { onProgress, stop: gone.signal }))
    tell({ kind: 'done', value })
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === null) log.error({ err: error }, 'a command of the operator failed')
    tell({ kind: 'refused', sentence: sentence ?? 'The server could not do it; its log says why.' })
  }
  socket.end()
}

async function answer(question: Question, ground: BackupGround & InsideGround, asking: Asking): Promise<unknown> {
  if (question.ask === 'look') return lookInside(ground)
  const { out, objects, database, logKeys } = question
  return makeBackup(ground, { out, objects, database, logKeys, ...asking })
}

const LONGEST_QUESTION = 65_536

/** The socket goes on flowing afterwards: only so is it noticed that the other side has left. */
function firstLine(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    if (text.length < LONGEST_QUESTION) text += chunk
    const end = text.indexOf('\n')
    if (end >= 0) resolve(text.slice(0, end))
  })
  socket.once('close', () => resolve(''))
  return promise
}

/**
 * Asks the server of this installation to do something; null where none answers. What it answers has still to be parsed.
 * @throws OperationRefused with the server's sentence, or where it ends in the middle
 */
export async function askServer(
  data: string,
  question: Question,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<{ value: unknown } | null> {
  const path = socketOf(data)
  const socket = path === null ? null : await reach(path)
  if (socket === null) return null
  socket.write(`${JSON.stringify(question)}\n`)
  for await (const text of createInterface({ input: socket })) {
    const line = Line.parse(JSON.parse(text))
    if (line.kind === 'progress') onProgress(line.done, line.total)
    if (line.kind === 'refused') throw new OperationRefused(line.sentence)
    if (line.kind === 'done') return { value: line.value }
  }
  throw new OperationRefused('The server ended before it had answered. Look into its log, then repeat the command.')
}

async function reach(path: string): Promise<Socket | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket | null>()
  const socket = connect(path)
  socket.once('connect', () => resolve(socket))
  socket.once('error', error => {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ECONNREFUSED') resolve(null)
    else reject(error)
  })
  return promise
}
