import { sql } from 'kysely'
import type { SweepCode } from '@vidne/contract/keep'
import type { Trx } from '../platform/database/door.ts'
import { KeyDestroyed, KeyUnknown } from '../platform/vault/port.ts'
import type { KeepGround } from './ground.ts'
import { isKnown, isLost, parts } from './parts.ts'
import { keepTables } from './tables.ts'

/** What does not fit together. Nothing follows from it by itself: the sweep only reports. */
export type { SweepCode } from '@vidne/contract/keep'

export type SweepFinding = { readonly code: SweepCode; readonly name: string }

/** `counts` covers all findings; `examples` holds the first of each kind. */
export type SweepReport = {
  readonly counts: ReadonlyMap<SweepCode, number>
  readonly examples: readonly SweepFinding[]
}

type Ground = Pick<KeepGround, 'database' | 'clock' | 'vault' | 'objects'>

const EXAMPLES_OF_A_KIND = 20
const HOUR_MS = 3_600_000

/**
 * Compares objects, database, vault and log, and says where they differ, as far as it concerns an agency: what is its own, and
 * objects that nobody knows. Never decides a deletion, never changes anything.
 */
export async function sweep(ground: Ground, agency: string): Promise<SweepReport> {
  const counts = new Map<SweepCode, number>()
  const examples: SweepFinding[] = []
  const note = (code: SweepCode, name: string): void => {
    const seen = counts.get(code) ?? 0
    counts.set(code, seen + 1)
    if (seen < EXAMPLES_OF_A_KIND) examples.push({ code, name })
  }
  const ask = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => ground.database.asAgency(agency, work)
  for (const id of await ask(withoutDeadline)) note('recording-without-deadline', id)
  for (const id of await ask(withoutRecording)) note('deadline-without-recording', id)
  const before = new Date(ground.clock.now() - HOUR_MS)
  for (const id of await ask(trx => notInLog(trx, before))) note('event-not-in-log', id)
  const states = await ask(keyStates)
  await sweepKeys(ground, states, note)
  await sweepObjects(ground, agency, states, note)
  return { counts, examples }
}

type KeyStates = ReadonlyMap<string, 'kept' | 'destroyed'>
type Note = (code: SweepCode, name: string) => void

async function sweepKeys({ vault }: Ground, states: KeyStates, note: Note): Promise<void> {
  for (const [recording, state] of states) {
    const there = await keyIsThere(vault, recording)
    if (state === 'kept' && !there) note('key-missing', recording)
    if (state === 'destroyed' && there) note('key-after-deletion', recording)
  }
}

async function keyIsThere(vault: Ground['vault'], id: string): Promise<boolean> {
  try {
    const key = await vault.key(id)
    key.fill(0)
    return true
  } catch (error) {
    if (error instanceof KeyDestroyed || error instanceof KeyUnknown) return false
    throw error
  }
}

async function sweepObjects(ground: Ground, agency: string, states: KeyStates, note: Note): Promise<void> {
  const unknown = new Set<string>()
  for await (const name of ground.objects.list()) unknown.add(name)
  for await (const part of parts(ground)) {
    const listed = unknown.delete(part.object)
    if (part.agency !== agency) continue
    if (states.get(part.recording) !== 'destroyed') {
      if (!listed && (await isLost(ground, part.object))) note('object-missing', part.object)
    } else if (listed) note('object-after-deletion', part.object)
  }
  for (const name of unknown) if (await isStray(ground, name)) note('object-unknown', name)
}

/** It may have found its place, or been erased, since the list was made. */
async function isStray(ground: Ground, object: string): Promise<boolean> {
  return !(await isKnown(ground, object)) && (await ground.objects.size(object)) !== null
}

async function withoutDeadline(trx: Trx): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id from dock_v_recording r
    where r.erased_at is null and not exists (select from keep_deadline d where d.recording = r.id)`.execute(trx)
  return rows.map(row => row.id)
}

async function withoutRecording(trx: Trx): Promise<string[]> {
  const { rows } = await sql<{ recording: string }>`
    select d.recording from keep_deadline d
    where not exists (select from dock_v_recording r where r.id = d.recording)`.execute(trx)
  return rows.map(row => row.recording)
}

async function notInLog(trx: Trx, before: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select e.id from history_event e
    where e.at < ${before} and not exists (select from seal_v_sealed s where s.label = e.label)`.execute(trx)
  return rows.map(row => row.id)
}

async function keyStates(trx: Trx): Promise<KeyStates> {
  const rows = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select(['recording', 'state', 'key_destroyed_at'])
    .execute()
  return new Map(rows.map(row => [row.recording, row.key_destroyed_at === null ? 'kept' : 'destroyed']))
}
