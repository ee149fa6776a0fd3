import { createHash } from 'node:crypto'
import type { OpenEvent } from '@vidne/evidence/event'
import { type PackageFile, packEvents } from '@vidne/evidence/package'
import { PACKAGE_FILE, mediaName } from '@vidne/evidence/package-names'
import { type ZipEntry, writeZip, zipCrc32, zipLength } from '@vidne/evidence/zip-writer'
import { readPolicy } from '@vidne/policies/packs'
import type { Seal } from '../seal/seal.ts'
import { type Media, bagEntries, payloadFiles, payloadManifest } from './bag.ts'
import { type Covered, type PublishedPolicies, makeDossier } from './dossier.ts'
import { type PageContent, packagePage } from './page/page.ts'
import { packageReadme } from './readme.ts'
import { shownOutside } from './withheld.ts'

/** A package that can be sent, more than once and from any byte on: the same bytes each time. */
export type Package = {
  bytes: number
  checkpoint: 'public' | 'private'
  /** CRC-32 of the whole, known before a byte of it is read. */
  crc32: number
  /** What stands in it as listed: SHA-256 of its `tagmanifest-sha256.txt`, which lists every other file or a list of it. */
  listing: string
  /** Bytes from `offset` to the end. Plaintext exists only in the portion that is being sent (G3). */
  content(offset: number): AsyncIterable<Uint8Array>
}

/** Reads plaintext footage; fewer bytes only at its end. */
export type FootageReader = { bytes: number; read(offset: number, length: number): Promise<Uint8Array> }

type Parts = {
  seal: Seal
  installation: { origin: string; logKey: string; rehearsal: boolean }
  recording: string
  agency: PageContent['agency']
  events: readonly OpenEvent[]
  covered: Covered
  policies: PublishedPolicies
  pieces: Uint8Array | null
  /** It leaves the agency: who acted is kept back, and can be opened to a court later. */
  outside: boolean
  at: number
  crc32: number | null
  /** Null when the footage has been deleted: the package is then its statement. */
  read: FootageReader | null
}

const portion = 1_048_576

/** Puts a package together: everything but the footage is made now and kept, the footage is read when it is sent. */
export async function buildPackage(parts: Parts): Promise<Package> {
  const { covered, installation, at } = parts
  const shown = parts.outside ? shownOutside(parts.events) : () => true
  const dossier = await makeDossier({ ...parts, origin: installation.origin, shown })
  const files = packEvents(dossier)
  const manifestFile = files.find(file => file.name === PACKAGE_FILE.captureManifest)
  if (manifestFile === undefined) throw new Error('a dossier without a manifest')
  const media = mediaOf(parts, dossier.manifest)
  const payload = payloadFiles(manifestFile, media === null ? null : parts.pieces)
  const kind = media === null ? 'deletion-statement' : 'recording'
  const page = packagePage({
    footage: media?.name ?? null,
    recording: parts.recording,
    manifest: dossier.manifest,
    events: dossier.events.map(({ event }) => event),
    policies: new Map(dossier.policies.map(({ statement, policy }) => [statement.policy, readPolicy(policy)])),
    agency: parts.agency,
    origin: installation.origin,
    logKey: installation.logKey,
    checkpoint: covered.kind,
    rehearsal: installation.rehearsal,
    at,
  })
  const entries = bagEntries({
    payload,
    payloadManifest: payloadManifest(
      payload,
      media === null ? null : { manifest: dossier.manifest, sha256: media.sha256 },
    ),
    tags: [
      text(PACKAGE_FILE.startPage, page),
      text(PACKAGE_FILE.readme, packageReadme(kind, parts.agency.name)),
      ...files.filter(file => file !== manifestFile),
    ],
    media,
    info: { kind, logKey: installation.logKey, checkpoint: covered.kind, at },
  })
  return {
    bytes: zipLength(entries),
    checkpoint: covered.kind,
    crc32: zipCrc32(entries, { at }),
    listing: await listingOf(entries),
    content: offset => fromByte(offset, writeZip(entries, { at })),
  }
}

async function listingOf(entries: readonly ZipEntry[]): Promise<string> {
  const listing = entries.find(({ name }) => name === PACKAGE_FILE.tagManifest)
  if (listing === undefined) throw new Error('a package without a list of its files')
  const hash = createHash('sha256')
  for await (const chunk of listing.content()) hash.update(chunk)
  return hash.digest('hex')
}

function text(name: string, content: string): PackageFile {
  return { name, bytes: Buffer.from(content) }
}

function mediaOf(
  { read, crc32 }: Parts,
  manifest: { sha256: string; media: { extension: string } },
): (Media & { name: string }) | null {
  if (read === null) return null
  if (crc32 === null) throw new Error('footage without its CRC-32')
  return {
    name: mediaName(manifest.media.extension),
    bytes: read.bytes,
    sha256: manifest.sha256,
    crc32,
    content: () => portions(read),
  }
}

async function* portions(footage: FootageReader): AsyncGenerator<Uint8Array> {
  const { bytes } = footage
  for (let offset = 0; offset < bytes; offset += portion)
    yield await footage.read(offset, Math.min(portion, bytes - offset))
}

/** What `content` gives, without its first bytes. */
export async function* fromByte(offset: number, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = offset
  for await (const chunk of content) {
    if (left >= chunk.length) left -= chunk.length
    else {
      yield left > 0 ? chunk.subarray(left) : chunk
      left = 0
    }
  }
}
