import { type CaseEntryContent, caseEntryContent } from '@vidne/contract/cases'
import type { Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { type CaseGround, type Refused, noteChange, refused, writable } from './case-ground.ts'
import { updateCase } from './cases-store.ts'
import { type EntryRow, findEntry, insertEntry, removeEntry, writeNext } from './entries.ts'

/** A note or task of a case. Persons by id, times in epoch milliseconds. */
export type CaseEntry = {
  readonly id: string
  readonly version: number
  readonly content: CaseEntryContent
  readonly by: string
  readonly at: number
  readonly createdBy: string
  readonly createdAt: number
}

export type CaseEntryWritten =
  { state: 'written'; entry: CaseEntry } | { state: 'conflict'; theirs: CaseEntry | null } | Refused

type Edit = { entry: string; saw: number }

/** Writes a note or task; an edit that saw another version than stands changes nothing, and is told what stands. */
export async function writeCaseEntry(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  { case: id, edit, content }: { case: string; edit: Edit | null; content: CaseEntryContent },
): Promise<CaseEntryWritten> {
  const row = await writable(ground, trx, actor, { id })
  if ('because' in row) return row
  const writing = { ...writingOf(ground, actor, id, content.kind), content, incident: null }
  if (edit !== null) {
    const before = await findEntry(trx, { subject: id, entry: edit.entry })
    if (before === null || before.kind !== content.kind) return refused('no-such-entry')
  }
  const written =
    edit === null
      ? await insertEntry(trx, uuidv7(ground.clock), writing)
      : await writeNext(trx, { ...writing, ...edit })
  if (written === null) return { state: 'conflict', theirs: await standing(trx, id, edit?.entry ?? '') }
  await updateCase(trx, id, { changed_by: actor.person, changed_at: writing.at })
  const change = `${content.kind}-${edit === null ? 'added' : 'changed'}` as const
  const fields = [
    { name: 'entry', value: written.row.id },
    { name: 'version', value: written.row.version },
    { name: 'words', value: written.digest },
  ]
  await noteChange(ground, trx, actor, { id, change, fields })
  return { state: 'written', entry: caseEntryOf(written.row) }
}

export async function removeCaseEntry(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  { case: id, entry, saw }: { case: string } & Edit,
): Promise<{ state: 'removed' } | { state: 'conflict'; theirs: CaseEntry | null } | Refused> {
  const row = await writable(ground, trx, actor, { id })
  if ('because' in row) return row
  const before = await findEntry(trx, { subject: id, entry })
  if (before === null || (before.kind !== 'note' && before.kind !== 'task')) return refused('no-such-entry')
  const writing = writingOf(ground, actor, id, before.kind)
  if (!(await removeEntry(trx, { ...writing, entry, saw })))
    return { state: 'conflict', theirs: await standing(trx, id, entry) }
  await updateCase(trx, id, { changed_by: actor.person, changed_at: writing.at })
  const fields = [
    { name: 'entry', value: entry },
    { name: 'version', value: saw + 1 },
  ]
  await noteChange(ground, trx, actor, { id, change: `${before.kind}-removed`, fields })
  return { state: 'removed' }
}

function writingOf<Kind extends EntryRow['kind']>({ clock }: CaseGround, actor: Actor, subject: string, kind: Kind) {
  return { agency: actor.agency, subject, kind, person: actor.person, at: new Date(clock.now()) }
}

async function standing(trx: Trx, subject: string, entry: string): Promise<CaseEntry | null> {
  const row = await findEntry(trx, { subject, entry })
  return row === null || row.removed_at !== null ? null : caseEntryOf(row)
}

export function caseEntryOf(row: EntryRow): CaseEntry {
  return {
    id: row.id,
    version: row.version,
    content: caseEntryContent.parse(row.content),
    by: row.changed_by,
    at: row.changed_at.getTime(),
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
  }
}
