import { isOrigin } from '@vidne/evidence/statement'
import { packById, packs } from '@vidne/policies/packs'
import type { PolicyPack } from '@vidne/policies/pack'
import { WishRefused } from './founding-refused.ts'
import type { Role } from './people/people.ts'
import { readSettings } from './platform/settings/settings.ts'

export type FoundingWish = {
  data: string
  agency: string
  pack: string
  origin: string | undefined
  rehearsal: boolean
  /** Places other than in the data folder; paths are absolute. */
  vault: string | undefined
  database: string | undefined
  objects: string | undefined
  /** For how many days the site keeps snapshots of the machine, in digits, or `none`; absent: nobody has said. */
  snapshots?: string | undefined
  /** The port it will be served on, kept in its settings; digits. */
  port?: string | undefined
  /** Who makes an account by a link of their own; absent: nobody, and the operator has a token. */
  people?: {
    readonly administrator: string
    readonly second: { readonly name: string; readonly role: Role } | null
  }
  /** Where the clock of a rehearsal begins, epoch ms: a past that is played from there on. Not for a normal installation. */
  beginsAt?: number | undefined
}

const LONGEST_NAME = 200

/**
 * Looks at every option before anything is made.
 * @throws WishRefused and SettingRefused, by the option's name
 */
export function demandUsable(wish: FoundingWish): PolicyPack {
  demandName(wish.agency)
  if (wish.beginsAt !== undefined && !wish.rehearsal) throw new WishRefused('clock-of-normal')
  const pack = packById(wish.pack)
  if (pack === null) throw new WishRefused('no-such-pack', { pack: wish.pack, packs: [...packs.keys()].join(', ') })
  if (wish.origin !== undefined && !isOrigin(wish.origin)) throw new WishRefused('origin-odd', { origin: wish.origin })
  const { vault, database, objects, snapshots, port } = wish
  const given = Object.entries({ vault, database, objects, snapshots, port }).filter(([, value]) => value !== undefined)
  readSettings(wish.data, Object.fromEntries(given))
  return pack
}

function demandName(agency: string): void {
  if (agency.trim() === '') throw new WishRefused('agency-empty')
  if (agency.length > LONGEST_NAME)
    throw new WishRefused('agency-too-long', { characters: agency.length, most: LONGEST_NAME })
  if (/\p{Cc}/u.test(agency)) throw new WishRefused('agency-odd')
}
