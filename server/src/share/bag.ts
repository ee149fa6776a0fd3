import { createHash } from 'node:crypto'
import { BAG_DECLARATION, formatBagInfo, formatManifest, payloadOxum } from '@vidne/evidence/bag'
import type { Manifest } from '@vidne/evidence/manifest'
import type { PackageFile } from '@vidne/evidence/package'
import { PACKAGE_FILE, mediaName } from '@vidne/evidence/package-names'
import { type ZipEntry, zipEntry } from '@vidne/evidence/zip-writer'

/** The original bytes, read as they are sent: a package of any length takes the memory of one piece. */
export type Media = { bytes: number; sha256: string; crc32: number; content: () => AsyncIterable<Uint8Array> }

export type BagInfo = {
  kind: 'recording' | 'deletion-statement'
  logKey: string
  checkpoint: 'public' | 'private'
  at: number
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/**
 * The text of `manifest-sha256.txt`: what the `exported` event commits to before the package exists. The footage's
 * digest is the sealed one; were the stored bytes different, the package would convict us.
 */
export function payloadManifest(
  payload: readonly PackageFile[],
  media: { manifest: Manifest; sha256: string } | null,
): string {
  const lines = payload.map(({ name, bytes }) => ({ path: name, sha256: digest(bytes) }))
  if (media !== null) lines.push({ path: mediaName(media.manifest.media.extension), sha256: media.sha256 })
  return formatManifest(lines)
}

/** What lies under `data/` beside the footage. */
export function payloadFiles(manifest: PackageFile, pieces: Uint8Array | null): PackageFile[] {
  return pieces === null ? [manifest] : [manifest, { name: PACKAGE_FILE.pieces, bytes: pieces }]
}

/** Every file of a package in the order of the ZIP: what people open first, then the footage, then the proofs. */
export function bagEntries(p: {
  payload: readonly PackageFile[]
  payloadManifest: string
  tags: readonly PackageFile[]
  media: (Media & { name: string }) | null
  info: BagInfo
}): ZipEntry[] {
  const sizes = [
    ...p.payload.map(file => ({ bytes: file.bytes.length })),
    ...(p.media === null ? [] : [{ bytes: p.media.bytes }]),
  ]
  const tags: PackageFile[] = [
    { name: PACKAGE_FILE.bagDeclaration, bytes: Buffer.from(BAG_DECLARATION) },
    { name: PACKAGE_FILE.bagInfo, bytes: Buffer.from(bagInfo(p.info, payloadOxum(sizes))) },
    { name: PACKAGE_FILE.payloadManifest, bytes: Buffer.from(p.payloadManifest) },
    ...p.tags,
  ]
  const tagManifest = formatManifest(tags.map(({ name, bytes }) => ({ path: name, sha256: digest(bytes) })))
  const footage: ZipEntry[] = p.media === null ? [] : [p.media]
  const small = (files: readonly PackageFile[]) => files.map(({ name, bytes }) => zipEntry(name, bytes))
  return [
    ...small(tags),
    ...small(p.payload),
    ...footage,
    ...small([{ name: PACKAGE_FILE.tagManifest, bytes: Buffer.from(tagManifest) }]),
  ]
}

function bagInfo(info: BagInfo, oxum: string): string {
  return formatBagInfo([
    { label: 'Bagging-Date', value: new Date(info.at).toISOString().slice(0, 10) },
    { label: 'Payload-Oxum', value: oxum },
    { label: 'Vidne-Kind', value: info.kind },
    { label: 'Vidne-Checkpoint', value: info.checkpoint },
    { label: 'Vidne-Log-Key', value: info.logKey },
  ])
}
