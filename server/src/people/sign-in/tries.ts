import { createHash } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/door.ts'
import { signInTables } from './store.ts'

/** Somebody tries to sign in: under a name, which need not be known here, from an address. */
export type Try = { readonly account: string | null; readonly address: string }

export interface Tries {
  /** How many seconds this try has to wait; 0: it may be made. */
  wait(tried: Try): Promise<number>
  failedAs(account: string): Promise<void>
  failedFrom(address: string): Promise<void>
  /** Forgets what went wrong under the name; from the address somebody may still be guessing at others. */
  succeededAs(account: string): Promise<void>
}

/** What a person mistypes costs nothing; then each failure doubles the wait. A site behind one address has more of it free. */
const FREE = { account: 3, address: 20 } as const
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 15 * 60_000
/** After so long without a failure it begins anew. */
const FORGOTTEN_MS = 24 * 60 * 60_000

export function openTries(database: Pick<Database, 'asInstallation'>, wall: Clock): Tries {
  return {
    async wait(tried) {
      const who = keysOf(tried).map(one => one.who)
      const rows = await database.asInstallation(trx =>
        signInTables(trx).selectFrom('people_tried').select('until').where('who', 'in', who).execute(),
      )
      const until = Math.max(0, ...rows.map(row => row.until.getTime()))
      return Math.max(0, Math.ceil((until - wall.now()) / 1000))
    },
    failedAs: account => count(database, wall, keyOf('account', account)),
    failedFrom: address => count(database, wall, keyOf('address', address)),
    async succeededAs(account) {
      const { who } = keyOf('account', account)
      await database.asInstallation(trx =>
        signInTables(trx).deleteFrom('people_tried').where('who', '=', who).execute(),
      )
    },
  }
}

type Key = { readonly kind: keyof typeof FREE; readonly who: Uint8Array }

function keysOf({ account, address }: Try): Key[] {
  return [...(account === null ? [] : [keyOf('account', account)]), keyOf('address', address)]
}

function keyOf(kind: Key['kind'], text: string): Key {
  const named = `${kind} ${text.normalize('NFKC').trim().toLowerCase()}`
  return { kind, who: createHash('sha256').update(named, 'utf8').digest() }
}

async function count(database: Pick<Database, 'asInstallation'>, wall: Clock, { kind, who }: Key): Promise<void> {
  const now = wall.now()
  await database.asInstallation(async trx => {
    const tables = signInTables(trx)
    const row = await tables
      .selectFrom('people_tried')
      .selectAll()
      .where('who', '=', who)
      .forUpdate()
      .executeTakeFirst()
    const failures = row === undefined || row.last_at.getTime() + FORGOTTEN_MS < now ? 1 : row.failures + 1
    const kept = { failures, last_at: new Date(now), until: new Date(now + waitAfter(failures - FREE[kind])) }
    await tables
      .insertInto('people_tried')
      .values({ who, ...kept })
      .onConflict(conflict => conflict.column('who').doUpdateSet(kept))
      .execute()
  })
}

function waitAfter(failures: number): number {
  return failures <= 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10))
}
