import { toHex } from '@vidne/evidence/bytes'
import { ofAnswers } from '@vidne/locales/answers'
import { firstMoment, lastMoment } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Actor } from '../people/people.ts'
import type { WithParticipants } from './operations-store.ts'
import type { CloseRefusal, ExplainRefusal, OrderRefusal, RecordStage, ReportRefusal, Reviewed } from './record.ts'
import { reported, situationRow } from './report-rows.ts'
import { wordsOf } from './reviews-store.ts'
import type { Decided } from './verdicts.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: Date) => at.toISOString()

/** Which of these recordings are on the actor's list. */
type Seen = (actor: Actor, recordings: readonly string[]) => Promise<ReadonlySet<string>>

/** In which time zone an agency's days are. */
type ZoneOf = (agency: string) => Promise<string>

/** Operations, reports of captures, and reviews. */
export function recordRoutes(record: RecordStage, { seen, zoneOf }: { readonly seen: Seen; readonly zoneOf: ZoneOf }) {
  return {
    operations: operationRoutes(record, zoneOf),
    situations: situationRoutes(record, seen),
    reviews: reviewRoutes(record),
  }
}

function operationRoutes(record: RecordStage, zoneOf: ZoneOf) {
  const between = async ({ agency }: Actor, { from, until }: { from: string; until: string }) => {
    const zone = await zoneOf(agency)
    return { from: firstMoment(from, zone), until: lastMoment(until, zone) }
  }
  return {
    tasks: api.operations.tasks.handler(async ({ context, errors }) => {
      const types = await record.taskTypes(context.actor)
      if (types === 'not-allowed') throw errors.NOT_ALLOWED(refusedIn(context.about, 'record', 'not-allowed'))
      return types.tasks.map(({ task, ...decided }) => ({ task, ...verdictOf(decided, types.policy) }))
    }),
    order: api.operations.order.handler(async ({ input, context, errors }) => {
      const wish = { ...input, ...(await between(context.actor, input)) }
      const ordered = await record.order(context.actor, wish)
      if (ordered.state === 'ordered') return operationRow(ordered.operation)
      const { because, tasks } = ordered
      throw errors[codes[because]](refusedIn(context.about, 'record', because, { tasks: tasks.join(', ') || '–' }))
    }),
    list: api.operations.list.handler(async ({ input, context, errors }) => {
      const rows = await record.operations(context.actor, await between(context.actor, input))
      if (rows === 'not-allowed') throw errors.NOT_ALLOWED(refusedIn(context.about, 'record', 'not-allowed'))
      return rows.map(operationRow)
    }),
  }
}

function reviewRoutes(record: RecordStage) {
  return {
    list: api.reviews.list.handler(async ({ input, context, errors }) => {
      const rows = await record.reviews(context.actor, { state: input.state, most: input.limit })
      if (rows === 'not-allowed') throw errors.NOT_ALLOWED(refusedIn(context.about, 'record', 'not-allowed'))
      return rows.map(reviewRow)
    }),
    close: api.reviews.close.handler(async ({ input, context, errors }) => {
      const closed = await record.closeReview(context.actor, { review: input.id, reason: input.reason })
      if (closed.state === 'closed') return { state: closed.state }
      const sentence = ofAnswers(context.about.language, `reviews.${closed.because}`)
      throw errors[codes[closed.because]]({ data: { sentence } })
    }),
    own: api.reviews.own.handler(async ({ context }) =>
      (await record.ownReviews(context.actor)).map(row => {
        const { id, kind, operation, situation, task } = row
        const { camera, reason } = wordsOf(row)
        const when = { since: iso(row.since), openedAt: iso(row.opened_at) }
        return { id, kind, operation, situation, camera, task, ...when, explained: reason !== null }
      }),
    ),
  }
}

function situationRoutes(record: RecordStage, seen: Seen) {
  return {
    report: api.situations.report.handler(async ({ input, context, errors }) => {
      const { recording, operation } = input
      const taken = await record.report(context.actor, { ...reported(input), recording, operation })
      if (taken.state === 'decided') return { ...situationRow(taken.situation), approval: taken.approval }
      throw errors[codes[taken.because]](refusedIn(context.about, 'record', taken.because))
    }),
    list: api.situations.list.handler(async ({ input, context, errors }) => {
      const rows = await record.situations(context.actor, input.recording)
      if (rows === 'not-allowed') throw errors.NOT_ALLOWED(refusedIn(context.about, 'record', 'not-allowed'))
      return (await seen(context.actor, [input.recording])).has(input.recording) ? rows.map(situationRow) : []
    }),
    explain: api.situations.explain.handler(async ({ input, context, errors }) => {
      const explained = await record.explain(context.actor, { situation: input.id, reason: input.reason })
      if (explained.state === 'explained') return { state: explained.state }
      if (explained.because === 'too-short')
        throw errors.ODD_INPUT(refusedIn(context.about, 'record', 'too-short', { least: explained.least }))
      throw errors[codes[explained.because]](refusedIn(context.about, 'record', explained.because))
    }),
  }
}

function verdictOf({ verdict, clause, startsItself, reasonNeeded, noticeNeeded }: Decided, policy: string | null) {
  return { verdict, clause, policy, startsItself, reasonNeeded, noticeNeeded }
}

function operationRow(row: WithParticipants) {
  const { id, task, unit, verdict, clause } = row
  const ended = row.ended_at !== null
  const participants = row.participants.map(({ wearer, camera, recording }) => ({ wearer, camera, recording }))
  const when = { from: iso(row.from_at), until: iso(row.until_at), orderedBy: ended ? null : row.ordered_by }
  return {
    id,
    title: ended ? null : row.title,
    task,
    unit,
    ...when,
    policy: toHex(row.policy),
    verdict,
    clause,
    participants,
  }
}

function reviewRow(row: Reviewed) {
  const { id, kind, unit, recording, operation, situation } = row
  return {
    id,
    kind,
    unit,
    recording,
    operation,
    situation,
    ...wordsOf(row),
    since: iso(row.since),
    openedAt: iso(row.opened_at),
    closedAt: row.closed_at === null ? null : iso(row.closed_at),
    closedBy: row.closedByName,
    closedBecause: row.reason,
  }
}

type Refusal = OrderRefusal | ReportRefusal | ExplainRefusal | CloseRefusal

const codes: Readonly<Record<Refusal, 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT' | 'ODD_INPUT'>> = {
  'not-allowed': 'NOT_ALLOWED',
  'no-such-task': 'ODD_INPUT',
  'no-such-unit': 'ODD_INPUT',
  'ends-before-it-begins': 'ODD_INPUT',
  'no-policy': 'CONFLICT',
  'no-such-recording': 'NOT_FOUND',
  'no-such-operation': 'NOT_FOUND',
  'no-such-situation': 'NOT_FOUND',
  'no-such-review': 'NOT_FOUND',
  'of-whom': 'ODD_INPUT',
  'not-your-trigger': 'NOT_ALLOWED',
  'not-your-override': 'NOT_ALLOWED',
  'not-yours': 'NOT_ALLOWED',
  'own-act': 'NOT_ALLOWED',
  'explained-before': 'CONFLICT',
  'closed-before': 'CONFLICT',
  'no-reason': 'ODD_INPUT',
}
