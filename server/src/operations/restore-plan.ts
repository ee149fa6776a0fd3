import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseVerifierKey } from '@vidne/tlog/keys'
import type { NoteKey } from '@vidne/tlog/note'
import { PolicyRefused, parsePolicy } from '@vidne/tlog/policy'
import { type Founded, isFounded } from '../ground.ts'
import { type Places, placesOf } from '../places.ts'
import { type Clock, openRehearsalClock, systemClock } from '../platform/clock.ts'
import { realDisk } from '../platform/durable/disk.ts'
import type { Logger } from '../platform/http/logging.ts'
import { readSettings, settingsFile } from '../platform/settings/settings.ts'
import { HEADER } from '../platform/vault/copy.ts'
import { parseHeader } from '../platform/vault/header.ts'
import { readDatabaseState } from './database-state.ts'
import { isEmpty } from './hashed-files.ts'
import type { OpenedBackup } from './opened-backup.ts'
import { type Part, missingParts, objectsFolder, settingsOf, signerIn } from './quiet-ground.ts'
import { OperationRefused } from './refused.ts'
import { VAULT_SENTENCES } from './vault-sentences.ts'

export type RestoreWish = {
  /** The backup's folder. */
  readonly from: string
  /** The installation to be: missing, or empty but for `keys/` and `lock/`. With `missing` it may hold parts already. */
  readonly data: string
  /** Folder with log.skey, log-ml-dsa-44.skey and master.key; null where they are in place already. */
  readonly keys: string | null
  /** Text of a trust file from elsewhere, where the log keys are lost: by it the backup's signature is checked. */
  readonly trust: string | null
  /** The newest lock folder there is; null where it is in place already, or lost. */
  readonly lock: string | null
  /** Restore only what is not there; nothing that is there is touched. */
  readonly missing: boolean
  /** Other places than the backed-up installation had. */
  readonly vault: string | null
  readonly objects: string | null
  readonly database: string | null
  readonly onProgress: (done: number, total: number) => void
}

/** What a restore will do. */
export type Plan = {
  /** The settings are not there and come from the backup. */
  readonly fresh: boolean
  readonly settings: Founded
  readonly clock: Clock
  readonly places: Places
  readonly parts: readonly Part[]
  readonly left: readonly string[]
  /** The vault comes, or has come, from a backup and was not yet told what had been destroyed since. */
  readonly replay: boolean
  /** The log's key as the backup's signature is checked with it. */
  readonly signedBy: NoteKey
  /** False: the log keys are lost, and the log can only be retired. */
  readonly hasLogKeys: boolean
  /** Keys to be put in place: from where to where. */
  readonly keys: readonly { readonly from: string; readonly to: string }[]
  readonly changes: Readonly<Record<string, string>>
}

/** @throws OperationRefused where anything would be written over, or what is needed is not there */
export async function planRestore(backup: OpenedBackup, wish: RestoreWish, log: Logger): Promise<Plan> {
  const changes = changesOf(wish)
  const fresh = !existsSync(join(wish.data, settingsFile))
  const settings = fresh ? settingsToBe(backup, wish.data, changes) : settingsOf(wish.data)
  const places = placesOf(settings)
  demandSameInstallation(backup, settings, wish)
  await demandRoom(wish, settings)
  const { parts, left } = partsToRestore(backup, settings)
  const replay = parts.includes('vault') || (await awaitsReplay(places))
  if (!fresh && parts.length === 0 && !replay) throw nothingMissing(wish)
  await demandDatabase(backup, settings, parts, log)
  const clock = await clockFor(backup, settings, fresh)
  demandYoung(backup, parts, clock)
  const keys = keysToPlace(backup, wish, places)
  const logKey = keys.find(({ to }) => to === places.logKey)?.from ?? places.logKey
  const hasLogKeys = existsSync(logKey)
  const signedBy = hasLogKeys ? parseVerifierKey((await signerIn(logKey)).vkey) : keyInTrust(backup, wish.trust ?? '')
  return { fresh, settings, clock, places, parts, left, replay, signedBy, hasLogKeys, keys, changes }
}

function demandYoung({ description }: OpenedBackup, parts: readonly Part[], clock: Clock): void {
  if (parts.includes('vault') && description.vault.expires <= clock.now())
    throw new OperationRefused(VAULT_SENTENCES.expired)
}

function nothingMissing({ data }: RestoreWish): OperationRefused {
  return new OperationRefused(
    `Nothing that this backup holds is missing in ${data}. What is there is never written over: to have a part ` +
      'replaced, move it away first.',
  )
}

async function clockFor({ folder }: OpenedBackup, settings: Founded, fresh: boolean): Promise<Clock> {
  if (settings.mode !== 'rehearsal') return systemClock
  const { clock } = placesOf(settings)
  return openRehearsalClock(fresh && !existsSync(clock) ? join(folder, 'settings', basename(clock)) : clock)
}

async function awaitsReplay({ vault }: Places): Promise<boolean> {
  for (const copy of vault) {
    const bytes = await realDisk.read(join(copy, HEADER))
    if (bytes !== null && parseHeader(bytes)?.awaitsReplay === true) return true
  }
  return false
}

function changesOf({ vault, objects, database }: RestoreWish): Record<string, string> {
  const given = Object.entries({ vault, objects, database })
  return Object.fromEntries(given.flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
}

/** The backed-up settings as they will be in the new folder. */
function settingsToBe({ folder }: OpenedBackup, data: string, changes: Record<string, string>): Founded {
  const settings = { ...readSettings(join(folder, 'settings'), changes), data }
  if (isFounded(settings)) return settings
  throw new OperationRefused('The settings in the backup are not those of an installation. Use another backup.')
}

function demandSameInstallation({ description }: OpenedBackup, settings: Founded, { data }: RestoreWish): void {
  if (settings.installation !== description.installation)
    throw new OperationRefused(
      `The backup is of another installation (log ${description.origin}) than the one in ${data} (log ${settings.origin}).`,
    )
  if (settings.origin !== description.origin)
    throw new OperationRefused(
      `Since this backup the log ${description.origin} was retired and ${settings.origin} was begun. Use a backup of the ` +
        'new log; the old one can be restored into a folder of its own.',
    )
}

const KEPT_APART = ['keys', 'lock']

async function demandRoom(wish: RestoreWish, settings: Founded): Promise<void> {
  const { lock } = placesOf(settings)
  if (wish.lock !== null && !(await isEmpty(lock)))
    throw new OperationRefused(`${lock} is there already, and a lock folder is never written over. Leave --lock out.`)
  if (!wish.missing) await demandEmpty(wish, settings)
}

async function demandEmpty({ data }: RestoreWish, settings: Founded): Promise<void> {
  const there = ((await realDisk.list(data)) ?? []).filter(name => !KEPT_APART.includes(name))
  if (there.length > 0)
    throw new OperationRefused(
      `${data} is not empty (${there.slice(0, 3).join(', ')}): a restore never writes over anything. Take a new folder, or ` +
        'give --missing to restore only what is not there.',
    )
  const { vault } = placesOf(settings)
  for (const folder of [...vault, objectsFolder(settings)])
    if (folder !== null && !(await isEmpty(folder)))
      throw new OperationRefused(
        `${folder} is not empty, and the backed-up settings name it: it may be the installation's own. Give another place ` +
          'with --vault and --objects, or --missing to use what is there.',
      )
}

function partsToRestore({ description }: OpenedBackup, settings: Founded): { parts: Part[]; left: string[] } {
  const held: Record<Part, boolean> = {
    log: true,
    database: description.database !== null,
    vault: true,
    objects: description.objects !== null,
  }
  const missing = missingParts(settings).map(({ part }) => part)
  // What a server keeps is not looked for on the disk: what the backup holds of it is meant to be put there.
  if (settings.database !== undefined && held.database) missing.push('database')
  if (objectsFolder(settings) === null && held.objects) missing.push('objects')
  const lacking = missing.find(part => !held[part])
  if (lacking !== undefined) throw notInBackup(lacking)
  const all: readonly Part[] = ['log', 'database', 'vault', 'objects']
  return { parts: all.filter(part => missing.includes(part)), left: all.filter(part => !missing.includes(part)) }
}

function notInBackup(part: Part): OperationRefused {
  return new OperationRefused(
    part === 'objects'
      ? 'The footage is not in this backup. Put the objects back in their place, or name their place with --objects, and ' +
          'restore with --missing.'
      : `The ${part} is not in this backup. Use another one.`,
  )
}

/** A server's database is either empty and filled from the backup, or was restored by its operator before. */
async function demandDatabase(
  { description }: OpenedBackup,
  settings: Founded,
  parts: readonly Part[],
  log: Logger,
): Promise<void> {
  if (settings.database === undefined) return
  const { migrations, strangeTables } = await readDatabaseState({ kind: 'server', url: settings.database, log })
  if (strangeTables)
    throw new OperationRefused(
      'The database on the server holds tables of something else. Make an empty one for Vidne.',
    )
  if (parts.includes('database') && migrations !== null)
    throw new OperationRefused(
      'The database on the server is not empty, and nothing is written over. Make an empty one, or, where it is the ' +
        "installation's own, restore with --missing and a backup that leaves the database to the server.",
    )
  if (description.database === null && migrations === null)
    throw new OperationRefused(
      'The database is not in this backup, and the one on the server is empty. Restore it there first (pg_restore, or ' +
        'point-in-time recovery up to the failure), then repeat the command.',
    )
}

/** The keys come from --keys, from the backup where they were asked for, or are in place already. */
function keysToPlace(backup: OpenedBackup, { keys, trust }: RestoreWish, places: Places): Plan['keys'] {
  const fromBackup = backup.description.logKeys ? join(backup.folder, 'keys') : null
  const masterIsElsewhere = process.env['VIDNE_MASTER_KEY_FILE'] || process.env['CREDENTIALS_DIRECTORY']
  const wanted = [places.logKey, places.secondKey, ...(masterIsElsewhere ? [] : [places.masterKey])]
  const placed: { from: string; to: string }[] = []
  for (const to of wanted) {
    if (existsSync(to)) continue
    const name = basename(to)
    const from = [keys, fromBackup].flatMap(folder => (folder === null ? [] : [join(folder, name)])).find(existsSync)
    if (from !== undefined) placed.push({ from, to })
    else if (trust === null || to === places.masterKey) throw keyMissing(name, keys)
  }
  return placed
}

function keyMissing(name: string, keys: string | null): OperationRefused {
  const where = keys === null ? 'Keys are not in a backup: give --keys FOLDER' : `${keys} does not hold it`
  const consequence =
    name === 'master.key'
      ? 'Without the master key no footage can be read. (It may also be named by VIDNE_MASTER_KEY_FILE.)'
      : 'Without the signing keys this log cannot go on; if they are lost for good, give a --trust FILE of the log from elsewhere.'
  return new OperationRefused(`${name} is needed. ${where}. ${consequence} Nothing was changed.`)
}

/** The log's key by a trust file that did not come with the backup. */
function keyInTrust({ description }: OpenedBackup, trust: string): NoteKey {
  try {
    const key = parsePolicy(trust).logs.find(({ name }) => name === description.origin)
    if (key !== undefined) return key
  } catch (refusal) {
    if (!(refusal instanceof PolicyRefused)) throw refusal
  }
  throw new OperationRefused(`--trust is no trust file that names the log ${description.origin}.`)
}
