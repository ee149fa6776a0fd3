import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { isUuid } from '../platform/identifiers.ts'
import { type Database, openDatabase } from '../platform/database/door.ts'
import type { Logger } from '../platform/http/logging.ts'
import type { Description } from './description.ts'
import { chunksOf } from './hashed-files.ts'
import { type OpenedBackup, altered } from './opened-backup.ts'
import { lacking, withMigrationsOf } from './migration-subset.ts'
import { OperationRefused } from './refused.ts'
import { type Table, insertLines, installationMayInsert, linesOf, tablesOf } from './tables.ts'

const LINES_AT_ONCE = 1000
const CHARS_AT_ONCE = 4 * 1024 * 1024

type Place = { readonly url: string | null; readonly folder: string; readonly log: Logger }
type Held = NonNullable<Description['database']>

/**
 * Makes a database in an empty place from a backup's lines: the tables as the backed-up program had them, then the rows,
 * read back and compared with the backup, then what this program has added since.
 * @throws OperationRefused where this program cannot have made the backup's tables, or a file was altered
 */
export async function restoreDatabase(place: Place, backup: OpenedBackup, held: Held): Promise<void> {
  await withMigrationsOf(held.migrations, async migrations => {
    const database = await openDatabase({ ...place, migrations })
    try {
      await fillTables(database, backup, held)
    } finally {
      await database.close()
    }
  })
  if ((await lacking(held.migrations)).length > 0) await (await openDatabase(place)).close()
}

async function fillTables(database: Database, backup: OpenedBackup, held: Held): Promise<void> {
  const tables = await database.asInstallation(tablesOf)
  demandSameTables(tables, held)
  for (const table of tables) {
    const path = `database/${table.name}.jsonl`
    await fillTable(database, table, join(backup.folder, path))
    if ((await digestOfTable(database, table)) !== backup.digests.get(path)) throw altered(path)
  }
}

function demandSameTables(tables: readonly Table[], held: Held): void {
  const shape = (list: readonly { name: string; columns: Table['columns'] }[]): string =>
    JSON.stringify(list.map(({ name, columns }) => ({ name, columns })).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
  if (shape(tables) !== shape(held.tables))
    throw new OperationRefused(
      'The backup holds other tables than its program had. It was altered; use another backup.',
    )
}

async function fillTable(database: Database, table: Table, file: string): Promise<void> {
  const byInstallation = await database.asInstallation(trx => installationMayInsert(trx, table))
  const insert = async (lines: readonly string[]): Promise<void> => {
    if (byInstallation) return database.asInstallation(trx => insertLines(trx, table, lines))
    for (const [agency, own] of byAgency(lines)) await database.asAgency(agency, trx => insertLines(trx, table, own))
  }
  let lines: string[] = []
  let chars = 0
  for await (const line of linesIn(file)) {
    lines.push(line)
    chars += line.length
    if (lines.length < LINES_AT_ONCE && chars < CHARS_AT_ONCE) continue
    await insert(lines)
    lines = []
    chars = 0
  }
  if (lines.length > 0) await insert(lines)
}

const NEWLINE = 0x0a

/** Lines that end in LF and in nothing else: JSON text may hold U+2028 and U+2029, which `readline` takes for line ends. */
async function* linesIn(file: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunksOf(file)) {
    let bytes = Buffer.concat([rest, chunk])
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      yield bytes.subarray(0, end).toString('utf8')
      bytes = bytes.subarray(end + 1)
    }
    rest = bytes
  }
}

function byAgency(lines: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const line of lines) {
    const row: unknown = JSON.parse(line)
    const agency = typeof row === 'object' && row !== null && 'agency' in row ? String(row.agency) : ''
    if (!isUuid(agency))
      throw new OperationRefused('A row in the backup names no agency. It was altered; use another backup.')
    const own = groups.get(agency) ?? []
    own.push(line)
    groups.set(agency, own)
  }
  return groups
}

/** The digest that a backup of this table would have now. */
async function digestOfTable(database: Database, table: Table): Promise<string> {
  const hash = createHash('sha256')
  await database.asInstallation(async trx => {
    for await (const page of linesOf(trx, table)) hash.update(`${page.join('\n')}\n`)
  })
  return hash.digest('hex')
}
