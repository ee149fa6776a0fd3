import { BytesRefused, fromUtf8 } from '@vidne/evidence/bytes'
import type { OpenEvent } from '@vidne/evidence/event'
import { type Dossier, readDossier } from '@vidne/evidence/package'
import { DossierRefused } from '@vidne/evidence/package-files'
import { PACKAGE_FILE, eventName, mediaName } from '@vidne/evidence/package-names'
import { type Manifest, decodeManifest } from '@vidne/evidence/manifest'
import { FormatRefused } from '@vidne/evidence/shape'
import { type Bag, checkBag, infoValue } from './bag-check.ts'
import { checkChain } from './chain-check.ts'
import { type Demands, checkDemands } from './demands.ts'
import { checkExport, checkKnownFiles } from './export-check.ts'
import { type Beside, compareWithPackage } from './footage-beside.ts'
import { type Progress, checkFootage } from './footage-check.ts'
import type { PackageSource } from './package-source.ts'
import { type Pinned, checkPinned } from './pinned.ts'
import { compareReceipt } from './receipt-check.ts'
import { replay } from './replay.ts'
import { type Examined, examine } from './tag-files.ts'
import { type Trust, type Vouched, keyOf, openCheckpoint, readTrust, shownPublic, withLater } from './trust.ts'
import { refuseTrustInside } from './trust-inside.ts'
import {
  type Findings,
  type HistoryStanding,
  type ReasonCode,
  type Verdict,
  findings,
  inOrder,
  nothingAgainst,
} from './verdict.ts'

export type Asked = {
  /** The text of a trust file that did not come with the package. */
  trust?: string | undefined
  demands?: Demands | undefined
  /** Accepts what comes from a rehearsal installation. */
  rehearsal?: boolean | undefined
  /** A checkpoint from elsewhere, earlier or later than the package's, and the log's tiles to compare the two with. */
  pinned?: Pinned | undefined
  /** The text of a receipt for this very recording. */
  receipt?: string | undefined
  /** A file that the reader holds himself, to be compared with the footage that was sealed, or that is said to be gone. */
  footage?: Beside | undefined
  progress?: Progress | undefined
}

/** What makes a package not intact: its files are not the ones that were sealed and committed to. */
const alterations: ReadonlySet<ReasonCode> = new Set([
  'trust-inside',
  'bag-malformed',
  'file-missing',
  'file-extra',
  'file-unknown',
  'file-altered',
  'file-too-large',
  'footage-length',
  'footage-altered',
  'pieces-altered',
  'footage-after-deletion',
  'export-not-committed',
  'history-unreadable',
  'other-recording',
  'more-reasons',
])

/** What leaves the history unproven, whoever signed. */
const breaks: ReadonlySet<ReasonCode> = new Set([
  'history-unreadable',
  'other-log',
  'log-unknown',
  'signature-wrong',
  'not-in-log',
  'chain-broken',
  'other-recording',
  'map-proof-wrong',
  'parallel-history',
  'history-continues',
  'map-behind',
  'map-not-in-log',
  'opening-wrong',
  'log-forked',
  'more-reasons',
])

/**
 * Judges a package or a deletion statement, offline. Takes no trust root, policy or code from it (G15).
 * @throws Unreadable when it is no package at all.
 */
export async function verifyPackage(source: PackageSource, asked: Asked): Promise<Verdict> {
  const found = findings()
  const trust = readTrust(asked.trust, found)
  const examined = examine(source, found)
  const contents = await checkContents(examined)
  const [vouched] = await Promise.all([
    checkHistory(contents, trust, asked, found),
    checkMedia(examined, contents, asked.progress ?? (() => {})),
  ])
  return conclude(contents, vouched, trust, asked, found)
}

type Contents = {
  bag: Bag
  manifest: Manifest | null
  /** Null when the history cannot be read. */
  dossier: Dossier | null
  /** The history says that the footage is deleted. */
  deleted: boolean
  /** The file that is the footage, when it is there. */
  footage: string | null
}

async function checkContents(examined: Examined): Promise<Contents> {
  const manifest = await manifestOf(examined)
  const name = manifest === null ? null : mediaName(manifest.media.extension)
  const footage = name !== null && examined.source.files.has(name) ? name : null
  const bag = await checkBag(examined, footage)
  await refuseTrustInside(examined, footage)
  const dossier = manifest === null ? null : await dossierOf(examined)
  const deleted = dossier !== null && dossier.events.some(({ event }) => event.core.type === 'deleted')
  return { bag, manifest, dossier, deleted, footage }
}

async function checkMedia(
  examined: Examined,
  { bag, manifest, deleted, footage }: Contents,
  progress: Progress,
): Promise<void> {
  if (manifest === null) return
  if (footage === null) {
    if (!deleted) examined.found.add('file-missing', mediaName(manifest.media.extension))
    return
  }
  if (deleted) examined.found.add('footage-after-deletion', footage)
  await checkFootage(examined, footage, { manifest, listed: bag.payload?.get(footage) ?? null, progress })
}

async function checkHistory(
  { bag, dossier, deleted }: Contents,
  trust: Trust | null,
  asked: Asked,
  found: Findings,
): Promise<Vouched | null> {
  if (dossier === null) return null
  checkKnownFiles(dossier, bag, deleted, found)
  const ownKey = infoValue(bag, 'Vidne-Log-Key')
  const own = await openCheckpoint(dossier.checkpoint, { trust, ownKey }, PACKAGE_FILE.checkpoint, found)
  if (own === null) return null
  const later = asked.pinned === undefined ? null : await checkPinned(asked.pinned, own.checkpoint, trust, found)
  const vouched = later === null || trust === null ? own : withLater(own, later, trust)
  if (!vouched.quorum) found.add('quorum-not-met', PACKAGE_FILE.checkpoint)
  checkChain(dossier, vouched.checkpoint, found)
  const events = dossier.events.map(({ event }) => event)
  replay(events, found)
  checkClock(events, vouched, found)
  if (!deleted) checkExport(events, bag, found)
  if (dossier.opened.statement.mode === 'rehearsal' && asked.rehearsal !== true)
    found.add('rehearsal', PACKAGE_FILE.opened)
  const { receipt: text, rehearsal = false } = asked
  if (text !== undefined) await compareReceipt({ text, rehearsal }, dossier, trust, found)
  return vouched
}

/** Nothing that a countersigner has seen can have happened after he saw it. */
function checkClock(events: readonly OpenEvent[], { seen }: Vouched, found: Findings): void {
  const ahead = events.find(({ core }) => seen !== null && core.at > seen.at + CLOCK_AHEAD_MS)
  if (ahead !== undefined) found.add('clock-ahead', eventName(ahead.core.seq))
}

/** How far the installation's clock may lead that of a countersigner. */
const CLOCK_AHEAD_MS = 300_000

function conclude(
  { dossier, deleted, footage }: Contents,
  vouched: Vouched | null,
  trust: Trust | null,
  { demands, footage: held }: Asked,
  found: Findings,
): Verdict {
  const beside = dossier === null ? null : compareWithPackage({ manifest: dossier.manifest, deleted }, held, found)
  const history = standing(vouched, found)
  const { countersigned, later } = vouched ?? { countersigned: [], later: null }
  const level = dossier?.manifest.level ?? null
  const isPublic = shownPublic(vouched)
  checkDemands(demands ?? {}, { history, countersigned, level, isPublic }, found)
  return {
    kind: deleted ? 'deletion-statement' : 'recording',
    intact: !found.reasons.some(({ code }) => alterations.has(code)),
    footage: footage === null ? (beside ?? 'not-present') : 'checked',
    history,
    countersigned,
    later,
    publicCheckpoint: vouched?.byTrustedLog === true ? isPublic : null,
    level,
    reasons: inOrder(found.reasons),
    holds: nothingAgainst(found.reasons),
    asOf: asOf(dossier, vouched),
    trust: trust === null ? null : { digest: trust.digest, issuedByOperator: trust.issuedByOperator },
    logKey: keyOf(vouched),
    ...sealedAs(dossier),
  }
}

/** What the papers say of the installation and of what it sealed. */
function sealedAs(dossier: Dossier | null): Pick<Verdict, 'mode' | 'recording'> {
  if (dossier === null) return { mode: null, recording: null }
  const { bytes, sha256 } = dossier.manifest
  return { mode: dossier.opened.statement.mode, recording: { bytes, sha256 } }
}

function asOf(dossier: Dossier | null, vouched: Vouched | null): Verdict['asOf'] {
  const last = dossier?.events.at(-1)
  if (dossier === null || last === undefined || vouched === null) return null
  const at = vouched.seen?.at ?? last.event.core.at
  return { events: dossier.events.length, size: vouched.checkpoint.size, at, by: vouched.seen?.by ?? null }
}

function standing(vouched: Vouched | null, found: Findings): HistoryStanding {
  if (vouched?.byTrustedLog !== true || found.reasons.some(({ code }) => breaks.has(code))) return 'unproven'
  return vouched.mapChecked ? 'checked' : 'asserted'
}

async function manifestOf({ files, found }: Examined): Promise<Manifest | null> {
  const name = PACKAGE_FILE.captureManifest
  const bytes = await files(name)
  try {
    if (bytes !== null) return decodeManifest(fromUtf8(bytes))
    found.add('history-unreadable', `${name}, missing`)
  } catch (refusal) {
    if (!(refusal instanceof FormatRefused || refusal instanceof BytesRefused)) throw refusal
    found.add('history-unreadable', `${name}, ${refusal.code}`)
  }
  return null
}

async function dossierOf({ files, found }: Examined): Promise<Dossier | null> {
  try {
    return await readDossier(files)
  } catch (refusal) {
    if (!(refusal instanceof DossierRefused)) throw refusal
    found.add('history-unreadable', `${refusal.where}, ${refusal.code}`)
    return null
  }
}
