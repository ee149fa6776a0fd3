import { caseWords } from '@vidne/locales/cases'
import { api } from '../api.ts'
import type { Actor, People } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { Cases } from './cases.ts'
import type { Work, WorkEntry, WorkRefusal } from './work.ts'

const iso = (at: number) => new Date(at).toISOString()

const CODES = {
  'not-allowed': 'NOT_ALLOWED',
  'policy-not-accepted': 'NOT_ALLOWED',
  'training-missing': 'NOT_ALLOWED',
  'no-such-recording': 'NOT_FOUND',
  'no-such-entry': 'NOT_FOUND',
  deleted: 'GONE',
  'odd-times': 'ODD_INPUT',
} as const satisfies Record<WorkRefusal, string>

type Grounds = { work: Work; cases: Pick<Cases, 'ofRecording'>; people: People; database: Database }

/** Reading and writing about a recording. That it is on the asker's list is seen to before (`api.ts`). */
export function workRoutes({ work, cases, people, database }: Grounds) {
  const named = (actor: Actor, entries: readonly WorkEntry[]): Promise<Map<string, string>> => {
    const persons = [...new Set(entries.flatMap(({ by, createdBy }) => [by, createdBy]))]
    return database.asAgency(actor.agency, trx => people.names(trx, persons))
  }
  /** Whether the asker may know of recordings at all; a refusal is on the audit. */
  const mayRead = async (actor: Actor, recording: string) => (await people.refusal(actor, 'list', recording)) === null
  const toldOne = async (actor: Actor, entry: WorkEntry) => told(entry, actor, await named(actor, [entry]))
  return {
    work: api.recordings.work.handler(async ({ input, context, errors }) => {
      const { actor } = context
      if (!(await mayRead(actor, input.id))) throw errors.NOT_ALLOWED(sentence('not-allowed', context.about))
      const found = (await work.of(actor, input.id)) ?? { entries: [], mayWrite: false }
      const names = await named(actor, found.entries)
      const those = await database.asAgency(actor.agency, trx => cases.ofRecording(trx, actor, input.id))
      return { entries: found.entries.map(one => told(one, actor, names)), mayWrite: found.mayWrite, cases: those }
    }),
    writeWork: api.recordings.writeWork.handler(async ({ input, context, errors }) => {
      const { id: recording, entry, saw, content } = input
      const edit = entry === undefined ? null : { entry, saw: saw ?? 0 }
      const written = await work.write(context.actor, { recording, edit, content })
      if (written.state === 'refused') throw errors[CODES[written.because]](sentence(written.because, context.about))
      if (written.state === 'written') return { state: 'written', entry: await toldOne(context.actor, written.entry) }
      const theirs = written.theirs === null ? null : await toldOne(context.actor, written.theirs)
      return { state: 'conflict' as const, theirs, yours: content }
    }),
    removeWork: api.recordings.removeWork.handler(async ({ input, context, errors }) => {
      const { id: recording, entry, saw } = input
      const removed = await work.remove(context.actor, { recording, entry, saw })
      if (removed.state === 'refused') throw errors[CODES[removed.because]](sentence(removed.because, context.about))
      if (removed.state === 'removed') return { state: 'removed' as const }
      const theirs = removed.theirs === null ? null : await toldOne(context.actor, removed.theirs)
      return { state: 'conflict' as const, theirs }
    }),
    workVersions: api.recordings.workVersions.handler(async ({ input, context, errors }) => {
      const { actor } = context
      if (!(await mayRead(actor, input.id))) throw errors.NOT_ALLOWED(sentence('not-allowed', context.about))
      const found = await work.versions(actor, { recording: input.id, entry: input.entry })
      if (found === null) throw errors.NOT_FOUND(sentence('no-such-entry', context.about))
      const names = await database.asAgency(actor.agency, trx =>
        people.names(
          trx,
          found.map(({ by }) => by),
        ),
      )
      return found.map(({ version, by, at, content }) => ({ version, by: names.get(by) ?? by, at: iso(at), content }))
    }),
  }
}

/** Other recordings of the same incidents. */
export function incidentRoutes({ work, people }: Pick<Grounds, 'work' | 'people'>) {
  return {
    incidents: api.recordings.incidents.handler(async ({ input, context, errors }) => {
      const { actor } = context
      if ((await people.refusal(actor, 'list', input.id)) !== null)
        throw errors.NOT_ALLOWED(sentence('not-allowed', context.about))
      const found = (await work.incidents(actor, input.id)) ?? []
      return found.map(({ reference, recordings }) => ({
        reference,
        recordings: recordings.map(({ recordedAt, receivedAt, ...rest }) => ({
          ...rest,
          recordedAt: recordedAt === null ? null : iso(recordedAt),
          receivedAt: iso(receivedAt),
        })),
      }))
    }),
  }
}

function sentence(because: WorkRefusal, { language }: { language: Parameters<typeof caseWords>[0] }) {
  return { data: { sentence: caseWords(language, `refused.${because}`) } }
}

function told({ by, at, createdBy, createdAt, ...rest }: WorkEntry, actor: Actor, names: Map<string, string>) {
  return {
    ...rest,
    by: names.get(by) ?? by,
    at: iso(at),
    createdBy: names.get(createdBy) ?? createdBy,
    createdAt: iso(createdAt),
    yours: createdBy === actor.person,
  }
}
