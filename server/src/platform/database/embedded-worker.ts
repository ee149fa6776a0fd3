// The embedded database's own thread: a long query here does not stop the server's event loop, and the thread can be
// ended when a statement never comes back.
import { parentPort, workerData } from 'node:worker_threads'
import type { PGlite, Results } from '@electric-sql/pglite'
import { openDurable } from './durable.ts'
import { DatabaseRefused } from './errors.ts'
import { PreparedStatements } from './prepared.ts'
import type { Asked, FromThread, ToThread } from './thread-messages.ts'
import { textOfThrown } from './thrown.ts'

type Engine = Awaited<ReturnType<typeof openDurable>> & { prepared: PreparedStatements }

const port = parentPort
if (port === null) throw new Error('embedded-worker.ts runs as a worker thread only')
const tell = (message: FromThread): void => port.postMessage(message)
let lastPanic: string | null = null

/** SQLSTATE classes after which PostgreSQL's single-user process is no longer to be trusted. */
const FATAL = new Set(['FATAL', 'PANIC'])

try {
  const durable = await openDurable(folderFrom(workerData), { onAbort: stopHere, onLogLine: noteLogLine })
  const engine = { ...durable, prepared: new PreparedStatements(durable.lite) }
  let before = Promise.resolve()
  port.on('message', (message: ToThread) => {
    before = before.then(() => answer(engine, message))
  })
  tell({ kind: 'ready' })
} catch (error) {
  tell({ kind: 'refused', because: error instanceof DatabaseRefused ? error.because : null, message: text(error) })
  port.close()
}

/**
 * PostgreSQL has panicked in the middle of a statement. PGlite catches that and would run on, up to acknowledging a
 * commit that never was; so this thread stands still until the other side has ended it.
 */
function stopHere(words: string): void {
  tell({ kind: 'broken', message: lastPanic ?? words })
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

/** Passes on what an operator must know. The rest may quote statements, and with them what is in them. */
function noteLogLine(line: string): void {
  const gaveUp = /(?:PANIC|FATAL):\s+(.*)/.exec(line)?.[1]
  if (gaveUp !== undefined) {
    lastPanic = gaveUp
    tell({ kind: 'noted', level: 'error', message: gaveUp })
  }
  const recovery = /LOG:\s+(database system was not properly shut down.*)/.exec(line)?.[1]
  if (recovery !== undefined) tell({ kind: 'noted', level: 'info', message: recovery })
}

async function answer(engine: Engine, message: ToThread): Promise<void> {
  if (message.kind === 'close') {
    await engine.lite.close()
    tell({ kind: 'closed' })
    port?.close()
    return
  }
  try {
    const { rows, command, rowCount } = await act(engine, message)
    tell({ kind: 'answer', id: message.id, rows, command: command ?? '', affected: rowCount ?? null })
  } catch (error) {
    tell({ kind: 'error', id: message.id, message: text(error), ...facts(error) })
  }
}

async function act(engine: Engine, message: Asked): Promise<Results> {
  switch (message.kind) {
    case 'run':
      return run(engine, message.text, message.parameters)
    case 'commit-unflushed':
      return commitUnflushed(engine.lite)
    case 'flush':
      return flush(engine.lite, engine.files)
  }
}

async function commitUnflushed(lite: PGlite): Promise<Results> {
  const [written, , committed] = await lite.exec(
    'select pg_current_xact_id_if_assigned() is not null as wrote; set local synchronous_commit = off; commit',
  )
  return { rows: written?.rows ?? [], fields: [], command: committed?.command ?? '' }
}

/** A commit of nothing but a mark in the write-ahead log: it takes all before it along to the disk. */
async function flush(lite: PGlite, files: Engine['files']): Promise<Results> {
  const before = files.walSyncs
  const [flushed] = await lite.exec("select pg_logical_emit_message(true, 'vidne', 'flush')")
  if (flushed === undefined || files.walSyncs === before) stopHere('a flush did not reach the disk')
  return flushed ?? { rows: [], fields: [] }
}

/** The role that the transaction under way has taken. */
let role = ''
const TRANSACTION_CONTROL = /^(?:begin|commit|rollback)(?:; set local [^;]+)*$/
/** A script after which tables may look otherwise than to a statement that was prepared before it. */
const CHANGES_SHAPES = /(?:^|;)\s*(?:alter|cluster|create|do|drop|grant|revoke|vacuum)\b/i

async function run(engine: Engine, sql: string, parameters: readonly unknown[]): Promise<Results> {
  if (parameters.length > 0) return engine.prepared.run(role, sql, parameters)
  if (TRANSACTION_CONTROL.test(sql)) role = /set local role (\w+)/.exec(sql)?.[1] ?? ''
  if (CHANGES_SHAPES.test(sql)) await engine.prepared.forget()
  // Only the simple protocol takes several statements; only the extended one takes parameters.
  return (await engine.lite.exec(sql)).at(-1) ?? { rows: [], fields: [] }
}

function facts(error: unknown): { code: string | null; fatal: boolean } & Record<string, string | boolean | null> {
  const read = (name: string): string | null => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : null
    return typeof value === 'string' ? value : null
  }
  const severity = read('severity')
  const code = read('code')
  const fatal = code === null || severity === null || FATAL.has(severity)
  return { code, fatal, detail: read('detail'), constraint: read('constraint'), table: read('table') }
}

function folderFrom(data: unknown): string {
  if (typeof data === 'object' && data !== null && 'folder' in data && typeof data.folder === 'string') {
    return data.folder
  }
  throw new Error('the thread was not told its folder')
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : textOfThrown(error)
}
