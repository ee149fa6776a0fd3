import { randomBytes } from 'node:crypto'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { grantRole, personNamed } from './persons.ts'
import type { Role } from './roles.ts'
import { peopleTables } from './store.ts'
import { issueToken } from './tokens.ts'

export type Agency = { readonly id: string; readonly name: string; readonly zone: string; readonly pack: string }

export type Founding = Agency & {
  /** Digest of the policy that the agency is about to take up, 32 bytes. */
  readonly pol: Uint8Array
  /** The first person, who runs the installation until others are named. */
  readonly operator: string
}

/** The tokens are shown once; only their digests are kept. */
export type Founded = {
  readonly agency: string
  readonly operator: { readonly person: string; readonly token: string }
  readonly dock: { readonly person: string; readonly token: string }
}

const OPERATOR_ROLES: readonly Role[] = ['agency-administrator', 'evidence-clerk']
const DOCK_NAME = 'Dock'

/** Founds an agency: its chain, its first operator and a machine token for its dock. asAgency of its own id. */
export async function foundAgency(
  trx: Trx,
  { clock, history }: { clock: Clock; history: History },
  founding: Founding,
): Promise<Founded> {
  const { id: agency, name, zone, pack, pol } = founding
  const at = new Date(clock.now())
  await peopleTables(trx).insertInto('people_agency').values({ id: agency, name, zone, pack, created_at: at }).execute()
  await history.begin(trx, {
    agency,
    subject: agency,
    kind: 'agency',
    captureId: randomBytes(32),
    firstType: 'opened',
    pol,
    fields: [
      { name: 'name', value: name },
      { name: 'zone', value: zone },
      { name: 'pack', value: pack },
    ],
  })
  const ground = { clock, history, pol }
  const enter = async (entry: { name: string; machine: boolean; roles: readonly Role[] }) => {
    const person = await personNamed(trx, clock, { agency, name: entry.name, machine: entry.machine })
    for (const role of entry.roles) await grantRole(trx, ground, { agency, person, role, by: null })
    const token = await issueToken(trx, ground, { agency, person, roles: entry.roles, expires: null, by: null })
    return { person: person.id, token: token.text }
  }
  return {
    agency,
    operator: await enter({ name: founding.operator, machine: false, roles: OPERATOR_ROLES }),
    dock: await enter({ name: DOCK_NAME, machine: true, roles: ['dock'] }),
  }
}

/** The agency, or null where this transaction sees none of that id. */
export async function agencyOf(trx: Trx, id: string): Promise<(Agency & { readonly createdAt: number }) | null> {
  const row = await peopleTables(trx).selectFrom('people_agency').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  return { id: row.id, name: row.name, zone: row.zone, pack: row.pack, createdAt: row.created_at.getTime() }
}
