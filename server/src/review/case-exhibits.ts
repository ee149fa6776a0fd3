import { type Actor, actorFields } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { endGrants, grantLacking } from './case-access.ts'
import { type CaseGround, type Refused, noteChange, refused, writable } from './case-ground.ts'
import {
  type CaseRow,
  type ExhibitRow,
  caseTables,
  exhibitsOf,
  footageOf,
  insertExhibit,
  updateCase,
  updateExhibit,
} from './cases-store.ts'
import { isKept } from './work.ts'

export type ExhibitWish = {
  readonly case: string
  readonly recording: string
  readonly reference: string | null
  readonly title: string
  readonly from: number | null
  readonly until: number | null
}

export type ExhibitAdded =
  { state: 'added'; exhibit: string; number: number; reference: string; granted: number } | Refused

type Naming = { name: (person: string) => string }

/** Makes a recording that is on the actor's list an exhibit, with an event in its history and in the agency's. */
export async function addExhibit(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  wish: ExhibitWish & Naming,
): Promise<ExhibitAdded> {
  const row = await writable(ground, trx, actor, { id: wish.case })
  if ('because' in row) return row
  const { recording, from, until } = wish
  if (until !== null && until <= (from ?? 0)) return refused('odd-times')
  const seen = await footageOf(trx, await ground.access.seer(trx, actor), [recording])
  if (!seen.has(recording)) return refused('no-such-recording')
  // All at once and before anything is appended: two who add to two cases never wait for each other.
  await ground.history.lock(trx, [recording, ...(await exhibitsOf(trx, row.id)).flatMap(one => one.recording ?? [])])
  if (!(await isKept(trx, recording))) return refused('deleted')
  const added = await insertNext(ground, trx, actor, { row, wish })
  await tellRecording(ground, trx, actor, { row, type: 'exhibit-added', exhibit: added })
  const granted = await grantLacking(ground, trx, actor, { row, name: wish.name })
  const fields = [{ name: 'object', value: recording }]
  await noteChange(ground, trx, actor, { id: row.id, change: 'exhibit-added', fields })
  const { id: exhibit, number, reference } = added
  return { state: 'added', exhibit, number, reference, granted }
}

/** Numbers count up in the locked case, so that none is given twice, not even after one was taken out. */
async function insertNext(
  ground: CaseGround,
  trx: Trx,
  { agency, person }: Actor,
  { row, wish }: { row: CaseRow; wish: ExhibitWish },
): Promise<{ id: string; number: number; reference: string; recording: string }> {
  const { recording, title, from, until } = wish
  const [id, number, at] = [uuidv7(ground.clock), row.exhibits + 1, new Date(ground.clock.now())]
  const reference = wish.reference ?? `${row.number}/${number}`
  const stretch = {
    from_ms: from === null ? (until === null ? null : 0n) : BigInt(from),
    until_ms: until === null ? null : BigInt(until),
  }
  await insertExhibit(trx, {
    id,
    agency,
    case_id: row.id,
    number,
    reference,
    title,
    recording,
    ...stretch,
    version: 1,
    added_by: person,
    added_at: at,
    removed_at: null,
    gone_at: null,
  })
  await updateCase(trx, row.id, { exhibits: number, changed_by: person, changed_at: at })
  return { id, number, reference, recording }
}

type Told = {
  row: CaseRow
  type: 'exhibit-added' | 'exhibit-removed'
  exhibit: { reference: string; recording: string }
  reason?: string
}

/** The history of the recording says in whose case it is, since whoever reads it has to know. */
async function tellRecording(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  { row, type, exhibit, reason }: Told,
): Promise<void> {
  const unit = await ground.access.unitOf(trx, exhibit.recording)
  const { pol } = await ground.rules.policyInForce(trx, actor.agency, undefined, unit)
  await ground.history.append(trx, {
    subject: exhibit.recording,
    type,
    pol,
    fields: [
      { name: 'case-id', value: row.id },
      { name: 'case', value: row.number },
      { name: 'exhibit', value: exhibit.reference },
      ...(reason === undefined ? [] : [{ name: 'reason', value: reason }]),
      ...actorFields(actor),
    ],
  })
}

type Texts = { reference: string; title: string }
export type ExhibitChanged =
  { state: 'written'; version: number } | { state: 'conflict'; theirs: (Texts & { version: number }) | null } | Refused

/** Changes what an exhibit is called. Names the version that was seen; the case is locked, so the second one is told. */
export async function changeExhibit(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  wish: { case: string; exhibit: string; saw: number } & Texts,
): Promise<ExhibitChanged> {
  const row = await writable(ground, trx, actor, { id: wish.case })
  if ('because' in row) return row
  const exhibit = await anyExhibit(trx, wish)
  if (exhibit === null || exhibit.gone_at !== null) return refused('no-such-exhibit')
  if (exhibit.removed_at !== null) return { state: 'conflict', theirs: null }
  const { reference, title, version } = exhibit
  if (version !== wish.saw) return { state: 'conflict', theirs: { reference, title, version } }
  const next = version + 1
  await updateExhibit(trx, exhibit.id, { reference: wish.reference, title: wish.title, version: next })
  await touch(ground, trx, actor, row.id)
  const fields = [{ name: 'object', value: exhibit.id }]
  await noteChange(ground, trx, actor, { id: row.id, change: 'exhibit-changed', fields })
  return { state: 'written', version: next }
}

export async function removeExhibit(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  wish: { case: string; exhibit: string; reason: string },
): Promise<{ state: 'removed'; revoked: number } | Refused> {
  const row = await writable(ground, trx, actor, { id: wish.case })
  if ('because' in row) return row
  const exhibit = await anyExhibit(trx, wish)
  if (exhibit === null || exhibit.removed_at !== null) return refused('no-such-exhibit')
  await updateExhibit(trx, exhibit.id, { removed_at: new Date(ground.clock.now()) })
  const revoked = await endedWith(ground, trx, actor, { row, exhibit, reason: wish.reason })
  await touch(ground, trx, actor, row.id)
  const fields = [{ name: 'object', value: exhibit.id }]
  await noteChange(ground, trx, actor, { id: row.id, change: 'exhibit-removed', fields })
  return { state: 'removed', revoked }
}

/** What its people were let to see of it ends, unless another stretch of the same recording is an exhibit still. */
async function endedWith(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  { row, exhibit, reason }: { row: CaseRow; exhibit: ExhibitRow; reason: string },
): Promise<number> {
  const { recording, reference } = exhibit
  if (recording === null || exhibit.gone_at !== null) return 0
  await tellRecording(ground, trx, actor, { row, type: 'exhibit-removed', exhibit: { reference, recording }, reason })
  const left = (await exhibitsOf(trx, row.id)).some(one => one.recording === recording)
  return left ? 0 : endGrants(ground, trx, actor, { id: row.id, reason, of: { recording } })
}

async function anyExhibit(trx: Trx, wish: { case: string; exhibit: string }): Promise<ExhibitRow | null> {
  const query = caseTables(trx).selectFrom('review_exhibit').selectAll().where('id', '=', wish.exhibit)
  return (await query.where('case_id', '=', wish.case).executeTakeFirst()) ?? null
}

async function touch({ clock }: CaseGround, trx: Trx, { person }: Actor, id: string): Promise<void> {
  await updateCase(trx, id, { changed_by: person, changed_at: new Date(clock.now()) })
}
