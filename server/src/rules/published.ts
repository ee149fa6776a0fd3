import { createHash } from 'node:crypto'
import { equalBytes, toHex } from '@vidne/evidence/bytes'
import { canonicalize, type Json } from '@vidne/evidence/jcs'
import { publishedPolicy, readPolicy } from '@vidne/policies/packs'
import type { PolicyPack } from '@vidne/policies/pack'
import type { PolicyMark, PolicyRow } from './store.ts'

/** A policy an agency or a unit lives under. `pol` is SHA-256 of its canonical text, `digest` the same in hexadecimal. */
export type PolicyInForce = {
  readonly pack: PolicyPack
  readonly digest: string
  readonly pol: Uint8Array
  /** Null: the agency's; else the unit's. */
  readonly unit: string | null
  /** UTC epoch milliseconds. */
  readonly since: number
  /** The canonical text the digest is taken over (RFC 8785). */
  readonly published: string
}

/** No policy is in force at the agency: nothing may be decided about its footage. */
export class NoPolicy extends Error {
  override readonly name = 'NoPolicy'
}

/**
 * The versions that held for a unit (null: for the agency as a whole), of all the agency's and its own, each oldest first: the
 * agency's until the unit published its first, from then on its own.
 */
export function heldBy<Version extends Pick<PolicyInForce, 'unit' | 'since'>>(
  versions: readonly Version[],
  unit: string | null,
): Version[] {
  const whole = versions.filter(version => version.unit === null)
  if (unit === null) return whole
  const own = versions.filter(version => version.unit === unit)
  const first = own[0]?.since ?? Infinity
  return [...whole.filter(({ since }) => since < first), ...own]
}

/** The digest a policy will have once an agency in that zone takes up the pack: 32 bytes. */
export function policyDigest(pack: PolicyPack, zone: string): Uint8Array {
  return sha256(canonicalize(publishedPolicy(pack, zone)))
}

/** A policy as a row: its canonical text, and the digest taken over it. */
export function rowOf(p: {
  agency: string
  unit: string | null
  since: number
  pack: PolicyPack
  zone: string
  override: Json | null
}): PolicyRow {
  const published = canonicalize(publishedPolicy(p.pack, p.zone))
  return {
    agency: p.agency,
    unit: p.unit,
    since: new Date(p.since),
    digest: sha256(published),
    pack: p.pack.id,
    published,
    override: p.override === null ? null : canonicalize(p.override),
  }
}

type PolicyReader = {
  /** Throws when the text in the database is not the one that was published: nothing may be decided by it. */
  (row: PolicyRow): PolicyInForce
  /** The same, where its text was read before; null where it was not. */
  known(mark: PolicyMark): PolicyInForce | null
}

/** Reads rows back, each text once. */
export function policyReader(): PolicyReader {
  const texts = new Map<string, { readonly pack: PolicyPack; readonly published: string }>()
  const known = ({ unit, since, digest: pol }: PolicyMark): PolicyInForce | null => {
    const digest = toHex(pol)
    const text = texts.get(digest)
    return text === undefined ? null : { ...text, digest, pol, unit, since: since.getTime() }
  }
  const read = (row: PolicyRow): PolicyInForce => {
    const there = known(row)
    if (there !== null) return there
    const pack = readRow(row)
    const { unit, digest: pol, published } = row
    texts.set(toHex(pol), { pack, published })
    return { pack, published, digest: toHex(pol), pol, unit, since: row.since.getTime() }
  }
  return Object.assign(read, { known })
}

function readRow(row: PolicyRow): PolicyPack {
  if (!equalBytes(sha256(row.published), row.digest))
    throw new Error(`the policy of ${row.agency} was altered in the database`)
  return readPolicy(JSON.parse(row.published))
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text, 'utf8').digest())
}
