import { sql } from 'kysely'
import type { Actor, Role } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { seerOf, visible, wears } from '../rules/rules.ts'
import type { KeepGround } from './ground.ts'

type Ground = Pick<KeepGround, 'clock' | 'rules' | 'units'>

/**
 * In which of these roles somebody may decide about a recording: as the wearer who wore the camera and nobody else, in any other role
 * who sees it by that role, so that a superior decides within his unit. A grant makes nobody a wearer.
 */
export async function rolesOver(
  trx: Trx,
  ground: Ground,
  p: { readonly by: Actor; readonly recording: string; readonly among: readonly Role[] },
): Promise<Role[]> {
  const { by, recording, among } = p
  const held: Role[] = []
  for (const role of by.roles.filter(one => among.includes(one))) {
    const stands =
      role === 'wearer' ? wears(trx, by, recording) : sees(trx, ground, { ...by, roles: [role] }, recording)
    if (await stands) held.push(role)
  }
  return held
}

async function sees(trx: Trx, { clock, rules, units }: Ground, by: Actor, recording: string): Promise<boolean> {
  const { pack } = await rules.policyInForce(trx, by.agency)
  const seer = seerOf(by, pack, { unit: await units.ofPerson(trx, by.person), now: clock.now() })
  const { rows } = await sql<{ id: string }>`
    select r.id from dock_v_recording r where r.id = ${recording}::uuid and ${visible(seer, 'r')}`.execute(trx)
  return rows.length > 0
}
