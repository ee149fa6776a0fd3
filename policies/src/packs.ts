import { PolicyPack } from './pack.ts'
import { deNrwOa } from './packs/de-nrw-oa.ts'
import { dkBorger } from './packs/dk-borger.ts'
import { dkPoliti } from './packs/dk-politi.ts'
import { seSkola } from './packs/se-skola.ts'
import { ukMet } from './packs/uk-met.ts'

/** The packs this release brings, by id. Each passed the schema when this module was loaded. */
export const packs: ReadonlyMap<string, PolicyPack> = new Map(
  [dkPoliti, dkBorger, ukMet, seSkola, deNrwOa].map(source => [source.id, PolicyPack.parse(source)]),
)

/** The pack of that id, or null. */
export function packById(id: string): PolicyPack | null {
  return packs.get(id) ?? null
}

export type PackJson = null | boolean | number | string | PackJson[] | { [name: string]: PackJson }

/**
 * What the digest of a policy is taken over, once an agency has taken up a pack: the pack with the agency's own zone.
 * Holds whole numbers, strings and booleans only, so RFC 8785 gives it one canonical text.
 */
export function publishedPolicy(pack: PolicyPack, zone: string): PackJson {
  const own = zone === pack.zone.v ? pack.zone : { v: zone, f: 'policy' as const, s: "the agency's own time zone" }
  return plain(PolicyPack.parse({ ...pack, zone: own }))
}

/** Reads a published policy back. Throws a ZodError when it is none. */
export function readPolicy(published: unknown): PolicyPack {
  return PolicyPack.parse(published)
}

function plain(value: unknown): PackJson {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return wholeNumber(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') throw new TypeError(`a policy cannot hold a ${typeof value}`)
  const present = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(present.map(([name, member]) => [name, plain(member)]))
}

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`a policy holds whole numbers only, not ${value}`)
  return value
}
