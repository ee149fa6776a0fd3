import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { PGlite, PGliteOptions } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** PostgreSQL's default of 128 MB is touched whole at the start; the system's own cache lies right below this one. */
const SHARED_BUFFERS = '32MB'

type EmscriptenOptions = Parameters<NodeFS['init']>[1]

/** The parts of Emscripten's NODEFS that the hook touches; PGlite does not type them. */
type NodeFileSystem = {
  stream_ops: { fsync?: (stream: OpenFile) => number }
  realPath(node: unknown): string
}
type OpenFile = { nfd?: number | null; node: unknown; path?: string }

/**
 * PGlite's file system made durable. As published it has no fsync at all: every flush that PostgreSQL asks for is
 * answered with success and does nothing (electric-sql/pglite issue 1107).
 */
export class DurableNodeFS extends NodeFS {
  /** How many flushes of the write-ahead log have reached the disk. */
  walSyncs = 0
  readonly #onAbort: (words: string) => void

  /** `onAbort` hears that PostgreSQL has given up, as it does on a full disk; it must not return if work may go on. */
  constructor(folder: string, onAbort: (words: string) => void) {
    super(folder)
    this.#onAbort = onAbort
  }

  override async init(lite: PGlite, options: EmscriptenOptions): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(lite, options)
    const hook = (module: object): void => this.#hook(module)
    const preRun = [...(emscriptenOpts.preRun ?? []), hook]
    return { emscriptenOpts: { ...emscriptenOpts, preRun, onAbort: (words: unknown) => this.#onAbort(String(words)) } }
  }

  #hook(module: object): void {
    if (!('NODEFS' in module)) throw new Error('this PGlite has no NODEFS: its flushes cannot be made real')
    const files = module.NODEFS as NodeFileSystem // the parse border; the self-test at each start proves the guess
    files.stream_ops.fsync = stream => {
      try {
        flush(files, stream)
      } catch (error) {
        stopProcess(error)
      }
      if (stream.path?.includes('/pg_wal/') === true) this.walSyncs++
      return 0
    }
  }
}

/**
 * PGlite's own start, but with flushing on; `fdatasync`, the default on Linux, is a no-op below Emscripten. A segment of the
 * write-ahead log that is done with is removed, not kept to be written over some day: it holds names of what is gone.
 */
export function durableStartParams(defaults: readonly string[]): NonNullable<PGliteOptions['startParams']> {
  const durable = ['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'wal_recycle=off']
  return [...defaults.filter(param => param !== '-F'), ...durable, '-c', `shared_buffers=${SHARED_BUFFERS}`]
}

function flush(files: NodeFileSystem, stream: OpenFile): void {
  if (typeof stream.nfd === 'number') {
    fsyncSync(stream.nfd)
    return
  }
  const descriptor = openSync(files.realPath(stream.node), 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * After a failed fsync nobody knows what is on the disk, and the kernel reports the failure only once: a second attempt
 * would succeed and prove nothing. PGlite swallows exceptions at this depth, so nothing less than the end of the whole
 * process keeps the next statement from being acknowledged.
 */
function stopProcess(error: unknown): never {
  const because = error instanceof Error ? error.message : String(error)
  const line = { level: 'fatal', msg: 'the database could not be flushed to disk; the server stops', because }
  writeSync(2, `${JSON.stringify(line)}\n`)
  process.kill(process.pid, 'SIGKILL')
  throw error
}
