import { toHex, utf8 } from '@vidne/evidence/bytes'
import type { OpenEvent } from '@vidne/evidence/event'
import { type Dossier, readDossier } from '@vidne/evidence/package'
import { DossierRefused } from '@vidne/evidence/package-files'
import { PACKAGE_FILE, eventName, mediaName } from '@vidne/evidence/package-names'
import { FormatRefused } from '@vidne/evidence/shape'
import { sha256 } from '#pieces'
import { type Bag, checkBag, infoValue } from './bag-check.ts'
import { checkChain } from './chain-check.ts'
import { type Demands, checkDemands } from './demands.ts'
import { checkFootage } from './footage-check.ts'
import { type PackageSource, wholeFiles } from './package-source.ts'
import { replay } from './replay.ts'
import { type Trust, type Vouched, openCheckpoint, trustOrReason } from './trust.ts'
import { type Findings, type HistoryStanding, type ReasonCode, Unreadable, type Verdict, findings } from './verdict.ts'

export type Asked = {
  /** The text of a trust file that did not come with the package. */
  trust?: string | undefined
  demands?: Demands | undefined
  /** Accepts what comes from a rehearsal installation. */
  rehearsal?: boolean | undefined
  progress?: ((bytes: number) => void) | undefined
}

/** What makes a package not intact: its files are not the ones that were sealed and committed to. */
const alterations: ReadonlySet<ReasonCode> = new Set([
  'file-missing',
  'file-extra',
  'file-altered',
  'bag-malformed',
  'footage-length',
  'footage-altered',
  'pieces-altered',
  'history-unreadable',
  'other-recording',
  'export-not-committed',
  'trust-inside',
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
  'parallel-history',
  'history-continues',
  'map-behind',
  'map-not-in-log',
  'opening-wrong',
  'log-forked',
])

/**
 * Judges a package or a deletion statement, offline. Takes no trust root, policy or code from it (G15).
 * @throws Unreadable when it is no package at all.
 */
export async function verifyPackage(source: PackageSource, asked: Asked): Promise<Verdict> {
  const found = findings()
  const trust = trustOrReason(asked.trust, found)
  const dossier = await dossierOf(source)
  const footage = mediaName(dossier.manifest.media.extension)
  const bag = await checkBag(source, footage, found)
  const events = dossier.events.map(({ event }) => event)
  const deleted = events.some(({ core }) => core.type === 'deleted')
  if (!deleted || source.files.has(footage)) await checkFootage(source, dossier.manifest, found, asked.progress)
  const vouched = await openCheckpoint(
    dossier.checkpoint,
    trust,
    infoValue(bag, 'Vidne-Log-Key'),
    PACKAGE_FILE.checkpoint,
    found,
  )
  checkChain(dossier, vouched.checkpoint, found)
  replay(events, found)
  if (!deleted) checkExport(events, bag, found)
  if (dossier.opened.statement.mode === 'rehearsal' && asked.rehearsal !== true)
    found.add('rehearsal', PACKAGE_FILE.opened)
  const judged = { deleted, dossier, vouched, trust, checkpoint: infoValue(bag, 'Vidne-Checkpoint') }
  return conclude(judged, asked, found)
}

type Judged = { deleted: boolean; dossier: Dossier; vouched: Vouched; trust: Trust | null; checkpoint: string | null }

function conclude({ deleted, dossier, vouched, trust, checkpoint }: Judged, asked: Asked, found: Findings): Verdict {
  const history = standing(vouched, found)
  const { level, bytes, sha256: digest } = dossier.manifest
  checkDemands(asked.demands ?? {}, { history, countersigned: vouched.countersigned, level, checkpoint }, found)
  return {
    kind: deleted ? 'deletion-statement' : 'recording',
    intact: !found.reasons.some(({ code }) => alterations.has(code)),
    history,
    countersigned: vouched.countersigned,
    level,
    reasons: [...found.reasons],
    holds: found.reasons.length === 0,
    asOf: { size: dossier.mapRoot.coveredSize, at: vouched.latest?.at ?? null, by: vouched.latest?.by ?? null },
    trust: trust === null ? null : { digest: trust.digest, issuedByOperator: trust.issuedByOperator },
    logKey:
      vouched.logKey === null
        ? null
        : { origin: vouched.logKey.name, fingerprint: toHex(sha256(utf8(vouched.logKey.vkey))) },
    recording: { bytes, sha256: digest },
  }
}

function standing(vouched: Vouched, found: Findings): HistoryStanding {
  if (!vouched.byTrustedLog || found.reasons.some(({ code }) => breaks.has(code))) return 'unproven'
  return vouched.mapChecked ? 'checked' : 'asserted'
}

/** An export's own event commits to the payload before the package exists, so a package cannot be put together afterwards. */
function checkExport(events: readonly OpenEvent[], bag: Bag, found: Findings): void {
  const last = events.findLast(({ core }) => core.type === 'exported')
  const committed = last?.fields.find(field => field.name === 'package')?.value
  const where = last === undefined ? 'events' : eventName(last.core.seq)
  if (committed !== toHex(sha256(bag.payloadManifest))) found.add('export-not-committed', where)
}

async function dossierOf(source: PackageSource): Promise<Dossier> {
  try {
    return await readDossier(wholeFiles(source))
  } catch (refusal) {
    if (refusal instanceof DossierRefused) throw new Unreadable(refusal.where, refusal.code, refusal)
    if (refusal instanceof FormatRefused) throw new Unreadable('package', refusal.message, refusal)
    throw refusal
  }
}
