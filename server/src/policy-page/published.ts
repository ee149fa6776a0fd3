import type { PolicyPack } from '@vidne/policies/pack'
import type { Trx } from '../platform/database/door.ts'
import type { Published } from './routes.ts'

type InForce = {
  readonly pack: PolicyPack
  readonly since: number
  readonly digest: string
  readonly unit: string | null
}

/** What of an installation the public pages need. */
type Ground = {
  readonly database: { asAgency<T>(agency: string, work: (trx: Trx) => Promise<T>): Promise<T> }
  readonly people: {
    agencies(): Promise<string[]>
    agency(trx: Trx, id: string): Promise<{ readonly name: string } | null>
    readonly units: { of(trx: Trx, agency: string): Promise<{ readonly id: string; readonly name: string }[]> }
  }
  readonly rules: {
    policies(trx: Trx, agency: string): Promise<InForce[]>
    policyInForce(trx: Trx, agency: string, at?: number, unit?: string | null): Promise<InForce>
  }
}

/** The units of an agency that have a version of their own in force. */
async function divided(trx: Trx, { people, rules }: Ground, agency: string) {
  const units = await people.units.of(trx, agency)
  const all = await Promise.all(
    units.map(async one => ({ ...one, rules: await rules.policyInForce(trx, agency, undefined, one.id) })),
  )
  return all.filter(one => one.rules.unit === one.id)
}

function shown({ pack, since, digest }: InForce, about: { name: string; units: { name: string; path: string }[] }) {
  return { pack, agency: { ...about, since, digest } }
}

/** The published rules of an installation, once it stands. */
export function publishedRules(standing: () => Ground | null, rehearsal: boolean): Published {
  const of = async (agency: string, unit?: string) => {
    const ground = standing()
    if (ground === null) return null
    return ground.database.asAgency(agency, async trx => {
      const found = await ground.people.agency(trx, agency)
      // An agency that has taken up nothing yet has no rules to show.
      if (found === null || (await ground.rules.policies(trx, agency)).length === 0) return null
      const units = await divided(trx, ground, agency)
      const own = unit === undefined ? null : units.find(({ id }) => id === unit)
      if (own === undefined) return null
      if (own !== null) return shown(own.rules, { name: `${found.name}, ${own.name}`, units: [] })
      const links = units.map(({ id, name }) => ({ name, path: `/policy/agencies/${agency}/units/${id}` }))
      return shown(await ground.rules.policyInForce(trx, agency), { name: found.name, units: links })
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
