import { actorFields } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { hourOf, KeyUnknown } from '../platform/vault/port.ts'
import type { KeepGround } from './ground.ts'
import { lockDeadlines } from './store.ts'
import { erasingWithKey, markKeysDestroyed, type WithKey } from './run-store.ts'

type Ground = Pick<KeepGround, 'database' | 'clock' | 'vault' | 'history' | 'rules' | 'log'>

/** A key that is gone. `inBackupsUntil`: until then (epoch ms) a backup of the vault may still hold it; null: none does. */
export type KeyGone = WithKey & { readonly at: number; readonly inBackupsUntil: number | null }

const BATCH = 50

/**
 * Destroys the data keys of all recordings of the agency whose deletion has begun, and says so in their histories. Whole
 * hours go at once where the vault's own list equals ours; the rest one by one. A crash anywhere repeats what is missing:
 * destroying a destroyed key is no error, and the event is written while the row says it is not yet.
 */
export async function destroyKeys(ground: Ground, agency: string): Promise<void> {
  const doomed = await ground.database.asAgency(agency, trx => erasingWithKey(trx, agency))
  const gone: KeyGone[] = []
  for (const [hour, keys] of byHour(doomed)) {
    if (hour !== null && hour <= hourOf(ground.clock.now()))
      gone.push(...(await destroyHour(ground, agency, hour, keys)))
  }
  const done = new Set(gone.map(key => key.recording))
  for (const key of doomed) {
    const single = done.has(key.recording) ? null : await destroyOne(ground, key)
    if (single !== null) gone.push(single)
  }
  for (let from = 0; from < gone.length; from += BATCH) {
    const batch = gone.slice(from, from + BATCH)
    await ground.database.asAgency(agency, trx => recordGone(trx, ground, agency, batch))
  }
}

/**
 * The keys of an hour that went together; none when the vault's list is not ours, and they go one by one instead. Then
 * something lies in that hour that is not to go: a recording held since the run began, one that the brake keeps back, or a
 * key the database does not know, which is no reason to destroy it.
 */
async function destroyHour(ground: Ground, agency: string, hour: number, keys: readonly WithKey[]): Promise<KeyGone[]> {
  const approved = keys.map(key => key.recording)
  const verdict = await ground.vault.destroyHour({ agency, hour, approved })
  if (verdict.done) return keys.map(key => ({ ...key, at: verdict.at, inBackupsUntil: verdict.inBackupsUntil }))
  ground.log.warn(
    { agency, hour, verdict },
    'an hour of keys is destroyed one by one: its list is not the approved one',
  )
  return []
}

/** Null when the vault never held it: then nothing shows that this is the vault it lay in, and nothing more is erased. */
async function destroyOne(ground: Ground, key: WithKey): Promise<KeyGone | null> {
  try {
    const { at, inBackupsUntil } = await ground.vault.destroyKey(key.recording)
    return { ...key, at, inBackupsUntil }
  } catch (error) {
    if (!(error instanceof KeyUnknown)) throw error
    ground.log.error({ recording: key.recording }, 'the vault never held the key of a recording that is to go')
    return null
  }
}

async function recordGone(trx: Trx, ground: Ground, agency: string, keys: readonly KeyGone[]): Promise<void> {
  await lockDeadlines(
    trx,
    ground.history,
    keys.map(key => key.recording),
  )
  const fresh = await markKeysDestroyed(trx, keys)
  const { pol } = await ground.rules.policyInForce(trx, agency)
  const entries = fresh.map(key => ({
    subject: key.recording,
    type: 'key-destroyed' as const,
    pol,
    fields: [
      { name: 'rule', value: key.rule },
      { name: 'at', value: key.at },
      { name: 'hour', value: key.hour },
      { name: 'in-backups-until', value: key.inBackupsUntil },
      ...actorFields(null),
    ],
  }))
  await ground.history.appendMany(trx, entries)
}

function byHour(keys: readonly WithKey[]): Map<number | null, WithKey[]> {
  const hours = new Map<number | null, WithKey[]>()
  for (const key of keys) {
    const hour = hours.get(key.hour) ?? []
    hour.push(key)
    hours.set(key.hour, hour)
  }
  return hours
}
