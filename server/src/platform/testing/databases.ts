import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import { leftOut } from '../../../../checks/left-out.ts'
import type { DatabaseLog } from '../database/connections.ts'
import { openDatabase, type Database, type Engine } from '../database/door.ts'
import { postgresPrograms, startPostgres, type PostgresServer } from './postgres-server.ts'

/** A database of a test file's own, open while its tests run. */
export interface Ground {
  readonly engine: Engine
  /** The door. Only inside tests and hooks. */
  readonly database: Database
  /** A folder of the test's own; removed afterwards. */
  readonly folder: string
  /** The server's address for a second door of the same database; null when embedded. */
  readonly url: string | null
  /** What the database has logged, oldest first. */
  readonly logged: readonly string[]
}

const URL_OF_RUN = 'VIDNE_TEST_POSTGRES_URL'
const TEMPLATE_OF_RUN = 'VIDNE_TEST_EMBEDDED_TEMPLATE'

/** The engines that tests can be run on here; always the embedded one, and PostgreSQL's when it is installed. */
export const engines: readonly Engine[] = enginesHere()

/**
 * Runs the same tests on every engine: `describe` once for each, with a fresh and migrated database that all tests
 * inside share. `ground` is filled in before the first test.
 */
export function onEachEngine(what: string, tests: (ground: Ground) => void): void {
  for (const engine of ['embedded', 'postgres'] as const) {
    describe.skipIf(!engines.includes(engine))(`${what} (${engine})`, () => {
      tests(freshGround(engine))
    })
  }
}

/** A fresh database for the tests of the surrounding `describe`. */
export function freshGround(engine: Engine): Ground {
  const held: { database?: Database; folder?: string; url?: string | null; remove?: () => Promise<void> } = {}
  const logged: string[] = []
  beforeAll(async () => {
    const place = await freshPlace(engine)
    Object.assign(held, place, { database: await openDatabase({ ...place, log: logInto(logged) }) })
  })
  afterAll(async () => {
    await held.database?.close()
    await held.remove?.()
  })
  return {
    engine,
    logged,
    get database() {
      return present(held.database)
    },
    get folder() {
      return present(held.folder)
    },
    get url() {
      return held.url ?? null
    },
  }
}

/** Where a new database can be opened: with `openDatabase({ url, folder, log })`. `empty` means not even migrated. */
export async function freshPlace(
  engine: Engine,
  start: 'empty' | 'migrated' = 'migrated',
): Promise<{ url: string | null; folder: string; remove: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-test-'))
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  if (engine === 'embedded') {
    const template = process.env[TEMPLATE_OF_RUN]
    if (template !== undefined && start === 'migrated') cpSync(template, join(folder, 'cluster'), { recursive: true })
    return { url: null, folder, remove: async () => removeFolder() }
  }
  const { server, own } = await serverOfRun()
  const name = `t${randomBytes(8).toString('hex')}`
  await asSuperuser(server('postgres'), `create database ${name} encoding 'UTF8' locale 'C.UTF-8' template template0`)
  return {
    url: server(name),
    folder,
    remove: async () => {
      removeFolder()
      if (own === null) await asSuperuser(server('postgres'), `drop database if exists ${name} with (force)`)
      else await own.remove()
    },
  }
}

/** Runs a script with all rights, past every rule of the door: to prepare damage, or to look at what lies there. */
export async function asSuperuser(url: string, script: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(script)
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
  } finally {
    await client.end()
  }
}

/**
 * vitest's globalSetup: one PostgreSQL server and one embedded template for the whole run. Without it every test file
 * makes its own, which is slower and otherwise the same.
 */
export async function setup(): Promise<() => Promise<void>> {
  const programs = postgresPrograms()
  const server = programs === null ? null : await startPostgres(programs)
  const template = mkdtempSync(join(tmpdir(), 'vidne-template-'))
  if (server !== null) process.env[URL_OF_RUN] = server.url('postgres')
  const database = await openDatabase({ url: null, folder: template, log: logInto([]) })
  await database.close()
  process.env[TEMPLATE_OF_RUN] = join(template, 'cluster')
  return async () => {
    await server?.remove()
    rmSync(template, { recursive: true, force: true })
  }
}

async function serverOfRun(): Promise<{ server: (database: string) => string; own: PostgresServer | null }> {
  const url = process.env[URL_OF_RUN]
  if (url !== undefined) {
    const server = (database: string): string => url.replace(/\/postgres\?/, `/${database}?`)
    return { server, own: null }
  }
  const own = await startPostgres(present(postgresPrograms()))
  return { server: database => own.url(database), own }
}

function enginesHere(): Engine[] {
  const missing = 'PostgreSQL 15 or newer is not installed (Debian: apt-get install postgresql)'
  const without = leftOut('the tests on PostgreSQL', postgresPrograms() === null ? missing : null)
  return without ? ['embedded'] : ['embedded', 'postgres']
}

function logInto(lines: string[]): DatabaseLog {
  const write = (facts: object, message: string): number => lines.push(`${message} ${JSON.stringify(facts)}`)
  return { info: write, warn: write, error: write }
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the test ground is only there while tests run')
  return value
}
