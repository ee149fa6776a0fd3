import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** A PostgreSQL server of our own, in a folder that dies with it, heard on a unix socket only. */
export interface PostgresServer {
  /** The address of one of its databases, logged in as its superuser. */
  url(database: string): string
  /** Where its files lie: pages, write-ahead log, and what else it writes. */
  readonly data: string
  /** Ends every connection and the server with them, as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same files. */
  start(): Promise<void>
  /** Ends it and removes its files. */
  remove(): Promise<void>
}

const OLDEST = 15
const HOMES = '/usr/lib/postgresql'
/** PostgreSQL refuses to run as root; Debian's package makes this user. */
const USER = 'postgres'
/** A run of tests that is killed takes its server along, where the system can do that. */
const DYING_ALONG = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'QUIT'] : []

/** Where Debian put PostgreSQL's programs, or null when none from 15 on is installed. */
export function postgresPrograms(): string | null {
  if (!existsSync(HOMES)) return null
  const versions = readdirSync(HOMES)
    .map(Number)
    .filter(version => version >= OLDEST)
  const folders = versions.toSorted((a, b) => a - b).map(version => join(HOMES, String(version), 'bin'))
  return folders.find(folder => existsSync(join(folder, 'initdb'))) ?? null
}

/** Makes a cluster and starts it, with more settings where they are wished. Throws when the programs fail. */
export async function startPostgres(
  programs: string,
  wished: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-postgres-'))
  const identity = asUnprivileged(folder)
  const data = join(folder, 'data')
  run(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
    identity,
  )
  const server = new Cluster(programs, folder, data, identity, wished)
  await server.start()
  return server
}

type Identity = { uid?: number; gid?: number }

function asUnprivileged(folder: string): Identity {
  if (process.getuid?.() !== 0) return {}
  const uid = Number(run('id', ['-u', USER], {}))
  const gid = Number(run('id', ['-g', USER], {}))
  chownSync(folder, uid, gid)
  return { uid, gid }
}

function run(program: string, args: readonly string[], identity: Identity): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...identity, encoding: 'utf8', cwd: '/' })
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`, { cause: error })
  return stdout
}

class Cluster implements PostgresServer {
  readonly #programs: string
  readonly #folder: string
  readonly data: string
  readonly #identity: Identity
  readonly #wished: Readonly<Record<string, string>>
  #ended: Promise<void> = Promise.resolve()
  #pid: number | null = null

  constructor(
    programs: string,
    folder: string,
    data: string,
    identity: Identity,
    wished: Readonly<Record<string, string>>,
  ) {
    this.#programs = programs
    this.#folder = folder
    this.data = data
    this.#identity = identity
    this.#wished = wished
  }

  url(database: string): string {
    return `postgres://${USER}@/${database}?host=${encodeURIComponent(this.#folder)}`
  }

  async start(): Promise<void> {
    const settings = [
      '-c',
      'listen_addresses=',
      '-c',
      `unix_socket_directories=${this.#folder}`,
      '-c',
      'max_connections=300',
      ...Object.entries(this.#wished).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]
    const [program = '', ...args] = [...DYING_ALONG, join(this.#programs, 'postgres'), '-D', this.data, ...settings]
    const server = spawn(program, args, {
      ...this.#identity,
      cwd: '/',
      stdio: 'ignore',
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    server.once('exit', () => resolve())
    this.#ended = promise
    this.#pid = server.pid ?? null
    await this.#answers()
  }

  async kill(): Promise<void> {
    // SIGQUIT is PostgreSQL's immediate shutdown: no farewell, and recovery at the next start.
    if (this.#pid !== null) process.kill(this.#pid, 'SIGQUIT')
    this.#pid = null
    await this.#ended
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #answers(): Promise<void> {
    for (let tries = 0; tries < 1200; tries++) {
      if (await answers(this.url('postgres'))) return
      await sleep(50)
    }
    throw new Error('PostgreSQL did not answer within a minute')
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
