import { createHash } from 'node:crypto'
import { captureId, chainLabels, logId } from '@vidne/evidence/event'
import type { OpenEvent } from '@vidne/evidence/event'
import { encodeManifest } from '@vidne/evidence/manifest'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import type { Dock } from '../dock/dock.ts'
import { type Actor, type People, actorFields } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { type Access, type PolicyInForce, type Rules, needsSecond } from '../rules/rules.ts'
import type { Seal } from '../seal/seal.ts'
import { payloadFiles, payloadManifest } from './bag.ts'
import { type Covered, manifestOf } from './dossier.ts'
import { type Package, buildPackage } from './package-build.ts'
import { PreparedPackages, type Ready, type Sealing } from './prepared.ts'
import { type ShareRefusal, bytesLost, deleted, gated, noSuchRecording, notAllowed, notDeleted } from './refusals.ts'
import {
  type ExportWish,
  type Waiting,
  agreedExport,
  askSecondPerson,
  registerAgreement,
  wishDigest,
} from './second-person.ts'
import { endAgreement, forgetAgreements, hasLostBytes } from './store.ts'

export { manifestOf } from './dossier.ts'
export type { Package } from './package-build.ts'
export type { ShareRefusal } from './refusals.ts'
export type { ExportWish } from './second-person.ts'

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

export type ExportState = ({ state: 'waiting' } & Waiting) | Sealing | Ready

/** Gives footage away, as a package anyone can verify; every time is an event before a byte leaves (G11). */
export interface Share {
  /** Exports a recording, or asks a second person where the policy wants one. `wait`: for the next public checkpoint. */
  ask(actor: Actor, wish: ExportWish, wait: boolean | undefined): Promise<ExportState | ShareRefusal>
  /** The statement of a committed deletion, in the same form: for those outside, unless it is asked for with `names`. */
  statement(actor: Actor, wish: { recording: string; names: boolean }): Promise<ExportState | ShareRefusal>
  find(actor: Actor, id: string): ExportState | ShareRefusal
  /** The bytes of a package that is ready. */
  open(actor: Actor, id: string): Package | ShareRefusal
  /** To be told before bytes of it leave; what it gives, when they end, and whether the last one left. */
  sending(actor: Actor, id: string): (whole: boolean) => Promise<void>
  /** Forgets agreements about a recording, and packages of it that still wait. */
  readonly eraser: {
    readonly name: string
    erase(agency: string, recording: string): Promise<'gone'>
    eraseMany(agency: string, recordings: readonly string[]): Promise<'gone'>
  }
}

export function openShare(ground: ShareGround): Share {
  const { seal, clock, installation, people, database } = ground
  const prepared = new PreparedPackages({ seal, clock, cadenceSeconds: installation.cadenceSeconds })
  registerAgreement(people, () => clock.now())
  const opened = clock.now()
  const erase = async (...recordings: string[]): Promise<'gone'> => {
    for (const recording of recordings) prepared.forget(recording)
    await database.asInstallation(trx => forgetAgreements(trx, recordings))
    return 'gone'
  }
  return {
    async ask(actor, wish, wait) {
      const { recording } = wish
      const because = await people.refusal(actor, 'export', recording)
      if (because !== null) return because === 'not-allowed' ? notAllowed() : gated(because)
      const digest = wishDigest(actor, wish)
      // Waiting gains a countersigner's word; where nobody countersigns it would only cost the clerk five minutes.
      const waits = wait ?? installation.countersigned
      const again = await prepared.again(actor, { digest, wait: waits })
      if (again !== null) return again
      const begun = await database.asAgency(actor.agency, trx => begin(ground, trx, { actor, wish, digest, opened }))
      if ('refused' in begun) return begun
      if ('approval' in begun) return { state: 'waiting', ...begun }
      const build = (covered: Covered) =>
        packageOf(ground, { agency: actor.agency, recording, outside: wish.to !== null }, covered)
      return prepared.begin(actor, { recording, digest, label: begun.label, wait: waits, build })
    },
    async statement(actor, { recording, names }) {
      if (!(await people.allowed(actor, 'statement', recording))) return notAllowed()
      const events = await database.asAgency(actor.agency, trx => ground.history.of(trx, recording))
      if (events.length === 0) return noSuchRecording()
      if (!events.some(({ core }) => core.type === 'deleted')) return notDeleted()
      const build = (covered: Covered) =>
        packageOf(ground, { agency: actor.agency, recording, outside: !names }, covered)
      return prepared.begin(actor, {
        recording,
        digest: null,
        label: lastLabel(installation.origin, events),
        wait: installation.countersigned,
        build,
      })
    },
    find: (actor, id) => prepared.find(actor, id),
    open: (actor, id) => prepared.open(actor, id),
    sending(actor, id) {
      const ended = prepared.sending(actor, id)
      return async whole => {
        const wish = ended(whole)
        if (wish === null || wish.digest === null) return
        const { recording, digest } = wish
        await database.asInstallation(trx => endAgreement(trx, { recording, digest }))
      }
    },
    eraser: {
      name: 'share',
      erase: (_agency, recording) => erase(recording),
      eraseMany: (_agency, recordings) => erase(...recordings),
    },
  }
}

type Begun = ShareRefusal | Waiting | { label: Uint8Array }

/** Who asks for what; `opened`: since when this process keeps packages, which are lost with it. */
type Asking = { actor: Actor; wish: ExportWish; digest: string; opened: number }

/** Writes the `exported` event, which commits to the payload, in the transaction that finds the export allowed. */
async function begin(ground: ShareGround, trx: Trx, asking: Asking): Promise<Begun> {
  const { actor, wish } = asking
  const recording = await ground.dock.find(trx, wish.recording)
  if (recording === null) return noSuchRecording()
  if (recording.erasedAt !== null || recording.sha256 === null) return deleted()
  if (await hasLostBytes(trx, wish.recording)) return bytesLost()
  const unit = await ground.access.unitOf(trx, wish.recording)
  const policy = await ground.rules.policyInForce(trx, actor.agency, undefined, unit)
  const second = await secondPerson(ground, trx, asking, policy)
  if (second !== null) return second
  const manifest = manifestOf(await ground.history.of(trx, wish.recording))
  const pieces = await ground.dock.pieces(trx, wish.recording)
  const payload = payloadFiles(
    { name: PACKAGE_FILE.captureManifest, bytes: Buffer.from(encodeManifest(manifest)) },
    pieces,
  )
  const committed = createHash('sha256')
    .update(payloadManifest(payload, { manifest, sha256: manifest.sha256 }))
    .digest('hex')
  const appended = await ground.history.append(trx, {
    subject: wish.recording,
    type: 'exported',
    pol: policy.pol,
    fields: [
      { name: 'package', value: committed },
      { name: 'purpose', value: wish.purpose },
      ...(wish.case === null ? [] : [{ name: 'case', value: wish.case }]),
      { name: 'recipient', value: wish.to ?? (await agencyName(ground, trx, actor.agency)) },
      ...actorFields(actor),
    ],
  })
  return { label: appended.label }
}

/** Whom a package is for that does not leave the agency. */
async function agencyName({ people }: ShareGround, trx: Trx, id: string): Promise<string> {
  const agency = await people.agency(trx, id)
  if (agency === null) throw new Error('an export of an agency that is not there')
  return agency.name
}

const agreementMs = 24 * 60 * 60_000

async function secondPerson(
  ground: ShareGround,
  trx: Trx,
  { actor, wish, digest, opened }: Asking,
  policy: PolicyInForce,
): Promise<Waiting | null> {
  const outside = wish.to !== null
  if (!needsSecond(policy, 'export', { outside }) && !needsSecond(policy, 'first-view', { outside })) return null
  const now = ground.clock.now()
  const agreed = { recording: wish.recording, digest, since: now - agreementMs, now, lost: opened }
  if (await agreedExport(trx, agreed)) return null
  return askSecondPerson(ground.people, trx, actor, wish, digest)
}

async function packageOf(
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

function lastLabel(origin: string, events: readonly OpenEvent[]): Uint8Array {
  const label = labelsOf(origin, events).at(-2)
  if (label === undefined) throw new Error('a history without events')
  return label
}
