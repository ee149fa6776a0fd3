import { Worker } from 'node:worker_threads'
import { mustBeCommit, type Answer, type DatabaseLog } from './connections.ts'
import { DatabaseAway, DatabaseRefused, fromPostgres, StatementTimedOut } from './errors.ts'
import type { Asked, FromThread, ToThread } from './thread-messages.ts'

/** A disk that takes longer than this for one flush is broken. */
const FLUSH_PATIENCE_MS = 120_000

type Waiting = { resolve(answer: Answer): void; reject(error: Error): void }

/**
 * One life of the embedded database in its thread. It ends by `close`, by a statement that took too long, or by damage
 * (`onEnd`); it never comes back: whoever wants on opens another.
 */
export class DatabaseThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 0
  #closed: (() => void) | null = null
  #ended: Error | null = null

  private constructor(worker: Worker) {
    this.#worker = worker
  }

  /** Throws DatabaseRefused when the engine refuses, DatabaseAway when it cannot be opened now (a full disk). */
  static async open(folder: string, log: DatabaseLog): Promise<DatabaseThread> {
    const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData: { folder } })
    const thread = new DatabaseThread(worker)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'ready') resolve()
      else if (message.kind === 'refused') reject(refusal(message))
      else if (message.kind === 'noted') log[message.level]({ says: message.message }, 'the embedded database')
      else if (message.kind === 'broken') thread.#stop(away(`the embedded database broke: ${message.message}`, null))
      else thread.#receive(message)
    })
    worker.on('error', error => thread.#end(away('the embedded database broke', error)))
    worker.on('exit', () => {
      thread.#end(away('the embedded database has ended', null))
      reject(away('the embedded database ended while it was opened', null))
    })
    try {
      await promise
    } catch (error) {
      await worker.terminate()
      throw error
    }
    return thread
  }

  get alive(): boolean {
    return this.#ended === null
  }

  /** Runs one statement or script. After `timeoutMs` (null: never) the whole thread is ended: nothing else stops it. */
  async run(text: string, parameters: readonly unknown[], timeoutMs: number | null): Promise<Answer> {
    return this.#ask({ kind: 'run', id: this.#nextId++, text, parameters }, timeoutMs)
  }

  /** Commits without waiting for the disk. True when there was anything to write. */
  async commitUnflushed(timeoutMs: number | null): Promise<boolean> {
    const answer = await this.#ask({ kind: 'commit-unflushed', id: this.#nextId++ }, timeoutMs)
    mustBeCommit(answer)
    return answer.rows[0]?.['wrote'] !== false
  }

  /** Brings all that was committed to the disk. */
  async flush(): Promise<void> {
    await this.#ask({ kind: 'flush', id: this.#nextId++ }, FLUSH_PATIENCE_MS)
  }

  async #ask(question: Asked, timeoutMs: number | null): Promise<Answer> {
    if (this.#ended !== null) throw this.#ended
    const { id } = question
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting.set(id, { resolve, reject })
    // The error is made when it is needed: one for each statement costs a trace of the stack.
    const late = () => this.#stop(new StatementTimedOut(`a statement took longer than ${timeoutMs} ms and was stopped`))
    const timer = timeoutMs === null ? null : setTimeout(late, timeoutMs)
    try {
      this.#tell(question)
      return await promise
    } finally {
      if (timer !== null) clearTimeout(timer)
      this.#waiting.delete(id)
    }
  }

  /** Shuts PostgreSQL down in order. */
  async close(): Promise<void> {
    if (this.#ended !== null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#closed = resolve
    this.#tell({ kind: 'close' })
    await promise
    await this.#worker.terminate()
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message)
  }

  #receive(message: Extract<FromThread, { kind: 'closed' | 'answer' | 'error' }>): void {
    if (message.kind === 'closed') {
      this.#closed?.()
      return
    }
    const waiting = this.#waiting.get(message.id)
    if (message.kind === 'answer') {
      waiting?.resolve({
        rows: message.rows as readonly Record<string, unknown>[], // what PGlite made of its columns, one object a row
        command: message.command,
        affected: message.affected,
      })
      return
    }
    if (message.fatal || message.code === null) {
      this.#stop(away(`the embedded database broke: ${message.message}`, null))
      return
    }
    const { message: words, code, detail, constraint, table } = message
    waiting?.reject(fromPostgres(words, { code, detail, constraint, table }))
  }

  #stop(error: Error): void {
    this.#end(error)
    void this.#worker.terminate()
  }

  #end(error: Error): void {
    if (this.#ended !== null) return
    this.#ended = error instanceof DatabaseAway ? error : away('the embedded database was stopped', error)
    this.#closed?.()
    for (const waiting of this.#waiting.values()) waiting.reject(error)
  }
}

function refusal(message: Extract<FromThread, { kind: 'refused' }>): Error {
  if (message.because !== null) return new DatabaseRefused(message.because, message.message)
  return away(`the embedded database cannot be opened: ${message.message}`, null)
}

function away(message: string, cause: unknown): DatabaseAway {
  return new DatabaseAway(message, { cause })
}
