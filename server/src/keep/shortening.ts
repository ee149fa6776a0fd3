import type { Json } from '@vidne/evidence/jcs'
import { actorFields, type Actor } from '../people/people.ts'
import { afterCommit, type Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { lifeFields } from './deadlines.ts'
import type { KeepGround } from './ground.ts'
import type { Life, LifeReason } from './life.ts'
import { moveDeadline } from './store.ts'
import { keepTables, type DeadlineRow, type ShorteningKind } from './tables.ts'

type Ground = Pick<KeepGround, 'clock' | 'history'> & { readonly wake: (agency: string) => void }

/** Whom a shortening can be held against: a question that two persons agreed to, or a policy that two persons published. */
export type Decided =
  | { readonly kind: Exclude<ShorteningKind, 'policy'>; readonly approval: string; readonly confirmedBy: Actor }
  | { readonly kind: 'policy'; readonly policy: Uint8Array }

/**
 * Gives a recording a life that may end earlier than before. This is the only way to do so: the database takes an earlier
 * deadline with a row of its own that names the decision, and each decision counts once a recording. The row must be locked.
 */
export async function shorten(
  trx: Trx,
  ground: Ground,
  row: Pick<DeadlineRow, 'recording' | 'agency'>,
  shortening: { life: Life; because: LifeReason; settled: boolean; decided: Decided; pol: Uint8Array },
): Promise<void> {
  const { recording, agency } = row
  const { life, because, settled, decided, pol } = shortening
  const id = uuidv7(ground.clock)
  const byPolicy = decided.kind === 'policy'
  await keepTables(trx)
    .insertInto('keep_shortening')
    .values({
      id,
      agency,
      recording,
      kind: decided.kind,
      approval: byPolicy ? null : decided.approval,
      policy: byPolicy ? decided.policy : null,
      at: new Date(ground.clock.now()),
    })
    .execute()
  await moveDeadline(trx, { recording, life, settled, shortening: id })
  const who: { name: string; value: Json }[] = byPolicy
    ? actorFields(null)
    : [{ name: 'approval', value: decided.approval }, ...actorFields(decided.confirmedBy)]
  const fields = [...lifeFields(life), { name: 'because', value: because }, ...who]
  await ground.history.append(trx, { subject: recording, type: 'retention-changed', pol, fields })
  afterCommit(() => ground.wake(agency))
}
