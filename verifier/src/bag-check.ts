import { BagRefused, type InfoLine, checkDeclaration, parseBagInfo, parseManifest } from '@vidne/evidence/bag'
import { fromUtf8, toHex } from '@vidne/evidence/bytes'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import { PolicyRefused, parsePolicy } from '@vidne/tlog/policy'
import { digestOf } from '#pieces'
import { type PackageSource, wholeFiles } from './package-source.ts'
import { type Findings, Unreadable } from './verdict.ts'

/** What the bag says of itself; none of it is believed before the history commits to it. */
export type Bag = { info: readonly InfoLine[]; listed: ReadonlyMap<string, string>; payloadManifest: Uint8Array }

/**
 * Checks that the package holds exactly the files it lists, each with its digest (RFC 8493, section 3). The footage is left to
 * the check of pieces, which names the place inside it.
 * @throws Unreadable when there is no bag at all.
 */
export async function checkBag(source: PackageSource, footage: string | null, found: Findings): Promise<Bag> {
  const text = await tagTexts(source)
  const payload = readManifest(text.payloadManifest, PACKAGE_FILE.payloadManifest)
  const tags = readManifest(text.tagManifest, PACKAGE_FILE.tagManifest)
  const listed = new Map([...payload, ...tags])
  for (const name of payload.keys()) if (!name.startsWith('data/')) found.add('bag-malformed', name)
  for (const name of tags.keys()) if (name.startsWith('data/')) found.add('bag-malformed', name)
  for (const name of source.files.keys())
    if (!listed.has(name) && name !== PACKAGE_FILE.tagManifest) found.add('file-extra', name)
  for (const [name, digest] of listed) await checkFile(source, name, digest, footage, found)
  await refuseTrustInside(source, found)
  return { info: text.info, listed, payloadManifest: text.payloadManifest }
}

export function infoValue({ info }: Bag, label: string): string | null {
  return info.find(line => line.label === label)?.value ?? null
}

async function checkFile(source: PackageSource, name: string, digest: string, footage: string | null, found: Findings) {
  if (!source.files.has(name)) return found.add('file-missing', name)
  if (name === footage) return
  if (toHex(await digestOf(source, name)) !== digest) found.add('file-altered', name)
}

async function tagTexts(source: PackageSource) {
  const files = wholeFiles(source)
  const [declaration, info, payloadManifest, tagManifest] = await Promise.all(
    [PACKAGE_FILE.bagDeclaration, PACKAGE_FILE.bagInfo, PACKAGE_FILE.payloadManifest, PACKAGE_FILE.tagManifest].map(
      name => required(files, name),
    ),
  )
  if (!declaration || !info || !payloadManifest || !tagManifest) throw new Unreadable('package', 'no-bag')
  reading(PACKAGE_FILE.bagDeclaration, () => checkDeclaration(fromUtf8(declaration)))
  return { info: reading(PACKAGE_FILE.bagInfo, () => parseBagInfo(fromUtf8(info))), payloadManifest, tagManifest }
}

async function required(files: (name: string) => Promise<Uint8Array | null>, name: string): Promise<Uint8Array> {
  const bytes = await files(name)
  if (bytes === null) throw new Unreadable(name, 'missing')
  return bytes
}

function readManifest(bytes: Uint8Array, name: string): Map<string, string> {
  return reading(name, () => new Map(parseManifest(fromUtf8(bytes)).map(({ path, sha256 }) => [path, sha256])))
}

function reading<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (refusal) {
    if (refusal instanceof BagRefused || (refusal instanceof Error && refusal.name === 'BytesRefused'))
      throw new Unreadable(name, 'malformed', refusal)
    throw refusal
  }
}

/** A trust file that travels in the package is an invitation to believe the package by its own word (G15). */
async function refuseTrustInside(source: PackageSource, found: Findings): Promise<void> {
  for (const [name, bytes] of source.files) {
    const named = /(^|\/)trust[^/]*$|\.policy$/i.test(name)
    if (named || (bytes < 65_536 && !name.startsWith('data/') && (await isPolicy(source, name, bytes))))
      found.add('trust-inside', name)
  }
}

async function isPolicy(source: PackageSource, name: string, bytes: number): Promise<boolean> {
  try {
    return parsePolicy(fromUtf8(await source.read(name, 0, bytes))).logs.length > 0
  } catch (refusal) {
    if (refusal instanceof PolicyRefused || (refusal instanceof Error && refusal.name === 'BytesRefused')) return false
    throw refusal
  }
}
