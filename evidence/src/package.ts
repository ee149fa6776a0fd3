import { formatProof } from '@vidne/tlog/proof'
import { sha256 } from '#crypto'
import { fromUtf8, toHex, utf8 } from './bytes.ts'
import { decodeOpenEvent, encodeOpenEvent, NO_POLICY } from './event.ts'
import type { OpenEvent } from './event.ts'
import { canonicalize } from './jcs.ts'
import type { Json } from './jcs.ts'
import { mapRootLeaf, parseLeaf, statementLeaf } from './leaf.ts'
import type { Leaf } from './leaf.ts'
import { decodeManifest, encodeManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { parseMapProof } from './map-proof.ts'
import type { MapProof } from './map-proof.ts'
import { DossierRefused, proofOf, readFormat, readText, textOf, within } from './package-files.ts'
import type { PackageFiles, Place } from './package-files.ts'
import { eventName, PACKAGE_FILE, policyName, policyProofName } from './package-names.ts'
import { canonicalValue, integer, list, members, oneOf } from './shape.ts'
import type { StatementOf } from './statement.ts'

/**
 * All that a package says about a recording beside its bytes, as of one checkpoint: the whole chain of events (fields
 * disclosed as this reader may see them), the map's proofs that each is the only one under its label and that none follows,
 * the log's own opening and each policy that was in force.
 */
export type Dossier = {
  manifest: Manifest
  /** The signed note, byte for byte. */
  checkpoint: string
  /** In order of `seq`, from 0. */
  events: (Place & { event: OpenEvent })[]
  mapRoot: Place & { root: Uint8Array; coveredSize: number }
  /** `presence` has one proof for each event in order, `absence` is for the label of the event that has not happened. */
  map: { presence: MapProof[]; absence: MapProof }
  opened: Place & { statement: StatementOf<'log-opened'> }
  policies: (Place & { policy: Json; statement: StatementOf<'policy-in-force'> })[]
}

export type PackageFile = { name: string; bytes: Uint8Array }

/** How a policy is named everywhere: SHA-256 of its canonical text, in hexadecimal. */
export function policyDigest(policy: Json): string {
  return toHex(sha256(utf8(canonicalize(policy))))
}

/**
 * The files of a dossier: `data/manifest.json` and the tag files of `events/`, `log/` and `policy/`, in the order in which a
 * package lists them. Throws FormatRefused when a part is not of its format; that the proofs hold is for the caller to see to.
 */
export function packEvents(dossier: Dossier): PackageFile[] {
  const { manifest, checkpoint, events, mapRoot, map, opened, policies } = dossier
  const proof = (place: Place, extra: Uint8Array) =>
    utf8(formatProof({ extra, index: place.index, hashes: place.hashes, checkpoint }))
  const mapProofs = { v: 1, size: mapRoot.coveredSize, presence: map.presence, absence: map.absence }
  return [
    { name: PACKAGE_FILE.captureManifest, bytes: utf8(encodeManifest(manifest)) },
    ...events.map((placed, seq) => ({
      name: eventName(seq),
      bytes: proof(placed, utf8(encodeOpenEvent(placed.event))),
    })),
    { name: PACKAGE_FILE.checkpoint, bytes: utf8(checkpoint) },
    { name: PACKAGE_FILE.map, bytes: utf8(canonicalize(mapProofs)) },
    { name: PACKAGE_FILE.mapRoot, bytes: proof(mapRoot, mapRootLeaf(mapRoot.root, mapRoot.coveredSize)) },
    { name: PACKAGE_FILE.opened, bytes: proof(opened, statementLeaf(opened.statement)) },
    ...policies.flatMap(({ policy, statement, ...place }) => [
      { name: policyName(statement.policy), bytes: utf8(canonicalize(policy)) },
      { name: policyProofName(statement.policy), bytes: proof(place, statementLeaf(statement)) },
    ]),
  ]
}

/**
 * Reads a dossier from a package's files without believing it: formats are checked, and that all proofs stand under the one
 * checkpoint, nothing else. Whether proofs and signatures hold is for a verifier to judge. Throws DossierRefused.
 */
export async function readDossier(files: PackageFiles): Promise<Dossier> {
  const manifest = await readFormat(files, PACKAGE_FILE.captureManifest, decodeManifest)
  const checkpoint = await readText(files, PACKAGE_FILE.checkpoint)
  const events = await readEvents(files, checkpoint)
  const mapRoot = await readMapRoot(files, checkpoint)
  const map = await readMap(files, events.length, mapRoot.coveredSize)
  const opened = await readOpened(files, checkpoint)
  const policies = await readPolicies(files, checkpoint, events)
  return { manifest, checkpoint, events, mapRoot, map, opened, policies }
}

// A chain is read until a number is missing; that none was left off behind it, the map's proof of absence shows.
async function readEvents(files: PackageFiles, checkpoint: string): Promise<Dossier['events']> {
  const events: Dossier['events'] = []
  for (;;) {
    const name = eventName(events.length)
    const bytes = await files(name)
    if (bytes === null && events.length > 0) return events
    if (bytes === null) throw new DossierRefused('missing', name)
    const { extra, place } = proofOf(textOf(bytes, name), name, checkpoint)
    events.push({ event: within(name, 'wrong-format', () => decodeOpenEvent(fromUtf8(extra))), ...place })
  }
}

async function readMapRoot(files: PackageFiles, checkpoint: string): Promise<Dossier['mapRoot']> {
  const { leaf, place } = await readLeaf(files, PACKAGE_FILE.mapRoot, checkpoint)
  if (leaf.kind !== 'map-root') throw new DossierRefused('wrong-leaf', PACKAGE_FILE.mapRoot)
  return { root: leaf.root, coveredSize: leaf.size, ...place }
}

async function readMap(files: PackageFiles, events: number, coveredSize: number): Promise<Dossier['map']> {
  const map = await readFormat(files, PACKAGE_FILE.map, parseMap)
  if (map.size !== coveredSize) throw new DossierRefused('wrong-size', PACKAGE_FILE.map)
  if (map.presence.length !== events) throw new DossierRefused('wrong-count', PACKAGE_FILE.map)
  return { presence: map.presence, absence: map.absence }
}

function parseMap(json: string): { size: number; presence: MapProof[]; absence: MapProof } {
  const read = members(canonicalValue(json, 'map'), ['v', 'size', 'presence', 'absence'], 'map')
  oneOf(read.v, [1], 'map.v')
  return {
    size: integer(read.size, 'map.size'),
    presence: list(read.presence, 'map.presence', Number.MAX_SAFE_INTEGER).map(parseMapProof),
    absence: parseMapProof(read.absence),
  }
}

async function readOpened(files: PackageFiles, checkpoint: string): Promise<Dossier['opened']> {
  const { leaf, place } = await readLeaf(files, PACKAGE_FILE.opened, checkpoint)
  if (leaf.kind !== 'statement' || leaf.statement.type !== 'log-opened') {
    throw new DossierRefused('wrong-leaf', PACKAGE_FILE.opened)
  }
  return { statement: leaf.statement, ...place }
}

async function readPolicies(
  files: PackageFiles,
  checkpoint: string,
  events: Dossier['events'],
): Promise<Dossier['policies']> {
  const inForce = new Set(events.map(({ event }) => event.core.pol))
  inForce.delete(toHex(NO_POLICY))
  const policies: Dossier['policies'] = []
  for (const digest of inForce) policies.push(await readPolicy(files, checkpoint, digest))
  return policies
}

async function readPolicy(
  files: PackageFiles,
  checkpoint: string,
  digest: string,
): Promise<Dossier['policies'][number]> {
  const name = policyName(digest)
  const policy: Json = await readFormat(files, name, json => canonicalValue(json, 'policy'))
  if (policyDigest(policy) !== digest) throw new DossierRefused('wrong-digest', name)
  const proofName = policyProofName(digest)
  const { leaf, place } = await readLeaf(files, proofName, checkpoint)
  if (leaf.kind !== 'statement' || leaf.statement.type !== 'policy-in-force' || leaf.statement.policy !== digest) {
    throw new DossierRefused('wrong-leaf', proofName)
  }
  return { policy, statement: leaf.statement, ...place }
}

async function readLeaf(files: PackageFiles, name: string, checkpoint: string): Promise<{ leaf: Leaf; place: Place }> {
  const { extra, place } = proofOf(await readText(files, name), name, checkpoint)
  return { leaf: parseLeaf(extra), place }
}
