import { policyChangeWords } from '@vidne/locales/policy-words'
import { api } from '../api.ts'
import type { Database } from '../platform/database/door.ts'
import { ON_AGENCY_CHAIN } from './approval-kinds.ts'
import type { AnswerRefusal, Overtaken, People, Publication, Waiting } from './people.ts'
import { may, standingOf, type Actor } from './people.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Which of these recordings are on somebody's list; `rules` knows. */
type Seen = (actor: Actor, recordings: readonly string[]) => Promise<ReadonlySet<string>>

/** What waits for a second person, and his answer. */
export function approvalRoutes(people: People, database: Database, seen: Seen) {
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
      const sentence = answer.detail === undefined ? answerSentences[answer.because] : overtakenSentences[answer.detail]
      throw errors[answerCodes[answer.because]]({ data: { sentence } })
    }),
    waiting: api.approvals.list.handler(async ({ context, errors }) => {
      const { actor } = context
      if (!(await people.allowed(actor, 'see-approvals')))
        throw errors.NOT_ALLOWED({ data: { sentence: 'Your roles do not allow you to see what waits.' } })
      await people.noteListing(actor, 'see-approvals')
      const all = await database.asAgency(actor.agency, trx => people.approvals.waiting(trx, actor.agency))
      const theirs = await seen(actor, all.flatMap(recordingsIn))
      return database.asAgency(actor.agency, async trx => {
        const principals = await people.delegations.principals(trx, actor)
        const questions = all
          .map(question => ({ ...question, you: standingOf(question, actor, principals) }))
          .filter(one => shows(one, actor, theirs))
          .map(one => asSeen(one, theirs))
        const persons = questions.flatMap(({ askedBy, confirmedBy }) => [askedBy ?? [], confirmedBy].flat())
        const names = await people.names(trx, [...new Set(persons)])
        return questions.map(question => shown(question, id => names.get(id) ?? id))
      })
    }),
  }
}

/** Who tried to confirm what is not his to confirm has to answer for it. */
async function noteRefusal(
  people: People,
  database: Database,
  { agency, person, token }: Actor,
  outcome: AnswerRefusal,
): Promise<void> {
  if (outcome !== 'not-allowed' && outcome !== 'same-person') return
  await database.asAgency(agency, trx =>
    people.noteAudit(trx, { agency, person, token, act: 'approve', subject: null, outcome }),
  )
}

/** A question with how the one who asks for the list stands to it. */
type Stood = Waiting & { readonly you: ReturnType<typeof standingOf> }

/** The recordings that a question names. */
function recordingsIn(question: Waiting): string[] {
  const about = recordingOf(question)
  return [...(about === null ? [] : [about]), ...(question.listed ?? [])]
}

/** The recording that a question is about; null where it is about an upload, or about the agency as a whole. */
function recordingOf({ kind, subject }: Waiting): string | null {
  return ON_AGENCY_CHAIN.has(kind) ? null : subject
}

/**
 * What somebody asked himself he always finds. Of the rest, who does not answer for footage sees no more than what he may confirm,
 * and nobody a question about a recording that is not on his list.
 */
function shows(question: Stood, actor: Actor, theirs: ReadonlySet<string>): boolean {
  if (question.you === 'asked-by-you') return true
  const about = recordingOf(question)
  if (about !== null && !theirs.has(about)) return false
  // What a link shows is agreed to by somebody who knows of all of it.
  if (question.kind === 'share' && !question.listed?.every(one => theirs.has(one))) return false
  return may(actor, 'read-questions') || question.you !== 'not-your-role'
}

function asSeen(question: Stood, theirs: ReadonlySet<string>): Stood {
  return { ...question, listed: question.listed?.filter(one => theirs.has(one)) ?? null }
}

function shown(question: Stood, name: (person: string) => string) {
  const { told, listed, publication, confirmedBy, spoken: _, ...rest } = question
  return {
    ...rest,
    ...told,
    askedBy: question.askedBy === null ? 'installation' : name(question.askedBy),
    askedAt: iso(question.askedAt),
    deadline: iso(question.deadline),
    confirmedBy: confirmedBy.map(name),
    listed: listed === null ? null : { items: listed.length, recordings: [...listed] },
    publication: publication === null ? null : inWords(publication),
  }
}

function inWords({ unit, since, digest, changes }: Publication) {
  return {
    unit,
    since: since === null ? null : iso(since),
    digest,
    changes: changes.map(change => ({ path: change.path, text: policyChangeWords('en', change) })),
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
} as const

const answerSentences: Readonly<Record<AnswerRefusal, string>> = {
  'no-such-question': 'There is no such question for you to answer.',
  'not-allowed': 'Your roles do not allow you to confirm this.',
  'same-person':
    'You asked for it yourself; another person must confirm, and another token of yours is not another person.',
  'confirmed-by-you-already': 'You have confirmed this already; another person must confirm too.',
  'answered-already': 'This was answered already.',
  lapsed: 'Nobody answered in time, so it does not happen. Ask again.',
  'no-longer-possible': 'What was asked for cannot be done any more.',
}

const overtakenSentences: Readonly<Record<Overtaken, string>> = {
  'no-such-recording': 'What was asked for cannot be done any more: there is no such recording.',
  'not-held': 'What was asked for cannot be done any more: the holds it was about have been lifted already.',
  held: 'It is on hold, and stays. Its holds are lifted first (vidne release); then ask again.',
  'too-late': 'What was asked for cannot be done any more: the deletion of the recording has begun.',
  'nothing-listed': 'What was asked for cannot be done any more: nothing is left of what was listed.',
  'policy-changed':
    'Another version of the policy was published meanwhile. Look at the difference again, and ask anew.',
  'minimum-runs':
    'A rule of the policy keeps it for a minimum that still runs, and two persons cannot end that. Take the category away first (vidne downgrade) if it was a mistake.',
  'not-categorised': 'What was asked for cannot be done any more: the recording is not under that category.',
  'not-both-roles':
    'The policy asks for two different roles, such as whoever wore the camera and a superior who sees the recording. Yours is not the one that is missing; such a person confirms.',
  'link-over':
    'What was asked for cannot be done any more: the link is over, was revoked, or shows nothing that is there still.',
  'nothing-to-decide': 'There is nothing to decide any more: the recording is kept by another rule.',
  'upload-gone': 'The upload has run out or was removed meanwhile. Dock the file again, and ask anew.',
}
