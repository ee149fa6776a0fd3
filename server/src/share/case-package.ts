import { createHash } from 'node:crypto'
import { canonicalize } from '@vidne/evidence/jcs'
import { writeZip, type ZipEntry, zipEntry, zipLength } from '@vidne/evidence/zip-writer'
import { type Actor, actorFields } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Cases, ShownExhibit } from '../review/review.ts'
import { type CaseIndex, caseIndexPage, caseReadme } from './case-page.ts'
import type { Covered } from './dossier.ts'
import { type ShareGround, asksSecond, notWhole, packageOf, policyOf, writeExported } from './exporting.ts'
import { fromByte } from './package-build.ts'
import type { PreparedPackages, Ready, Sealing, Sendable } from './prepared.ts'
import { type ShareRefusal, gated, noSuchCase, notAllowed, nothingToGive } from './refusals.ts'
import { AGREEMENT_MS, agreedExport, askSecondPerson, standsAgreed, wishDigest } from './second-person.ts'

/** What somebody wants of a case, what for, and for whom; `to` null: it stays within the agency. */
export type CasePackageWish = { case: string; purpose: string; to: string | null }

export type CasePackageState =
  { state: 'waiting'; approvals: string[]; deadline: number } | Sealing | Ready | ShareRefusal

export type CaseShareGround = ShareGround & { readonly cases: Pick<Cases, 'exhibits'> }

type Asking = { actor: Actor; wish: CasePackageWish; wait: boolean; opened: number }

/**
 * Each exhibit of a case as a package of its own, in one ZIP with an index. Each takes what an export of it would take, a second
 * person's word too, and has its own event; the ZIP itself adds nothing but the list.
 */
export async function askCasePackage(
  ground: CaseShareGround,
  prepared: PreparedPackages,
  { actor, wish, wait, opened }: Asking,
): Promise<CasePackageState> {
  const because = await ground.people.refusal(actor, 'export', wish.case)
  if (because !== null) return because === 'not-allowed' ? notAllowed() : gated(because)
  const digest = digestOf(actor, wish)
  const again = await prepared.again(actor, { digest, wait })
  if (again !== null) return again
  const begun = await ground.database.asAgency(actor.agency, trx => begin(ground, trx, { actor, wish, opened }))
  if ('refused' in begun || 'approvals' in begun) return begun
  const { exhibits, label, agreed, ...about } = begun
  return prepared.begin(actor, {
    recordings: exhibits.map(({ recording }) => recording),
    digest,
    agreed,
    label,
    wait,
    build: covered =>
      buildCase(ground, { agency: actor.agency, exhibits, outside: wish.to !== null, ...about }, covered),
  })
}

/** The question for a case is that of all its exhibits: the same words of the same person. */
function digestOf({ person }: Actor, wish: CasePackageWish): string {
  return createHash('sha256')
    .update(canonicalize({ what: 'case', person, ...wish }))
    .digest('hex')
}

type Begun = {
  exhibits: ShownExhibit[]
  left: CaseIndex['left']
  number: string
  title: string
  label: Uint8Array
  agreed: { recording: string; digest: string }[]
}

async function begin(
  ground: CaseShareGround,
  trx: Trx,
  { actor, wish, opened }: Omit<Asking, 'wait'>,
): Promise<Begun | ShareRefusal | { state: 'waiting'; approvals: string[]; deadline: number }> {
  const found = await ground.cases.exhibits(trx, actor, wish.case)
  if (found === null) return noSuchCase()
  const { exhibits, left } = await whole(ground, trx, found.exhibits)
  if (exhibits.length === 0) return nothingToGive()
  const { number, title } = found.row
  const words = { purpose: wish.purpose, case: number, to: wish.to }
  const recordings = [...new Set(exhibits.map(({ recording }) => recording))]
  const wishes = recordings.map(recording => ({ recording, ...words }))
  const { agency } = actor
  const agreed: Agreeing['agreed'][number][] = []
  for (const one of wishes) {
    const asks = await asksSecond(ground, trx, { agency, recording: one.recording, outside: wish.to !== null })
    if (asks) agreed.push({ recording: one.recording, digest: wishDigest(actor, one), wish: one })
  }
  const waiting = await waitingFor(ground, trx, actor, { agreed, opened })
  if (waiting !== null) return waiting
  let label: Uint8Array | null = null
  for (const one of wishes) {
    const { pol } = await policyOf(ground, trx, { agency, recording: one.recording })
    label = await writeExported(ground, trx, { ...one, agency, by: actorFields(actor) }, pol)
  }
  if (label === null) throw new Error('a package of a case without an event')
  const gone = found.gone.map(({ number: n, reference, gone_at }) => ({
    number: n,
    reference,
    goneAt: gone_at?.getTime() ?? null,
  }))
  return { exhibits, left: [...left, ...gone], number, title, label, agreed }
}

type Agreeing = {
  agreed: readonly {
    recording: string
    digest: string
    wish: { recording: string; purpose: string; case: string; to: string | null }
  }[]
  opened: number
}

/** Asks for what lacks; where nothing lacks, uses all of it up. */
async function waitingFor(
  ground: CaseShareGround,
  trx: Trx,
  actor: Actor,
  { agreed, opened }: Agreeing,
): Promise<{ state: 'waiting'; approvals: string[]; deadline: number } | null> {
  const now = ground.clock.now()
  const terms = { since: now - AGREEMENT_MS, lost: opened }
  const approvals: string[] = []
  let deadline = Number.POSITIVE_INFINITY
  for (const { recording, digest, wish } of agreed) {
    if (await standsAgreed(trx, { recording, digest, ...terms })) continue
    const asked = await askSecondPerson(ground.people, trx, actor, wish, digest)
    approvals.push(asked.approval)
    deadline = Math.min(deadline, asked.deadline)
  }
  if (approvals.length > 0) return { state: 'waiting', approvals, deadline }
  for (const { recording, digest } of agreed) await agreedExport(trx, { recording, digest, now, ...terms })
  return null
}

/** Those that can be given away whole; of the others the index says that they are not there. */
async function whole(
  ground: ShareGround,
  trx: Trx,
  all: readonly ShownExhibit[],
): Promise<{ exhibits: ShownExhibit[]; left: CaseIndex['left'] }> {
  const exhibits: ShownExhibit[] = []
  const left: CaseIndex['left'][number][] = []
  for (const one of all) {
    if ((await notWhole(ground, trx, one.recording)) === null) exhibits.push(one)
    else left.push({ number: one.number, reference: one.reference, goneAt: null })
  }
  return { exhibits, left }
}

type CaseParts = {
  agency: string
  exhibits: readonly ShownExhibit[]
  outside: boolean
  left: CaseIndex['left']
  number: string
  title: string
}

/** Puts the packages into one: each is stored as it is, so that it can be taken out and checked by itself. */
export async function buildCase(ground: ShareGround, parts: CaseParts, covered: Covered): Promise<Sendable> {
  const { agency, outside, exhibits } = parts
  const inside: { entry: ZipEntry; index: CaseIndex['exhibits'][number] }[] = []
  for (const [recording, those] of Map.groupBy(exhibits, one => one.recording)) {
    const made = await packageOf(ground, { agency, recording, outside }, covered)
    const file = `exhibits/${those.map(({ number }) => String(number).padStart(3, '0')).join('-')}-${recording}.zip`
    const entry = { name: file, bytes: made.bytes, crc32: made.crc32, content: () => made.content(0) }
    for (const { number, reference, title } of those)
      inside.push({
        entry,
        index: { number, reference, title, file, recording, bytes: made.bytes, listing: made.listing },
      })
  }
  const at = ground.clock.now()
  const about = await ground.database.asAgency(agency, trx => ground.people.agency(trx, agency))
  if (about === null) throw new Error('a package of an agency that is not there')
  const index: CaseIndex = {
    agency: about,
    number: parts.number,
    title: parts.title,
    at,
    rehearsal: ground.installation.rehearsal,
    exhibits: inside.map(one => one.index).toSorted((a, b) => a.number - b.number),
    left: parts.left,
  }
  const text = (name: string, content: string): ZipEntry => zipEntry(name, Buffer.from(content))
  const entries = [
    text('index.html', caseIndexPage(index)),
    text('README.txt', caseReadme(index)),
    text('contents.json', contentsOf(index)),
    ...new Set(inside.map(one => one.entry)),
  ]
  return {
    bytes: zipLength(entries),
    checkpoint: covered.kind,
    content: offset => fromByte(offset, writeZip(entries, { at })),
  }
}

/** The list for machines. `listing` is SHA-256 of `tagmanifest-sha256.txt` in the package: it covers every file of it. */
function contentsOf({ number, at, exhibits, left }: CaseIndex): string {
  const listed = exhibits.map(({ number: n, reference, file, recording, bytes, listing }) => ({
    number: n,
    reference,
    file,
    recording,
    bytes,
    listing,
  }))
  const gone = left.map(({ number: n, reference }) => ({ number: n, reference }))
  return `${canonicalize({ v: 1, case: number, made: at, exhibits: listed, 'not-here': gone })}\n`
}
