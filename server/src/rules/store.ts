import type { ColumnType, Insertable, Selectable, Transaction } from 'kysely'
import type { Trx } from '../platform/database/door.ts'

type Fixed<T> = ColumnType<T, T, never>

type RulesTables = {
  rules_policy: {
    agency: Fixed<string>
    unit: Fixed<string | null>
    scope: Fixed<string>
    since: Fixed<Date>
    digest: Fixed<Uint8Array>
    pack: Fixed<string>
    published: Fixed<string>
    override: Fixed<string | null>
  }
  rules_grant: {
    id: Fixed<string>
    agency: Fixed<string>
    recording: Fixed<string>
    kind: Fixed<'case' | 'share'>
    person: Fixed<string | null>
    role: Fixed<string | null>
    since: Fixed<Date>
    until: Fixed<Date>
    granted_by: Fixed<string | null>
    reason: Fixed<string>
    revoked_at: ColumnType<Date | null, null | undefined, Date>
    revoked_by: ColumnType<string | null, null | undefined, string>
  }
}

export type GrantRow = Selectable<RulesTables['rules_grant']>

/**
 * A policy as it was published: `digest` is SHA-256 of `published`, its canonical text. `unit`: whose it is, null for the agency as
 * a whole. `override`: what it changed, as canonical text; null where a pack was taken up as it is.
 */
export type PolicyRow = {
  readonly agency: string
  readonly unit: string | null
  readonly since: Date
  readonly digest: Uint8Array
  readonly pack: string
  readonly published: string
  readonly override: string | null
}

type Scope = { readonly agency: string; readonly unit: string | null }

function rulesTables(trx: Trx): Transaction<RulesTables> {
  return trx.$extendTables<RulesTables>()
}

export async function insertPolicy(trx: Trx, row: PolicyRow): Promise<void> {
  const scope = row.unit ?? row.agency
  await rulesTables(trx)
    .insertInto('rules_policy')
    .values({ ...row, scope })
    .execute()
}

function versions(trx: Trx, { agency, unit }: Scope) {
  return rulesTables(trx)
    .selectFrom('rules_policy')
    .selectAll()
    .where('agency', '=', agency)
    .where('unit', unit === null ? 'is' : '=', unit)
}

/** Which version it is, without its text, which is long and always the same. */
export type PolicyMark = Omit<PolicyRow, 'published' | 'override'>

/** The version in force at a moment: the latest of the unit until then, else of the agency. */
export async function policyAt(trx: Trx, { agency, unit }: Scope, at: number): Promise<PolicyMark | null> {
  const found = await rulesTables(trx)
    .selectFrom('rules_policy')
    .select(['agency', 'unit', 'since', 'digest', 'pack'])
    .where('agency', '=', agency)
    .where('scope', 'in', unit === null ? [agency] : [agency, unit])
    .where('since', '<=', new Date(at))
    .orderBy(({ eb }) => eb('scope', '=', agency))
    .orderBy('since', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found ?? null
}

/** A version with its text, which its digest names. */
export async function policyRow(trx: Trx, { agency, unit, since, digest }: PolicyMark): Promise<PolicyRow> {
  const row = await versions(trx, { agency, unit }).where('digest', '=', digest).limit(1).executeTakeFirstOrThrow()
  return { ...row, since }
}

/** Every version of a scope, oldest first; those to come too. */
export async function versionsOf(trx: Trx, scope: Scope): Promise<PolicyRow[]> {
  return versions(trx, scope).orderBy('since').execute()
}

/** Every version of the agency and of all its units, oldest first. */
export async function policiesOf(trx: Trx, agency: string): Promise<PolicyRow[]> {
  return rulesTables(trx).selectFrom('rules_policy').selectAll().where('agency', '=', agency).orderBy('since').execute()
}

/** The newest version of each unit that has one. */
export async function unitVersions(trx: Trx, agency: string): Promise<(PolicyRow & { unit: string })[]> {
  const rows = await rulesTables(trx)
    .selectFrom('rules_policy')
    .selectAll()
    .distinctOn('unit')
    .where('agency', '=', agency)
    .where('unit', 'is not', null)
    .orderBy('unit')
    .orderBy('since', 'desc')
    .execute()
  return rows.flatMap(row => (row.unit === null ? [] : [{ ...row, unit: row.unit }]))
}

export async function insertGrant(trx: Trx, row: Insertable<RulesTables['rules_grant']>): Promise<void> {
  await rulesTables(trx).insertInto('rules_grant').values(row).execute()
}

/** A grant, locked until the transaction ends. */
export async function lockGrant(trx: Trx, id: string): Promise<GrantRow | null> {
  const query = rulesTables(trx).selectFrom('rules_grant').selectAll().where('id', '=', id)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}

export async function markRevoked(trx: Trx, { id, at, by }: { id: string; at: Date; by: string }): Promise<void> {
  await rulesTables(trx)
    .updateTable('rules_grant')
    .set({ revoked_at: at, revoked_by: by })
    .where('id', '=', id)
    .execute()
}

/** The grants on a recording that stand at `now`, oldest first. */
export async function grantRows(trx: Trx, { recording, now }: { recording: string; now: Date }): Promise<GrantRow[]> {
  return rulesTables(trx)
    .selectFrom('rules_grant')
    .selectAll()
    .where('recording', '=', recording)
    .where('revoked_at', 'is', null)
    .where('until', '>', now)
    .orderBy('since')
    .orderBy('id')
    .execute()
}

/** Removes who could see a recording that is gone; what its history says goes with the history's key. asInstallation. */
export async function forgetGrants(trx: Trx, recording: string): Promise<void> {
  await rulesTables(trx).deleteFrom('rules_grant').where('recording', '=', recording).execute()
}
