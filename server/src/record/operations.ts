import { actorFields, nameKey, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { Deciding } from './ground.ts'
import { linkOperation } from './made-in.ts'
import { insertOperation, withParticipants, type WithParticipants } from './operations-store.ts'
import { policyAt } from './policy-at.ts'
import { decideOn, nothingReported } from './verdicts.ts'

export type OperationWish = {
  readonly title: string
  readonly task: string
  readonly from: number
  readonly until: number
  /** Who ordered it, in words: a rank, a name. Who typed it in stands beside it. */
  readonly orderedBy: string
  readonly unit: string | null
  readonly participants: readonly { readonly wearer: string | null; readonly camera: string | null }[]
}

export type OrderRefusal = 'not-allowed' | 'no-such-task' | 'no-such-unit' | 'ends-before-it-begins' | 'no-policy'

/** `tasks`: what the policy knows, where it lacks the one that was named. */
export type Ordered =
  | { readonly state: 'ordered'; readonly operation: WithParticipants }
  | { readonly state: 'refused'; readonly because: OrderRefusal; readonly tasks: readonly string[] }

/** Under which a wearer is one person, whoever wrote the name. */
export function wearerKey(wearer: string | null): string | null {
  return wearer === null ? null : nameKey(wearer)
}

/** Orders an operation. Its task type must be one of the policy: an unknown one would come to no verdict of its own. */
export async function orderOperation(trx: Trx, ground: Deciding, wish: OperationWish, by: Actor): Promise<Ordered> {
  const { agency, person } = by
  const now = ground.clock.now()
  if (wish.until <= wish.from) return refused('ends-before-it-begins')
  if (wish.unit !== null && (await ground.people.units.called(trx, agency, wish.unit)) === null)
    return refused('no-such-unit')
  const policy = await policyAt(trx, ground, { agency, at: now, unit: wish.unit })
  if (policy === null) return refused('no-policy')
  const tasks = policy.pack.tasks.map(task => task.v)
  if (!tasks.includes(wish.task)) return refused('no-such-task', tasks)
  const { verdict, clause } = decideOn({ ...nothingReported(wish.from), task: wish.task }, policy.pack)
  const operation = {
    id: uuidv7(ground.clock),
    agency,
    unit: wish.unit,
    title: wish.title,
    task: wish.task,
    from_at: new Date(wish.from),
    until_at: new Date(wish.until),
    ordered_by: wish.orderedBy,
    created_by: person,
    created_at: new Date(now),
    policy: policy.pol,
    verdict,
    clause,
  }
  const participants = wish.participants.map(({ wearer, camera }) => ({
    wearer,
    wearer_key: wearerKey(wearer),
    camera,
  }))
  await insertOperation(trx, operation, participants)
  await linkOperation(trx, agency, operation.id)
  const fields = [
    { name: 'operation', value: operation.id },
    { name: 'task', value: wish.task },
    { name: 'verdict', value: verdict },
    { name: 'from', value: wish.from },
    { name: 'until', value: wish.until },
    { name: 'participants', value: participants.length },
    { name: 'ordered-by', value: wish.orderedBy },
    ...(wish.unit === null ? [] : [{ name: 'unit', value: wish.unit }]),
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: agency, type: 'operation-ordered', pol: policy.pol, fields })
  const [made] = await withParticipants(trx, [{ ...operation, ended_at: null }])
  if (made === undefined) throw new Error('an operation was lost on the way')
  return { state: 'ordered', operation: made }
}

function refused(because: OrderRefusal, tasks: readonly string[] = []): Ordered {
  return { state: 'refused', because, tasks }
}
