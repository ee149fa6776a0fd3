import type { Trx } from '../platform/database/door.ts'
import type { KeepGround } from './ground.ts'
import { actorFields } from '../people/people.ts'
import { lifeFields, lifeInRow } from './deadlines.ts'
import { readSaid, type Said } from './given-store.ts'
import { endOf, isDecided, type Life } from './life.ts'
import { afterPolicy } from './moves.ts'
import { shorten } from './shortening.ts'
import { lockDeadlines, moveDeadline, readCaptured } from './store.ts'
import { keepTables, type DeadlineRow } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'clock' | 'history' | 'rules'> & {
  readonly wake: (agency: string) => void
}
type Versions = Awaited<ReturnType<KeepGround['rules']['versions']>>

const BATCH = 100
const NOTHING_SAID: Said = { categories: [], cases: [] }

/** `last`: the recording after which to go on; null when there is none. */
type Reckoned = { readonly moved: number; readonly last: string | null }

/**
 * Reckons the agency's recordings under policies that came into force since it was last done. A shorter maximum shortens also
 * what was captured before (two persons published it); the run that then finds much due at once is braked. It can be cut off
 * anywhere and begun again: what was moved once is found where it should be. Answers how many deadlines it moved.
 */
export async function reckonAnew(ground: Ground, agency: string): Promise<number> {
  const { database, rules, clock } = ground
  const { versions, known } = await database.asAgency(agency, async trx => {
    const all = await rules.versions(trx, agency, null)
    const inForce = all.filter(({ since }) => since <= clock.now())
    return { versions: inForce, known: await reckonedUpTo(trx, agency) }
  })
  const before = versions.filter(({ since }, at) => at === 0 || (known !== null && since <= known))
  const newest = versions.at(-1)
  if (newest === undefined || before.length === versions.length) return 0
  let moved = 0
  for (let after: string | null = null; ;) {
    const from: string | null = after
    const done: Reckoned = await database.asAgency(agency, trx =>
      reckonBatch(trx, ground, { agency, versions, before, after: from }),
    )
    moved += done.moved
    after = done.last
    if (after === null) break
  }
  await database.asAgency(agency, trx => noteReckoned(trx, agency, newest.since))
  return moved
}

async function reckonBatch(
  trx: Trx,
  ground: Ground,
  { agency, versions, before, after }: { agency: string; versions: Versions; before: Versions; after: string | null },
): Promise<Reckoned> {
  const found = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select('recording')
    .where('agency', '=', agency)
    .where('state', 'in', ['kept', 'due'])
    .$if(after !== null, query => query.where('recording', '>', after ?? ''))
    .orderBy('recording')
    .limit(BATCH)
    .execute()
  const recordings = found.map(row => row.recording)
  if (recordings.length === 0) return { moved: 0, last: null }
  const rows = (await lockDeadlines(trx, ground.history, recordings)).filter(isOpen)
  const [said, captured] = [await readSaid(trx, recordings), await readCaptured(trx, recordings)]
  let moved = 0
  for (const row of rows) {
    const known = { versions, said: said.get(row.recording) ?? NOTHING_SAID, now: ground.clock.now() }
    const receivedAt = captured.get(row.recording)?.receivedAt ?? row.anchor.getTime()
    const life = afterPolicy(lifeInRow(row), known, { reckoned: before, receivedAt })
    if (await moveTo(trx, ground, row, life, versions.at(-1)?.pol ?? null)) moved += 1
  }
  return { moved, last: recordings.at(-1) ?? null }
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

async function reckonedUpTo(trx: Trx, agency: string): Promise<number | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_reckoned')
    .select('since')
    .where('agency', '=', agency)
    .executeTakeFirst()
  return row?.since.getTime() ?? null
}

async function noteReckoned(trx: Trx, agency: string, since: number): Promise<void> {
  await keepTables(trx)
    .insertInto('keep_reckoned')
    .values({ agency, since: new Date(since) })
    .onConflict(conflict => conflict.column('agency').doUpdateSet({ since: new Date(since) }))
    .execute()
}
