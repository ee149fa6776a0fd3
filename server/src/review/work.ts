import { type WorkContent, workContent } from '@vidne/contract/work'
import type { Json } from '@vidne/evidence/jcs'
import { sql } from 'kysely'
import { type Actor, type Gate, type People, actorFields, may } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { type Access, type Rules, visible } from '../rules/rules.ts'
import {
  type EntryRow,
  type VersionRow,
  entriesOf,
  findEntry,
  forgetEntries,
  insertEntry,
  removeEntry,
  versionsOf,
  writeNext,
} from './entries.ts'
import { indexTexts } from './listing-words.ts'

export type { WorkContent } from '@vidne/contract/work'

export type WorkGround = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly people: Pick<People, 'refusal' | 'noteListing'>
  readonly rules: Pick<Rules, 'policyInForce'>
  readonly access: Access
}

/** Something written about a recording. Persons by id, times in epoch milliseconds. */
export type WorkEntry = {
  readonly id: string
  readonly version: number
  readonly content: WorkContent
  readonly by: string
  readonly at: number
  readonly createdBy: string
  readonly createdAt: number
}

export type WorkVersion = {
  readonly version: number
  readonly by: string
  readonly at: number
  readonly content: WorkContent | null
}

/** Why nothing is written. A closed set. */
export type WorkRefusal = 'not-allowed' | Gate | 'no-such-recording' | 'deleted' | 'no-such-entry' | 'odd-times'

/** `conflict`: somebody wrote meanwhile; nothing was changed. `theirs` null: it was removed. */
export type WorkWritten =
  | { readonly state: 'written'; readonly entry: WorkEntry }
  | { readonly state: 'conflict'; readonly theirs: WorkEntry | null }
  | { readonly state: 'refused'; readonly because: WorkRefusal }

export type WorkRemoved =
  | { readonly state: 'removed' }
  | { readonly state: 'conflict'; readonly theirs: WorkEntry | null }
  | { readonly state: 'refused'; readonly because: WorkRefusal }

/** Another recording of an incident. */
export type IncidentRecording = {
  readonly id: string
  readonly camera: string | null
  readonly recordedAt: number | null
  readonly receivedAt: number
}

type Edit = { readonly entry: string; readonly saw: number }

/** What people write about a recording. Every edit is an event of its history, which holds the digest of the words and not them. */
export interface Work {
  /** What stands, as far as the actor may read it: all of it, or what he wrote himself. Null: not on his list, or not his to see. */
  of(actor: Actor, recording: string): Promise<{ entries: WorkEntry[]; mayWrite: boolean } | null>
  write(actor: Actor, wish: { recording: string; edit: Edit | null; content: WorkContent }): Promise<WorkWritten>
  remove(actor: Actor, wish: { recording: string } & Edit): Promise<WorkRemoved>
  /** Every version, newest first; null: no such entry that he may read. */
  versions(actor: Actor, wish: { recording: string; entry: string }): Promise<WorkVersion[] | null>
  /** Other recordings on his list of the same incidents, by reference. */
  incidents(actor: Actor, recording: string): Promise<{ reference: string; recordings: IncidentRecording[] }[] | null>
  /** Forgets what was written about a recording that is gone. */
  readonly eraser: { readonly name: string; erase(agency: string, recording: string): Promise<'gone'> }
}

export function openWork(ground: WorkGround): Work {
  const { database } = ground
  const as = <T>(actor: Actor, work: (trx: Trx) => Promise<T>): Promise<T> => database.asAgency(actor.agency, work)
  const reads = async (actor: Actor, recording: string): Promise<boolean> => {
    if (!may(actor, 'see-work') && !may(actor, 'annotate')) return false
    if (!(await ground.access.sees(actor, recording))) return false
    await ground.people.noteListing(actor, 'list', recording)
    return true
  }
  return {
    async of(actor, recording) {
      if (!(await reads(actor, recording))) return null
      const rows = await as(actor, trx => entriesOf(trx, recording))
      const alive = await as(actor, trx => isKept(trx, recording))
      return { entries: rows.filter(readable(actor)).map(entryOf), mayWrite: alive && may(actor, 'annotate') }
    },
    async write(actor, wish) {
      const because = await ground.people.refusal(actor, 'annotate', wish.recording)
      if (because !== null) return { state: 'refused', because }
      if (!timesFit(wish.content)) return { state: 'refused', because: 'odd-times' }
      return as(actor, trx => write(ground, trx, actor, wish))
    },
    async remove(actor, wish) {
      const because = await ground.people.refusal(actor, 'annotate', wish.recording)
      if (because !== null) return { state: 'refused', because }
      return as(actor, trx => remove(ground, trx, actor, wish))
    },
    async versions(actor, { recording, entry }) {
      if (!(await reads(actor, recording))) return null
      return as(actor, async trx => {
        const row = await findEntry(trx, { subject: recording, entry })
        if (row === null || !readable(actor)(row)) return null
        return (await versionsOf(trx, { subject: recording, entry })).map(versionOf)
      })
    },
    async incidents(actor, recording) {
      if (!(await reads(actor, recording))) return null
      return as(actor, trx => incidentsOf(ground, trx, actor, recording))
    },
    eraser: {
      name: 'review-work',
      async erase(_agency, recording) {
        await database.asInstallation(trx => forgetEntries(trx, recording))
        return 'gone'
      },
    },
  }
}

/** Who answers for footage reads everything; who may only write reads what is his own: a wearer is not told what is said of him. */
function readable(actor: Actor): (row: EntryRow) => boolean {
  const all = may(actor, 'see-work')
  return row => all || row.created_by === actor.person
}

function timesFit(content: WorkContent): boolean {
  return !('until' in content) || content.until === null || content.until >= content.from
}

async function write(
  ground: WorkGround,
  trx: Trx,
  actor: Actor,
  { recording, edit, content }: Parameters<Work['write']>[1],
): Promise<WorkWritten> {
  const closed = await notWritable(ground, trx, actor, recording)
  if (closed !== null) return { state: 'refused', because: closed }
  const writing = { ...writingOf(ground, actor, recording, content.kind), content, incident: incidentKey(content) }
  const before = edit === null ? null : await findEntry(trx, { subject: recording, entry: edit.entry })
  if (edit !== null && (before === null || !readable(actor)(before) || before.kind !== content.kind))
    return { state: 'refused', because: 'no-such-entry' }
  const written =
    edit === null
      ? await insertEntry(trx, uuidv7(ground.clock), writing)
      : await writeNext(trx, { ...writing, ...edit })
  if (written === null) return { state: 'conflict', theirs: await standing(trx, recording, edit?.entry ?? '') }
  const change = edit === null ? 'added' : 'changed'
  await note(ground, trx, actor, { row: written.row, change, digest: written.digest })
  return { state: 'written', entry: entryOf(written.row) }
}

async function remove(
  ground: WorkGround,
  trx: Trx,
  actor: Actor,
  { recording, entry, saw }: Parameters<Work['remove']>[1],
): Promise<WorkRemoved> {
  const closed = await notWritable(ground, trx, actor, recording)
  if (closed !== null) return { state: 'refused', because: closed }
  const row = await findEntry(trx, { subject: recording, entry })
  if (row === null || !readable(actor)(row)) return { state: 'refused', because: 'no-such-entry' }
  const removed = await removeEntry(trx, { ...writingOf(ground, actor, recording, row.kind), entry, saw })
  if (!removed) return { state: 'conflict', theirs: await standing(trx, recording, entry) }
  await note(ground, trx, actor, { row: { ...row, version: saw + 1 }, change: 'removed', digest: null })
  return { state: 'removed' }
}

/** The chain is taken first: what begins a deletion takes it too, so that nothing is written behind the eraser. */
async function notWritable(ground: WorkGround, trx: Trx, actor: Actor, recording: string): Promise<WorkRefusal | null> {
  const seer = await ground.access.seer(trx, actor)
  const { rows } = await sql<{ id: string }>`
    select r.id from dock_v_recording r where r.id = ${recording}::uuid and ${visible(seer, 'r')}`.execute(trx)
  if (rows.length === 0) return 'no-such-recording'
  await ground.history.lock(trx, [recording])
  return (await isKept(trx, recording)) ? null : 'deleted'
}

/** Whether its deletion has not begun. */
export async function isKept(trx: Trx, recording: string): Promise<boolean> {
  const { rows } = await sql<{ state: string }>`
    select state from keep_v_recording where recording = ${recording}::uuid`.execute(trx)
  return rows.every(({ state }) => state !== 'erasing' && state !== 'deleted')
}

function writingOf({ clock }: WorkGround, actor: Actor, subject: string, kind: EntryRow['kind']) {
  return { agency: actor.agency, subject, kind, person: actor.person, at: new Date(clock.now()) }
}

/** Under which one incident is found, however its reference is spelled. */
function incidentKey(content: WorkContent): string | null {
  return content.kind === 'incident' ? foldedReference(content.reference) : null
}

/** Numbers of cases and incidents are the same number with other spaces and capitals. */
export function foldedReference(reference: string): string {
  return reference.normalize('NFKC').replace(/\s+/gu, '').toLocaleLowerCase('und')
}

async function standing(trx: Trx, subject: string, entry: string): Promise<WorkEntry | null> {
  const row = await findEntry(trx, { subject, entry })
  return row === null || row.removed_at !== null ? null : entryOf(row)
}

type Noted = { row: EntryRow; change: 'added' | 'changed' | 'removed'; digest: string | null }

async function note(ground: WorkGround, trx: Trx, actor: Actor, { row, change, digest }: Noted): Promise<void> {
  const unit = await ground.access.unitOf(trx, row.subject)
  const { pol } = await ground.rules.policyInForce(trx, actor.agency, undefined, unit)
  const text = change === 'removed' ? '' : textIn(workContent.parse(row.content))
  await indexTexts(trx, [{ agency: row.agency, recording: row.subject, source: `work:${row.id}`, text, written: true }])
  const words: { name: string; value: Json }[] = digest === null ? [] : [{ name: 'words', value: digest }]
  await ground.history.append(trx, {
    subject: row.subject,
    type: 'annotated',
    pol,
    fields: [
      { name: 'entry', value: row.id },
      { name: 'entry-kind', value: row.kind },
      { name: 'change', value: change },
      { name: 'version', value: row.version },
      ...words,
      ...actorFields(actor),
    ],
  })
}

/** What of an entry the recording is found by. */
function textIn(content: WorkContent): string {
  const beside = content.kind === 'line' ? content.speaker : content.kind === 'incident' ? content.reference : ''
  return `${content.words} ${beside}`
}

function entryOf(row: EntryRow): WorkEntry {
  return {
    id: row.id,
    version: row.version,
    content: workContent.parse(row.content),
    by: row.changed_by,
    at: row.changed_at.getTime(),
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
  }
}

function versionOf({ version, changed_by: by, at, content }: VersionRow): WorkVersion {
  return { version, by, at: at.getTime(), content: content === null ? null : workContent.parse(content) }
}

type IncidentRow = {
  reference: string
  id: string
  camera: string | null
  recorded_at: Date | null
  received_at: Date
}

async function incidentsOf(ground: WorkGround, trx: Trx, actor: Actor, recording: string) {
  const seer = await ground.access.seer(trx, actor)
  const own = may(actor, 'see-work') ? sql`true` : sql`m.created_by = ${actor.person}::uuid`
  const { rows } = await sql<IncidentRow>`
    select m.content ->> 'reference' as reference, r.id, r.camera, r.recorded_at, r.received_at
    from review_entry m
    join review_entry o on o.agency = m.agency and o.incident_key = m.incident_key and o.removed_at is null
      and o.subject <> m.subject
    join dock_v_recording r on r.id = o.subject
    where m.subject = ${recording}::uuid and m.kind = 'incident' and m.removed_at is null and ${own} and ${visible(seer, 'r')}
    order by 1, r.received_at, r.id
    limit 200`.execute(trx)
  const found = Map.groupBy(rows, row => row.reference)
  return [...found].map(([reference, those]) => ({
    reference,
    recordings: [...new Map(those.map(one => [one.id, one])).values()].map(one => ({
      id: one.id,
      camera: one.camera,
      recordedAt: one.recorded_at?.getTime() ?? null,
      receivedAt: one.received_at.getTime(),
    })),
  }))
}
