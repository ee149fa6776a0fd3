import { decisionOutcome } from '@vidne/contract/approvals'
import type { Json } from '@vidne/evidence/jcs'
import type { Change } from '@vidne/policies/diff'
import type { Trx } from '../platform/database/door.ts'
import { isApprovalKind, TERMS, type ApprovalKind, type WithoutAnswer } from './approval-kinds.ts'
import { confirmationsOf, wordOf } from './authority.ts'
import type { Principal } from './delegations.ts'
import type { Actor } from './roles.ts'
import { peopleTables, type ApprovalRow } from './store.ts'

type DecisionOutcome = (typeof decisionOutcome.options)[number]

/**
 * What the second person reads of a question; null: nothing was said. Purpose, case and recipient are an export's; a decision about a
 * deletion says its outcome, and what keeps it; a downgrade which category goes, and what comes in its place.
 */
export type Told = {
  readonly reason: string | null
  readonly purpose: string | null
  readonly case: string | null
  readonly recipient: string | null
  readonly outcome: DecisionOutcome | null
  readonly rule: string | null
  readonly instead: string | null
  readonly offence: string | null
}

/** A question that waits. Times in epoch milliseconds, persons by id. */
export type Waiting = {
  readonly id: string
  readonly kind: ApprovalKind
  readonly subject: string | null
  /** Null: the installation asked by itself. */
  readonly askedBy: string | null
  readonly askedAt: number
  readonly deadline: number
  readonly withoutAnswer: WithoutAnswer
  readonly told: Told
  /** Persons who must still confirm. */
  readonly left: number
  readonly confirmedBy: readonly string[]
  /** Everybody whose word was given: who confirmed, and in whose place. */
  readonly spoken: readonly string[]
  /** The recordings that the question lists; null where questions of its kind list none. */
  readonly listed: readonly string[] | null
  readonly publication: Publication | null
}

/** What a version of a policy would change. `digest` null: it cannot be published any more. Times in epoch milliseconds. */
export type Publication = {
  readonly unit: string | null
  readonly since: number | null
  readonly digest: string | null
  readonly changes: readonly Change[]
}

/** Which recordings a question lists, by its id. */
export type Lister = (trx: Trx, approval: string) => Promise<string[]>

/** What a question would publish, by what it carries. */
export type Publisher = (trx: Trx, question: { agency: string; payload: Json }) => Promise<Publication>

/** The agency's questions that wait at `now`, oldest first. */
export async function waitingQuestions(
  trx: Trx,
  p: { agency: string; now: number; listers: ReadonlyMap<ApprovalKind, Lister>; publisher: Publisher | null },
): Promise<Waiting[]> {
  const rows = await peopleTables(trx)
    .selectFrom('people_approval')
    .selectAll()
    .where('agency', '=', p.agency)
    .where('state', '=', 'waiting')
    .where('deadline', '>', new Date(p.now))
    .orderBy('asked_at')
    .orderBy('id')
    .execute()
  const confirmed = await confirmationsOf(
    trx,
    rows.map(row => row.id),
  )
  const questions: Waiting[] = []
  for (const row of rows) {
    const given = confirmed.get(row.id) ?? { by: [], spoken: [] }
    const listed = (await p.listers.get(kindOf(row))?.(trx, row.id)) ?? null
    const publishes = kindOf(row) === 'policy-publication' ? p.publisher : null
    const publication = (await publishes?.(trx, row)) ?? null
    questions.push({ ...waitingOf(row, given), listed, publication })
  }
  return questions
}

const STANDINGS = {
  'same-person': 'asked-by-you',
  'confirmed-by-you-already': 'confirmed-by-you',
  'not-allowed': 'not-your-role',
} as const

/** Whether somebody may confirm a question, or why not. The answer itself is checked again when it is given. */
export function standingOf(
  question: Pick<Waiting, 'kind' | 'askedBy' | 'spoken'>,
  actor: Pick<Actor, 'person' | 'roles'>,
  principals: readonly Principal[] = [],
): 'may-confirm' | 'asked-by-you' | 'confirmed-by-you' | 'not-your-role' {
  const word = wordOf(question, actor, principals)
  return typeof word === 'string' ? STANDINGS[word] : 'may-confirm'
}

type Given = { readonly by: readonly string[]; readonly spoken: readonly string[] }

function waitingOf(row: ApprovalRow, given: Given): Omit<Waiting, 'listed' | 'publication'> {
  const kind = kindOf(row)
  return {
    id: row.id,
    kind,
    subject: row.subject,
    askedBy: row.asked_by,
    askedAt: row.asked_at.getTime(),
    deadline: row.deadline.getTime(),
    withoutAnswer: TERMS[kind].withoutAnswer,
    told: toldOf(row.told),
    left: row.confirmations_needed - given.by.length,
    confirmedBy: given.by,
    spoken: given.spoken,
  }
}

export function kindOf({ kind }: Pick<ApprovalRow, 'kind'>): ApprovalKind {
  if (!isApprovalKind(kind)) throw new Error(`an approval of unknown kind ${kind}`)
  return kind
}

function toldOf(told: Json): Told {
  const said = typeof told === 'object' && told !== null && !Array.isArray(told) ? told : {}
  const word = (name: keyof Told): string | null => (typeof said[name] === 'string' ? said[name] : null)
  const outcome = decisionOutcome.safeParse(word('outcome'))
  return {
    reason: word('reason'),
    purpose: word('purpose'),
    case: word('case'),
    recipient: word('recipient'),
    outcome: outcome.success ? outcome.data : null,
    rule: word('rule'),
    instead: word('instead'),
    offence: word('offence'),
  }
}
