import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Role } from './roles.ts'
import { peopleTables } from './store.ts'

/** A token as it is listed. Times in epoch milliseconds. */
export type TokenEntry = {
  readonly id: string
  /** How it begins: enough to know one that was found, too little to use it. */
  readonly begins: string
  readonly person: string
  readonly machine: boolean
  readonly roles: readonly string[]
  readonly issuedAt: number
  /** Null: made at the founding. */
  readonly issuedBy: string | null
  readonly expires: number | null
  /** To the minute; null: never. */
  readonly lastUsedAt: number | null
  readonly state: 'in-force' | 'expired' | 'revoked'
}

/** The agency's tokens, newest first; `of`: those of one person alone. */
export async function listTokens(
  trx: Trx,
  p: { agency: string; now: number; of: string | null },
): Promise<TokenEntry[]> {
  const all = peopleTables(trx)
    .selectFrom('people_token as token')
    .innerJoin('people_person as person', 'person.id', 'token.person')
    .leftJoin('people_person as issuer', 'issuer.id', 'token.issued_by')
    .select(['token.id', 'token.prefix', 'token.roles', 'token.issued_at', 'token.expires_at', 'token.revoked_at'])
    .select('token.last_used_at')
    .select(['person.name', 'person.machine', 'issuer.name as issuer'])
    .where('token.agency', '=', p.agency)
    .orderBy('token.issued_at', 'desc')
    .orderBy('person.name')
  const rows = await (p.of === null ? all : all.where('token.person', '=', p.of)).execute()
  return rows.map(row => {
    const expires = row.expires_at?.getTime() ?? null
    const over = expires !== null && expires <= p.now
    return {
      id: row.id,
      begins: `vdn_${row.prefix}`,
      person: row.name,
      machine: row.machine,
      roles: row.roles,
      issuedAt: row.issued_at.getTime(),
      issuedBy: row.issuer,
      expires,
      lastUsedAt: row.last_used_at?.getTime() ?? null,
      state: row.revoked_at !== null ? 'revoked' : over ? 'expired' : 'in-force',
    }
  })
}

/** The person whose token it is; null when the agency has none of that id. */
export async function ownerOf(trx: Trx, { agency, token }: { agency: string; token: string }): Promise<string | null> {
  const row = await peopleTables(trx)
    .selectFrom('people_token')
    .select('person')
    .where('agency', '=', agency)
    .where('id', '=', token)
    .executeTakeFirst()
  return row?.person ?? null
}

const ADMINISTRATOR: Role = 'agency-administrator'

/**
 * Whether somebody could still administer the agency without this token: by another one, or by an account of their own. Locks the
 * tokens that count, so that two administrators cannot revoke each other's at once.
 */
export async function administratorsBeside(
  trx: Trx,
  { agency, token, now }: { agency: string; token: string; now: number },
): Promise<boolean> {
  const rows = await peopleTables(trx)
    .selectFrom('people_token')
    .select('id')
    .where('agency', '=', agency)
    .where('revoked_at', 'is', null)
    .where(sql<boolean>`${ADMINISTRATOR} = any(roles)`)
    .where(eb => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', new Date(now))]))
    .where(eb =>
      eb.exists(
        eb
          .selectFrom('people_grant')
          .select('people_grant.id')
          .whereRef('people_grant.person', '=', 'people_token.person')
          .where('people_grant.role', '=', ADMINISTRATOR)
          .where('people_grant.revoked_at', 'is', null),
      ),
    )
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.some(row => row.id !== token) || (await administeredByAccount(trx, agency))
}

async function administeredByAccount(trx: Trx, agency: string): Promise<boolean> {
  const { rows } =
    await sql`select 1 from people_account a join people_grant g on g.person = a.person and g.revoked_at is null
    where a.agency = ${agency}::uuid and a.closed_at is null and g.role = ${ADMINISTRATOR} limit 1`.execute(trx)
  return rows.length > 0
}
