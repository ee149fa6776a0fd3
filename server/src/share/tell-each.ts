import type { EventType } from '@vidne/evidence/event-types'
import type { Json } from '@vidne/evidence/jcs'
import type { Trx } from '../platform/database/door.ts'
import { type ShareGround, policyOf } from './exporting.ts'

type Telling = {
  readonly agency: string
  readonly recordings: readonly string[]
  readonly type: EventType
  readonly fields: readonly { name: string; value: Json }[]
}

/** Writes the same event into the history of each recording, each under the policy that is in force for it. */
export async function tellEach(
  ground: Pick<ShareGround, 'access' | 'rules' | 'history'>,
  trx: Trx,
  { agency, recordings, type, fields }: Telling,
): Promise<void> {
  const entries = []
  for (const recording of recordings) {
    const { pol } = await policyOf(ground, trx, { agency, recording })
    entries.push({ subject: recording, type, pol, fields })
  }
  await ground.history.appendMany(trx, entries)
}
