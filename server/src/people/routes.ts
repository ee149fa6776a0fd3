import { api } from '../api.ts'
import type { Database } from '../platform/database/door.ts'
import type { AnswerRefusal, People, TokenRefusal } from './people.ts'

/** Tokens and approvals. */
export function peopleRoutes(people: People, database: Database) {
  return {
    createToken: api.tokens.create.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const refused = (because: TokenRefusal) =>
        errors[tokenCodes[because]]({ data: { sentence: tokenSentences[because] } })
      if (!(await people.allowed(actor, 'create-token'))) throw refused('not-allowed')
      const wish = { person: input.person, role: input.role, expires: Date.parse(input.expires) }
      const made = await database.asAgency(actor.agency, trx => people.createToken(trx, actor, wish))
      if (!made.made) throw refused(made.because)
      return { token: made.token, person: made.person, expires: input.expires }
    }),
    approve: api.approvals.approve.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const answer = await database.asAgency(actor.agency, trx =>
        people.approvals.answer(trx, { approval: input.id, actor }),
      )
      if (answer.state !== 'refused')
        return { state: answer.state, kind: answer.kind, left: answer.state === 'waiting' ? answer.left : 0 }
      throw errors[answerCodes[answer.because]]({
        data: { sentence: answer.detail ?? answerSentences[answer.because] },
      })
    }),
    waiting: api.approvals.list.handler(async ({ context, errors }) => {
      const { actor } = context
      if (!(await people.allowed(actor, 'approve')))
        throw errors.NOT_ALLOWED({ data: { sentence: answerSentences['not-allowed'] } })
      const { questions, names } = await database.asAgency(actor.agency, async trx => {
        const questions = await people.approvals.waiting(trx, actor.agency)
        const names = await people.names(
          trx,
          questions.flatMap(({ askedBy }) => (askedBy === null ? [] : [askedBy])),
        )
        return { questions, names }
      })
      return questions.map(({ id, kind, subject, askedBy, askedAt, deadline }) => ({
        id,
        kind,
        subject,
        askedBy: (askedBy === null ? undefined : names.get(askedBy)) ?? 'installation',
        askedAt: new Date(askedAt).toISOString(),
        deadline: new Date(deadline).toISOString(),
      }))
    }),
  }
}

const tokenCodes = {
  'not-allowed': 'NOT_ALLOWED',
  nobody: 'ODD_INPUT',
  'already-over': 'ODD_INPUT',
  'machine-and-person': 'CONFLICT',
} as const

const tokenSentences: Readonly<Record<TokenRefusal, string>> = {
  'not-allowed': 'Only an agency administrator makes tokens.',
  nobody: 'person: say whose token it is.',
  'already-over': 'expires: this lies in the past.',
  'machine-and-person':
    'This name is a machine (or a person) already and cannot be both: what a machine does is no act of a person.',
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
