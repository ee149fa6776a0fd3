import { startProgress } from '@vidne/dock-agent/progress'
import { backUp } from '@vidne/server/operations/backing-up'
import type { BackupReport } from '@vidne/server/operations/backup'
import { type RestoreReport, restoreBackup } from '@vidne/server/operations/restore'
import { checkUpgrade } from '@vidne/server/operations/upgrade'
import { openLogger } from '@vidne/server/platform/http/logging'
import { answer, counted } from '../answers.ts'
import { type CommandSpec, type Given, UsageRefused } from '../command.ts'
import { textGiven } from '../text-file.ts'
import { dataOption, findingLines, jsonOption } from './data-folder.ts'

export const backup: CommandSpec = {
  name: 'backup',
  positionals: [],
  options: {
    data: dataOption,
    out: { type: 'string', required: true, help: 'a new folder for the backup, outside the installation' },
    objects: { type: 'string', help: 'copy or leave the encrypted footage (default: copy a folder, leave a server)' },
    'with-database': { type: 'boolean', help: 'exports a database on a server too; it is otherwise left to pg_dump' },
    'log-keys': { type: 'boolean', help: "puts the log's signing keys into the backup; whoever has it can then sign" },
    json: jsonOption,
  },
  summary: 'writes a backup that no deleted recording survives in',
  async run(given) {
    const wish = {
      out: given.text('out'),
      objects: objectsWish(given),
      database: given.flag('with-database') ? ('export' as const) : ('default' as const),
      logKeys: given.flag('log-keys'),
    }
    const progress = startProgress('copying footage')
    const onProgress = progress.at
    const report = await backUp(given.text('data'), { ...wish, onProgress }, openLogger('warn')).finally(() =>
      progress.end(),
    )
    answer(given.flag('json'), backupJson(report), backupLines(report))
    return 0
  },
}

function objectsWish(given: Given): 'default' | 'copy' | 'leave' {
  const wish = given.maybe('objects')
  if (wish === undefined) return 'default'
  if (wish === 'copy' || wish === 'leave') return wish
  throw new UsageRefused(`--objects "${wish}" is neither copy nor leave`)
}

function backupJson({ out, at, description, erased }: BackupReport) {
  const { database, vault, objects, logKeys } = description
  return {
    out,
    at: new Date(at).toISOString(),
    database: database === null ? 'left' : 'exported',
    rows: database?.tables.reduce((sum, table) => sum + table.rows, 0) ?? null,
    vaultKeys: vault.keys,
    vaultKeysOmitted: vault.omitted,
    vaultExpires: new Date(vault.expires).toISOString(),
    objects,
    logKeys,
    erased,
  }
}

function backupLines(report: BackupReport): string[] {
  const { out, database, rows, vaultKeys, vaultKeysOmitted, vaultExpires, objects, logKeys, erased } =
    backupJson(report)
  return [
    `${out}`,
    database === 'exported'
      ? `database  ${counted(rows ?? 0, 'row')}`
      : 'database  left to its server: back it up there (pg_dump, or continuous archiving), after this backup and not before',
    `vault     ${counted(vaultKeys, 'key')}, ${vaultKeysOmitted} left out that expire sooner; must be gone by ${vaultExpires}`,
    objects === null
      ? 'footage   left to its store: replicate it there'
      : `footage   ${counted(objects.files, 'encrypted object')}, ${counted(objects.bytes, 'byte')}`,
    ...erased.map(folder => `The vault in ${folder} had expired and was erased.`),
    '',
    'Not in it; keep them apart from it and from each other:',
    '  the master key    without it no footage can be read',
    ...(logKeys ? [] : ['  keys/log*.skey    without them the log cannot go on']),
    '  lock/             the newest one always, on another disk; without it the log must be retired after a restore',
  ]
}

export const restore: CommandSpec = {
  name: 'restore',
  positionals: ['DIR'],
  options: {
    data: { ...dataOption, help: 'a new folder; it may hold keys/ and lock/ already' },
    keys: { type: 'string', help: 'folder with log.skey, log-ml-dsa-44.skey and master.key' },
    trust: { type: 'string', help: 'a trust file of the log from elsewhere, if its signing keys are lost' },
    lock: { type: 'string', help: 'the newest lock folder there is, if it survived' },
    missing: { type: 'boolean', help: 'restores only the parts that are not there; never writes over anything' },
    vault: { type: 'string', help: 'another folder for the two copies of the vault' },
    objects: { type: 'string', help: 'another place for the footage: a folder or s3://…' },
    database: { type: 'string', help: 'another database: postgresql://… (empty)' },
    json: jsonOption,
  },
  summary: 'makes an installation from a backup, or the parts of one that are missing',
  async run(given) {
    const progress = startProgress('copying footage')
    try {
      const wish = {
        from: given.at(0),
        data: given.text('data'),
        keys: given.maybe('keys') ?? null,
        trust: textGiven(given, 'trust'),
        lock: given.maybe('lock') ?? null,
        missing: given.flag('missing'),
        vault: given.maybe('vault') ?? null,
        objects: given.maybe('objects') ?? null,
        database: given.maybe('database') ?? null,
        onProgress: progress.at,
      }
      const report = await restoreBackup(wish, openLogger('warn'))
      progress.end()
      answer(given.flag('json'), { ...report, at: new Date(report.at).toISOString() }, restoreLines(report))
      return 0
    } finally {
      progress.end()
    }
  },
}

function restoreLines(report: RestoreReport): string[] {
  const { data, restored, left, destroyedAgain, log, cleanUp } = report
  return [
    `${data} is as of ${new Date(report.at).toISOString()}. Restored: ${restored.join(', ')}.`,
    ...(left.length > 0 ? [`Left as it was: ${left.join(', ')}.`] : []),
    ...(destroyedAgain > 0
      ? [`${counted(destroyedAgain, 'key')} that had been destroyed had come back; destroyed again.`]
      : []),
    ...(log === 'ok' ? ['The log can go on.'] : ['', 'The log stands still:', log.text]),
    ...(cleanUp === null || cleanUp.code === 'log-stopped' ? [] : ['', cleanUp.text]),
    '',
    'Never serve the old installation and this one at the same time: they would sign two logs under one name.',
  ]
}

export const upgrade: CommandSpec = {
  name: 'upgrade',
  positionals: [],
  options: {
    check: { type: 'boolean', help: 'says what the next start of this program would do' },
    data: dataOption,
    json: jsonOption,
  },
  summary: 'says what an upgrade would do; changes nothing',
  async run(given) {
    if (!given.flag('check'))
      throw new UsageRefused(
        'give --check. The upgrade itself is done by the next "vidne serve"; make a backup before it',
      )
    const report = await checkUpgrade(given.text('data'))
    answer(given.flag('json'), report, [`Vidne ${report.program}`, ...findingLines(report.findings)])
    return report.ok ? 0 : 1
  },
}
