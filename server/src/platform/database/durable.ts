import { PGlite } from '@electric-sql/pglite'
import { embeddedParsers } from './column-types.ts'
import { DurableNodeFS, durableStartParams } from './durable-fs.ts'
import { DatabaseRefused } from './errors.ts'

/** What the engine has to say apart from its answers. */
export type EngineVoice = {
  /** PostgreSQL has panicked. PGlite would swallow this and go on: `onAbort` must not return. */
  onAbort(words: string): void
  /** A line of PostgreSQL's own log. May hold statements; not for the log as it is. */
  onLogLine(line: string): void
}

/** Opens the cluster in `folder` (made there if it is empty) and proves that what it commits reaches the disk. */
export async function openDurable(folder: string, voice: EngineVoice): Promise<{ lite: PGlite; files: DurableNodeFS }> {
  const files = new DurableNodeFS(folder, words => voice.onAbort(words))
  const lite = await PGlite.create({
    fs: files,
    startParams: durableStartParams(PGlite.defaultStartParams),
    parsers: embeddedParsers,
    onStderr: line => {
      voice.onLogLine(line)
      return false
    },
  })
  await proveDurable(lite, files)
  return { lite, files }
}

/**
 * Commits one row and demands that the write-ahead log was flushed for it. Runs at every start: a PGlite whose insides
 * have changed would otherwise lose four fifths of its rows at a power cut, without a word.
 * Throws DatabaseRefused ('not-durable').
 */
export async function proveDurable(lite: PGlite, files: { readonly walSyncs: number }): Promise<void> {
  await lite.exec('create table if not exists platform_upkeep (what text primary key, at timestamptz not null)')
  const before = files.walSyncs
  await lite.exec(`insert into platform_upkeep values ('self-test', clock_timestamp())
    on conflict (what) do update set at = excluded.at`)
  const { rows } = await lite.query<{ fsync: string; method: string }>(
    "select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method",
  )
  const set = rows[0]?.fsync === 'on' && rows[0].method === 'fsync'
  if (files.walSyncs > before && set) return
  throw new DatabaseRefused(
    'not-durable',
    'The embedded database does not write through to the disk, so a power cut would lose footage. It was not opened. ' +
      'Install the program anew from its release, or use a PostgreSQL server (--database postgres://…).',
  )
}
