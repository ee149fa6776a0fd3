import { join } from 'node:path'
import { logId } from '@vidne/evidence/event'
import type { Ground } from '../../platform/testing/databases.ts'
import { openHistory, type History } from '../../platform/history/history.ts'
import { openVault, type Vault } from '../../platform/vault/vault.ts'
import { openPeople, type Actor, type Founded, type People, type PeopleGround, type Role } from '../people.ts'

/** A clock that stands still until a test moves it. Epoch milliseconds. */
export type SetClock = { at: number; now(): number }

export function setClock(at: string): SetClock {
  return {
    at: Date.parse(at),
    now() {
      return this.at
    },
  }
}

/** The policy digest of test agencies that need no policy. */
export const POL = new Uint8Array(32).fill(7)

/** People on a real database and a real file vault. */
export type PeopleTrial = {
  readonly people: People
  readonly clock: SetClock
  readonly history: History
  readonly vault: Vault
  found(name: string): Promise<Founded & { operatorActor: Actor }>
  actor(token: string): Promise<Actor>
  /** Another person of the agency, with a token of their own. */
  person(by: Actor, name: string, role: Role): Promise<Actor>
}

let trials = 0

/** `gate`: what a policy wants of a person before an act; nothing where it is left out. */
export async function peopleTrial(
  ground: Ground,
  clock: SetClock,
  gate: PeopleGround['gate'] = async () => null,
  wishes: Pick<PeopleGround, 'wall' | 'rehearsal' | 'mail'> = {},
): Promise<PeopleTrial> {
  trials += 1
  const copies = [join(ground.folder, `vault-${trials}-a`), join(ground.folder, `vault-${trials}-b`)] as const
  const vault = await openVault({ copies, master: Buffer.alloc(32, 1), clock })
  const history = openHistory({ log: logId('log.example.org/trial'), clock, keys: vault })
  const { database } = ground
  const people = openPeople({ database, clock, history, vault, policyDigest: async () => POL, gate, ...wishes })
  const actor = async (token: string): Promise<Actor> => {
    const found = await people.authenticate(`Bearer ${token}`)
    if (!found.holds) throw new Error(`the token is ${found.because}`)
    return found.actor
  }
  return {
    people,
    clock,
    history,
    vault,
    actor,
    async found(name) {
      const id = await people.newAgencyId()
      const founding = { id, name, zone: 'Europe/London', pack: 'uk-met', pol: POL, operator: 'Operator' }
      const founded = await database.asAgency(id, trx => people.createAgency(trx, founding))
      return { ...founded, operatorActor: await actor(founded.operator.token) }
    },
    async person(by, name, role) {
      const made = await database.asAgency(by.agency, trx =>
        people.createToken(trx, by, { person: name, role, expires: null }),
      )
      if (!made.made) throw new Error(`no token: ${made.because}`)
      return actor(made.token)
    },
  }
}
