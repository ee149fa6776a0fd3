import { policyDigest } from '@vidne/server/rules/rules'
import { isFounded, openGround } from '@vidne/server/ground'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { readSettings } from '@vidne/server/platform/settings/settings'
import { packById } from '@vidne/policies/packs'

/** Founds a second agency in an installation that nobody serves just now, and gives the tokens of its operator and its dock. */
export async function neighbour(data: string): Promise<{ operator: string; dock: string }> {
  const settings = readSettings(data, {}, {})
  const pack = packById('uk-met')
  if (!isFounded(settings) || pack === null) throw new Error('nobody has founded this installation')
  const ground = await openGround(settings, silentLogger)
  try {
    const [id, zone] = [await ground.people.newAgencyId(), pack.zone.v]
    const founding = { id, name: 'Naboby', zone, pack: pack.id, pol: policyDigest(pack, zone), operator: 'Neighbour' }
    const founded = await ground.database.asAgency(id, async trx => {
      const made = await ground.people.createAgency(trx, founding)
      await ground.rules.adopt(trx, id, pack, zone)
      return made
    })
    return { operator: founded.operator.token, dock: founded.dock.token }
  } finally {
    await ground.close()
  }
}
