import { createHash, randomBytes } from 'node:crypto'
import { type Json, canonicalize } from '@vidne/evidence/jcs'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'

export type EntryKind = 'note' | 'marker' | 'line' | 'incident' | 'task'

export type EntryTables = {
  review_entry: {
    id: string
    agency: string
    subject: string
    kind: EntryKind
    version: number
    content: Json
    incident_key: string | null
    created_by: string
    created_at: Date
    changed_by: string
    changed_at: Date
    removed_at: Date | null
  }
  review_entry_version: {
    entry: string
    version: number
    agency: string
    subject: string
    content: Json
    salt: Uint8Array
    changed_by: string
    at: Date
  }
}

export type EntryRow = Selectable<EntryTables['review_entry']>
export type VersionRow = Selectable<EntryTables['review_entry_version']>

export function entryTables(trx: Trx): Transaction<EntryTables> {
  return trx.$extendTables<EntryTables>()
}

/** Who writes what, when; `incident`: under which reference, folded, other recordings find it. */
export type Writing = {
  readonly agency: string
  readonly subject: string
  readonly kind: EntryKind
  readonly content: Json
  readonly incident: string | null
  readonly person: string
  readonly at: Date
}

/**
 * SHA-256 over the salt and the words. It is what an event of a history says of them: the history outlives the footage, and what
 * people wrote about somebody must not. The salt goes with the words.
 */
export function wordsDigest(salt: Uint8Array, content: Json): string {
  return createHash('sha256').update(salt).update(canonicalize(content)).digest('hex')
}

export type Written = { readonly row: EntryRow; readonly digest: string }

export async function insertEntry(trx: Trx, id: string, writing: Writing): Promise<Written> {
  const { agency, subject, kind, content, incident, person, at } = writing
  const row = await entryTables(trx)
    .insertInto('review_entry')
    .values({
      id,
      agency,
      subject,
      kind,
      version: 1,
      content: json(content),
      incident_key: incident,
      created_by: person,
      created_at: at,
      changed_by: person,
      changed_at: at,
      removed_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { row, digest: await keepVersion(trx, { ...writing, entry: id, version: 1 }) }
}

/**
 * Writes the next version where the one that was seen still stands; null where somebody has written or removed it meanwhile. Whoever
 * comes second waits for the first, and finds another version than the one they saw.
 */
export async function writeNext(
  trx: Trx,
  p: Writing & { readonly entry: string; readonly saw: number },
): Promise<Written | null> {
  const { entry, saw, content, incident, person, at } = p
  const row = await seen(trx, p)
    .set({ version: saw + 1, content: json(content), incident_key: incident, changed_by: person, changed_at: at })
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : { row, digest: await keepVersion(trx, { ...p, entry, version: saw + 1 }) }
}

/** Takes it away, under the same condition. Its versions stay until the subject goes. */
export async function removeEntry(
  trx: Trx,
  p: Omit<Writing, 'content' | 'incident'> & { readonly entry: string; readonly saw: number },
): Promise<boolean> {
  const { entry, saw, person, at } = p
  const row = await seen(trx, p)
    .set({ version: saw + 1, changed_by: person, changed_at: at, removed_at: at })
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return false
  await keepVersion(trx, { ...p, content: null, entry, version: saw + 1 })
  return true
}

function seen(
  trx: Trx,
  { subject, kind, entry, saw }: Pick<Writing, 'subject' | 'kind'> & { entry: string; saw: number },
) {
  return entryTables(trx)
    .updateTable('review_entry')
    .where('id', '=', entry)
    .where('subject', '=', subject)
    .where('kind', '=', kind)
    .where('version', '=', saw)
    .where('removed_at', 'is', null)
}

type Version = Pick<Writing, 'agency' | 'subject' | 'content' | 'person' | 'at'> & { entry: string; version: number }

/** Keeps the words of a version, and answers their digest. */
export async function keepVersion(trx: Trx, p: Version): Promise<string> {
  const { entry, version, agency, subject, content, person, at } = p
  const salt = randomBytes(32)
  await entryTables(trx)
    .insertInto('review_entry_version')
    .values({ entry, version, agency, subject, content: json(content), salt, changed_by: person, at })
    .execute()
  return wordsDigest(salt, content)
}

/** jsonb takes text on both engines; an SQL null where nothing stands any more. */
function json(content: Json) {
  return content === null ? sql<Json>`null` : sql<Json>`${JSON.stringify(content)}::jsonb`
}

/** What stands about a subject, oldest first. */
export async function entriesOf(trx: Trx, subject: string): Promise<EntryRow[]> {
  return entryTables(trx)
    .selectFrom('review_entry')
    .selectAll()
    .where('subject', '=', subject)
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

export async function findEntry(trx: Trx, p: { subject: string; entry: string }): Promise<EntryRow | null> {
  const query = entryTables(trx).selectFrom('review_entry').selectAll().where('id', '=', p.entry)
  return (await query.where('subject', '=', p.subject).executeTakeFirst()) ?? null
}

/** Every version of an entry, newest first. */
export async function versionsOf(trx: Trx, p: { subject: string; entry: string }): Promise<VersionRow[]> {
  return entryTables(trx)
    .selectFrom('review_entry_version')
    .selectAll()
    .where('entry', '=', p.entry)
    .where('subject', '=', p.subject)
    .orderBy('version', 'desc')
    .execute()
}

/** Removes all that was ever written about a subject. asInstallation. */
export async function forgetEntries(trx: Trx, subject: string): Promise<void> {
  await entryTables(trx).deleteFrom('review_entry').where('subject', '=', subject).execute()
  await entryTables(trx).deleteFrom('review_entry_version').where('subject', '=', subject).execute()
}
