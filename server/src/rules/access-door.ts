import type { AboutRecording } from '@vidne/contract/recordings'
import { sql } from 'kysely'
import type { PolicyPack } from '@vidne/policies/pack'
import type { Actor } from '../people/people.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import { isUuid } from '../platform/identifiers.ts'
import { seerOf, unitOfRecording, visible, type Seer } from './access.ts'
import {
  grantAccess,
  grantsOn,
  revokeGrant,
  type Grant,
  type Granted,
  type GrantGround,
  type GrantWish,
} from './grants.ts'
import { forgetGrants } from './store.ts'

export type AccessGround = GrantGround & {
  readonly database: Database
  /** The unit a person belongs to; null: the agency as a whole. `people` knows. */
  readonly unitOf: (trx: Trx, person: string) => Promise<string | null>
  readonly policyInForce: (trx: Trx, agency: string) => Promise<{ readonly pack: PolicyPack }>
}

/** Which recordings somebody may know of. Later stages put `visible` into their lists, and write grants through this door. */
export interface Access {
  /** Who asks, as the policy in force sees him now; for `visible`. */
  seer(trx: Trx, actor: Actor): Promise<Seer>
  /** Which of these recordings are on his list. */
  seen(actor: Actor, recordings: readonly string[]): Promise<ReadonlySet<string>>
  /** Those of them that are on his list, with what the list says of each: nothing of any other. Outside a transaction. */
  named(actor: Actor, recordings: readonly string[]): Promise<ReadonlyMap<string, AboutRecording>>
  /** Whether this one is: it asks the list for that id. Outside a transaction. */
  sees(actor: Actor, recording: string): Promise<boolean>
  /** Whose rules hold for a recording: those of the unit whose camera made it; null: the agency's. */
  unitOf(trx: Trx, recording: string): Promise<string | null>
  grant(trx: Trx, wish: GrantWish): Promise<Granted>
  /** False: no such grant stands. */
  revoke(trx: Trx, wish: { recording: string; grant: string; by: Actor; reason: string }): Promise<boolean>
  /** The grants on a recording that stand. */
  grants(trx: Trx, recording: string): Promise<Grant[]>
  /** Forgets who could see a recording that is gone. */
  readonly eraser: { readonly name: string; erase(agency: string, recording: string): Promise<'gone'> }
}

export function openAccess(ground: AccessGround): Access {
  const { database, clock } = ground
  const seer = async (trx: Trx, actor: Actor): Promise<Seer> =>
    seerOf(actor, (await ground.policyInForce(trx, actor.agency)).pack, {
      unit: await ground.unitOf(trx, actor.person),
      now: clock.now(),
    })
  const seen = async (actor: Actor, recordings: readonly string[]): Promise<ReadonlySet<string>> => {
    const asked = recordings.filter(isUuid)
    if (asked.length === 0) return new Set()
    return database.asAgency(actor.agency, async trx => seenAmong(trx, await seer(trx, actor), asked))
  }
  const named = async (actor: Actor, recordings: readonly string[]): Promise<ReadonlyMap<string, AboutRecording>> => {
    const asked = recordings.filter(isUuid)
    if (asked.length === 0) return new Map()
    return database.asAgency(actor.agency, async trx => namedAmong(trx, await seer(trx, actor), asked))
  }
  return {
    seer,
    seen,
    named,
    sees: async (actor, recording) => (await seen(actor, [recording])).has(recording),
    unitOf: unitOfRecording,
    grant: (trx, wish) => grantAccess(trx, ground, wish),
    revoke: (trx, wish) => revokeGrant(trx, ground, wish),
    grants: (trx, recording) => grantsOn(trx, ground, recording),
    eraser: {
      name: 'rules',
      async erase(_agency, recording) {
        await database.asInstallation(trx => forgetGrants(trx, recording))
        return 'gone'
      },
    },
  }
}

async function seenAmong(trx: Trx, seer: Seer, recordings: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select r.id from dock_v_recording r
    where r.id = any(${[...recordings]}::uuid[]) and ${visible(seer, 'r')}`.execute(trx)
  return new Set(rows.map(row => row.id))
}

type NamedRow = {
  id: string
  recorded_at: Date | null
  received_at: Date
  camera: string | null
  wearer: string | null
}

async function namedAmong(
  trx: Trx,
  seer: Seer,
  recordings: readonly string[],
): Promise<ReadonlyMap<string, AboutRecording>> {
  const { rows } = await sql<NamedRow>`
    select r.id, r.recorded_at, r.received_at, r.camera, r.wearer from dock_v_recording r
    where r.id = any(${[...recordings]}::uuid[]) and ${visible(seer, 'r')}`.execute(trx)
  return new Map(
    rows.map(({ id, recorded_at: recorded, received_at: received, camera, wearer }) => [
      id,
      { recordedAt: recorded?.toISOString() ?? null, receivedAt: received.toISOString(), camera, wearer },
    ]),
  )
}
