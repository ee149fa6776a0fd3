import type { Trx } from '../platform/database/door.ts'
import type { KeepGround } from './ground.ts'
import { actorFields } from '../people/people.ts'
import { heldBy } from '../rules/rules.ts'
import { lifeFields, lifeInRow } from './deadlines.ts'
import { readSaid, type Said } from './given-store.ts'
import { endOf, isDecided, type Life } from './life.ts'
import { afterPolicy } from './moves.ts'
import { unitsAtCapture } from './policies.ts'
import { shorten } from './shortening.ts'
import { lockDeadlines, moveDeadline, readCaptured } from './store.ts'
import { keepTables, type DeadlineRow } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'clock' | 'history' | 'rules' | 'units' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}
type Versions = Awaited<ReturnType<KeepGround['rules']['versions']>>
type Version = Versions[number]

const BATCH = 100
const NOTHING_SAID: Said = { categories: [], cases: [] }

/** `inForce`: the versions of the agency and of all its units that hold or held. `isReckoned`: whether it was done under one of them. */
type Pass = {
  readonly agency: string
  readonly inForce: Versions
  readonly isReckoned: (version: Version) => boolean
}

/** `last`: the recording after which to go on; null when there is none. */
type Reckoned = { readonly moved: number; readonly last: string | null }

/**
 * Reckons the agency's recordings under policies, its own and its units', that came into force since it was last done. A shorter
 * maximum shortens also what was captured before (two persons published it); the run that then finds much due at once is braked. It
 * can be cut off anywhere and begun again: what was moved once is found where it should be. Answers how many deadlines it moved.
 */
export async function reckonAnew(ground: Ground, agency: string): Promise<number> {
  const { database } = ground
  const pass = await database.asAgency(agency, trx => passOf(trx, ground, agency))
  if (pass.inForce.every(pass.isReckoned)) return 0
  let moved = 0
  for (let after: string | null = null; ;) {
    const from: string | null = after
    const done: Reckoned = await database.asAgency(agency, trx => reckonBatch(trx, ground, pass, from))
    moved += done.moved
    after = done.last
    if (after === null) break
  }
  await database.asAgency(agency, trx => noteReckoned(trx, pass))
  return moved
}

/** The agency's first version is there before any recording; a unit's first comes upon what it has. */
async function passOf(trx: Trx, { rules, clock }: Ground, agency: string): Promise<Pass> {
  const inForce = (await rules.policies(trx, agency)).filter(({ since }) => since <= clock.now())
  const upTo = await reckonedUpTo(trx, agency)
  const first = inForce.find(({ unit }) => unit === null)
  const isReckoned = (version: Version): boolean =>
    version === first || version.since <= (upTo.get(version.unit ?? agency) ?? -Infinity)
  return { agency, inForce, isReckoned }
}

async function reckonBatch(trx: Trx, ground: Ground, pass: Pass, after: string | null): Promise<Reckoned> {
  const recordings = await keptAfter(trx, pass.agency, after)
  if (recordings.length === 0) return { moved: 0, last: null }
  const units = await unitsAtCapture(trx, ground, pass.agency, recordings)
  const versionsOf = new Map([...new Set([null, ...units.values()])].map(unit => [unit, heldBy(pass.inForce, unit)]))
  const held = (recording: string): Versions => versionsOf.get(units.get(recording) ?? null) ?? []
  const concerned = recordings.filter(recording => !held(recording).every(pass.isReckoned))
  const rows = (await lockDeadlines(trx, ground.history, concerned)).filter(isOpen)
  const [said, captured] = [await readSaid(trx, concerned), await readCaptured(trx, concerned)]
  let moved = 0
  for (const row of rows) {
    const versions = held(row.recording)
    const known = { versions, said: said.get(row.recording) ?? NOTHING_SAID, now: ground.clock.now() }
    const receivedAt = captured.get(row.recording)?.receivedAt ?? row.anchor.getTime()
    const reckoned = versions.filter((version, at) => at === 0 || pass.isReckoned(version))
    const life = afterPolicy(lifeInRow(row), known, { reckoned, receivedAt })
    if (await moveTo(trx, ground, row, life, versions.at(-1)?.pol ?? null)) moved += 1
  }
  return { moved, last: recordings.at(-1) ?? null }
}

async function keptAfter(trx: Trx, agency: string, after: string | null): Promise<string[]> {
  const found = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select('recording')
    .where('agency', '=', agency)
    .where('state', 'in', ['kept', 'due'])
    .$if(after !== null, query => query.where('recording', '>', after ?? ''))
    .orderBy('recording')
    .limit(BATCH)
    .execute()
  return found.map(row => row.recording)
}

function isOpen(row: DeadlineRow): boolean {
  return (row.state === 'kept' || row.state === 'due') && !isDecided(row)
}

async function moveTo(
  trx: Trx,
  ground: Ground,
  row: DeadlineRow,
  life: Life,
  pol: Uint8Array | null,
): Promise<boolean> {
  const before = lifeInRow(row)
  if (endOf(life) === endOf(before) || pol === null) return false
  const { recording, settled } = row
  if (endOf(life) < endOf(before)) {
    const decided = { kind: 'policy', policy: pol } as const
    await shorten(trx, ground, row, { life, because: 'policy-published', settled, decided, pol })
    return true
  }
  await moveDeadline(trx, { recording, life, settled: row.settled })
  const fields = [...lifeFields(life), { name: 'because', value: 'policy-published' as const }, ...actorFields(null)]
  await ground.history.append(trx, { subject: recording, type: 'retention-changed', pol, fields })
  return true
}

/** Up to when versions have been reckoned, by unit; the agency's own by its id. */
async function reckonedUpTo(trx: Trx, agency: string): Promise<Map<string, number>> {
  const rows = await keepTables(trx)
    .selectFrom('keep_reckoned')
    .select(['scope', 'since'])
    .where('agency', '=', agency)
    .execute()
  return new Map(rows.map(({ scope, since }) => [scope, since.getTime()]))
}

async function noteReckoned(trx: Trx, { agency, inForce }: Pass): Promise<void> {
  const newest = new Map(inForce.map(({ unit, since }) => [unit ?? agency, since]))
  await keepTables(trx)
    .insertInto('keep_reckoned')
    .values([...newest].map(([scope, since]) => ({ agency, scope, since: new Date(since) })))
    .onConflict(conflict =>
      conflict.columns(['agency', 'scope']).doUpdateSet(eb => ({ since: eb.ref('excluded.since') })),
    )
    .execute()
}
