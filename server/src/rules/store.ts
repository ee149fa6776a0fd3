import type { ColumnType, Transaction } from 'kysely'
import type { Trx } from '../platform/database/door.ts'

type Fixed<T> = ColumnType<T, T, never>

type RulesTables = {
  rules_policy: {
    agency: Fixed<string>
    since: Fixed<Date>
    digest: Fixed<Uint8Array>
    pack: Fixed<string>
    published: Fixed<string>
  }
}

/** A policy as it was published: `digest` is SHA-256 of `published`, its canonical text. */
export type PolicyRow = {
  readonly agency: string
  readonly since: Date
  readonly digest: Uint8Array
  readonly pack: string
  readonly published: string
}

function rulesTables(trx: Trx): Transaction<RulesTables> {
  return trx.$extendTables<RulesTables>()
}

export async function insertPolicy(trx: Trx, row: PolicyRow): Promise<void> {
  await rulesTables(trx).insertInto('rules_policy').values(row).execute()
}

/** The policy in force at a moment: the latest that was taken up until then. */
export async function policyAt(trx: Trx, agency: string, at: number): Promise<PolicyRow | null> {
  const row = await rulesTables(trx)
    .selectFrom('rules_policy')
    .selectAll()
    .where('agency', '=', agency)
    .where('since', '<=', new Date(at))
    .orderBy('since', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}

export async function policiesOf(trx: Trx, agency: string): Promise<PolicyRow[]> {
  return rulesTables(trx).selectFrom('rules_policy').selectAll().where('agency', '=', agency).orderBy('since').execute()
}
