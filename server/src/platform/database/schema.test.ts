import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { onEachEngine } from '../testing/databases.ts'

/** Tables without a row of any agency. */
const OF_NOBODY = [
  'history_pending',
  'keep_ground',
  'people_code_used',
  'people_identity',
  'people_identity_account',
  'people_identity_code',
  'people_identity_passkey',
  'people_identity_session',
  'people_identity_verification',
  'people_tried',
  'platform_migration',
  'operations_upkeep',
  'platform_upkeep',
  'seal_leaf',
  'seal_log',
  'seal_public',
]

/** What the database itself refuses to do to rows, or lets a guard of its own look at first; whoever asks. */
const GUARDED = {
  history_chain: 'update delete truncate',
  history_event: 'update delete truncate',
  history_head: 'delete truncate',
  keep_case_event: 'delete truncate',
  keep_deadline: 'update delete truncate',
  keep_decision: 'update delete truncate',
  keep_disposal: 'update delete truncate',
  keep_erased: 'update delete truncate',
  keep_lost: 'update delete truncate',
  keep_record: 'update delete truncate',
  keep_run: 'update delete truncate',
  keep_shortening: 'update delete truncate',
  operations_upkeep: 'update delete truncate',
  people_acceptance: 'update delete truncate',
  people_audit: 'update delete truncate',
  people_audit_gone: 'update delete truncate',
  people_audit_hour: 'update delete truncate',
  people_camera_unit: 'update delete truncate',
  people_confirmation: 'update delete truncate',
  rules_policy: 'update delete truncate',
  seal_leaf: 'update delete truncate',
  seal_log: 'delete truncate',
}

const OWN = (column: string) =>
  `own_agency of vidne_app: (${column} = (NULLIF(current_setting('app.agency'::text, true), ''::text))::uuid)`
const EVERY = 'every_agency of vidne_installation: true'

type Table = { name: string; enabled: boolean; forced: boolean; policies: string[] | null; guards: number }

onEachEngine('the tables', ground => {
  const tables = async (): Promise<Table[]> => {
    const { rows } = await ground.database.asInstallation(trx =>
      sql<Table>`select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        (select array_agg(p.polname || ' of ' || array_to_string(p.polroles::regrole[], ',') || ': '
          || pg_get_expr(p.polqual, p.polrelid) order by p.polname) from pg_policy p where p.polrelid = c.oid) as policies,
        (select coalesce(bit_or(t.tgtype::int), 0) from pg_trigger t
          where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled = 'O' and t.tgtype::int & 2 = 2) as guards
        from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by c.relname`.execute(
        trx,
      ),
    )
    return rows
  }

  test('show an agency its own rows and no others, also when their owner asks', async () => {
    const found = (await tables()).filter(({ name }) => !OF_NOBODY.includes(name))
    expect(found.length).toBeGreaterThan(20)
    expect(found.map(({ name, enabled, forced, policies }) => ({ name, enabled, forced, policies }))).toEqual(
      found.map(({ name }) => ({
        name,
        enabled: true,
        forced: true,
        policies: [EVERY, OWN(name === 'people_agency' ? 'id' : 'agency')],
      })),
    )
  })

  test('that are only added to are guarded by the database, whoever asks', async () => {
    const operations = [['update', 16] as const, ['delete', 8] as const, ['truncate', 32] as const]
    const found = (await tables()).flatMap(({ name, guards }) => {
      const guarded = operations.flatMap(([operation, bit]) => ((guards & bit) === bit ? [operation] : []))
      return guarded.length === 0 ? [] : [[name, guarded.join(' ')]]
    })
    expect(Object.fromEntries(found)).toEqual(GUARDED)
  })
})
