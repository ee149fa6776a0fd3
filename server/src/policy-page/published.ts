import type { PolicyPack } from '@vidne/policies/pack'
import type { Trx } from '../platform/database/door.ts'
import type { Published } from './routes.ts'

type InForce = { readonly pack: PolicyPack; readonly since: number; readonly digest: string }

/** What of an installation the public pages need. */
type Ground = {
  readonly database: { asAgency<T>(agency: string, work: (trx: Trx) => Promise<T>): Promise<T> }
  readonly people: {
    agencies(): Promise<string[]>
    agency(trx: Trx, id: string): Promise<{ readonly name: string } | null>
  }
  readonly rules: {
    policies(trx: Trx, agency: string): Promise<InForce[]>
    policyInForce(trx: Trx, agency: string): Promise<InForce>
  }
}

/** The published rules of an installation, once it stands. */
export function publishedRules(standing: () => Ground | null, rehearsal: boolean): Published {
  const of = async (agency: string) => {
    const ground = standing()
    if (ground === null) return null
    return ground.database.asAgency(agency, async trx => {
      const found = await ground.people.agency(trx, agency)
      // An agency that has taken up nothing yet has no rules to show.
      if (found === null || (await ground.rules.policies(trx, agency)).length === 0) return null
      const { pack, since, digest } = await ground.rules.policyInForce(trx, agency)
      return { pack, agency: { name: found.name, since, digest } }
    })
  }
  return {
    rehearsal,
    inForce: of,
    async agencies() {
      const ids = (await standing()?.people.agencies()) ?? []
      const found = await Promise.all(ids.map(async id => ({ id, rules: await of(id) })))
      return found.flatMap(({ id, rules }) => (rules === null ? [] : [{ id, name: rules.agency.name }]))
    },
  }
}
