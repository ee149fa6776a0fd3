import type { Trx } from '../platform/database/door.ts'
import { TERMS, type ApprovalKind } from './approval-kinds.ts'
import { principalsOf, type Principal } from './delegations.ts'
import type { Actor, Role } from './roles.ts'
import { peopleTables, type ApprovalRow } from './store.ts'

export type AnswerRefusal =
  | 'no-such-question'
  | 'not-allowed'
  | 'same-person'
  | 'confirmed-by-you-already'
  | 'answered-already'
  | 'lapsed'
  | 'no-longer-possible'

/** By whose word somebody confirms; null: by their own. */
export type Authority = { readonly onBehalfOf: Principal | null }

/** Of a question: what decides whose word counts. `spoken`: everybody whose word was given, by themselves or in their place. */
export type Asked = {
  readonly kind: ApprovalKind
  readonly askedBy: string | null
  readonly spoken: readonly string[]
}

/**
 * By whose word this actor may confirm, or why not. A person's word counts once, whether they give it themselves or a delegate does;
 * nobody confirms what they asked for, nor in the place of the one who did.
 */
export function wordOf(
  { kind, askedBy, spoken }: Asked,
  actor: Pick<Actor, 'person' | 'roles'>,
  principals: readonly Principal[],
): Authority | 'same-person' | 'confirmed-by-you-already' | 'not-allowed' {
  const confirms = (roles: readonly Role[]) => roles.some(role => TERMS[kind].confirmedBy.includes(role))
  if (askedBy === actor.person) return 'same-person'
  if (spoken.includes(actor.person)) return 'confirmed-by-you-already'
  if (confirms(actor.roles)) return { onBehalfOf: null }
  const standIns = principals.filter(({ roles }) => confirms(roles))
  const free = standIns.find(({ person }) => person !== askedBy && !spoken.includes(person))
  if (free !== undefined) return { onBehalfOf: free }
  if (standIns.length === 0) return 'not-allowed'
  return standIns.some(({ person }) => person === askedBy) ? 'same-person' : 'confirmed-by-you-already'
}

/** By whose word this actor may confirm the question that waits in this row, or why not. */
export async function authorityOf(
  trx: Trx,
  p: { row: ApprovalRow; kind: ApprovalKind; actor: Actor; now: number },
): Promise<Authority | AnswerRefusal> {
  const { row, kind, actor, now } = p
  const principals = await principalsOf(trx, { agency: actor.agency, delegate: actor.person, now })
  const spoken = (await confirmationsOf(trx, [row.id])).get(row.id)?.spoken ?? []
  const word = wordOf({ kind, askedBy: row.asked_by, spoken }, actor, principals)
  if (word === 'not-allowed') return word
  if (row.state === 'lapsed') return 'lapsed'
  if (row.state !== 'waiting') return 'answered-already'
  return row.deadline.getTime() <= now ? 'lapsed' : word
}

/** Who confirmed each question, and whose word was so given. */
export async function confirmationsOf(
  trx: Trx,
  approvals: readonly string[],
): Promise<Map<string, { readonly by: readonly string[]; readonly spoken: readonly string[] }>> {
  if (approvals.length === 0) return new Map()
  const rows = await peopleTables(trx)
    .selectFrom('people_confirmation')
    .select(['approval', 'person', 'on_behalf_of'])
    .where('approval', 'in', [...approvals])
    .orderBy('at')
    .execute()
  const grouped = Map.groupBy(rows, row => row.approval)
  return new Map(
    [...grouped].map(([approval, given]) => {
      const spoken = given.flatMap(one => [one.person, one.on_behalf_of ?? []].flat())
      return [approval, { by: given.map(one => one.person), spoken }]
    }),
  )
}
