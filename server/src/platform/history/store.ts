import { sql, type Selectable } from 'kysely'
import type { Trx } from '../database/door.ts'
import type { Head, Row } from './chain.ts'

type HistoryTables = {
  history_event: {
    id: string
    agency: string
    subject: string
    seq: bigint
    label: Uint8Array
    commitment: Uint8Array
    type: string
    at: Date
    opening: Uint8Array | null
  }
  history_pending: { ord: bigint; leaf: Uint8Array; label: Uint8Array | null }
}

export type ChainKind = 'recording' | 'agency' | 'installation'
export type SubjectHead = Head & { readonly subject: string; readonly agency: string }

/** An event about to be written, with its leaf. */
export type NewEvent = {
  readonly id: string
  readonly agency: string
  readonly subject: string
  readonly seq: number
  readonly label: Uint8Array
  readonly commitment: Uint8Array
  readonly type: string
  readonly at: number
  readonly opening: Uint8Array
  readonly leaf: Uint8Array
}

/** A leaf that waits for its number in the log. `label` is null for public statements. */
export type PendingLeaf = { readonly ord: bigint; readonly leaf: Uint8Array; readonly label: Uint8Array | null }

export type EventRow = Row & { readonly opening: Uint8Array | null }

export type NewChain = {
  readonly subject: string
  readonly agency: string
  readonly kind: ChainKind
  readonly captureId: Uint8Array
  readonly at: number
  readonly head: Head
}

export async function insertChains(trx: Trx, chains: readonly NewChain[]): Promise<void> {
  const column = <K extends keyof NewChain>(name: K): NewChain[K][] => chains.map(chain => chain[name])
  const end = <K extends keyof Head>(name: K): Head[K][] => chains.map(({ head }) => head[name])
  const times = chains.map(chain => new Date(chain.at).toISOString())
  await sql`
    with chain as (
      select * from unnest(
        ${column('subject')}::uuid[], ${column('agency')}::uuid[], ${column('kind')}::text[],
        ${column('captureId')}::bytea[], ${times}::timestamptz[],
        ${end('seq')}::bigint[], ${end('prev')}::bytea[], ${end('next')}::bytea[]
      ) as c (subject, agency, kind, capture_id, at, seq, prev, next)
    ), begun as (
      insert into history_chain (subject, agency, kind, capture_id, created_at)
      select subject, agency, kind, capture_id, at from chain
    )
    insert into history_head (subject, agency, seq, prev, next)
    select subject, agency, seq, prev, next from chain`.execute(trx)
}

/** Locks the heads, always in the same order, so that two batches cannot wait for each other. */
export async function lockHeads(trx: Trx, subjects: readonly string[]): Promise<SubjectHead[]> {
  const { rows } = await sql<Omit<SubjectHead, 'seq'> & { seq: bigint }>`
    select subject, agency, seq, prev, next from history_head
    where subject = any(${[...subjects]}::uuid[]) order by subject for update`.execute(trx)
  return rows.map(row => ({ ...row, seq: Number(row.seq) }))
}

/** Events, their waiting leaves and where their chains end then: one statement, however many they are. */
export async function insertEvents(
  trx: Trx,
  events: readonly NewEvent[],
  heads: readonly SubjectHead[],
): Promise<void> {
  const column = <K extends keyof NewEvent>(name: K): NewEvent[K][] => events.map(event => event[name])
  const end = <K extends keyof SubjectHead>(name: K): SubjectHead[K][] => heads.map(head => head[name])
  const times = events.map(event => new Date(event.at).toISOString())
  await sql`
    with event as (
      select * from unnest(
        ${column('id')}::uuid[], ${column('agency')}::uuid[], ${column('subject')}::uuid[], ${column('seq')}::bigint[],
        ${column('label')}::bytea[], ${column('commitment')}::bytea[], ${column('type')}::text[],
        ${times}::timestamptz[], ${column('opening')}::bytea[], ${column('leaf')}::bytea[]
      ) with ordinality as e (id, agency, subject, seq, label, commitment, type, at, opening, leaf, place)
    ), written as (
      insert into history_event (id, agency, subject, seq, label, commitment, type, at, opening)
      select id, agency, subject, seq, label, commitment, type, at, opening from event
    ), queued as (
      insert into history_pending (leaf, label) select leaf, label from event order by place
    )
    update history_head h set seq = n.seq, prev = n.prev, next = n.next
    from unnest(${end('subject')}::uuid[], ${end('seq')}::bigint[], ${end('prev')}::bytea[], ${end('next')}::bytea[])
      as n (subject, seq, prev, next)
    where h.subject = n.subject`.execute(trx)
}

export async function insertStatement(trx: Trx, leaf: Uint8Array): Promise<void> {
  await sql`insert into history_pending (leaf) values (${leaf})`.execute(trx)
}

export async function eventsOf(trx: Trx, subject: string): Promise<EventRow[]> {
  const rows = await trx
    .$extendTables<HistoryTables>()
    .selectFrom('history_event')
    .select(['seq', 'label', 'commitment', 'opening'])
    .where('subject', '=', subject)
    .orderBy('seq')
    .execute()
  return rows.map(row => ({ ...row, seq: Number(row.seq) }))
}

/** The database itself refuses this (VD001) unless the chain holds its event `tombstone-erased`. */
export async function forgetOpenings(trx: Trx, subject: string): Promise<void> {
  await trx
    .$extendTables<HistoryTables>()
    .updateTable('history_event')
    .set({ opening: null })
    .where('subject', '=', subject)
    .where('opening', 'is not', null)
    .execute()
}

export async function countPending(trx: Trx): Promise<number> {
  const { rows } = await sql<{ waiting: bigint }>`select count(*) as waiting from history_pending`.execute(trx)
  return Number(rows[0]?.waiting ?? 0n)
}

export async function takePending(trx: Trx, most: number): Promise<PendingLeaf[]> {
  const { rows } = await sql<Selectable<HistoryTables['history_pending']>>`
    delete from history_pending
    where ord = any(array(select ord from history_pending order by ord limit ${most}))
    returning ord, leaf, label`.execute(trx)
  return rows.toSorted((a, b) => (a.ord < b.ord ? -1 : 1))
}

/** Those of `labels` whose event, or whose opening though nobody erased it, the database does not hold. */
export async function labelsMissing(trx: Trx, labels: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const { rows } = await sql<{ label: Uint8Array }>`
    select wanted.label from unnest(${[...labels]}::bytea[]) as wanted (label)
    left join history_event e on e.label = wanted.label
    where e.id is null or (e.opening is null and not exists (
      select from history_event t where t.subject = e.subject and t.type = 'tombstone-erased'))`.execute(trx)
  return rows.map(row => row.label)
}
