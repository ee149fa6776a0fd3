import { readFile } from 'node:fs/promises'
import { logId } from '@vidne/evidence/event'
import type { NoteSigner } from '@vidne/tlog/note'
import { signerFromKey } from '@vidne/tlog/keys'
import { type Clock, type RehearsalClock, openRehearsalClock, systemClock } from './platform/clock.ts'
import { type Database, type Trx, openDatabase } from './platform/database/door.ts'
import { type History, openHistory } from './platform/history/history.ts'
import type { Logger } from './platform/http/logging.ts'
import { type Objects, openObjects } from './platform/objects/objects.ts'
import type { Settings } from './platform/settings/settings.ts'
import type { Still } from './platform/still.ts'
import { loadMasterKey } from './platform/vault/master-key.ts'
import { mailKey, readMailServer, sendingBy } from './mail-ground.ts'
import { readOidc, signInSecret } from './sign-in-ground.ts'
import { type Vault, openVault } from './platform/vault/vault.ts'
import { type People, openPeople } from './people/people.ts'
import { type Places, placesOf } from './places.ts'
import { type Access, type Rules, openAccess, openGate, openRules } from './rules/rules.ts'
import { type Seal, openSeal, stillOf } from './seal/seal.ts'

/** The log's two keys: Ed25519 for everything, ML-DSA-44 beside it on public checkpoints. */
export type Signers = { log: NoteSigner; second: NoteSigner | null }

/** Settings of an installation that has been founded: who it is, is known. */
export type Founded = Settings & { installation: string; origin: string }

/** What every stage stands on, opened in the order in which it may be relied upon. */
export type Ground = {
  settings: Founded
  places: Places
  clock: Clock
  /** Null in a normal installation: its clock cannot be set. */
  rehearsal: RehearsalClock | null
  signers: Signers
  vault: Vault
  database: Database
  objects: Objects
  history: History
  rules: Rules
  access: Access
  people: People
  seal: Seal
  log: Logger
  policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
  /** Why no event may be written although the log could, once that was found out; null while it may. */
  protection: { reason: Still | null }
  /** Closes what was opened, in the opposite order. */
  close(): Promise<void>
}

/** How long the public checkpoint stands before it moves, in seconds. */
export function cadenceOf(settings: Pick<Settings, 'cadenceSeconds' | 'mode'>): number {
  return settings.cadenceSeconds ?? (settings.mode === 'rehearsal' ? 2 : 300)
}

/** Whether somebody has said who this installation is; before that nothing is signed. */
export function isFounded(settings: Settings): settings is Founded {
  return settings.installation !== undefined && settings.agency !== undefined && settings.origin !== undefined
}

/** Opens everything that stages share, and the log. Closes again what was opened when a later part refuses. */
export async function openGround(settings: Founded, log: Logger): Promise<Ground> {
  const closers: (() => Promise<void>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  try {
    return { ...(await openParts(settings, log, closers)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openParts(
  settings: Founded,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<Omit<Ground, 'close'>> {
  const places = placesOf(settings)
  const rehearsal = settings.mode === 'rehearsal' ? await openRehearsalClock(places.clock) : null
  const clock = rehearsal ?? systemClock
  const signers = await readSigners(places)
  const { vault, identities, mailed } = await unlock(settings, places, clock)
  closers.push(() => vault.close())
  const database = await openDatabase({ url: settings.database ?? null, folder: places.database, log, clears: true })
  closers.push(() => database.close())
  const objects = await openObjects(places.objects)
  closers.push(() => objects.close())
  await tidyObjects(objects, settings)
  const later: { seal?: Seal } = {}
  const protection: Ground['protection'] = { reason: null }
  const standsStill = () => stillOf(later.seal?.standing() ?? 'ok') ?? protection.reason
  const history = openHistory({ log: logId(settings.origin), clock, keys: vault, standsStill })
  const rules = openRules({ clock, history })
  const policyDigest = async (trx: Trx, agency: string) => (await rules.policyInForce(trx, agency)).pol
  const gate = openGate({ clock, rules, people: (): People => people })
  const mail = sendingBy(mailed, settings, { rules, log, access: (): Access => access })
  const peopleGround = { database, clock, history, vault, policyDigest, gate, identities, mail }
  const people = openPeople({ ...peopleGround, rehearsal: rehearsal !== null })
  const policyInForce = (trx: Trx, agency: string) => rules.policyInForce(trx, agency)
  const access = openAccess({
    database,
    clock,
    history,
    policyDigest,
    policyInForce,
    unitOf: (trx, person) => people.units.ofPerson(trx, person),
  })
  const seal = await openSeal(sealSettings({ settings, places, database, history, signers, clock, log }))
  closers.push(() => seal.close())
  later.seal = seal
  return {
    settings,
    places,
    clock,
    rehearsal,
    signers,
    vault,
    database,
    objects,
    history,
    rules,
    access,
    people,
    seal,
    log,
    policyDigest,
    protection,
  }
}

/** Opens what the master key opens, which is not kept afterwards. */
async function unlock(settings: Founded, places: Places, clock: Clock) {
  const { key } = await loadMasterKey({ file: places.masterKey })
  const identities = { secret: signInSecret(key), oidc: await readOidc(settings) }
  const mailed = { server: await readMailServer(settings), key: mailKey(key) }
  const vault = await openVault({ copies: places.vault, master: key, clock })
  key.fill(0)
  return { vault, identities, mailed }
}

/** Drops what no upload ever finished, but only in a folder that is ours, and that no other process writes to. */
async function tidyObjects(objects: Objects, { installation }: Founded): Promise<void> {
  if (objects.kind === 'folder' && (await objects.recognises(installation)) === 'yes') await objects.clearUnfinished()
}

function sealSettings(p: Pick<Ground, 'settings' | 'places' | 'database' | 'history' | 'signers' | 'clock' | 'log'>) {
  return {
    database: p.database,
    history: p.history,
    folder: p.places.log,
    lockFolder: p.places.lock,
    signers: p.signers,
    clock: p.clock,
    cadenceSeconds: cadenceOf(p.settings),
    witnesses: p.settings.witnesses,
    mapCheckers: p.settings.mapCheckers,
    log: p.log,
  }
}

/** There is no key to sign with; the installation does not open. */
export class SigningKeyRefused extends Error {
  override readonly name = 'SigningKeyRefused'
}

async function readSigners(places: Places): Promise<Signers> {
  const read = async (path: string) => {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new SigningKeyRefused(`The log's signing key ${path} cannot be read: ${why}. Nothing is signed without it.`)
    })
    return signerFromKey(text.trim())
  }
  return { log: await read(places.logKey), second: await read(places.secondKey) }
}
