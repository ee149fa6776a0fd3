import { BagRefused, type InfoLine, checkDeclaration, parseBagInfo, parseManifest } from '@vidne/evidence/bag'
import { BytesRefused, fromUtf8, toHex } from '@vidne/evidence/bytes'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import { digestOf } from '#pieces'
import type { Examined } from './tag-files.ts'
import { Unreadable } from './verdict.ts'

/** What the bag says of itself; none of it is believed before the history commits to it. */
export type Bag = {
  info: readonly InfoLine[]
  /** Digest by name, in hexadecimal. */
  payload: ReadonlyMap<string, string>
  tags: ReadonlyMap<string, string>
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
  checkNames(examined, bag)
  await checkDigests(examined, bag, footage)
  return bag
}

export function infoValue({ info }: Bag, label: string): string | null {
  return info.find(line => line.label === label)?.value ?? null
}

function checkNames({ source, found }: Examined, { payload, tags }: Bag): void {
  const { payloadManifest, tagManifest } = PACKAGE_FILE
  for (const name of payload.keys())
    if (!name.startsWith('data/')) found.add('bag-malformed', `${payloadManifest}, ${name}`)
  for (const name of tags.keys()) if (name.startsWith('data/')) found.add('bag-malformed', `${tagManifest}, ${name}`)
  for (const name of source.files.keys())
    if (!payload.has(name) && !tags.has(name) && name !== tagManifest) found.add('file-extra', name)
}

async function checkDigests({ source, found }: Examined, { payload, tags }: Bag, footage: string | null) {
  for (const [name, digest] of [...payload, ...tags])
    if (!source.files.has(name)) found.add('file-missing', name)
    else if (name !== footage && toHex(await digestOf(source, name)) !== digest) found.add('file-altered', name)
}

async function listing(examined: Examined, name: string): Promise<Map<string, string>> {
  const lines = (await readTag(examined, name, parseManifest)) ?? []
  return new Map(lines.map(({ path, sha256 }) => [path, sha256]))
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
