import { ObjectsAway } from '../platform/objects/objects.ts'
import type { Still } from '../platform/still.ts'
import type { KeepGround } from './ground.ts'
import { isLost, parts } from './parts.ts'
import { stopBesidesObjects } from './standing.ts'
import { olderStore, rememberObjects, type OlderStore } from './store-mark.ts'
import { keepTables } from './tables.ts'

/** What a store that was put back from before lacks. `parts`: how many stored pieces of the recording are gone. */
export type Loss = {
  readonly store: OlderStore
  readonly recordings: readonly { readonly agency: string; readonly recording: string; readonly parts: number }[]
  /** Uploads that were under way: their senders are told to begin anew. */
  readonly uploads: number
}

/** Who goes on without what is lost, by the account that he has on the machine, and why. He has no token there. */
export type Accepted = { readonly operator: string; readonly reason: string }

const BATCH = 50

/** What is lost with an older object store; null where the store is not older. Changes nothing. @throws ObjectsAway */
export async function findLoss(ground: KeepGround): Promise<Loss | null> {
  if ((await ground.objects.recognises(ground.installation)) !== 'yes') {
    throw new ObjectsAway(
      "The object store is not this installation's, or is empty. Put the right one in its place first",
    )
  }
  const store = await olderStore(ground)
  if (store === null) return null
  const listed = new Set<string>()
  for await (const name of ground.objects.list()) listed.add(name)
  const kept = await keptRecordings(ground)
  const lost = new Map<string, { agency: string; recording: string; parts: number }>()
  for await (const { agency, recording, object } of parts(ground)) {
    if (kept.get(recording) === 'destroyed' || listed.has(object) || !(await isLost(ground, object))) continue
    lost.set(recording, { agency, recording, parts: (lost.get(recording)?.parts ?? 0) + 1 })
  }
  const recordings = [...lost.values()].filter(({ recording }) => kept.has(recording))
  return { store, recordings, uploads: lost.size - recordings.length }
}

/**
 * Goes on without what is lost, by an operator's word: says so in the history of each recording, marks it, and takes the store for the
 * newest there is. Nothing is deleted by it. May be called again after a crash. Null when done, else what stands in the way.
 */
export async function acceptLoss(ground: KeepGround, { recordings }: Loss, said: Accepted): Promise<Still | null> {
  const stop = await stopBesidesObjects(ground)
  if (stop !== null) return stop
  for (const agency of new Set(recordings.map(one => one.agency))) {
    const own = recordings.filter(one => one.agency === agency)
    for (let from = 0; from < own.length; from += BATCH)
      await recordLost(ground, agency, own.slice(from, from + BATCH), said)
  }
  await rememberObjects(ground, true)
  return null
}

/** A recording is told of once: the row and its event are of one transaction. */
async function recordLost(
  ground: KeepGround,
  agency: string,
  lost: Loss['recordings'],
  { operator, reason }: Accepted,
): Promise<void> {
  const { database, history, rules, clock } = ground
  await database.asAgency(agency, async trx => {
    const fresh = await keepTables(trx)
      .insertInto('keep_lost')
      .values(lost.map(one => ({ ...one, at: new Date(clock.now()) })))
      .onConflict(conflict => conflict.column('recording').doNothing())
      .returning(['recording', 'parts'])
      .execute()
    const { pol } = await rules.policyInForce(trx, agency)
    const entries = fresh.map(one => ({
      subject: one.recording,
      type: 'annotated' as const,
      pol,
      fields: [
        { name: 'parts-lost', value: one.parts },
        { name: 'reason', value: reason },
        { name: 'actor', value: 'operator' },
        { name: 'operator', value: operator },
      ],
    }))
    await history.appendMany(trx, entries)
  })
}

async function keptRecordings({ database }: KeepGround): Promise<Map<string, 'kept' | 'destroyed'>> {
  const rows = await database.asInstallation(trx =>
    keepTables(trx).selectFrom('keep_deadline').select(['recording', 'key_destroyed_at']).execute(),
  )
  return new Map(rows.map(row => [row.recording, row.key_destroyed_at === null ? 'kept' : 'destroyed']))
}
