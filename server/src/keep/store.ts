import { sql } from 'kysely'
import { FILE_DATE } from '../dock/dock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { recordedByUnit } from '../rules/rules.ts'
import type { Captured } from './anchor.ts'
import type { Life } from './life.ts'
import { keepTables, type DeadlineRow, type HoldRow, type VaultState } from './tables.ts'

type Chains = Pick<History, 'lock'>

/**
 * The deadline of a recording and its chain of events, locked until the transaction ends: whoever decides about its life comes
 * one by one.
 */
export async function lockDeadline(trx: Trx, chains: Chains, recording: string): Promise<DeadlineRow | null> {
  await chains.lock(trx, [recording])
  const row = await keepTables(trx)
    .selectFrom('keep_deadline')
    .selectAll()
    .where('recording', '=', recording)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

/** Locks several, in the order of their ids, so that two runs cannot wait for each other. */
export async function lockDeadlines(trx: Trx, chains: Chains, recordings: readonly string[]): Promise<DeadlineRow[]> {
  if (recordings.length === 0) return []
  await chains.lock(trx, recordings)
  return keepTables(trx)
    .selectFrom('keep_deadline')
    .selectAll()
    .where('recording', 'in', [...recordings])
    .orderBy('recording')
    .forUpdate()
    .execute()
}

/** By which camera a recording was made, and what is known of when. */
export type Made = { readonly camera: string | null; readonly captured: Captured }

/** What dock knows of by which camera recordings were made and when, by id; of those that it has. */
export async function readMade(trx: Trx, recordings: readonly string[]): Promise<Map<string, Made>> {
  const { rows } = await sql<CapturedRow>`
    select r.id, r.camera, r.received_at, r.recorded_at, r.recorded_at_source, r.proposed_hold, r.read_state, (
      select f.value from dock_v_fact f where f.recording = r.id and f.name = ${DURATION_FACT} order by f.ord limit 1
    ) as duration
    from dock_v_recording r where r.id = any(${[...recordings]}::uuid[])`.execute(trx)
  return new Map(rows.map(row => [row.id, { camera: row.camera, captured: capturedOf(row) }]))
}

/** What dock knows of when recordings were made, by id. Throws when dock lacks one. */
export async function readCaptured(trx: Trx, recordings: readonly string[]): Promise<Map<string, Captured>> {
  const made = await readMade(trx, recordings)
  const found = new Map([...made].map(([recording, { captured }]) => [recording, captured]))
  const missing = recordings.find(recording => !found.has(recording))
  if (missing !== undefined) throw new Error(`there is no recording ${missing}`)
  return found
}

/** As `readCaptured`, of one. */
export async function readOneCaptured(trx: Trx, recording: string): Promise<Captured> {
  const [captured] = (await readCaptured(trx, [recording])).values()
  if (captured === undefined) throw new Error(`there is no recording ${recording}`)
  return captured
}

type CapturedRow = {
  id: string
  camera: string | null
  received_at: Date
  recorded_at: Date | null
  recorded_at_source: string | null
  proposed_hold: boolean
  read_state: string
  duration: unknown
}

function capturedOf(row: CapturedRow): Captured {
  return {
    receivedAt: row.received_at.getTime(),
    recordedAt: row.recorded_at?.getTime() ?? null,
    recordedAtIs: row.recorded_at_source === FILE_DATE ? 'end' : 'start',
    durationMs: wholeMs(row.duration),
    final: row.read_state !== 'waiting',
    proposedHold: row.proposed_hold,
  }
}

const DURATION_FACT = 'duration-ms'

/** A parser's claim, never trusted: anything but a length of up to a week is none. */
function wholeMs(value: unknown): number | null {
  const longest = 7 * 86_400_000
  return typeof value === 'number' && value >= 0 && value <= longest ? Math.ceil(value) : null
}

function lifeColumns(life: Life) {
  return {
    rule: life.rule,
    direction: life.direction,
    anchor: new Date(life.anchor.at),
    anchor_source: life.anchor.source,
    delete_after: life.deleteAfter === null ? null : new Date(life.deleteAfter),
    review_at: life.reviewAt === null ? null : new Date(life.reviewAt),
  }
}

export async function insertDeadlines(
  trx: Trx,
  deadlines: readonly { recording: string; agency: string; life: Life; settled: boolean }[],
): Promise<void> {
  const rows = deadlines.map(({ recording, agency, life, settled }) => ({
    recording,
    agency,
    settled,
    ...lifeColumns(life),
  }))
  await sql`
    insert into keep_deadline (recording, agency, rule, direction, anchor, anchor_source, settled, delete_after, review_at,
      state, vault_state, counted)
    select d.*, 'kept', 'unsettled', false from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as d (
      recording uuid, agency uuid, rule text, direction text, anchor timestamptz, anchor_source text, settled boolean,
      delete_after timestamptz, review_at timestamptz)`.execute(trx)
}

/**
 * Writes a new life; the vault's class of the key has to follow. One that ends earlier needs `shortening`, the row that says what
 * two persons decided; the database refuses it without.
 */
export async function moveDeadline(
  trx: Trx,
  move: { recording: string; life: Life; settled: boolean; shortening?: string },
): Promise<void> {
  const { recording, life, settled, shortening } = move
  const why = shortening === undefined ? {} : { shortening }
  await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ ...lifeColumns(life), settled, state: 'kept', vault_state: 'unsettled', ...why })
    .where('recording', '=', recording)
    .execute()
}

/** The vault's class has to be brought in line with what the row and the holds ask for; a waiting deletion is off. */
export async function unsettle(trx: Trx, recording: string): Promise<void> {
  await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ state: 'kept', vault_state: 'unsettled' })
    .where('recording', '=', recording)
    .where('state', 'in', ['kept', 'due'])
    .execute()
}

/** All that are kept, after the vault itself was restored. */
export async function unsettleAll(trx: Trx): Promise<void> {
  await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ vault_state: 'unsettled' })
    .where('state', 'in', ['kept', 'due'])
    .execute()
}

/** Up to `most` recordings of the agency whose key may be in the wrong class, locked; those that another works on left out. */
export async function lockUnsettled(
  trx: Trx,
  agency: string,
  most: number,
): Promise<(DeadlineRow & { held: boolean })[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_deadline')
    .selectAll()
    .where('agency', '=', agency)
    .where('vault_state', '=', 'unsettled')
    .where('state', 'in', ['kept', 'due'])
    .orderBy('recording')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute()
  const held = await heldAmong(
    trx,
    rows.map(row => row.recording),
  )
  return rows.map(row => ({ ...row, held: held.has(row.recording) }))
}

export async function setVaultClasses(
  trx: Trx,
  moved: readonly { recording: string; state: VaultState; hour: bigint | null }[],
): Promise<void> {
  const column = <K extends keyof (typeof moved)[number]>(name: K) => moved.map(one => one[name])
  await sql`
    update keep_deadline d set vault_state = m.state, vault_hour = m.hour
    from unnest(${column('recording')}::uuid[], ${column('state')}::text[], ${column('hour')}::bigint[])
      as m (recording, state, hour)
    where d.recording = m.recording`.execute(trx)
}

/** Which of these a hold keeps, proposed ones included. */
export async function heldAmong(trx: Trx, recordings: readonly string[]): Promise<Set<string>> {
  if (recordings.length === 0) return new Set()
  const rows = await keepTables(trx)
    .selectFrom('keep_hold')
    .select('recording')
    .distinct()
    .where('recording', '=', sql<string>`any(${[...recordings]}::uuid[])`)
    .where('state', '<>', 'released')
    .execute()
  return new Set(rows.map(row => row.recording))
}

export async function standingHolds(trx: Trx, recording: string): Promise<HoldRow[]> {
  return keepTables(trx)
    .selectFrom('keep_hold')
    .selectAll()
    .where('recording', '=', recording)
    .where('state', '<>', 'released')
    .orderBy('id')
    .execute()
}

export async function insertHold(trx: Trx, hold: Omit<HoldRow, 'released_at' | 'approval'>): Promise<void> {
  await keepTables(trx)
    .insertInto('keep_hold')
    .values({ ...hold, released_at: null, approval: null })
    .execute()
}

export async function releaseHolds(
  trx: Trx,
  { holds, at, approval }: { holds: readonly string[]; at: number; approval: string },
): Promise<string[]> {
  if (holds.length === 0) return []
  const released = await keepTables(trx)
    .updateTable('keep_hold')
    .set({ state: 'released', released_at: new Date(at), approval })
    .where('id', 'in', [...holds])
    .where('state', '<>', 'released')
    .returning('id')
    .execute()
  return released.map(row => row.id)
}

/** What falls due before `before`, no hold standing, soonest first. */
export async function dueBefore(trx: Trx, agency: string, before: Date): Promise<DeadlineRow[]> {
  return keepTables(trx)
    .selectFrom('keep_deadline')
    .selectAll()
    .where('agency', '=', agency)
    .where('state', 'in', ['kept', 'due'])
    .where('delete_after', '<', before)
    .where(eb =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('keep_hold')
            .select('keep_hold.id')
            .whereRef('keep_hold.recording', '=', 'keep_deadline.recording')
            .where('keep_hold.state', '<>', 'released'),
        ),
      ),
    )
    .orderBy('delete_after')
    .orderBy('recording')
    .execute()
}

/** How many recordings the agency keeps; of those, how many cameras of a unit made, where one is named. */
export async function countKept(trx: Trx, agency: string, unit: string | null = null): Promise<number> {
  const among = unit === null ? sql`` : sql` and recording in (${recordedByUnit(agency, unit)})`
  const { rows } = await sql<{ kept: bigint }>`
    select count(*) as kept from keep_deadline
    where agency = ${agency}::uuid and state in ('kept', 'due')${among}`.execute(trx)
  return Number(rows[0]?.kept ?? 0n)
}
