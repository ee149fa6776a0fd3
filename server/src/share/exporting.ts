import { createHash } from 'node:crypto'
import { captureId, chainLabels, logId } from '@vidne/evidence/event'
import type { OpenEvent } from '@vidne/evidence/event'
import type { Json } from '@vidne/evidence/jcs'
import { encodeManifest } from '@vidne/evidence/manifest'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import type { Dock } from '../dock/dock.ts'
import type { People } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { type Access, type PolicyInForce, type Rules, needsSecond } from '../rules/rules.ts'
import type { Seal } from '../seal/seal.ts'
import { payloadFiles, payloadManifest } from './bag.ts'
import { type Covered, manifestOf } from './dossier.ts'
import { type Package, buildPackage } from './package-build.ts'
import { type ShareRefusal, bytesLost, deleted, noSuchRecording } from './refusals.ts'
import { hasLostBytes } from './store.ts'

export type ShareGround = {
  database: Database
  history: History
  people: People
  rules: Rules
  access: Pick<Access, 'unitOf'>
  dock: Dock
  seal: Seal
  clock: Clock
  installation: { origin: string; logKey: string; rehearsal: boolean; cadenceSeconds: number; countersigned: boolean }
}

/** The policy that a recording is given away under: that of the unit whose camera it was, where that has one of its own. */
export async function policyOf(
  ground: Pick<ShareGround, 'access' | 'rules'>,
  trx: Trx,
  { agency, recording }: { agency: string; recording: string },
): Promise<PolicyInForce> {
  return ground.rules.policyInForce(trx, agency, undefined, await ground.access.unitOf(trx, recording))
}

/** Whether the policy of a recording wants a second person before it is given away. */
export async function asksSecond(
  ground: Pick<ShareGround, 'access' | 'rules'>,
  trx: Trx,
  { outside, ...which }: { agency: string; recording: string; outside: boolean },
): Promise<boolean> {
  const policy = await policyOf(ground, trx, which)
  return needsSecond(policy, 'export', { outside }) || needsSecond(policy, 'first-view', { outside })
}

/** Whom a package is for that does not leave the agency. */
async function agencyName({ people }: ShareGround, trx: Trx, id: string): Promise<string> {
  const agency = await people.agency(trx, id)
  if (agency === null) throw new Error('an export of an agency that is not there')
  return agency.name
}

/** Why a recording cannot be given away whole; null where it can. */
export async function notWhole(ground: ShareGround, trx: Trx, recording: string): Promise<ShareRefusal | null> {
  const found = await ground.dock.find(trx, recording)
  if (found === null) return noSuchRecording()
  if (found.erasedAt !== null || found.sha256 === null) return deleted()
  return (await hasLostBytes(trx, recording)) ? bytesLost() : null
}

/** What an export says of itself in the history. */
export type ExportSaid = {
  agency: string
  recording: string
  purpose: string
  case: string | null
  to: string | null
  /** Who does it, as fields. */
  by: readonly { name: string; value: Json }[]
}

/** Writes the `exported` event, which commits to the payload; the label of the event. */
export async function writeExported(
  ground: ShareGround,
  trx: Trx,
  said: ExportSaid,
  pol: Uint8Array,
): Promise<Uint8Array> {
  const { recording } = said
  const manifest = manifestOf(await ground.history.of(trx, recording))
  const pieces = await ground.dock.pieces(trx, recording)
  const payload = payloadFiles(
    { name: PACKAGE_FILE.captureManifest, bytes: Buffer.from(encodeManifest(manifest)) },
    pieces,
  )
  const committed = createHash('sha256')
    .update(payloadManifest(payload, { manifest, sha256: manifest.sha256 }))
    .digest('hex')
  const appended = await ground.history.append(trx, {
    subject: recording,
    type: 'exported',
    pol,
    fields: [
      { name: 'package', value: committed },
      { name: 'purpose', value: said.purpose },
      ...(said.case === null ? [] : [{ name: 'case', value: said.case }]),
      { name: 'recipient', value: said.to ?? (await agencyName(ground, trx, said.agency)) },
      ...said.by,
    ],
  })
  return appended.label
}

export async function packageOf(
  ground: ShareGround,
  { agency, recording, outside }: { agency: string; recording: string; outside: boolean },
  covered: Covered,
): Promise<Package> {
  const { events, policies, pieces, row, about } = await ground.database.asAgency(agency, async trx => ({
    about: await ground.people.agency(trx, agency),
    events: await ground.history.of(trx, recording),
    policies: await ground.rules.policies(trx, agency),
    pieces: await ground.dock.pieces(trx, recording),
    row: await ground.dock.find(trx, recording),
  }))
  if (about === null) throw new Error('an export of an agency that is not there')
  const present = row !== null && row.erasedAt === null
  return buildPackage({
    seal: ground.seal,
    installation: ground.installation,
    recording,
    agency: about,
    events: await coveredEvents(ground, events, covered),
    covered,
    policies: new Map(policies.map(({ digest, published }) => [digest, published])),
    pieces,
    outside,
    at: ground.clock.now(),
    crc32: row?.crc32 ?? null,
    read: present ? await ground.dock.openRecording(agency, recording) : null,
  })
}

/** Events behind the map root belong to a later package; were one left out before it, the absence proof would show it. */
async function coveredEvents(
  ground: ShareGround,
  events: readonly OpenEvent[],
  covered: Covered,
): Promise<OpenEvent[]> {
  const labels = labelsOf(ground.installation.origin, events)
  const shown: OpenEvent[] = []
  for (const [seq, event] of events.entries()) {
    const label = labels[seq]
    const index = label === undefined ? null : await ground.seal.position(label)
    if (index === null || index >= covered.mapRoot.index) break
    shown.push(event)
  }
  return shown
}

function labelsOf(origin: string, events: readonly OpenEvent[]): Uint8Array[] {
  return chainLabels(logId(origin), captureId(manifestOf(events)), events)
}

export function lastLabel(origin: string, events: readonly OpenEvent[]): Uint8Array {
  const label = labelsOf(origin, events).at(-2)
  if (label === undefined) throw new Error('a history without events')
  return label
}
