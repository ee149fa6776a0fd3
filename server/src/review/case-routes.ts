import { caseWords } from '@vidne/locales/cases'
import type { Language } from '@vidne/locales/say'
import { endOfDay, isDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import { type Actor, type People, may } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import { shownCase, shownEntry, shownGoes } from './case-shown.ts'
import type { CaseEntry, CaseRefusal, CaseShown, Cases } from './cases.ts'
import type { CaseMark } from './cases-store.ts'

const iso = (at: number) => new Date(at).toISOString()

export const CASE_CODES = {
  'not-allowed': 'NOT_ALLOWED',
  'policy-not-accepted': 'NOT_ALLOWED',
  'training-missing': 'NOT_ALLOWED',
  'no-such-case': 'NOT_FOUND',
  'number-taken': 'CONFLICT',
  closed: 'CONFLICT',
  nobody: 'ODD_INPUT',
  'already-over': 'ODD_INPUT',
  'no-such-recording': 'NOT_FOUND',
  deleted: 'GONE',
  'no-such-exhibit': 'NOT_FOUND',
  'no-such-person': 'NOT_FOUND',
  'no-such-entry': 'NOT_FOUND',
  'odd-times': 'ODD_INPUT',
} as const satisfies Record<CaseRefusal, string>

/** Why not, in the language of whoever asked. */
export function caseSentence(because: CaseRefusal, { language }: { language: Language }) {
  return { data: { sentence: caseWords(language, `refused.${because}`) } }
}

export type CaseGrounds = {
  cases: Cases
  people: People
  database: Database
  clock: Clock
  /** In which time zone an agency's days are. */
  zoneOf: (agency: string) => Promise<string>
}

/** What is asked of cases as such: the list, one, its texts and its state. */
export function caseRoutes({ cases, people, database, clock }: CaseGrounds) {
  const names = namesOf(people, database)
  return {
    list: api.cases.list.handler(async ({ input, context, errors }) => {
      const after = input.after === undefined ? null : readMark(input.after)
      if (after === 'odd') throw errors.ODD_INPUT(caseSentence('odd-times', context.about))
      const { actor } = context
      const page = { state: input.state, text: input.text || null, most: input.limit, after }
      const rows = await cases.list(actor, page)
      if (rows === null) throw errors.NOT_ALLOWED(caseSentence('not-allowed', context.about))
      const inside = may(actor, 'see-work')
      const last = rows.length === input.limit ? rows.at(-1) : undefined
      return {
        cases: rows.map(row => ({
          id: row.id,
          number: row.number,
          title: row.title,
          state: row.state,
          exhibits: row.standing,
          people: row.people,
          tasksLeft: inside ? row.tasks : null,
          changedAt: row.changed_at.toISOString(),
          goes: shownGoes(row.goes),
        })),
        after: last === undefined ? null : `${last.changed_at.getTime()}_${last.id}`,
        mayOpen: may(actor, 'keep-case'),
      }
    }),
    open: api.cases.open.handler(async ({ input, context, errors }) => {
      const opened = await cases.open(context.actor, input)
      if (opened.state === 'refused')
        throw errors[CASE_CODES[opened.because]](caseSentence(opened.because, context.about))
      return { id: opened.id, version: 1 }
    }),
    show: api.cases.show.handler(async ({ input, context, errors }) => {
      const shown = await cases.show(context.actor, input.id)
      if ('because' in shown) throw errors[CASE_CODES[shown.because]](caseSentence(shown.because, context.about))
      return shownCase(shown, await names(context.actor, personsIn(shown)), clock.now())
    }),
    change: api.cases.change.handler(async ({ input, context, errors }) => {
      const { id, saw, number, title, summary } = input
      const changed = await cases.change(context.actor, { case: id, saw, number, title, summary })
      if (changed.state === 'refused')
        throw errors[CASE_CODES[changed.because]](caseSentence(changed.because, context.about))
      if (changed.state === 'written') return changed
      const { by, at, ...theirs } = changed.theirs
      const name = (await names(context.actor, [by])).get(by) ?? by
      const yours = { number, title, summary }
      return { state: 'conflict' as const, theirs: { ...theirs, by: name, at: iso(at) }, yours }
    }),
    setState: api.cases.setState.handler(async ({ input, context, errors }) => {
      const { id, state, reason } = input
      const name = await namer(cases, names, context.actor, id)
      const set = await cases.setState(context.actor, { case: id, state, reason, name })
      if (set.state === 'refused') throw errors[CASE_CODES[set.because]](caseSentence(set.because, context.about))
      return { state, version: set.version }
    }),
  }
}

/** Who is on a case, and what they see by it. */
export function casePeopleRoutes({ cases, people, database, zoneOf }: CaseGrounds) {
  const names = namesOf(people, database)
  return {
    addPerson: api.cases.addPerson.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const { id, person, duty } = input
      const until = isDay(input.until) ? endOfDay(input.until, await zoneOf(actor.agency)) : Date.parse(input.until)
      const name = await namer(cases, names, actor, id)
      const added = await cases.addPerson(actor, { case: id, person, duty, until, name })
      if (added.state === 'refused') throw errors[CASE_CODES[added.because]](caseSentence(added.because, context.about))
      return { person: added.person, until: iso(until), granted: added.granted }
    }),
    removePerson: api.cases.removePerson.handler(async ({ input, context, errors }) => {
      const { id, person, reason } = input
      const removed = await cases.removePerson(context.actor, { case: id, person, reason })
      if (removed.state === 'refused')
        throw errors[CASE_CODES[removed.because]](caseSentence(removed.because, context.about))
      return removed
    }),
    grant: api.cases.grant.handler(async ({ input, context, errors }) => {
      const name = await namer(cases, names, context.actor, input.id)
      const granted = await cases.grant(context.actor, { case: input.id, name })
      if (granted.state === 'refused')
        throw errors[CASE_CODES[granted.because]](caseSentence(granted.because, context.about))
      return { granted: granted.granted }
    }),
  }
}

/** Exhibits, their labels, notes and tasks. */
export function exhibitRoutes({ cases, people, database }: CaseGrounds) {
  const names = namesOf(people, database)
  const toldOne = async (actor: Actor, entry: CaseEntry) =>
    shownEntry(entry, await names(actor, [entry.by, entry.createdBy]))
  return {
    addExhibit: api.cases.addExhibit.handler(async ({ input, context, errors }) => {
      const { id, recording, reference = null, title, from = null, until = null } = input
      const name = await namer(cases, names, context.actor, id)
      const added = await cases.addExhibit(context.actor, { case: id, recording, reference, title, from, until, name })
      if (added.state === 'refused') throw errors[CASE_CODES[added.because]](caseSentence(added.because, context.about))
      const { state: _, ...rest } = added
      return rest
    }),
    changeExhibit: api.cases.changeExhibit.handler(async ({ input, context, errors }) => {
      const { id, exhibit, saw, reference, title } = input
      const changed = await cases.changeExhibit(context.actor, { case: id, exhibit, saw, reference, title })
      if (changed.state === 'refused')
        throw errors[CASE_CODES[changed.because]](caseSentence(changed.because, context.about))
      return changed.state === 'written' ? changed : { ...changed, yours: { reference, title } }
    }),
    removeExhibit: api.cases.removeExhibit.handler(async ({ input, context, errors }) => {
      const { id, exhibit, reason } = input
      const removed = await cases.removeExhibit(context.actor, { case: id, exhibit, reason })
      if (removed.state === 'refused')
        throw errors[CASE_CODES[removed.because]](caseSentence(removed.because, context.about))
      return removed
    }),
    labels: api.cases.labels.handler(async ({ input, context, errors }) => {
      const found = await cases.labels(context.actor, input.id)
      if ('because' in found) throw errors[CASE_CODES[found.because]](caseSentence(found.because, context.about))
      return found.map(({ recordedAt, receivedAt, sealedAt, ...rest }) => ({
        ...rest,
        recordedAt: recordedAt === null ? null : iso(recordedAt),
        receivedAt: iso(receivedAt),
        sealedAt: sealedAt === null ? null : iso(sealedAt),
      }))
    }),
    write: api.cases.write.handler(async ({ input, context, errors }) => {
      const { id, entry, saw, content } = input
      const edit = entry === undefined ? null : { entry, saw: saw ?? 0 }
      const written = await cases.write(context.actor, { case: id, edit, content })
      if (written.state === 'refused')
        throw errors[CASE_CODES[written.because]](caseSentence(written.because, context.about))
      if (written.state === 'written') return { state: 'written', entry: await toldOne(context.actor, written.entry) }
      const theirs = written.theirs === null ? null : await toldOne(context.actor, written.theirs)
      return { state: 'conflict' as const, theirs, yours: content }
    }),
    remove: api.cases.remove.handler(async ({ input, context, errors }) => {
      const { id, entry, saw } = input
      const removed = await cases.remove(context.actor, { case: id, entry, saw })
      if (removed.state === 'refused')
        throw errors[CASE_CODES[removed.because]](caseSentence(removed.because, context.about))
      if (removed.state === 'removed') return { state: 'removed' as const }
      return {
        state: 'conflict' as const,
        theirs: removed.theirs === null ? null : await toldOne(context.actor, removed.theirs),
      }
    }),
  }
}

type Names = (actor: Actor, persons: readonly string[]) => Promise<Map<string, string>>

function namesOf(people: People, database: Database): Names {
  return (actor, persons) => database.asAgency(actor.agency, trx => people.names(trx, [...new Set(persons)]))
}

/** The names of the people of a case, for the events of what they are let to see. */
async function namer(
  cases: Pick<Cases, 'peopleOf'>,
  names: Names,
  actor: Actor,
  id: string,
): Promise<(person: string) => string> {
  const known = await names(actor, await cases.peopleOf(actor, id))
  return person => known.get(person) ?? person
}

function personsIn({ row, people, entries }: CaseShown): string[] {
  const wrote = (entries ?? []).flatMap(({ by, createdBy }) => [by, createdBy])
  return [row.opened_by, row.changed_by, ...people.map(({ person }) => person), ...wrote]
}

function readMark(text: string): CaseMark | 'odd' {
  const match = /^(\d{1,16})_([0-9a-f-]{36})$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? 'odd' : { changedAt: Number(match[1]), id: match[2] }
}
