import type { Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Happened } from '../platform/history/history.ts'
import type { PastSituation } from '../rules/rules.ts'
import { agreeToOverride, lockAgreed } from './agreed.ts'
import { lookAgain, lookAtSealed } from './captures.ts'
import { lookForDeviations, type Looked } from './deviations.ts'
import { endWords } from './ending.ts'
import { eraserOf, type RecordEraser } from './erasing.ts'
import type { Captured, RecordGround } from './ground.ts'
import { operationsBetween, type WithParticipants } from './operations-store.ts'
import { orderOperation, type OperationWish, type Ordered } from './operations.ts'
import { pastSituations } from './past.ts'
import { policyAt } from './policy-at.ts'
import { handsOver } from './reported.ts'
import { listOwnReviews, listReviews, type OwnReview, recordingOfReview } from './reviews-store.ts'
import { closeReview, type Closed } from './reviews.ts'
import { explain, report, type Explained, type Report, type ReportTaken } from './situations.ts'
import { situationsOf, type StoredSituation } from './situations-store.ts'
import type { ReviewRow } from './tables.ts'
import { taskTypes, type TaskType } from './verdicts.ts'

export type { Captured, RecordGround } from './ground.ts'
export type { Looked } from './deviations.ts'
export type { OperationWish, Ordered, OrderRefusal } from './operations.ts'
export type { CloseRefusal, Closed } from './reviews.ts'
export type { Explained, ExplainRefusal, Report, ReportRefusal, ReportTaken } from './situations.ts'

export type ReviewState = 'open' | 'closed' | 'all'
export type Reviewed = ReviewRow & { readonly closedByName: string | null }

/** What is ordered and reported of captures, what the policy says of it, and what a supervisor has to look at. */
export interface RecordStage {
  /** The task types of the policy in force, each with its verdict; null: none is in force. */
  taskTypes(actor: Actor): Promise<{ policy: string | null; tasks: TaskType[] } | 'not-allowed'>
  order(actor: Actor, wish: OperationWish): Promise<Ordered>
  operations(actor: Actor, period: { from: number; until: number }): Promise<WithParticipants[] | 'not-allowed'>
  /** Takes a report and answers what the policy in force at that moment says. */
  report(actor: Actor, told: Report): Promise<ReportTaken>
  situations(actor: Actor, recording: string): Promise<StoredSituation[] | 'not-allowed'>
  explain(actor: Actor, wish: { situation: string; reason: string }): Promise<Explained>
  /** What is open about the actor's own captures. */
  ownReviews(actor: Actor): Promise<OwnReview[]>
  /** Those of recordings on the actor's own list, and those of none; as many as asked for if there are so many. */
  reviews(actor: Actor, page: { state: ReviewState; most: number }): Promise<Reviewed[] | 'not-allowed'>
  closeReview(actor: Actor, wish: { review: string; reason: string }): Promise<Closed>
  /** Which recording a review is about; null: none, or the agency has none of that id. */
  recordingOfReview(agency: string, review: string): Promise<string | null>
  /** What runs by the clock each hour: opens reviews of what is over and has no recording, and of recordings without notice. */
  lookForDeviations(agency: string): Promise<Looked>
  /** What cameras were in during a span of time, for a draft policy to be tried on. */
  past(agency: string, span: { from: number; to: number }): Promise<PastSituation[]>
  /**
   * Removes words that no footage takes along and that are older than `before` (epoch ms): who took part in operations, and what was
   * reported and looked at of something that nobody recorded. Says how many rows it emptied.
   */
  endWords(agency: string, before: number): Promise<number>
  readonly eraser: RecordEraser
}

/** Opens record: from here on each recording is bound to the policy of its capture in the transaction that seals it. */
export function openRecord(ground: RecordGround): RecordStage {
  const { database, people, history, access, clock } = ground
  const as = <T>(actor: Actor, work: (trx: Trx) => Promise<T>): Promise<T> => database.asAgency(actor.agency, work)
  const subscribe = (type: 'sealed' | 'indexed', look: typeof lookAtSealed) =>
    history.subscribe(type, async (trx, happened) => look(trx, ground, await capturesIn(trx, ground, happened)))
  people.approvals.onApproved(
    'override',
    (trx, approved) => agreeToOverride(trx, ground, approved),
    (trx, approved) => lockAgreed(trx, ground, approved),
  )
  subscribe('sealed', lookAtSealed)
  subscribe('indexed', lookAgain)
  return {
    ...acts(ground, as),
    async taskTypes(actor) {
      if (!(await people.allowed(actor, 'see-operations'))) return 'not-allowed'
      const now = clock.now()
      const policy = await as(actor, trx => policyAt(trx, ground, { agency: actor.agency, at: now }))
      return { policy: policy?.digest ?? null, tasks: policy === null ? [] : taskTypes(policy.pack, now) }
    },
    async operations(actor, { from, until }) {
      if (!(await people.allowed(actor, 'see-operations'))) return 'not-allowed'
      await people.noteListing(actor, 'see-operations')
      return as(actor, trx => operationsBetween(trx, actor.agency, from, until))
    },
    async situations(actor, recording) {
      if (!(await people.allowed(actor, 'see-situations', recording))) return 'not-allowed'
      await people.noteListing(actor, 'see-situations', recording)
      return as(actor, trx => situationsOf(trx, actor.agency, recording))
    },
    ownReviews: actor => as(actor, trx => listOwnReviews(trx, actor)),
    async reviews(actor, page) {
      if (!(await people.allowed(actor, 'see-reviews'))) return 'not-allowed'
      await people.noteListing(actor, 'see-reviews')
      return as(actor, async trx => {
        const rows = await listReviews(trx, await access.seer(trx, actor), page)
        const names = await people.names(trx, [...new Set(rows.flatMap(row => row.closed_by ?? []))])
        return rows.map(row => ({
          ...row,
          closedByName: row.closed_by === null ? null : (names.get(row.closed_by) ?? null),
        }))
      })
    },
    recordingOfReview: async (agency, review) =>
      (await database.asAgency(agency, trx => recordingOfReview(trx, agency, review)))?.recording ?? null,
    lookForDeviations: agency =>
      untilAllSeen(() => database.asAgency(agency, trx => lookForDeviations(trx, ground, agency))),
    past: (agency, span) => pastSituations(ground, agency, span),
    async endWords(agency, before) {
      for (let ended = 0; ;) {
        const more = await database.asInstallation(trx => endWords(trx, { agency, before, at: clock.now() }))
        ended += more
        if (more === 0) return ended
      }
    },
    eraser: eraserOf(database, clock),
  }
}

/**
 * Whether somebody may name this recording in a report: only one on his own list, as a wearer's are those he wore. A dock and who hands
 * over what a camera stored see no list; they speak for what they docked.
 */
async function mayName({ sees }: RecordGround, actor: Actor, { recording }: Report): Promise<boolean> {
  return recording === null || handsOver(actor.roles) || sees(actor, 'report-situation', recording)
}

type As = <T>(actor: Actor, work: (trx: Trx) => Promise<T>) => Promise<T>

/** What people do: each asks first whether they may, which a refusal is noted for. */
function acts(ground: RecordGround, as: As): Pick<RecordStage, 'order' | 'report' | 'explain' | 'closeReview'> {
  const { people } = ground
  return {
    async order(actor, wish) {
      if (!(await people.allowed(actor, 'order-operation')))
        return { state: 'refused', because: 'not-allowed', tasks: [] }
      return as(actor, trx => orderOperation(trx, ground, wish, actor))
    },
    async report(actor, told) {
      if (!(await people.allowed(actor, 'report-situation', told.recording ?? undefined)))
        return { state: 'refused', because: 'not-allowed' }
      if (!(await mayName(ground, actor, told))) return { state: 'refused', because: 'no-such-recording' }
      return as(actor, trx => report(trx, ground, told, actor))
    },
    async explain(actor, wish) {
      if (!(await people.allowed(actor, 'report-situation'))) return { state: 'refused', because: 'not-allowed' }
      return as(actor, trx => explain(trx, ground, { ...wish, by: actor }))
    },
    async closeReview(actor, wish) {
      if (!(await people.allowed(actor, 'close-review', wish.review)))
        return { state: 'refused', because: 'not-allowed' }
      return as(actor, trx => closeReview(trx, ground, { ...wish, by: actor }))
    },
  }
}

async function capturesIn(trx: Trx, ground: RecordGround, happened: readonly Happened[]): Promise<readonly Captured[]> {
  return ground.captures(
    trx,
    happened.map(({ subject }) => subject),
  )
}

/** In transactions of a bounded size, so that a long absence does not lock everything at once. */
async function untilAllSeen(look: () => Promise<Looked>): Promise<Looked> {
  let all: Looked = { missing: 0, unnoticed: 0, unexplained: 0 }
  for (;;) {
    const { missing, unnoticed, unexplained } = await look()
    if (missing + unnoticed + unexplained === 0) return all
    all = {
      missing: all.missing + missing,
      unnoticed: all.unnoticed + unnoticed,
      unexplained: all.unexplained + unexplained,
    }
  }
}
