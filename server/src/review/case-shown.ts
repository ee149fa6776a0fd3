import type { Exhibit, WholeCase } from '@vidne/contract/cases'
import type { CaseGoes } from './case-ending.ts'
import type { CaseEntry, CaseShown } from './cases.ts'

/** A case in the words of the contract. */
export function shownCase(shown: CaseShown, names: ReadonlyMap<string, string>, now: number): WholeCase {
  const { row, people, exhibits, entries, may } = shown
  const name = (person: string): string => names.get(person) ?? person
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    state: row.state,
    version: row.version,
    summary: entries === null ? '' : row.summary,
    openedBy: name(row.opened_by),
    openedAt: row.opened_at.toISOString(),
    changedBy: name(row.changed_by),
    changedAt: row.changed_at.toISOString(),
    people: people.map(({ person, duty, until }) => ({
      person,
      name: name(person),
      duty,
      until: until.toISOString(),
      over: until.getTime() <= now,
    })),
    exhibits: exhibits.map(shownExhibit),
    entries: entries?.map(entry => shownEntry(entry, names)) ?? null,
    without: shown.lacking,
    goes: shownGoes(shown.goes),
    may,
  }
}

/** When the texts of a closed case go. */
export function shownGoes(goes: CaseGoes | null) {
  return goes === null ? null : { at: new Date(goes.at).toISOString(), footage: goes.footage }
}

function shownExhibit(row: CaseShown['exhibits'][number]): Exhibit {
  return {
    id: row.id,
    number: row.number,
    reference: row.reference,
    title: row.title,
    version: row.version,
    from: whole(row.from_ms),
    until: whole(row.until_ms),
    footage: footageOf(row),
  }
}

function footageOf({ footage, gone_at, recording }: CaseShown['exhibits'][number]): Exhibit['footage'] {
  if (gone_at !== null)
    return { state: 'deleted', at: gone_at.toISOString(), recording: footage === null ? null : recording }
  if (footage === null || footage.sha256 === null) return { state: 'not-on-your-list' }
  return {
    state: 'there',
    recording: footage.id,
    sha256: Buffer.from(footage.sha256).toString('hex'),
    bytes: Number(footage.bytes ?? 0n),
    camera: footage.camera,
    wearer: footage.wearer,
    recordedAt: footage.recorded_at?.toISOString() ?? null,
    receivedAt: footage.received_at.toISOString(),
    deleteAfter: footage.delete_after?.toISOString() ?? null,
    held: footage.held ?? false,
  }
}

function whole(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

export function shownEntry(entry: CaseEntry, names: ReadonlyMap<string, string>) {
  const { by, at, createdBy, createdAt, ...rest } = entry
  return {
    ...rest,
    by: names.get(by) ?? by,
    at: new Date(at).toISOString(),
    createdBy: names.get(createdBy) ?? createdBy,
    createdAt: new Date(createdAt).toISOString(),
  }
}
