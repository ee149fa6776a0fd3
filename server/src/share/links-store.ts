import { type Insertable, type Selectable, type Transaction, sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'

type LinkTables = {
  share_link: {
    id: string
    agency: string
    case_id: string
    case_number: string
    secret: Uint8Array
    recipient: string
    recipient_role: 'prosecutor' | 'defence'
    purpose: string
    until: Date
    most_openings: number
    openings: number
    wish: Uint8Array
    approval: string | null
    agreed_at: Date | null
    made_by: string
    made_at: Date
    revoked_at: Date | null
    revoked_by: string | null
    reason: string | null
  }
  share_link_recording: { link: string; agency: string; recording: string; ord: number; reference: string }
  share_link_opening: { id: string; agency: string; link: string; secret: Uint8Array; opened_at: Date; until: Date }
  share_link_view: { id: string; agency: string; opening: string; recording: string; opened_at: Date; until: Date }
}

export type LinkRow = Selectable<LinkTables['share_link']>
export type LinkRecording = Selectable<LinkTables['share_link_recording']>
export type OpeningRow = Selectable<LinkTables['share_link_opening']>
export type LinkViewRow = Selectable<LinkTables['share_link_view']>

function linkTables(trx: Trx): Transaction<LinkTables> {
  return trx.$extendTables<LinkTables>()
}

export async function insertLink(
  trx: Trx,
  row: Insertable<LinkTables['share_link']>,
  recordings: readonly { recording: string; reference: string }[],
): Promise<void> {
  await linkTables(trx).insertInto('share_link').values(row).execute()
  const { id: link, agency } = row
  const rows = recordings.map(({ recording, reference }, ord) => ({ link, agency, recording, ord, reference }))
  await linkTables(trx).insertInto('share_link_recording').values(rows).execute()
}

/** Locks a link until the transaction ends: openings are counted one at a time. */
export async function lockLink(trx: Trx, id: string): Promise<LinkRow | null> {
  const query = linkTables(trx).selectFrom('share_link').selectAll().where('id', '=', id)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}

export async function findLink(trx: Trx, id: string): Promise<LinkRow | null> {
  const query = linkTables(trx).selectFrom('share_link').selectAll().where('id', '=', id)
  return (await query.executeTakeFirst()) ?? null
}

/** Whose link it is, whoever asks; null where there is none. asInstallation. */
export async function agencyOfLink(trx: Trx, id: string): Promise<string | null> {
  const row = await linkTables(trx).selectFrom('share_link').select('agency').where('id', '=', id).executeTakeFirst()
  return row?.agency ?? null
}

export async function updateLink(
  trx: Trx,
  id: string,
  set: Partial<Pick<LinkRow, 'openings' | 'approval' | 'agreed_at' | 'revoked_at' | 'revoked_by' | 'reason'>>,
): Promise<void> {
  await linkTables(trx).updateTable('share_link').set(set).where('id', '=', id).execute()
}

/** Links of a case, newest first. */
export async function linksOfCase(trx: Trx, id: string): Promise<LinkRow[]> {
  return linkTables(trx)
    .selectFrom('share_link')
    .selectAll()
    .where('case_id', '=', id)
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** What links show, in the order of the exhibits. */
export async function recordingsOf(trx: Trx, links: readonly string[]): Promise<LinkRecording[]> {
  if (links.length === 0) return []
  return linkTables(trx)
    .selectFrom('share_link_recording')
    .selectAll()
    .where('link', 'in', [...links])
    .orderBy('ord')
    .execute()
}

/** What the link that a question is about would show. */
export async function recordingsAsked(trx: Trx, approval: string): Promise<string[]> {
  const rows = await linkTables(trx)
    .selectFrom('share_link_recording')
    .innerJoin('share_link', 'share_link.id', 'share_link_recording.link')
    .select('recording')
    .where('approval', '=', approval)
    .orderBy('ord')
    .execute()
  return rows.map(({ recording }) => recording)
}

export async function insertOpening(trx: Trx, row: OpeningRow): Promise<void> {
  await linkTables(trx).insertInto('share_link_opening').values(row).execute()
}

/** The opening of a link by the browser that holds this secret, while it lasts. */
export async function openingOf(
  trx: Trx,
  p: { link: string; secret: Uint8Array; now: number },
): Promise<OpeningRow | null> {
  const query = linkTables(trx)
    .selectFrom('share_link_opening')
    .selectAll()
    .where('link', '=', p.link)
    .where('secret', '=', p.secret)
    .where('until', '>', new Date(p.now))
  return (await query.executeTakeFirst()) ?? null
}

export async function insertLinkView(trx: Trx, row: LinkViewRow): Promise<void> {
  await linkTables(trx).insertInto('share_link_view').values(row).execute()
}

export async function linkViewOf(
  trx: Trx,
  p: { view: string; opening: string; recording: string; now: number },
): Promise<LinkViewRow | null> {
  const query = linkTables(trx)
    .selectFrom('share_link_view')
    .selectAll()
    .where('id', '=', p.view)
    .where('opening', '=', p.opening)
    .where('recording', '=', p.recording)
    .where('until', '>', new Date(p.now))
  return (await query.executeTakeFirst()) ?? null
}

/** Takes a recording that is gone out of every link, and removes links that show nothing any more, with who opened them. asInstallation. */
export async function forgetLinked(trx: Trx, recording: string): Promise<void> {
  const tables = linkTables(trx)
  await tables.deleteFrom('share_link_view').where('recording', '=', recording).execute()
  await tables.deleteFrom('share_link_recording').where('recording', '=', recording).execute()
  const empty = sql<string>`(select l.id from share_link l
    where not exists (select from share_link_recording r where r.link = l.id))`
  const openings = sql<string>`(select o.id from share_link_opening o where o.link in ${empty})`
  await tables.deleteFrom('share_link_view').where('opening', 'in', openings).execute()
  await tables.deleteFrom('share_link_opening').where('link', 'in', empty).execute()
  await tables.deleteFrom('share_link').where('id', 'in', empty).execute()
}
