import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FORMATS } from '@vidne/evidence/statement'
import type { PolicyPack } from '@vidne/policies/pack'
import { generateKey } from '@vidne/tlog/keys'
import { parse, stringify } from 'smol-toml'
import { wireStages } from './compose.ts'
import { demandServers, makePlaces } from './founding-places.ts'
import { type FoundingCode, FoundingRefused } from './founding-refused.ts'
import { type FoundingWish, demandUsable } from './founding-wish.ts'
import { type Founded, type Ground, cadenceOf, openGround } from './ground.ts'
import { nameKey } from './people/people.ts'
import { sentenceOf } from './operations/refused.ts'
import { placesOf } from './places.ts'
import { openRehearsalClock } from './platform/clock.ts'
import { createFileDurable, makeFolderDurable, writeFileDurable } from './platform/durable/durable.ts'
import type { Logger } from './platform/http/logging.ts'
import { type Snapshots, readSettings, settingsFile } from './platform/settings/settings.ts'
import { createMasterKey } from './platform/vault/master-key.ts'
import { policyDigest } from './rules/rules.ts'
import type { Trx } from './platform/database/door.ts'
import { waitingServer } from './waiting-server.ts'

/** Shown once: only digests of the tokens are kept. */
export type Founding = {
  agency: string
  origin: string
  setupUrl: string
  /** Whether a server waits for the folder already, and `setupUrl` is where it answers. */
  waiting: boolean
  deviceToken: string
  operatorToken: string
  /** Secrets of the links by which first administrator and second person make their accounts, as far as they were named. */
  invitations: string[]
  trust: string
  /** Verifier key of the log's ML-DSA-44 line; null without one. */
  secondKey: string | null
  snapshots: Snapshots | null
}

/**
 * Founds an installation in an empty data folder: keys, vault, database, the log with its leaf 0, the agency with the pack
 * it lives under, the first operator and a dock. A founding that fails leaves folders as they were.
 * @throws WishRefused, SettingRefused and FoundingRefused in words.
 */
export async function found(wish: FoundingWish, log: Logger): Promise<Founding> {
  await demandUnfounded(wish.data)
  const pack = demandUsable(wish)
  const address = await addressOf(wish)
  const takeAway = await makePlaces(wish)
  const begun = { servers: false }
  try {
    await demandServers(wish, log)
    const settings = await writeFolder(wish, wish.origin ?? originFor(wish.agency))
    begun.servers = true
    const ground = await openGround(settings, log)
    try {
      return await foundWithin(ground, { name: wish.agency, pack, people: wish.people ?? null, ...address })
    } finally {
      await ground.close()
    }
  } catch (error) {
    await takeAway()
    throw failureInWords(error, begun.servers ? wish : { database: undefined, objects: undefined })
  }
}

/** What a server was given is not taken away again: it might be somebody else's after all. */
function failureInWords(error: unknown, begunOn: Pick<FoundingWish, 'database' | 'objects'>): unknown {
  const left: readonly FoundingCode[] = [
    ...(begunOn.database === undefined ? [] : ['begun-in-database' as const]),
    ...(begunOn.objects?.startsWith('s3:') === true ? ['begun-in-objects' as const] : []),
  ]
  const more = { then: ['nothing-founded', ...left] as const, cause: error }
  if (error instanceof FoundingRefused)
    return left.length === 0 ? error : new FoundingRefused(error.because, error.values, { ...error.more, ...more })
  const said = sentenceOf(error)
  return said === null ? error : new FoundingRefused('failed', { what: said.replace(/\.$/, '') }, more)
}

/** The address under which it will answer: where a server waits for it, or else as far as its settings tell. */
async function addressOf({ data, port }: FoundingWish): Promise<Pick<Founding, 'setupUrl' | 'waiting'>> {
  const there = await waitingServer(data)
  if (there !== null) return { setupUrl: there, waiting: true }
  const settings = readSettings(data, port === undefined ? {} : { port })
  const scheme = settings.tlsCert === undefined ? 'http' : 'https'
  return { setupUrl: new URL('/', settings.publicUrl ?? `${scheme}://localhost:${settings.port}`).href, waiting: false }
}

async function demandUnfounded(data: string): Promise<void> {
  if (!existsSync(join(data, settingsFile))) return
  const { installation, agency } = readSettings(data, {}, {})
  if (installation !== undefined && agency === undefined) throw new FoundingRefused('interrupted', { data })
  throw new FoundingRefused('data-not-empty', { data })
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
  await makeFolderDurable(dirname(places.logKey))
  const [first, second] = await Promise.all([generateKey(origin, 'ed25519'), generateKey(origin, 'ml-dsa-44')])
  await createFileDurable(places.logKey, `${first.skey}\n`)
  await createFileDurable(places.secondKey, `${second.skey}\n`)
  await createFileDurable(places.trust, trustFile(wish.agency, { log: first.vkey, second: second.vkey }))
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
    ...(wish.snapshots === undefined ? {} : { snapshots: wish.snapshots === 'none' ? 'none' : Number(wish.snapshots) }),
    ...(wish.port === undefined ? {} : { port: Number(wish.port) }),
  }
  if (wish.beginsAt !== undefined) await (await openRehearsalClock(places.clock)).set(wish.beginsAt)
  await writeFileDurable(places.settings, stringify(written))
  const settings = readSettings(wish.data, {}, {})
  return { ...settings, installation: written.installation, origin }
}

/**
 * The line that says whose word this file is, then the log in the form of C2SP tlog-policy. The log signs what it makes public with
 * a second key too: whoever has both can drop the first one the day Ed25519 is broken.
 */
function trustFile(agency: string, vkeys: { log: string; second: string }): string {
  return [
    '# Issued by the operator of this log.',
    `# ${agency.replaceAll(/\s+/g, ' ')}. Whoever verifies should have this file from someone else,`,
    '# or compare the key with one from elsewhere, and name here the witnesses they want to see.',
    `log ${vkeys.log}`,
    "# The same log's second key (ML-DSA-44), which signs public checkpoints too. A program that does not know this kind of key",
    '# reads the file without the next line.',
    `log ${vkeys.second}`,
    'quorum none',
    '',
  ].join('\n')
}

type Invitees = NonNullable<FoundingWish['people']>
type Founder = { name: string; pack: PolicyPack; people: Invitees | null } & Pick<Founding, 'setupUrl' | 'waiting'>

async function foundWithin(
  ground: Ground,
  { name, pack, people: invitees, setupUrl, waiting }: Founder,
): Promise<Founding> {
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
      operator: invitees?.administrator ?? 'Operator',
    })
    await rules.adopt(trx, agency, pack, zone)
    return { ...made, invitations: invitees === null ? [] : await inviteFirst(ground, trx, agency, invitees) }
  })
  await seal.publish()
  await writeAgency(ground, agency)
  const { operator, dock } = founded
  return {
    agency,
    origin: settings.origin,
    setupUrl,
    waiting,
    deviceToken: dock.token,
    operatorToken: operator.token,
    invitations: founded.invitations,
    trust: ground.places.trust,
    secondKey: ground.signers.second?.vkey ?? null,
    snapshots: settings.snapshots ?? null,
  }
}

/** In the transaction of the founding: there is no installation that nobody can get into. */
async function inviteFirst(
  { people }: Ground,
  trx: Trx,
  agency: string,
  { administrator, second }: Invitees,
): Promise<string[]> {
  const wishes = [
    { name: administrator, roles: [] },
    ...(second === null ? [] : [{ name: second.name, roles: [second.role] }]),
  ]
  if (second !== null && nameKey(second.name) === nameKey(administrator)) throw new FoundingRefused('second-is-first')
  const secrets: string[] = []
  for (const wish of wishes) {
    const invited = await people.signIn.invite(trx, { agency, ...wish, by: null })
    if (invited === 'is-a-machine') throw new FoundingRefused('name-of-dock', { name: wish.name })
    secrets.push(invited.secret)
  }
  return secrets
}

/** Marks database, objects and vault as this installation's, so that an empty or strange one is never cleaned up (G7). */
async function claimPlaces(ground: Ground): Promise<void> {
  const { objects, vault, settings } = ground
  if ((await objects.claim(settings.installation)) === 'other') throw new FoundingRefused('objects-of-another')
  if ((await vault.claim(settings.installation)) === 'other') throw new FoundingRefused('vault-of-another')
  const { keep, dock } = wireStages(ground)
  await keep.claim()
  await dock.close()
}

/** The agency enters the settings last: without it an installation counts as not founded, and nothing is served from it. */
async function writeAgency({ places }: Ground, agency: string): Promise<void> {
  const begun = parse(await readFile(places.settings, 'utf8'))
  await writeFileDurable(places.settings, stringify({ ...begun, agency }))
}
