/** The files that are in every package. Payload lies under `data/`, all the rest are tag files in BagIt's sense (RFC 8493). */
export const PACKAGE_FILE = {
  bagDeclaration: 'bagit.txt',
  bagInfo: 'bag-info.txt',
  payloadManifest: 'manifest-sha256.txt',
  tagManifest: 'tagmanifest-sha256.txt',
  startPage: 'index.html',
  readme: 'README.txt',
  captureManifest: 'data/manifest.json',
  pieces: 'data/pieces.bin',
  checkpoint: 'log/checkpoint',
  mapRoot: 'log/map-root.tlog-proof',
  map: 'log/map.json',
  opened: 'log/opened.tlog-proof',
} as const

/** The original bytes, named by the manifest's extension; absent in a deletion statement. */
export function mediaName(extension: string): string {
  return `data/media/recording.${extension}`
}

/** The proof of the chain's event with this sequence number: `events/0000.tlog-proof`, five digits from 10000 on. */
export function eventName(seq: number): string {
  return `events/${String(seq).padStart(4, '0')}.tlog-proof`
}

/** A policy that was in force, by its digest in hexadecimal. */
export function policyName(digest: string): string {
  return `policy/${digest}.json`
}

/** The proof that the policy was published. */
export function policyProofName(digest: string): string {
  return `policy/${digest}.tlog-proof`
}
