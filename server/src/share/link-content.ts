import { createHash } from 'node:crypto'
import { disclose } from '@vidne/evidence/event'
import { mediaName } from '@vidne/evidence/package-names'
import { readPolicy } from '@vidne/policies/packs'
import type { Json } from '@vidne/evidence/jcs'
import type { Language } from '@vidne/locales/say'
import type { Trx } from '../platform/database/door.ts'
import { manifestOf } from './dossier.ts'
import type { ShareGround } from './exporting.ts'
import type { LinkRecording, LinkRow, OpeningRow } from './links-store.ts'
import type { PageContent } from './page/content.ts'
import { type Told, tellEvent } from './page/history.ts'
import { type HowItPlays, howItPlays } from '../review/review.ts'
import { shownOutside } from './withheld.ts'

/** One recording that a link shows. Times in epoch milliseconds. */
export type SharedRecording = {
  readonly recording: string
  readonly reference: string
  readonly sha256: string
  readonly bytes: number
  readonly recordedAt: number | null
  readonly receivedAt: number
  readonly playing: HowItPlays
  /** The history in plain words, as somebody outside is told it. */
  readonly history: (language: Language) => Told[]
}

/** What an opened link shows, before anything of the footage. */
export type SharedLink = {
  readonly state: 'open'
  readonly row: LinkRow
  readonly opening: OpeningRow
  readonly agency: PageContent['agency']
  readonly rehearsal: boolean
  readonly logKey: string
  readonly fingerprint: string
  readonly recordings: readonly SharedRecording[]
}

type Standing = { readonly row: LinkRow; readonly opening: OpeningRow; readonly shown: readonly LinkRecording[] }

export async function sharedLink(
  ground: ShareGround,
  trx: Trx,
  { row, opening, shown }: Standing,
): Promise<SharedLink> {
  const agency = await ground.people.agency(trx, row.agency)
  if (agency === null) throw new Error('a link of an agency that is not there')
  const recordings: SharedRecording[] = []
  for (const one of shown) {
    const told = await sharedRecording(ground, trx, { one, agency })
    if (told !== null) recordings.push(told)
  }
  const { logKey, rehearsal } = ground.installation
  const fingerprint = createHash('sha256').update(logKey).digest('hex')
  return { state: 'open', row, opening, agency, rehearsal, logKey, fingerprint, recordings }
}

/** Null: its footage is gone. */
async function sharedRecording(
  ground: ShareGround,
  trx: Trx,
  { one, agency }: { one: LinkRecording; agency: PageContent['agency'] },
): Promise<SharedRecording | null> {
  const found = await ground.dock.find(trx, one.recording)
  if (found === null || found.erasedAt !== null || found.sha256 === null) return null
  const all = await ground.history.of(trx, one.recording)
  const shows = shownOutside(all)
  const events = all.map(event => disclose(event, field => shows(event, field)))
  const policies = await ground.rules.policies(trx, one.agency)
  const manifest = manifestOf(all)
  const { origin, logKey, rehearsal } = ground.installation
  const content: PageContent = {
    footage: mediaName(manifest.media.extension),
    recording: one.recording,
    manifest,
    events,
    agency,
    origin,
    logKey,
    checkpoint: 'private',
    rehearsal,
    at: ground.clock.now(),
    policies: new Map(policies.map(({ digest, published }) => [digest, readPolicy(JSON.parse(published) as Json)])),
  }
  return {
    recording: one.recording,
    reference: one.reference,
    sha256: manifest.sha256,
    bytes: manifest.bytes,
    recordedAt: found.recordedAt,
    receivedAt: found.receivedAt,
    playing: howItPlays(await ground.dock.facts(trx, one.recording)),
    history: language => events.map(event => tellEvent({ content, language, zone: agency.zone }, event)),
  }
}
