import { type Actor, may } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { CaseGround } from './case-ground.ts'
import {
  type CaseGrantRow,
  type CaseRow,
  endCaseGrant,
  exhibitsOf,
  footageOf,
  grantsOfCase,
  insertCaseGrant,
  peopleOfCase,
} from './cases-store.ts'

/** A person of a case who lacks a grant on one of its recordings, or has one that ends at another time. */
type Lack = { person: string; until: Date; recording: string; instead: CaseGrantRow | null }

/** What people of an open case lack, as of now; whose time is over lacks nothing. */
export async function lacking({ clock }: Pick<CaseGround, 'clock'>, trx: Trx, row: CaseRow): Promise<Lack[]> {
  if (row.state === 'closed') return []
  const now = clock.now()
  const people = (await peopleOfCase(trx, row.id)).filter(({ until }) => until.getTime() > now)
  const recordings = (await exhibitsOf(trx, row.id)).flatMap(({ recording, gone_at }) =>
    recording === null || gone_at !== null ? [] : [recording],
  )
  const standing = await grantsOfCase(trx, row.id)
  const pairs = people.flatMap(({ person, until }) =>
    [...new Set(recordings)].map(recording => ({ person, until, recording })),
  )
  return pairs.flatMap(pair => {
    const has = standing.find(one => one.person === pair.person && one.recording === pair.recording)
    if (has !== undefined && has.until.getTime() === pair.until.getTime()) return []
    return [{ ...pair, instead: has ?? null }]
  })
}

/**
 * Lets the people of a case see its recordings, each grant with its event. Only by somebody who may let others see recordings, and
 * only recordings on his own list; otherwise nothing is granted, and the case says what lacks. Answers how many grants were made.
 */
export async function grantLacking(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  { row, name }: { row: CaseRow; name: (person: string) => string },
): Promise<number> {
  if (!may(actor, 'grant')) return 0
  const lacks = await lacking(ground, trx, row)
  const seen = await seenAmong(
    ground,
    trx,
    actor,
    lacks.map(({ recording }) => recording),
  )
  let granted = 0
  await ground.history.lock(
    trx,
    lacks.map(({ recording }) => recording),
  )
  for (const { person, until, recording, instead } of lacks) {
    if (!seen.has(recording)) continue
    if (instead !== null) await endGrant(ground, trx, actor, { row: instead, reason: row.number })
    const made = await ground.access.grant(trx, {
      agency: actor.agency,
      recording,
      kind: 'case',
      until: until.getTime(),
      reason: row.number,
      by: actor,
      to: { person, name: name(person) },
    })
    if (!made.granted) continue
    const { agency } = actor
    await insertCaseGrant(trx, {
      grant_id: made.grant,
      agency,
      case_id: row.id,
      person,
      recording,
      until,
      ended_at: null,
    })
    granted += 1
  }
  return granted
}

async function seenAmong(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  recordings: readonly string[],
): Promise<ReadonlySet<string>> {
  return new Set((await footageOf(trx, await ground.access.seer(trx, actor), recordings)).keys())
}

/** Ends what came of a case for one person, one recording, or at all. Answers how many grants ended. */
export async function endGrants(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  p: { id: string; reason: string; of?: { person?: string; recording?: string } },
): Promise<number> {
  const standing = await grantsOfCase(trx, p.id, p.of)
  for (const row of standing) await endGrant(ground, trx, actor, { row, reason: p.reason })
  return standing.length
}

async function endGrant(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  { row, reason }: { row: CaseGrantRow; reason: string },
): Promise<void> {
  await ground.access.revoke(trx, { recording: row.recording, grant: row.grant_id, by: actor, reason })
  await endCaseGrant(trx, row.grant_id, new Date(ground.clock.now()))
}
