import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Language } from '@vidne/locales/say'
import { sql } from 'kysely'
import type { Trx } from '../../platform/database/door.ts'
import { uuidv7 } from '../../platform/identifiers.ts'
import { actorFields } from '../actor-fields.ts'
import { personById } from '../persons.ts'
import type { Actor } from '../roles.ts'
import type { MailGround } from './ground.ts'
import { endWaiting, queue } from './outbox.ts'
import { addressDigest, codeDigest, newCode } from './secrets.ts'
import { mailTables, type AddressRow } from './store.ts'

const HOUR_MS = 3_600_000
const CODE_LIFE_MS = HOUR_MS
const MOST_TRIES = 5
/** Whoever names addresses of others cannot have them sent codes without end. */
const MOST_CODES_AN_HOUR = 5
const NOTICE_LIFE_MS = 3 * 24 * HOUR_MS

/** The addresses of an account, as its owner is shown them. */
export type OwnAddresses = {
  readonly confirmed: { readonly address: string; readonly language: Language } | null
  /** Named by themselves or by who invited them, and not confirmed. `codeUntil`: null where no code waits. */
  readonly offered: { readonly address: string; readonly codeUntil: number | null } | null
  /** The last mail to the confirmed address was refused there. */
  readonly refused: boolean
}

export type AddressRefusal = 'not-set-up' | 'too-many' | 'machine'

type Whose = { readonly agency: string; readonly person: string }

export async function ownAddresses(trx: Trx, whose: Whose, now: number): Promise<OwnAddresses> {
  const [confirmed, offered] = [await addressOf(trx, whose, 'confirmed'), await addressOf(trx, whose, 'offered')]
  const code = offered?.code_ends_at?.getTime() ?? null
  const last =
    confirmed === null
      ? null
      : await mailTables(trx)
          .selectFrom('people_mail')
          .select('state')
          .where('address', '=', confirmed.id)
          .where('state', 'in', ['sent', 'refused'])
          .orderBy('ended_at', 'desc')
          .executeTakeFirst()
  return {
    confirmed: confirmed === null ? null : { address: confirmed.address, language: confirmed.language },
    offered:
      offered === null ? null : { address: offered.address, codeUntil: code !== null && code > now ? code : null },
    refused: last?.state === 'refused',
  }
}

/** Somebody names an address as their own, and a code is sent there; the one they had is used until then. asAgency. */
export async function nameAddress(
  trx: Trx,
  ground: MailGround,
  { actor, address, language }: { actor: Actor; address: string; language: Language },
): Promise<'code-sent' | 'kept' | AddressRefusal> {
  const { sending, wall } = ground
  const { agency, person } = actor
  if (sending === null) return 'not-set-up'
  await oneAtATime(trx, person)
  if ((await personById(trx, agency, person)) === null) return 'machine'
  const confirmed = await addressOf(trx, actor, 'confirmed')
  if (confirmed?.address === address) {
    await mailTables(trx).updateTable('people_address').set({ language }).where('id', '=', confirmed.id).execute()
    return 'kept'
  }
  if ((await codesOfTheHour(trx, actor, wall.now())) >= MOST_CODES_AN_HOUR) return 'too-many'
  const row = await offerAddress(trx, ground, { agency, person, address, language, by: actor })
  const code = newCode()
  const endsAt = wall.now() + CODE_LIFE_MS
  await mailTables(trx)
    .updateTable('people_address')
    .set({ language, code_hash: codeDigest(sending.key, row, code), code_ends_at: new Date(endsAt), code_tries: 0 })
    .where('id', '=', row)
    .execute()
  await endWaiting(trx, wall.now(), { agency, person, kind: 'code' })
  await queue(trx, ground, { agency, person, address: row, kind: 'code', secret: code, endsAt })
  if (confirmed !== null) await noticeTo(trx, ground, { ...confirmed, about: 'address-offered' })
  return 'code-sent'
}

/** Puts an address beside the confirmed one, with its event; one that stood there before goes. Answers its id. asAgency. */
export async function offerAddress(
  trx: Trx,
  ground: MailGround,
  p: Whose & { address: string; language: Language; by: Actor },
): Promise<string> {
  const { agency, person, address, language, by } = p
  await oneAtATime(trx, person)
  const before = await addressOf(trx, p, 'offered')
  if (before?.address === address) return before.id
  if (before !== null) await dropAddress(trx, before, ground.wall.now())
  const row: AddressRow = {
    id: uuidv7(ground.wall),
    agency,
    person,
    address,
    language,
    salt: new Uint8Array(randomBytes(32)),
    set_at: new Date(ground.wall.now()),
    confirmed_at: null,
    code_hash: null,
    code_ends_at: null,
    code_tries: 0,
  }
  await mailTables(trx).insertInto('people_address').values(row).execute()
  await note(trx, ground, { row, type: 'address-named', by })
  return row.id
}

/** Takes the offered address over, by the code that was sent there. asAgency; must commit also where the code was wrong. */
export async function confirmAddress(
  trx: Trx,
  ground: MailGround,
  { actor, code }: { actor: Actor; code: string },
): Promise<'confirmed' | 'wrong' | 'over' | 'not-set-up'> {
  const { sending, wall } = ground
  if (sending === null) return 'not-set-up'
  await oneAtATime(trx, actor.person)
  const row = await addressOf(trx, actor, 'offered')
  const hash = row?.code_hash ?? null
  if (row === null || hash === null || (row.code_ends_at?.getTime() ?? 0) <= wall.now()) return 'over'
  if (row.code_tries >= MOST_TRIES) return 'over'
  const tables = mailTables(trx)
  if (!timingSafeEqual(codeDigest(sending.key, row.id, code), hash)) {
    await tables
      .updateTable('people_address')
      .set({ code_tries: row.code_tries + 1 })
      .where('id', '=', row.id)
      .execute()
    return 'wrong'
  }
  const before = await addressOf(trx, actor, 'confirmed')
  if (before !== null) await dropAddress(trx, before, wall.now())
  await tables
    .updateTable('people_address')
    .set({ confirmed_at: new Date(wall.now()), code_hash: null, code_ends_at: null })
    .where('id', '=', row.id)
    .execute()
  await note(trx, ground, { row, type: 'address-confirmed', by: actor })
  return 'confirmed'
}

/** Removes every address of somebody, with what waits to be sent there; false: there was none. asAgency. */
export async function removeAddresses(
  trx: Trx,
  ground: MailGround,
  { by, ...whose }: Whose & { by: Actor | null },
): Promise<boolean> {
  const rows = [await addressOf(trx, whose, 'confirmed'), await addressOf(trx, whose, 'offered')]
  const found = rows.filter(row => row !== null)
  for (const row of found) {
    await dropAddress(trx, row, ground.wall.now())
    await note(trx, ground, { row, type: 'address-removed', by })
  }
  return found.length > 0
}

/**
 * Whose address is of no use any more: no account, no invitation that can still be taken up, no token and no session lets them in.
 * asAgency.
 */
export async function leftBehind(trx: Trx, agency: string, now: number): Promise<string[]> {
  const at = new Date(now)
  const { rows } = await sql<{ person: string }>`
    select distinct a.person from people_address a where a.agency = ${agency}::uuid
      and not exists (select from people_account c where c.agency = a.agency and c.person = a.person and c.closed_at is null)
      and not exists (select from people_invitation i where i.agency = a.agency and i.person = a.person
        and i.used_at is null and i.withdrawn_at is null and i.ends_at > ${at})
      and not exists (select from people_token t where t.agency = a.agency and t.person = a.person
        and t.revoked_at is null and (t.expires_at is null or t.expires_at > ${at}))
      and not exists (select from people_session s where s.agency = a.agency and s.person = a.person
        and s.ended_at is null and s.ends_at > ${at})`.execute(trx)
  return rows.map(row => row.person)
}

/** Tells somebody of their own account, where they have confirmed an address. asAgency. */
export async function notice(
  trx: Trx,
  ground: MailGround,
  { about, ...whose }: Whose & { about: Parameters<typeof noticeTo>[2]['about'] },
): Promise<void> {
  const row = await addressOf(trx, whose, 'confirmed')
  if (row !== null) await noticeTo(trx, ground, { ...row, about })
}

type ToTell = Pick<AddressRow, 'id' | 'agency' | 'person'> & {
  about: Extract<Parameters<typeof queue>[2], { kind: 'notice' }>['about']
}

async function noticeTo(trx: Trx, ground: MailGround, { id, agency, person, about }: ToTell): Promise<void> {
  const endsAt = ground.wall.now() + NOTICE_LIFE_MS
  await queue(trx, ground, { agency, person, address: id, kind: 'notice', about, endsAt })
}

/** The address of somebody that mail goes to, or the one that they are yet to confirm. */
export async function addressOf(
  trx: Trx,
  { agency, person }: Whose,
  which: 'confirmed' | 'offered',
): Promise<AddressRow | null> {
  const found = await mailTables(trx)
    .selectFrom('people_address')
    .selectAll()
    .where('agency', '=', agency)
    .where('person', '=', person)
    .where('confirmed_at', which === 'confirmed' ? 'is not' : 'is', null)
    .executeTakeFirst()
  return found ?? null
}

/** Two of somebody's browsers change their addresses one after the other. */
async function oneAtATime(trx: Trx, person: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`people_address ${person}`}, 0))`.execute(trx)
}

async function codesOfTheHour(trx: Trx, { agency, person }: Whose, now: number): Promise<number> {
  const rows = await mailTables(trx)
    .selectFrom('people_mail')
    .select('id')
    .where('agency', '=', agency)
    .where('person', '=', person)
    .where('kind', '=', 'code')
    .where('made_at', '>', new Date(now - HOUR_MS))
    .execute()
  return rows.length
}

/** What was sent there still counts; where it went is forgotten. */
async function dropAddress(trx: Trx, { id }: Pick<AddressRow, 'id'>, now: number): Promise<void> {
  const tables = mailTables(trx)
  await endWaiting(trx, now, { address: id })
  await tables.updateTable('people_mail').set({ address: null }).where('address', '=', id).execute()
  await tables.deleteFrom('people_address').where('id', '=', id).execute()
}

type Noted = {
  row: Pick<AddressRow, 'agency' | 'person' | 'address' | 'salt'>
  type: 'address-named' | 'address-confirmed' | 'address-removed'
  by: Actor | null
}

/** The agency's chain is never erased: it holds the digest of an address, whose salt goes with it. */
async function note(trx: Trx, { grounded }: MailGround, { row, type, by }: Noted): Promise<void> {
  const { agency, person } = row
  const { history, pol } = await grounded(trx, agency)
  const named = await mailTables(trx)
    .selectFrom('people_person')
    .select('name')
    .where('agency', '=', agency)
    .where('id', '=', person)
    .executeTakeFirstOrThrow()
  const fields = [
    { name: 'to', value: person },
    { name: 'to-name', value: named.name },
    { name: 'address', value: addressDigest(row.salt, row.address) },
    ...actorFields(by),
  ]
  await history.append(trx, { subject: agency, type, pol, fields })
}
