import type { AboutRecording } from '@vidne/contract/recordings'
import { ofAnswers } from '@vidne/locales/answers'
import { policyChangeWords } from '@vidne/locales/policy-words'
import type { Language } from '@vidne/locales/say'
import { api } from '../api.ts'
import type { Database } from '../platform/database/door.ts'
import { recordingOf, recordingsIn, shows, type Stood } from './approval-sight.ts'
import type { Answered, AnswerRefusal, EndRefusal, Overtaken, People, Publication } from './people.ts'
import { standingOf, type Actor } from './people.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Which of these recordings are on somebody's list, and what it says of each; `rules` knows. */
type Named = (actor: Actor, recordings: readonly string[]) => Promise<ReadonlyMap<string, AboutRecording>>

/** What waits for a second person, and his answer. */
export function approvalRoutes(people: People, database: Database, named: Named) {
  return { ...waitingRoutes(people, database, named), ...endRoutes(people, database) }
}

function waitingRoutes(people: People, database: Database, named: Named) {
  return {
    approve: api.approvals.approve.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const answer = await database.asAgency(actor.agency, trx =>
        people.approvals.answer(trx, { approval: input.id, actor }),
      )
      if (answer.state === 'refused') await noteRefusal(people, database, actor, answer.because)
      else {
        const { state, kind, subject } = answer
        return { state, kind, subject, left: answer.state === 'waiting' ? answer.left : 0 }
      }
      const sentence = answerWords(context.about.language, answer)
      throw errors[answerCodes[answer.because]]({ data: { sentence } })
    }),
    list: api.approvals.list.handler(async ({ context, errors }) => {
      const { actor } = context
      const { language } = context.about
      if (!(await people.allowed(actor, 'see-approvals')))
        throw errors.NOT_ALLOWED({ data: { sentence: ofAnswers(language, 'approvals.notAllowedToSee') } })
      await people.noteListing(actor, 'see-approvals')
      const all = await database.asAgency(actor.agency, trx => people.approvals.waiting(trx, actor.agency))
      const theirs = await named(actor, all.flatMap(recordingsIn))
      return database.asAgency(actor.agency, async trx => {
        const principals = await people.delegations.principals(trx, actor)
        const questions = all
          .map(question => ({ ...question, you: standingOf(question, actor, principals) }))
          .filter(one => shows(one, actor, theirs))
          .map(one => asSeen(one, theirs))
        const persons = questions.flatMap(({ askedBy, confirmedBy }) => [askedBy ?? [], confirmedBy].flat())
        const names = await people.names(trx, [...new Set(persons)])
        return questions.map(question => shown(question, language, id => names.get(id) ?? id))
      })
    }),
  }
}

/** No to a question, one's own taken back, and what became of one's own. */
function endRoutes(people: People, database: Database) {
  return {
    decline: api.approvals.decline.handler(async ({ input, context: { actor, about }, errors }) => {
      const { id: approval, reason } = input
      const ended = await database.asAgency(actor.agency, trx =>
        people.approvals.decline(trx, { approval, actor, reason }),
      )
      if (ended.state === 'ended') return { state: 'declined' as const, kind: ended.kind, subject: ended.subject }
      await noteRefusal(people, database, actor, ended.because)
      throw errors[answerCodes[ended.because]]({ data: { sentence: answerWords(about.language, ended) } })
    }),
    withdraw: api.approvals.withdraw.handler(async ({ input, context: { actor, about }, errors }) => {
      const ended = await database.asAgency(actor.agency, trx =>
        people.approvals.withdraw(trx, { approval: input.id, actor }),
      )
      if (ended.state === 'ended') return { state: 'withdrawn' as const, kind: ended.kind, subject: ended.subject }
      throw errors[answerCodes[ended.because]]({ data: { sentence: answerWords(about.language, ended) } })
    }),
    answered: api.approvals.answered.handler(({ context: { actor, about } }) =>
      database.asAgency(actor.agency, async trx => {
        const all = await people.approvals.answered(trx, actor)
        const names = await people.names(trx, [...new Set(all.flatMap(({ by }) => by ?? []))])
        return all.map(one => ended(one, about.language, id => names.get(id) ?? id))
      }),
    ),
  }
}

/** Who tried to confirm what is not his to confirm has to answer for it. */
async function noteRefusal(
  people: People,
  database: Database,
  { agency, person, token }: Actor,
  outcome: AnswerRefusal | EndRefusal,
): Promise<void> {
  if (outcome !== 'not-allowed' && outcome !== 'same-person') return
  await database.asAgency(agency, trx =>
    people.noteAudit(trx, { agency, person, token, act: 'approve', subject: null, outcome }),
  )
}

type AsSeen = Stood & { readonly about: AboutRecording | null }

/** Of a recording that is not on the reader's own list a question tells its id and no more, also to whoever asked it. */
function asSeen(question: Stood, theirs: ReadonlyMap<string, AboutRecording>): AsSeen {
  const about = theirs.get(recordingOf(question) ?? '') ?? null
  return { ...question, about, listed: question.listed?.filter(one => theirs.has(one)) ?? null }
}

function shown(question: AsSeen, language: Language, name: (person: string) => string) {
  const { told, listed, publication, confirmedBy, spoken: _, ...rest } = question
  return {
    ...rest,
    ...told,
    askedBy: question.askedBy === null ? 'installation' : name(question.askedBy),
    askedAt: iso(question.askedAt),
    deadline: iso(question.deadline),
    confirmedBy: confirmedBy.map(name),
    listed: listed === null ? null : { items: listed.length, recordings: [...listed] },
    publication: publication === null ? null : inWords(publication, language),
  }
}

function inWords({ unit, since, digest, changes }: Publication, language: Language) {
  return {
    unit,
    since: since === null ? null : iso(since),
    digest,
    changes: changes.map(change => ({ path: change.path, text: policyChangeWords(language, change) })),
  }
}

const answerCodes = {
  'no-such-question': 'NOT_FOUND',
  'not-allowed': 'NOT_ALLOWED',
  'same-person': 'NOT_ALLOWED',
  'confirmed-by-you-already': 'CONFLICT',
  'answered-already': 'CONFLICT',
  lapsed: 'CONFLICT',
  'no-longer-possible': 'CONFLICT',
  'not-yours': 'NOT_ALLOWED',
} as const

type Refused = { readonly because: AnswerRefusal | EndRefusal; readonly detail?: Overtaken }

function answerWords(language: Language, { because, detail }: Refused): string {
  return ofAnswers(language, detail === undefined ? `answer.${because}` : `overtaken.${detail}`)
}

function ended({ because, by, ...one }: Answered, language: Language, name: (person: string) => string) {
  return {
    ...one,
    askedAt: iso(one.askedAt),
    endedAt: iso(one.endedAt),
    by: by === null ? null : name(by),
    because: because === null ? null : ofAnswers(language, `overtaken.${because}`),
  }
}
