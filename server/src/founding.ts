import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FORMATS, isOrigin } from '@vidne/evidence/statement'
import { packById, packs } from '@vidne/policies/packs'
import type { PolicyPack } from '@vidne/policies/pack'
import { generateKey } from '@vidne/tlog/keys'
import { stringify } from 'smol-toml'
import { wireStages } from './compose.ts'
import { type Founded, type Ground, cadenceOf, openGround } from './ground.ts'
import { placesOf } from './places.ts'
import { createFileDurable, makeFolderDurable, writeFileDurable } from './platform/durable/durable.ts'
import type { Logger } from './platform/http/logging.ts'
import { readSettings } from './platform/settings/settings.ts'
import { createMasterKey } from './platform/vault/master-key.ts'
import { policyDigest } from './rules/rules.ts'

export type FoundingWish = {
  data: string
  agency: string
  pack: string
  origin: string | undefined
  rehearsal: boolean
  vault: string | undefined
  database: string | undefined
  objects: string | undefined
}

/** Shown once: only digests of the tokens are kept. */
export type Founding = {
  agency: string
  origin: string
  setupUrl: string
  deviceToken: string
  operatorToken: string
  trust: string
}

/** The installation cannot be founded like this; nothing was made, or what was made is named. */
export class FoundingRefused extends Error {
  override name = 'FoundingRefused'
}

/**
 * Founds an installation in an empty data folder: keys, vault, database, the log with its leaf 0, the agency with the pack
 * it lives under, the first operator and a dock.
 * @throws FoundingRefused in words.
 */
export async function found(wish: FoundingWish, log: Logger): Promise<Founding> {
  const pack = packById(wish.pack)
  if (pack === null) throw new FoundingRefused(`--pack "${wish.pack}" is none of ${[...packs.keys()].join(', ')}`)
  const origin = wish.origin ?? originFor(wish.agency)
  if (!isOrigin(origin))
    throw new FoundingRefused(
      `--origin "${origin}" may have letters, digits and . _ ~ : / - only, like log.example.org/agency`,
    )
  if (existsSync(wish.data) && (await readdir(wish.data)).length > 0) throw notEmpty(wish.data)
  const settings = await writeFolder(wish, origin)
  const ground = await openGround(settings, log)
  try {
    return await foundWithin(ground, wish.agency, pack)
  } finally {
    await ground.close()
  }
}

function notEmpty(data: string): FoundingRefused {
  const { installation, agency } = readSettings(data, {}, {})
  if (installation !== undefined && agency === undefined)
    return new FoundingRefused(
      `an earlier founding in ${data} was interrupted; it has kept nothing yet. Remove that folder, or choose another one, ` +
        'and run vidne init again. A database, vault or object store of its own must be a new one too',
    )
  return new FoundingRefused(
    `${data} is not empty: an installation is founded in a new folder and never over another one`,
  )
}

/** A name no other log has. Agencies that have a domain give their own, such as log.politi.dk/fyn. */
function originFor(agency: string): string {
  const plain = agency
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return `vidne.local/${plain.slice(0, 40) || 'agency'}-${randomBytes(4).toString('hex')}`
}

async function writeFolder(wish: FoundingWish, origin: string): Promise<Founded> {
  const chosen = { data: wish.data, vault: wish.vault, objects: wish.objects }
  const places = placesOf(chosen)
  await makeFolderDurable(wish.data)
  await makeFolderDurable(dirname(places.logKey))
  const [first, second] = await Promise.all([generateKey(origin, 'ed25519'), generateKey(origin, 'ml-dsa-44')])
  await createFileDurable(places.logKey, `${first.skey}\n`)
  await createFileDurable(places.secondKey, `${second.skey}\n`)
  await createFileDurable(places.trust, trustFile(wish.agency, first.vkey))
  if (!process.env['VIDNE_MASTER_KEY_FILE'] && !process.env['CREDENTIALS_DIRECTORY'])
    await createMasterKey(places.masterKey)
  const written = {
    installation: randomUUID(),
    agency_name: wish.agency,
    pack: wish.pack,
    origin,
    mode: wish.rehearsal ? 'rehearsal' : 'normal',
    ...(wish.vault === undefined ? {} : { vault: wish.vault }),
    ...(wish.database === undefined ? {} : { database: wish.database }),
    ...(wish.objects === undefined ? {} : { objects: wish.objects }),
  }
  await writeFileDurable(places.settings, stringify(written))
  const settings = readSettings(wish.data, {}, {})
  return { ...settings, installation: written.installation, origin }
}

/** The line that says whose word this file is, then the log in the form of C2SP tlog-policy. */
function trustFile(agency: string, vkey: string): string {
  return [
    '# Issued by the operator of this log.',
    `# ${agency.replaceAll(/\s+/g, ' ')}. Whoever verifies should have this file from someone else,`,
    '# or compare the key with one from elsewhere, and name here the witnesses they want to see.',
    `log ${vkey}`,
    'quorum none',
    '',
  ].join('\n')
}

async function foundWithin(ground: Ground, name: string, pack: PolicyPack): Promise<Founding> {
  const { people, rules, database, seal, settings, clock } = ground
  await claimPlaces(ground)
  await seal.openLog({
    type: 'log-opened',
    v: 1,
    origin: settings.origin,
    mode: settings.mode,
    formats: { ...FORMATS },
    cadenceSeconds: cadenceOf(settings),
    at: clock.now(),
  })
  const agency = await people.newAgencyId()
  const zone = pack.zone.v
  const founded = await database.asAgency(agency, async trx => {
    const made = await people.createAgency(trx, {
      id: agency,
      name,
      zone,
      pack: pack.id,
      pol: policyDigest(pack, zone),
      operator: 'Operator',
    })
    await rules.adopt(trx, agency, pack, zone)
    return made
  })
  await writeAgency(ground, agency)
  await seal.publish()
  const setupUrl = `http://localhost:${settings.port}/`
  const { operator, dock } = founded
  return {
    agency,
    origin: settings.origin,
    setupUrl,
    deviceToken: dock.token,
    operatorToken: operator.token,
    trust: ground.places.trust,
  }
}

/** Marks database, objects and vault as this installation's, so that an empty or strange one is never cleaned up (G7). */
async function claimPlaces(ground: Ground): Promise<void> {
  const { objects, vault, settings } = ground
  const claims = {
    objects: await objects.claim(settings.installation),
    vault: await vault.claim(settings.installation),
  }
  for (const [place, claimed] of Object.entries(claims))
    if (claimed === 'other')
      throw new FoundingRefused(`the ${place} belong to another installation; choose an empty place`)
  const { keep, dock } = wireStages(ground)
  await keep.claim()
  await dock.close()
}

/** The agency enters the settings last: without it an installation counts as not founded, and nothing is served from it. */
async function writeAgency({ settings, places }: Ground, agency: string): Promise<void> {
  const { installation, agencyName, pack, origin, mode, vault, database, objects } = settings
  const written = { installation, agency, agency_name: agencyName, pack, origin, mode, vault, database, objects }
  await writeFileDurable(
    places.settings,
    stringify(Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined))),
  )
}
