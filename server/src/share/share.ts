import type { Cases } from '../review/review.ts'
import { type Actor, actorFields } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { type PolicyInForce, needsSecond } from '../rules/rules.ts'
import { type CasePackageState, type CasePackageWish, askCasePackage } from './case-package.ts'
import type { Covered } from './dossier.ts'
import { type ShareGround, lastLabel, notWhole, packageOf, policyOf, writeExported } from './exporting.ts'
import { type Links, openLinks } from './links.ts'
import { PreparedPackages, type Ready, type Sealing, type Sendable } from './prepared.ts'
import { type ShareRefusal, gated, noSuchRecording, notAllowed, notDeleted } from './refusals.ts'
import {
  type ExportWish,
  type Waiting,
  AGREEMENT_MS,
  agreedExport,
  askSecondPerson,
  registerAgreement,
  wishDigest,
} from './second-person.ts'
import { endAgreement, forgetAgreements } from './store.ts'

export { manifestOf } from './dossier.ts'
export type { Package } from './package-build.ts'
export type { ShareGround } from './exporting.ts'
export type { CasePackageState, CasePackageWish } from './case-package.ts'
export type { Links } from './links.ts'
export type { Sendable } from './prepared.ts'
export type { ShareRefusal } from './refusals.ts'
export type { ExportWish } from './second-person.ts'
export { tellAccount } from './telling.ts'
export type { Account, ToldFact } from './telling.ts'

export type ExportState = ({ state: 'waiting' } & Waiting) | Sealing | Ready

/** Gives footage away, as a package anyone can verify; every time is an event before a byte leaves (G11). */
export interface Share {
  /** Exports a recording, or asks a second person where the policy wants one. `wait`: for the next public checkpoint. */
  ask(actor: Actor, wish: ExportWish, wait: boolean | undefined): Promise<ExportState | ShareRefusal>
  /** The statement of a committed deletion, in the same form: for those outside, unless it is asked for with `names`. */
  statement(actor: Actor, wish: { recording: string; names: boolean }): Promise<ExportState | ShareRefusal>
  /** The exhibits of a case, each as a package of its own, in one ZIP with an index; wanted from an export is wanted from each. */
  askCase(actor: Actor, wish: CasePackageWish, wait: boolean | undefined): Promise<CasePackageState>
  /** Links by which somebody outside is shown footage of a case. */
  readonly links: Links
  find(actor: Actor, id: string): ExportState | ShareRefusal
  /** The bytes of a package that is ready. */
  open(actor: Actor, id: string): Sendable | ShareRefusal
  /** To be told before bytes of it leave; what it gives, when they end, and whether the last one left. */
  sending(actor: Actor, id: string): (whole: boolean) => Promise<void>
  /** Forgets agreements about a recording, and packages of it that still wait. */
  readonly eraser: {
    readonly name: string
    erase(agency: string, recording: string): Promise<'gone'>
    eraseMany(agency: string, recordings: readonly string[]): Promise<'gone'>
  }
}

export function openShare(ground: ShareGround & { readonly cases: Cases }): Share {
  const { seal, clock, installation, people, database } = ground
  const prepared = new PreparedPackages({ seal, clock, cadenceSeconds: installation.cadenceSeconds })
  registerAgreement(people, () => clock.now())
  const opened = clock.now()
  const links = openLinks(ground, prepared)
  const erase = async (...recordings: string[]): Promise<'gone'> => {
    for (const recording of recordings) prepared.forget(recording)
    await database.asInstallation(trx => forgetAgreements(trx, recordings))
    for (const recording of recordings) await links.forget(recording)
    return 'gone'
  }
  return {
    links,
    askCase: (actor, wish, wait) =>
      askCasePackage(ground, prepared, { actor, wish, opened, wait: wait ?? installation.countersigned }),
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
      const agreed = [{ recording, digest }]
      return prepared.begin(actor, { recordings: [recording], digest, agreed, label: begun.label, wait: waits, build })
    },
    statement: (actor, wish) => statement(ground, prepared, actor, wish),
    find: (actor, id) => prepared.find(actor, id),
    open: (actor, id) => prepared.open(actor, id),
    sending(actor, id) {
      const ended = prepared.sending(actor, id)
      return async whole => {
        const wish = ended(whole)
        for (const agreed of wish?.agreed ?? []) await database.asInstallation(trx => endAgreement(trx, agreed))
      }
    },
    eraser: {
      name: 'share',
      erase: (_agency, recording) => erase(recording),
      eraseMany: (_agency, recordings) => erase(...recordings),
    },
  }
}

async function statement(
  ground: ShareGround,
  prepared: PreparedPackages,
  actor: Actor,
  { recording, names }: { recording: string; names: boolean },
): Promise<ExportState | ShareRefusal> {
  const { installation, people, database } = ground
  if (!(await people.allowed(actor, 'statement', recording))) return notAllowed()
  const events = await database.asAgency(actor.agency, trx => ground.history.of(trx, recording))
  if (events.length === 0) return noSuchRecording()
  if (!events.some(({ core }) => core.type === 'deleted')) return notDeleted()
  return prepared.begin(actor, {
    recordings: [recording],
    digest: null,
    agreed: [],
    label: lastLabel(installation.origin, events),
    wait: installation.countersigned,
    build: covered => packageOf(ground, { agency: actor.agency, recording, outside: !names }, covered),
  })
}

type Begun = ShareRefusal | Waiting | { label: Uint8Array }

/** Who asks for what; `opened`: since when this process keeps packages, which are lost with it. */
type Asking = { actor: Actor; wish: ExportWish; digest: string; opened: number }

/** Writes the `exported` event, which commits to the payload, in the transaction that finds the export allowed. */
async function begin(ground: ShareGround, trx: Trx, asking: Asking): Promise<Begun> {
  const { actor, wish } = asking
  const refused = await notWhole(ground, trx, wish.recording)
  if (refused !== null) return refused
  const policy = await policyOf(ground, trx, { agency: actor.agency, recording: wish.recording })
  const second = await secondPerson(ground, trx, asking, policy)
  if (second !== null) return second
  return {
    label: await writeExported(ground, trx, { ...wish, agency: actor.agency, by: actorFields(actor) }, policy.pol),
  }
}

async function secondPerson(
  ground: ShareGround,
  trx: Trx,
  { actor, wish, digest, opened }: Asking,
  policy: PolicyInForce,
): Promise<Waiting | null> {
  const outside = wish.to !== null
  if (!needsSecond(policy, 'export', { outside }) && !needsSecond(policy, 'first-view', { outside })) return null
  const now = ground.clock.now()
  const agreed = { recording: wish.recording, digest, since: now - AGREEMENT_MS, now, lost: opened }
  if (await agreedExport(trx, agreed)) return null
  return askSecondPerson(ground.people, trx, actor, wish, digest)
}
