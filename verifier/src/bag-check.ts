import {
  BagRefused,
  type InfoLine,
  type ManifestLine,
  checkDeclaration,
  formatManifest,
  parseBagInfo,
  parseManifest,
} from '@vidne/evidence/bag'
import { BytesRefused, fromUtf8, toHex } from '@vidne/evidence/bytes'
import { PACKAGE_FILE, eventName } from '@vidne/evidence/package-names'
import { digestOf } from '#pieces'
import type { Examined } from './tag-files.ts'
import { Unreadable } from './verdict.ts'

/** Digest by name, in hexadecimal; null for a list that cannot be read. */
type Listing = ReadonlyMap<string, string> | null

/** What the bag says of itself; none of it is believed before the history commits to it. */
export type Bag = {
  info: readonly InfoLine[]
  payload: Listing
  tags: Listing
  /** The bytes of `manifest-sha256.txt`; null when there are none. */
  payloadManifest: Uint8Array | null
}

/**
 * Checks that the package holds exactly the files it lists, each with its digest (RFC 8493, section 3). The footage is left to
 * the check of pieces, which names the place inside it.
 * @throws Unreadable when there is no bag at all.
 */
export async function checkBag(examined: Examined, footage: string | null): Promise<Bag> {
  const { bagDeclaration, bagInfo, payloadManifest, tagManifest } = PACKAGE_FILE
  const { source, files } = examined
  if (!source.files.has(bagDeclaration)) throw new Unreadable('not-a-package', bagDeclaration)
  await readTag(examined, bagDeclaration, checkDeclaration)
  const bag: Bag = {
    info: (await readTag(examined, bagInfo, parseBagInfo)) ?? [],
    payload: await listing(examined, payloadManifest),
    tags: await listing(examined, tagManifest),
    payloadManifest: await files(payloadManifest),
  }
  checkNames(examined, bag.payload, payloadManifest, isPayload)
  checkNames(examined, bag.tags, tagManifest, isTag)
  checkGaps(examined)
  await checkDigests(examined, bag, footage)
  return bag
}

export function infoValue({ info }: Bag, label: string): string | null {
  return info.find(line => line.label === label)?.value ?? null
}

/** Each list names files of its own half of the bag, and all of them. */
function checkNames({ source, found }: Examined, list: Listing, of: string, belongs: (name: string) => boolean): void {
  if (list === null) return
  for (const name of list.keys()) if (!belongs(name)) found.add('bag-malformed', `${of}, ${name}`)
  for (const name of source.files.keys()) if (belongs(name) && !list.has(name)) found.add('file-extra', name)
}

const isPayload = (name: string) => name.startsWith('data/')
// RFC 8493, section 2.2.1: a tag manifest does not list itself.
const isTag = (name: string) => !isPayload(name) && name !== PACKAGE_FILE.tagManifest

/** Names the first event that is missing before one that is there: a reader of the chain stops at it. */
function checkGaps({ source, found }: Examined): void {
  const events = [...source.files.keys()].filter(name => /^events\/\d{4,}\.tlog-proof$/.test(name)).length
  for (let seq = 0; seq < events; seq++)
    if (!source.files.has(eventName(seq))) return found.add('file-missing', eventName(seq))
}

async function checkDigests({ source, found }: Examined, { payload, tags }: Bag, footage: string | null) {
  for (const [name, digest] of [...(payload ?? []), ...(tags ?? [])])
    if (!source.files.has(name)) found.add('file-missing', name)
    else if (name !== footage && toHex(await digestOf(source, name)) !== digest) found.add('file-altered', name)
}

async function listing(examined: Examined, name: string): Promise<Listing> {
  const lines = await readTag(examined, name, parseCanonical)
  return lines === null ? null : new Map(lines.map(({ path, sha256 }) => [path, sha256]))
}

/** A list in the one spelling that a package has: nothing but the list itself tells whether it was touched. */
function parseCanonical(text: string): ManifestLine[] {
  const lines = parseManifest(text)
  const canonical = formatManifest(lines)
  if (text === canonical) return lines
  const wanted = canonical.split('\n')
  throw new BagRefused('line', text.split('\n').findIndex((line, at) => line !== wanted[at]) + 1 || wanted.length - 1)
}

/** What a text file of the bag says; null, and a reason, where it cannot be read. */
async function readTag<T>(
  { source, files, found }: Examined,
  name: string,
  parse: (text: string) => T,
): Promise<T | null> {
  if (!source.files.has(name)) found.add('file-missing', name)
  const bytes = await files(name)
  try {
    return bytes === null ? null : parse(fromUtf8(bytes))
  } catch (refusal) {
    if (refusal instanceof BagRefused) found.add('bag-malformed', `${name}, line ${refusal.line}`)
    else if (refusal instanceof BytesRefused) found.add('bag-malformed', name)
    else throw refusal
    return null
  }
}
