import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { logId } from '@vidne/evidence/event'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { type Founded, type Signers, cadenceOf, isFounded } from '../ground.ts'
import { type Keep, openKeep } from '../keep/keep.ts'
import { type People, openPeople } from '../people/people.ts'
import { type Places, placesOf } from '../places.ts'
import { type Clock, openRehearsalClock, systemClock } from '../platform/clock.ts'
import { type Database, type Trx, openDatabase } from '../platform/database/door.ts'
import { readFileIfThere } from '../platform/durable/durable.ts'
import { type History, openHistory } from '../platform/history/history.ts'
import type { Logger } from '../platform/http/logging.ts'
import { type Objects, openObjects } from '../platform/objects/objects.ts'
import { readSettings } from '../platform/settings/settings.ts'
import { loadMasterKey } from '../platform/vault/master-key.ts'
import { type Vault, openVault } from '../platform/vault/vault.ts'
import { type Rules, openRules } from '../rules/rules.ts'
import { type LogStanding, type SealSettings, standingOf } from '../seal/seal.ts'
import { readDatabaseState } from './database-state.ts'
import { lacking, withMigrationsOf } from './migration-subset.ts'
import { OperationRefused, inWords } from './refused.ts'

/** An installation that is open for its operator: nothing runs by the clock, and the log does not sign. */
export type QuietGround = {
  readonly settings: Founded
  readonly places: Places
  readonly clock: Clock
  readonly signers: Signers
  readonly vault: Vault
  readonly database: Database
  readonly objects: Objects
  readonly history: History
  readonly rules: Rules
  readonly people: People
  /** No more of it: without the erasers of the stages a run of deletion would report what it has not done. */
  readonly keep: Pick<Keep, 'afterVaultRestore' | 'standing' | 'findLoss' | 'acceptLoss'>
  readonly seal: SealSettings
  /** What the next start of this program would apply to the database; the ground leaves the tables as they are. */
  readonly migrationsAhead: readonly string[]
  /** Looks anew at database, tiles and lock; signs and writes nothing. */
  logStanding(): Promise<LogStanding>
  close(): Promise<void>
}

/** The settings of a founded installation. Throws OperationRefused for a folder that holds none. */
export function settingsOf(data: string): Founded {
  const settings = readSettings(data)
  if (isFounded(settings)) return settings
  throw new OperationRefused(
    existsSync(placesOf(settings).settings)
      ? `The installation in ${data} was never completed. Remove the folder and run "vidne init", or "vidne restore", again.`
      : `${data} holds no installation: there is no vidne.toml in it. Check --data.`,
  )
}

/**
 * Opens everything of an installation but the running log. Never makes what is missing: an empty database in the place
 * of a lost one would be taken for the real one. `keys` in place of those on the disk, for a log whose own are lost.
 * @throws OperationRefused in words, InstallationServed where another process has it open
 */
export async function openQuietGround(settings: Founded, log: Logger, keys?: Signers): Promise<QuietGround> {
  demandPresent(settings)
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  try {
    return await inWords(settings.data, async () => ({ ...(await openParts({ settings, log, closers, keys })), close }))
  } catch (error) {
    await close()
    throw error
  }
}

type Opening = {
  settings: Founded
  log: Logger
  closers: (() => Promise<void>)[]
  keys: Signers | undefined
}

async function openParts({ settings, log, closers, keys }: Opening): Promise<Omit<QuietGround, 'close'>> {
  const places = placesOf(settings)
  const clock = await clockOf(settings)
  const signers = keys ?? { log: await signerIn(places.logKey), second: await signerIn(places.secondKey) }
  const vault = await openVaultOf(settings, clock)
  closers.push(() => vault.close())
  const { database, migrationsAhead } = await openAsItIs(settings, log)
  closers.push(() => database.close())
  const objects = await openObjects(places.objects)
  closers.push(() => objects.close())
  const history = openHistory({ log: logId(settings.origin), clock, keys: vault })
  const rules = openRules({ clock, history })
  const policyDigest = async (trx: Trx, agency: string) => (await rules.policyInForce(trx, agency)).pol
  const people = openPeople({ database, clock, history, vault, policyDigest })
  const common = { database, history, clock, log }
  const seal: SealSettings = { ...common, ...sealPlaces(places), signers, ...sealChoices(settings) }
  const logStanding = (): Promise<LogStanding> => standingOf(seal)
  const { installation } = settings
  const deliberateLeap = (): boolean => settings.mode === 'rehearsal'
  const ground = {
    ...common,
    vault,
    objects,
    rules,
    approvals: people.approvals,
    units: people.units,
    installation,
    logStanding,
    deliberateLeap,
    // Nothing is deleted here, and nobody outside is asked.
    clockLeads: () => [],
  }
  const keep = openKeep(ground)
  return {
    settings,
    places,
    clock,
    signers,
    vault,
    database,
    objects,
    history,
    rules,
    people,
    keep,
    seal,
    migrationsAhead,
    logStanding,
  }
}

/** Opens the database with the tables it has: an operator who looks or backs up has not asked for an upgrade. */
async function openAsItIs(
  settings: Founded,
  log: Logger,
): Promise<{ database: Database; migrationsAhead: readonly string[] }> {
  const [url, { database: folder }] = [settings.database ?? null, placesOf(settings)]
  const place = url === null ? ({ kind: 'embedded', folder, log } as const) : ({ kind: 'server', url, log } as const)
  const { migrations } = await readDatabaseState(place)
  if (migrations === null)
    throw new OperationRefused('The database is empty: it is not the one of this installation. Nothing was changed.')
  const database = await withMigrationsOf(migrations, only => openDatabase({ url, folder, log, migrations: only }))
  return { database, migrationsAhead: await lacking(migrations) }
}

/** The clock that the installation goes by. */
export async function clockOf(settings: Founded): Promise<Clock> {
  return settings.mode === 'rehearsal' ? openRehearsalClock(placesOf(settings).clock) : systemClock
}

/** Opens the vault with the master key that the installation would find. @throws VaultInUse, VaultLocked, MasterKeyRefused */
export async function openVaultOf(settings: Founded, clock: Clock): Promise<Vault> {
  const places = placesOf(settings)
  const { key } = await loadMasterKey({ file: places.masterKey })
  try {
    return await openVault({ copies: places.vault, master: key, clock })
  } finally {
    key.fill(0)
  }
}

function sealPlaces(places: Places): Pick<SealSettings, 'folder' | 'lockFolder'> {
  return { folder: places.log, lockFolder: places.lock }
}

function sealChoices(settings: Founded): Pick<SealSettings, 'cadenceSeconds' | 'witnesses' | 'mapCheckers'> {
  const { witnesses, mapCheckers } = settings
  return { cadenceSeconds: cadenceOf(settings), witnesses, mapCheckers }
}

/** A signing key of the log. Throws OperationRefused where it is missing or none. */
export async function signerIn(path: string): Promise<Signers['log']> {
  const text = await readFileIfThere(path)
  if (text === null)
    throw new OperationRefused(
      `The log's signing key is not in ${path}. Put it back from where you keep it apart from the backups. If it is ` +
        'lost for good, only "vidne log continue" helps: it begins a new log that names the old one.',
    )
  try {
    return await signerFromKey(Buffer.from(text).toString('utf8').trim())
  } catch (cause) {
    throw new OperationRefused(`${path} holds no signing key. Put the right file back.`, { cause })
  }
}

/** Only so that the installation can be opened; nothing is ever signed with them. */
export async function throwawaySigners(origin: string): Promise<Signers> {
  return { log: await signerFromKey((await generateKey(origin, 'ed25519')).skey), second: null }
}

function demandPresent(settings: Founded): void {
  // The log is not asked for here: its own standing says more, and it can be written again from the database.
  const missing = missingParts(settings).filter(({ part }) => part !== 'log')
  if (missing.length === 0) return
  const list = missing.map(({ part, path }) => `the ${part} (${path})`).join(', ')
  throw new OperationRefused(
    `Missing: ${list}. If a disk is not mounted, mount it. Otherwise restore what is missing with ` +
      `"vidne restore BACKUP --missing --data ${settings.data}". Nothing was changed.`,
  )
}

export type Part = 'database' | 'log' | 'vault' | 'objects'

/** Which parts of an installation are not there at all, with the place they should be in. Servers are not asked. */
export function missingParts(
  settings: Pick<Founded, 'data' | 'vault' | 'objects' | 'database'>,
): { part: Part; path: string }[] {
  const places = placesOf(settings)
  const missing: { part: Part; path: string }[] = []
  if (settings.database === undefined && !existsSync(join(places.database, 'cluster')))
    missing.push({ part: 'database', path: places.database })
  if (!existsSync(join(places.log, 'checkpoint')) && !existsSync(join(places.log, 'tile')))
    missing.push({ part: 'log', path: places.log })
  if (places.vault.every(copy => !existsSync(join(copy, 'vault.json'))))
    missing.push({ part: 'vault', path: join(places.vault[0], '..') })
  const objects = objectsFolder(settings)
  if (objects !== null && !existsSync(objects)) missing.push({ part: 'objects', path: objects })
  return missing
}

/** The folder of the objects, or null where a server keeps them. */
export function objectsFolder(settings: Pick<Founded, 'data' | 'vault' | 'objects'>): string | null {
  const { objects } = placesOf(settings)
  if (objects.startsWith('s3:')) return null
  if (objects.startsWith('file:')) return new URL(objects).pathname
  return isAbsolute(objects) ? objects : join(process.cwd(), objects)
}
