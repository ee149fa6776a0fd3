import { type Actor, may } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { endGrants, grantLacking, lacking } from './case-access.ts'
import { type CaseEntry, caseEntryOf, removeCaseEntry, writeCaseEntry } from './case-entries.ts'
import { type CaseGoes, endCases, goesOf } from './case-ending.ts'
import { addExhibit, changeExhibit, removeExhibit } from './case-exhibits.ts'
import { type CaseGround, type Refused, caseSeer, noteChange, refused, writable, writes } from './case-ground.ts'
import { type CaseLabel, labelsOf } from './case-labels.ts'
import { addPerson, removePerson } from './case-people.ts'
import {
  type CaseListed,
  type CaseMark,
  type CaseOfRecording,
  type CasePersonRow,
  type CaseRow,
  type ExhibitRow,
  type Footage,
  casesOfRecording,
  exhibitsOf,
  findCase,
  footageOf,
  forgetExhibits,
  insertCase,
  listCases,
  markExhibitsGone,
  numberTaken,
  peopleOfCase,
  updateCase,
} from './cases-store.ts'
import { entriesOf, keepVersion } from './entries.ts'
import { foldedReference } from './work.ts'

export type { CaseGround, CaseRefusal } from './case-ground.ts'

type Header = { readonly number: string; readonly title: string; readonly summary: string }

export type CaseChanged =
  | { state: 'written'; version: number }
  | { state: 'conflict'; theirs: Header & { version: number; by: string; at: number } }
  | Refused

/** A case as one reader is shown it: notes and tasks null where they are not his to see. */
export type CaseShown = {
  readonly row: CaseRow
  readonly goes: CaseGoes | null
  readonly people: readonly CasePersonRow[]
  readonly exhibits: readonly (ExhibitRow & { footage: Footage | null })[]
  readonly entries: readonly CaseEntry[] | null
  readonly lacking: number
  readonly may: { readonly write: boolean; readonly people: boolean; readonly give: boolean }
}

/** A case with its exhibits that are on the asker's list and there, and those whose footage is gone. `writes`: he may change it. */
export type CaseExhibits = {
  readonly row: CaseRow
  readonly writes: boolean
  readonly exhibits: readonly ShownExhibit[]
  readonly gone: readonly ExhibitRow[]
}

/** An exhibit whose footage is on the asker's list and there. */
export type ShownExhibit = { id: string; number: number; reference: string; title: string; recording: string }

/**
 * Cases: their texts, people, exhibits, notes and tasks. Who is on a case sees its recordings by grants, for as long as he is. Every
 * edit is an event and names the version it saw: one that saw another changes nothing and is told what stands.
 */
export interface Cases {
  list(actor: Actor, page: CasePage): Promise<ListedCase[] | null>
  open(actor: Actor, wish: { number: string; title: string }): Promise<{ state: 'opened'; id: string } | Refused>
  show(actor: Actor, id: string): Promise<CaseShown | Refused>
  change(actor: Actor, wish: { case: string; saw: number } & Header): Promise<CaseChanged>
  /** Closing ends what its people were let to see; opening again gives it back. */
  setState(
    actor: Actor,
    wish: { case: string; state: 'open' | 'closed'; reason: string } & Naming,
  ): Promise<{ state: 'set'; version: number } | Refused>
  addPerson(actor: Actor, wish: Parameters<typeof addPerson>[3]): ReturnType<typeof addPerson>
  removePerson(actor: Actor, wish: Parameters<typeof removePerson>[3]): ReturnType<typeof removePerson>
  /** Lets the people of a case see what they lack. */
  grant(actor: Actor, wish: { case: string } & Naming): Promise<{ state: 'granted'; granted: number } | Refused>
  addExhibit(actor: Actor, wish: Parameters<typeof addExhibit>[3]): ReturnType<typeof addExhibit>
  changeExhibit(actor: Actor, wish: Parameters<typeof changeExhibit>[3]): ReturnType<typeof changeExhibit>
  removeExhibit(actor: Actor, wish: Parameters<typeof removeExhibit>[3]): ReturnType<typeof removeExhibit>
  write(actor: Actor, wish: Parameters<typeof writeCaseEntry>[3]): ReturnType<typeof writeCaseEntry>
  remove(actor: Actor, wish: Parameters<typeof removeCaseEntry>[3]): ReturnType<typeof removeCaseEntry>
  labels(actor: Actor, id: string): Promise<CaseLabel[] | Refused>
  /** The persons on a case that the actor may see; none where he may not. */
  peopleOf(actor: Actor, id: string): Promise<string[]>
  /** Cases that a recording is an exhibit of, as far as the actor may see them. Inside a transaction. */
  ofRecording(trx: Trx, actor: Actor, recording: string): Promise<CaseOfRecording[]>
  /** The case and its exhibits that are on the actor's list and there, for later stages; null: no such case for him. */
  exhibits(trx: Trx, actor: Actor, id: string): Promise<CaseExhibits | null>
  /** Ends the texts of cases that were closed before then and keep no footage. For the nightly run. */
  endTexts(agency: string, before: number): Promise<number>
  readonly eraser: {
    readonly name: string
    erase(agency: string, recording: string): Promise<'gone'>
    forget(agency: string, recording: string): Promise<'gone'>
  }
}

type Naming = { readonly name: (person: string) => string }
type CasePage = { state: 'open' | 'closed' | 'all'; text: string | null; most: number; after: CaseMark | null }
type ListedCase = CaseListed & { goes: CaseGoes | null }

export function openCases(ground: CaseGround): Cases {
  const { database, people } = ground
  const as = <T>(actor: Actor, work: (trx: Trx) => Promise<T>): Promise<T> => database.asAgency(actor.agency, work)
  /** A change: by those whose roles allow it, each refusal on the audit. */
  const changing = async <T>(
    actor: Actor,
    id: string | undefined,
    work: (trx: Trx) => Promise<T>,
  ): Promise<T | Refused> => {
    const because = await people.refusal(actor, 'keep-case', id)
    return because === null ? as(actor, work) : refused(because)
  }
  return {
    async list(actor, page) {
      if ((await people.refusal(actor, 'see-cases')) !== null) return null
      await people.noteListing(actor, 'see-cases')
      return as(actor, trx => listed(ground, trx, actor, page))
    },
    open: (actor, wish) => changing(actor, undefined, trx => openCase(ground, trx, actor, wish)),
    async show(actor, id) {
      const because = await people.refusal(actor, 'see-cases', id)
      if (because !== null) return refused(because)
      await people.noteListing(actor, 'see-cases', id)
      return as(actor, trx => show(ground, trx, actor, id))
    },
    change: (actor, wish) => changing(actor, wish.case, trx => change(ground, trx, actor, wish)),
    setState: (actor, wish) => changing(actor, wish.case, trx => setState(ground, trx, actor, wish)),
    addPerson: (actor, wish) => changing(actor, wish.case, trx => addPerson(ground, trx, actor, wish)),
    removePerson: (actor, wish) => changing(actor, wish.case, trx => removePerson(ground, trx, actor, wish)),
    grant: (actor, wish) =>
      changing(actor, wish.case, async trx => {
        if (!may(actor, 'grant')) return refused('not-allowed')
        const row = await writable(ground, trx, actor, { id: wish.case })
        if ('because' in row) return row
        return { state: 'granted' as const, granted: await grantLacking(ground, trx, actor, { row, name: wish.name }) }
      }),
    addExhibit: (actor, wish) => changing(actor, wish.case, trx => addExhibit(ground, trx, actor, wish)),
    changeExhibit: (actor, wish) => changing(actor, wish.case, trx => changeExhibit(ground, trx, actor, wish)),
    removeExhibit: (actor, wish) => changing(actor, wish.case, trx => removeExhibit(ground, trx, actor, wish)),
    write: (actor, wish) => changing(actor, wish.case, trx => writeCaseEntry(ground, trx, actor, wish)),
    remove: (actor, wish) => changing(actor, wish.case, trx => removeCaseEntry(ground, trx, actor, wish)),
    async labels(actor, id) {
      const because = await people.refusal(actor, 'see-cases', id)
      if (because !== null) return refused(because)
      return as(actor, trx => labels(ground, trx, actor, id))
    },
    peopleOf: (actor, id) =>
      as(actor, async trx => {
        if ((await findCase(trx, await caseSeer(ground, trx, actor), id)) === null) return []
        return (await peopleOfCase(trx, id)).map(({ person }) => person)
      }),
    ofRecording: async (trx, actor, recording) =>
      may(actor, 'see-cases') ? casesOfRecording(trx, await caseSeer(ground, trx, actor), recording) : [],
    exhibits: (trx, actor, id) => shownExhibits(ground, trx, actor, id),
    endTexts: (agency, before) => endCases(ground, agency, before),
    eraser: eraserOf(ground),
  }
}

async function listed(ground: CaseGround, trx: Trx, actor: Actor, page: CasePage): Promise<ListedCase[]> {
  const rows = await listCases(trx, await caseSeer(ground, trx, actor), page)
  const { pack } = await ground.rules.policyInForce(trx, actor.agency)
  return rows.map(row => ({ ...row, goes: goesOf(row, pack) }))
}

function eraserOf({ database, clock }: CaseGround): Cases['eraser'] {
  return {
    name: 'review-cases',
    async erase(_agency, recording) {
      await database.asInstallation(trx => markExhibitsGone(trx, recording, new Date(clock.now())))
      return 'gone'
    },
    async forget(_agency, recording) {
      await database.asInstallation(trx => forgetExhibits(trx, recording))
      return 'gone'
    },
  }
}

async function openCase(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  wish: { number: string; title: string },
): Promise<{ state: 'opened'; id: string } | Refused> {
  const { agency, person } = actor
  const [id, at] = [uuidv7(ground.clock), new Date(ground.clock.now())]
  const { unit } = await ground.access.seer(trx, actor)
  const texts = { number: wish.number, title: wish.title, summary: '' }
  const made = await insertCase(trx, {
    id,
    agency,
    unit,
    ...texts,
    number_key: foldedReference(wish.number),
    state: 'open',
    version: 1,
    exhibits: 0,
    opened_by: person,
    opened_at: at,
    changed_by: person,
    changed_at: at,
    closed_at: null,
    ended_at: null,
  })
  if (!made) return refused('number-taken')
  const digest = await keepVersion(trx, { agency, subject: id, content: texts, person, at, entry: id, version: 1 })
  await noteChange(ground, trx, actor, { id, change: 'opened', fields: [{ name: 'words', value: digest }] })
  return { state: 'opened', id }
}

async function show(ground: CaseGround, trx: Trx, actor: Actor, id: string): Promise<CaseShown | Refused> {
  const seer = await caseSeer(ground, trx, actor)
  const row = await findCase(trx, seer, id)
  if (row === null) return refused('no-such-case')
  const exhibits = await exhibitsOf(trx, id)
  const recordings = exhibits.flatMap(({ recording }) => recording ?? [])
  const footage = await footageOf(trx, await ground.access.seer(trx, actor), recordings)
  const inside = may(actor, 'see-work')
  const write = await writes(trx, seer, actor, id)
  const { pack } = await ground.rules.policyInForce(trx, actor.agency)
  const kept = exhibits.filter(one => one.removed_at === null && one.gone_at === null).length
  return {
    row,
    goes: goesOf({ ...row, footage: kept }, pack),
    people: (await peopleOfCase(trx, id)).filter(({ person }) => inside || person === actor.person),
    exhibits: exhibits.map(one => ({ ...one, footage: footage.get(one.recording ?? '') ?? null })),
    entries: inside ? (await entriesOf(trx, id)).map(caseEntryOf) : null,
    lacking: (await lacking(ground, trx, row)).length,
    may: { write, people: write && may(actor, 'grant'), give: write && may(actor, 'share-link') },
  }
}

async function change(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  wish: { case: string; saw: number } & Header,
): Promise<CaseChanged> {
  const row = await writable(ground, trx, actor, { id: wish.case })
  if ('because' in row) return row
  const { id, number, title, summary, version } = row
  if (version !== wish.saw) {
    const [by, at] = [row.changed_by, row.changed_at.getTime()]
    return { state: 'conflict', theirs: { number, title, summary, version, by, at } }
  }
  const { agency, person } = actor
  const key = foldedReference(wish.number)
  if (await numberTaken(trx, { agency, key, beside: id })) return refused('number-taken')
  const [next, at] = [version + 1, new Date(ground.clock.now())]
  const texts = { number: wish.number, title: wish.title, summary: wish.summary }
  await updateCase(trx, id, { ...texts, number_key: key, version: next, changed_by: person, changed_at: at })
  const digest = await keepVersion(trx, { agency, subject: id, content: texts, person, at, entry: id, version: next })
  const fields = [
    { name: 'version', value: next },
    { name: 'words', value: digest },
  ]
  await noteChange(ground, trx, actor, { id, change: 'texts', fields })
  return { state: 'written', version: next }
}

async function setState(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  wish: { case: string; state: 'open' | 'closed'; reason: string } & Naming,
): Promise<{ state: 'set'; version: number } | Refused> {
  const row = await writable(ground, trx, actor, { id: wish.case, closed: true })
  if ('because' in row) return row
  if (row.state === wish.state) return { state: 'set', version: row.version }
  const version = row.version + 1
  const at = new Date(ground.clock.now())
  const closed_at = wish.state === 'closed' ? at : null
  await updateCase(trx, row.id, { state: wish.state, version, changed_by: actor.person, changed_at: at, closed_at })
  if (wish.state === 'closed') await endGrants(ground, trx, actor, { id: row.id, reason: wish.reason })
  else await grantLacking(ground, trx, actor, { row: { ...row, state: 'open' }, name: wish.name })
  await noteChange(ground, trx, actor, { id: row.id, change: wish.state === 'closed' ? 'closed' : 'reopened' })
  return { state: 'set', version }
}

async function labels(ground: CaseGround, trx: Trx, actor: Actor, id: string): Promise<CaseLabel[] | Refused> {
  const found = await shownExhibits(ground, trx, actor, id)
  if (found === null) return refused('no-such-case')
  const agency = await ground.people.agency(trx, actor.agency)
  const seer = await ground.access.seer(trx, actor)
  const footage = await footageOf(
    trx,
    seer,
    found.exhibits.map(one => one.recording),
  )
  const rows = (await exhibitsOf(trx, id)).filter(one => found.exhibits.some(shown => shown.id === one.id))
  return labelsOf({ row: found.row, agency: agency?.name ?? '', origin: ground.origin, exhibits: rows, footage })
}

async function shownExhibits(ground: CaseGround, trx: Trx, actor: Actor, id: string): Promise<CaseExhibits | null> {
  const seer = await caseSeer(ground, trx, actor)
  const row = await findCase(trx, seer, id)
  if (row === null) return null
  const all = await exhibitsOf(trx, id)
  const recordings = all.flatMap(({ recording }) => recording ?? [])
  const footage = await footageOf(trx, await ground.access.seer(trx, actor), recordings)
  const exhibits = all.flatMap(({ id: exhibit, number, reference, title, recording, gone_at }) => {
    const digest = recording === null || gone_at !== null ? null : footage.get(recording)?.sha256
    return recording !== null && digest instanceof Uint8Array
      ? [{ id: exhibit, number, reference, title, recording }]
      : []
  })
  return {
    row,
    writes: await writes(trx, seer, actor, id),
    exhibits,
    gone: all.filter(({ gone_at }) => gone_at !== null),
  }
}

export type { CaseEntry, CaseLabel }
