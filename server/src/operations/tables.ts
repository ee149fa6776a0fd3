import { CompiledQuery, sql } from 'kysely'
import { z } from 'zod'
import type { Trx } from '../platform/database/door.ts'

/** A column as the backup names it; `type` is PostgreSQL's name. */
export const Column = z.strictObject({ name: z.string(), type: z.string() })
export type Column = Readonly<z.infer<typeof Column>>

/** A table whose rows are backed up. `key`: what orders them. `after`: the tables its rows point to. */
export type Table = {
  readonly name: string
  readonly columns: readonly Column[]
  readonly key: readonly Column[]
  readonly after: readonly string[]
}

const Found = z.array(
  z.object({
    name: z.string(),
    columns: z.array(Column.extend({ identity: z.boolean() })),
    key: z.array(z.string()),
    after: z.array(z.string()),
  }),
)

/** What the database keeps of itself: its migrations and its upkeep. Everything else is in a backup. */
const OWN_KEEPING = 'platform\\_%'

/**
 * The tables of the database, those that others point to first. The job queue's own schema is left out: its schedules are
 * made again at every start.
 */
export async function tablesOf(trx: Trx): Promise<Table[]> {
  const { rows } = await sql<object>`
    select c.relname as name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'identity', a.attidentity <> '') order by a.attnum)
        from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      coalesce((select json_agg(a.attname order by k.place)
        from pg_index i
        cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary), '[]') as key,
      coalesce((select json_agg(distinct o.relname)
        from pg_constraint f join pg_class o on o.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid), '[]') as after
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and c.relname not like ${OWN_KEEPING}
    order by c.relname`.execute(trx)
  return inOrder(Found.parse(rows).map(asTable))
}

/** A number that the database itself gives out orders the rows and is not one of their values. */
function asTable({ name, columns, key, after }: z.infer<typeof Found>[number]): Table {
  const keyed = key.flatMap(wanted => columns.find(column => column.name === wanted) ?? [])
  if (keyed.length === 0) throw new Error(`the table ${name} has no primary key; its rows have no order to be kept in`)
  const plain = ({ name: column, type }: Column): Column => ({ name: column, type })
  return { name, columns: columns.filter(column => !column.identity).map(plain), key: keyed.map(plain), after }
}

function inOrder(tables: readonly Table[]): Table[] {
  const placed: Table[] = []
  let waiting = [...tables]
  while (waiting.length > 0) {
    const done = new Set(placed.map(table => table.name))
    const next = waiting.filter(table => table.after.every(name => done.has(name)))
    if (next.length === 0) throw new Error(`tables point to each other: ${waiting.map(table => table.name).join(', ')}`)
    placed.push(...next)
    waiting = waiting.filter(table => !next.includes(table))
  }
  return placed
}

/** Types whose JSON form PostgreSQL reads back as they were. Of every other type the text form travels as a JSON string. */
const PLAIN = new Set([
  'boolean',
  'smallint',
  'integer',
  'bigint',
  'text',
  'uuid',
  'timestamp with time zone',
  'date',
  'text[]',
])

const ROWS_A_FETCH = 500

/** The table's rows, each as one line of JSON, by its key; bytes as base64. In pages, inside the transaction. */
export async function* linesOf(trx: Trx, table: Table): AsyncGenerator<string[]> {
  const values = table.columns.map(column => `${written(column)} as ${quoted(column.name)}`)
  await run(
    trx,
    `declare backed_up no scroll cursor for select row_to_json(r)::text as line
     from (select ${values.join(', ')} from ${quoted(table.name)} order by ${table.key.map(sorted).join(', ')}) r`,
  )
  for (;;) {
    const rows = await run(trx, `fetch ${ROWS_A_FETCH} from backed_up`)
    if (rows.length === 0) break
    yield rows.map(row => String(row['line']))
  }
  await run(trx, 'close backed_up')
}

/** Puts lines back that `linesOf` has given, into a table of the same columns. */
export async function insertLines(trx: Trx, table: Table, lines: readonly string[]): Promise<void> {
  const names = table.columns.map(column => quoted(column.name))
  const read = table.columns.map(column => readBack(column))
  const given = table.columns.map(({ name, type }) => `${quoted(name)} ${PLAIN.has(type) ? type : 'text'}`)
  const statement = `insert into ${quoted(table.name)} (${names.join(', ')})
    select ${read.join(', ')} from json_to_recordset($1::text::json) as r (${given.join(', ')})`
  await trx.executeQuery(CompiledQuery.raw(statement, [`[${lines.join(',')}]`]))
}

/** Whether the installation's own role may put rows in; else the agency's role must. */
export async function installationMayInsert(trx: Trx, table: Table): Promise<boolean> {
  const rows = await run(trx, `select has_table_privilege('vidne_installation', '${table.name}', 'insert') as may`)
  return rows[0]?.['may'] === true
}

async function run(trx: Trx, statement: string): Promise<Record<string, unknown>[]> {
  const { rows } = await trx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(statement))
  return rows
}

function written({ name, type }: Column): string {
  if (type === 'bytea') return `translate(encode(${quoted(name)}, 'base64'), E'\\n', '')`
  return PLAIN.has(type) ? quoted(name) : `${quoted(name)}::text`
}

function readBack({ name, type }: Column): string {
  if (type === 'bytea') return `decode(r.${quoted(name)}, 'base64')`
  return PLAIN.has(type) ? `r.${quoted(name)}` : `r.${quoted(name)}::${type}`
}

/** By code points, whatever language the database sorts in, so that the order is the same everywhere. */
function sorted({ name, type }: Column): string {
  return type === 'text' ? `${quoted(name)} collate "C"` : quoted(name)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
