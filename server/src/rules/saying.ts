import { toHex } from '@vidne/evidence/bytes'
import type { Json } from '@vidne/evidence/jcs'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import type { PolicyRow } from './store.ts'

/**
 * Says in the open that a version was published: an event of the agency's chain, and a public statement that names digest, pack and the
 * moment it comes into force, and neither agency nor unit.
 */
export async function sayPublished(
  trx: Trx,
  history: History,
  row: PolicyRow,
  more: readonly { name: string; value: Json }[] = [],
): Promise<void> {
  const [digest, at] = [toHex(row.digest), row.since.getTime()]
  const fields = [
    { name: 'policy', value: digest },
    { name: 'pack', value: row.pack },
    { name: 'in-force-from', value: at },
    ...more,
  ]
  await history.append(trx, { subject: row.agency, type: 'policy-published', pol: row.digest, fields })
  await history.publish(trx, { type: 'policy-in-force', v: 1, policy: digest, pack: row.pack, at })
}
