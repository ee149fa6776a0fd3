import { packById } from '@vidne/policies/packs'
import { type Ground, isFounded, openGround } from '@vidne/server/ground'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { readSettings } from '@vidne/server/platform/settings/settings'
import { policyDigest } from '@vidne/server/rules/rules'

export type SecondAgency = { readonly id: string; readonly operator: string; readonly dock: string }

/** Founds another agency in an installation, and gives the tokens of its operator and its dock. */
export async function foundSecondAgency({ people, rules, database }: Ground): Promise<SecondAgency> {
  const pack = packById('uk-met')
  if (pack === null) throw new Error('no such pack')
  const [id, zone] = [await people.newAgencyId(), pack.zone.v]
  const founding = { id, name: 'Naboby', zone, pack: pack.id, pol: policyDigest(pack, zone), operator: 'Neighbour' }
  const founded = await database.asAgency(id, async trx => {
    const made = await people.createAgency(trx, founding)
    await rules.adopt(trx, id, pack, zone)
    return made
  })
  return { id, operator: founded.operator.token, dock: founded.dock.token }
}

/** The same in one that nobody serves just now. */
export async function neighbour(data: string): Promise<SecondAgency> {
  const settings = readSettings(data, {}, {})
  if (!isFounded(settings)) throw new Error('nobody has founded this installation')
  const ground = await openGround(settings, silentLogger)
  try {
    return await foundSecondAgency(ground)
  } finally {
    await ground.close()
  }
}
