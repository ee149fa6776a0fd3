import { createHash, randomUUID } from 'node:crypto'
import { readlinkSync, readFileSync, rmSync } from 'node:fs'
import { readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Another process has the folder. `by`: which, in words; `where`: what showed it. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
  readonly by: string
  readonly where: string

  constructor(where: string, by: string, cause?: unknown) {
    super(`${where} is in use by ${by}`, { cause })
    this.by = by
    this.where = where
  }
}

/** Held for as long as a process has a folder open. */
export interface FolderLock {
  release(): Promise<void>
}

export type LockPace = {
  /** How often the holder shows that it lives. */
  readonly beatMs: number
  /** How long a heartbeat that cannot be told dead by other means is watched before the folder is taken over. */
  readonly watchMs: number
  /** A heartbeat older than this is not watched at all. */
  readonly freshMs: number
}

const PACE: LockPace = { beatMs: 4_000, watchMs: 12_000, freshMs: 60_000 }

/** What the holder writes into the folder. `place` is where the abstract socket is seen: boot and network namespace. */
type Heartbeat = {
  readonly holder: string
  readonly pid: number
  readonly host: string
  readonly place: string | null
  readonly beat: number
}

/**
 * Takes the folder for this process, where two writers would spoil each other's work.
 * Two nets: an abstract unix socket, which the kernel frees at the holder's death but which reaches no further than one
 * network namespace; and a heartbeat in the folder, for containers and machines that share it.
 * Throws FolderInUse. `onLost` is called when another has taken the folder over: stop at once.
 */
export async function lockFolder(folder: string, onLost: () => void, pace: LockPace = PACE): Promise<FolderLock> {
  const socket = process.platform === 'linux' ? await takeSocket(await realpath(folder)) : null
  const file = join(folder, 'in-use-by.json')
  try {
    await refuseLiveHolder(file, pace)
    const beating = await startBeating(file, pace, onLost)
    return {
      async release() {
        await beating.stop()
        await closeServer(socket)
      },
    }
  } catch (error) {
    await closeServer(socket)
    throw error
  }
}

async function takeSocket(path: string): Promise<Server> {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 40)
  const server = createServer(connection => connection.destroy())
  server.unref()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  // Vaults are locked by it too; under another name it would not meet an older program that has the folder open.
  server.listen(`\0vidne-database-${name}`, resolve)
  try {
    await promise
  } catch (cause) {
    if (hasCode(cause, 'EADDRINUSE')) throw new FolderInUse(path, 'another process on this machine', cause)
    throw cause
  }
  return server
}

/** On the same network namespace the socket has already told that the last holder is dead. */
async function refuseLiveHolder(file: string, pace: LockPace): Promise<void> {
  const before = await readHeartbeat(file)
  if (before === null) return
  const place = herePlace()
  if (place !== null && before.place === place) return
  if (Date.now() - (await stat(file)).mtimeMs > pace.freshMs) return
  await sleep(pace.watchMs)
  const after = await readHeartbeat(file)
  if (after === null || (after.holder === before.holder && after.beat === before.beat)) return
  throw new FolderInUse(file, `process ${after.pid} on ${after.host}`)
}

async function startBeating(file: string, pace: LockPace, onLost: () => void): Promise<{ stop(): Promise<void> }> {
  const holder = randomUUID()
  let beat = 0
  const write = async (): Promise<void> => {
    const heartbeat: Heartbeat = { holder, pid: process.pid, host: hostname(), place: herePlace(), beat: beat++ }
    const beside = `${file}.${holder}`
    await writeFile(beside, `${JSON.stringify(heartbeat)}\n`)
    await rename(beside, file)
  }
  const tick = async (): Promise<void> => {
    const now = await readHeartbeat(file)
    if (now !== null && now.holder !== holder) onLost()
    else await write()
  }
  await write()
  let running = Promise.resolve()
  // A beat that cannot be written (a full disk) is only a beat missed; the next one tries again.
  const timer = setInterval(() => (running = tick().catch(() => {})), pace.beatMs).unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
      const now = await readHeartbeat(file)
      if (now?.holder === holder) rmSync(file, { force: true })
    },
  }
}

async function readHeartbeat(file: string): Promise<Heartbeat | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return null
    throw cause
  }
  try {
    const { holder, pid, host, place, beat } = JSON.parse(text) // each part is taken through String or Number below
    return { holder: String(holder), pid: Number(pid), host: String(host), place: place ?? null, beat: Number(beat) }
  } catch {
    return null // torn by a power cut: its writer is dead
  }
}

/** Null where the kernel does not tell (not Linux): then only the heartbeat decides. */
function herePlace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/net')}`
  } catch {
    return null
  }
}

async function closeServer(server: Server | null): Promise<void> {
  if (server === null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  await promise
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
