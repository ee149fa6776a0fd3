import { cp, mkdtemp, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FORMATS } from '@vidne/evidence/statement'
import program from '../../package.json' with { type: 'json' }
import type { Founded } from '../ground.ts'
import { placesOf } from '../places.ts'
import { openDatabase } from '../platform/database/door.ts'
import { DatabaseAway, DatabaseRefused } from '../platform/database/errors.ts'
import { refuseForeignCluster } from '../platform/database/first-start.ts'
import { lockDatabase } from '../platform/database/only-opener.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { HEADER } from '../platform/vault/copy.ts'
import { parseHeader } from '../platform/vault/header.ts'
import { type DatabaseState, readDatabaseState } from './database-state.ts'
import { filesBelow } from './hashed-files.ts'
import { openingStatement } from './log-looking.ts'
import { lacking } from './migration-subset.ts'
import { missingParts, settingsOf } from './quiet-ground.ts'

/** What was looked at before an upgrade, in the words of the command line. */
type Finding = { readonly code: string; readonly ok: boolean; readonly stops: boolean; readonly text: string }

const good = (code: string, text: string): Finding => ({ code, ok: true, stops: false, text })
const weak = (code: string, text: string): Finding => ({ code, ok: false, stops: false, text })
const bad = (code: string, text: string): Finding => ({ code, ok: false, stops: true, text })

export type UpgradeReport = {
  /** False: the program would refuse this installation, or the upgrade would fail. */
  readonly ok: boolean
  readonly program: string
  /** Migrations that the next start would apply; null where the database could not be looked at. */
  readonly pending: readonly string[] | null
  readonly findings: readonly Finding[]
}

/**
 * What the next `vidne serve` of this program would do to the installation. Changes nothing: the embedded database is
 * looked at, and the migrations are tried, on a copy.
 * @throws OperationRefused for a folder that holds no installation
 */
export async function checkUpgrade(data: string): Promise<UpgradeReport> {
  const settings = settingsOf(data)
  const missing = missingParts(settings)
  const findings: Finding[] = missing.map(({ part, path }) =>
    bad(`${part}-missing`, `The ${part} is not in ${path}. Restore it before anything else.`),
  )
  findings.push(await formatsFinding(settings), await vaultFinding(settings))
  const databaseIsThere = missing.every(({ part }) => part !== 'database')
  const database = databaseIsThere ? await checkDatabase(settings) : { pending: null, findings: [] }
  findings.push(...database.findings)
  if (database.pending !== null && database.pending.length > 0)
    findings.push(
      good('backup-first', `Make a backup with the program that runs now: vidne backup --data ${data} --out FOLDER`),
    )
  return { ok: findings.every(one => !one.stops), program: program.version, pending: database.pending, findings }
}

async function formatsFinding(settings: Founded): Promise<Finding> {
  const opened = await openingStatement(placesOf(settings).log)
  if (opened === null)
    return weak('formats', 'The first leaf of the log cannot be read, so the versions of its formats are not known.')
  const names = Object.keys(FORMATS) as (keyof typeof FORMATS)[]
  const newer = names.filter(name => opened.formats[name] > FORMATS[name])
  if (newer.length > 0)
    return bad(
      'formats',
      `The log was opened by a newer program: it knows newer ${newer.join(', ')}. Use that program.`,
    )
  const older = names.filter(name => opened.formats[name] < FORMATS[name])
  if (older.length === 0) return good('formats', 'The log was opened with the same versions of all formats.')
  const list = older.map(name => `${name} ${opened.formats[name]} → ${FORMATS[name]}`).join(', ')
  return good(
    'formats',
    `What is sealed from the upgrade on is written in newer formats (${list}); the older stay readable.`,
  )
}

async function vaultFinding(settings: Founded): Promise<Finding> {
  for (const copy of placesOf(settings).vault) {
    const bytes = await realDisk.read(join(copy, HEADER))
    if (bytes !== null && parseHeader(bytes) === null)
      return bad(
        'vault',
        `${join(copy, HEADER)} is damaged, or of a version of the vault that this program does not know.`,
      )
  }
  return good('vault', 'The vault is of the version that this program keeps.')
}

type DatabaseCheck = { readonly pending: readonly string[] | null; readonly findings: readonly Finding[] }

async function checkDatabase(settings: Founded): Promise<DatabaseCheck> {
  try {
    if (settings.database === undefined) return await checkEmbedded(placesOf(settings).database)
    return await compare(await readDatabaseState({ kind: 'server', url: settings.database, log: silentLogger }), null)
  } catch (error) {
    if (error instanceof DatabaseRefused && error.because === 'in-use')
      return { pending: null, findings: [weak('database', `${error.message} Its tables were not looked at.`)] }
    if (error instanceof DatabaseRefused) return { pending: null, findings: [bad('database', error.message)] }
    if (error instanceof DatabaseAway) return { pending: null, findings: [bad('database', error.message)] }
    throw error
  }
}

async function checkEmbedded(folder: string): Promise<DatabaseCheck> {
  await refuseForeignCluster(join(folder, 'cluster'))
  const bytes = await bytesBelow(join(folder, 'cluster'))
  const { bavail, bsize } = await statfs(tmpdir())
  if (bytes * 2 > bavail * bsize) {
    const text = `The database was not looked at: a copy of it (${bytes} bytes) has no room in ${tmpdir()}. Set TMPDIR to a folder with room.`
    return { pending: null, findings: [weak('database', text)] }
  }
  const copy = await mkdtemp(join(tmpdir(), 'vidne-upgrade-'))
  try {
    await copyCluster(folder, copy)
    return await compare(await readDatabaseState({ kind: 'embedded', folder: copy, log: silentLogger }), copy)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** While nobody has it open: a cluster that is copied while it is written to would not open. */
async function copyCluster(folder: string, copy: string): Promise<void> {
  const lock = await lockDatabase(folder, () => undefined)
  try {
    await cp(join(folder, 'cluster'), join(copy, 'cluster'), { recursive: true })
  } finally {
    await lock.release()
  }
}

/** `trial`: a folder with a copy of the database, on which the migrations are tried. */
async function compare(state: DatabaseState, trial: string | null): Promise<DatabaseCheck> {
  if (state.migrations === null)
    return {
      pending: null,
      findings: [bad('database', 'The database has never been used by this program. Restore it.')],
    }
  const names = await lacking(state.migrations)
  const findings = [good('postgresql', `The database is PostgreSQL ${state.postgresql}, which this program can use.`)]
  if (names.length === 0) {
    const text = `The database has all ${state.migrations.length} migrations of this program; the next start changes no table.`
    return { pending: names, findings: [...findings, good('migrations', text)] }
  }
  const text = `The next start applies ${names.length === 1 ? '1 migration' : `${names.length} migrations`}: ${names.join(', ')}. They cannot be taken back.`
  return { pending: names, findings: [...findings, good('migrations', text), await tryThem(trial)] }
}

async function tryThem(trial: string | null): Promise<Finding> {
  if (trial === null)
    return weak('migrations-trial', "They were not tried: try them on a copy of the server's database.")
  const began = performance.now()
  try {
    await (await openDatabase({ url: null, folder: trial, log: silentLogger })).close()
  } catch (error) {
    const why =
      error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : ''
    return bad('migrations-trial', `On a copy of the database they failed: ${why.trim()}. Do not upgrade; report this.`)
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  return good('migrations-trial', `On a copy of the database they took ${seconds} s and succeeded.`)
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const path of await filesBelow(folder)) bytes += (await stat(join(folder, path))).size
  return bytes
}
