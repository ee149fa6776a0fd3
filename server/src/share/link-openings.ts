import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type Footage, FootageGone } from '../dock/dock.ts'
import type { Trx } from '../platform/database/door.ts'
import { isUuid, uuidv7 } from '../platform/identifiers.ts'
import { KeyDestroyed } from '../platform/vault/vault.ts'
import type { Shown } from '../review/review.ts'
import { type CaseShareGround, buildCase } from './case-package.ts'
import { notWhole, packageOf, policyOf, writeExported } from './exporting.ts'
import { type SharedLink, sharedLink } from './link-content.ts'
import { sha256, stateOfLink } from './link-state.ts'
import {
  type LinkRecording,
  type LinkRow,
  type OpeningRow,
  agencyOfLink,
  findLink,
  insertLinkView,
  insertOpening,
  linkViewOf,
  lockLink,
  openingOf,
  recordingsOf,
  updateLink,
} from './links-store.ts'
import type { PreparedPackages, Ready, Sealing, Sendable } from './prepared.ts'
import type { ShareRefusal } from './refusals.ts'
import { tellEach } from './tell-each.ts'

/** How long a browser that opened a link is shown what it shows without opening it again; never longer than the link. */
const OPENING_MS = 12 * 60 * 60_000
const VIEW_MS = 60 * 60_000

/** Why nothing is shown under a link. `unknown` is all that somebody without the right secret is told. */
export type OpeningRefusal =
  'unknown' | 'waiting' | 'expired' | 'revoked' | 'used-up' | 'not-opened' | 'deleted' | 'bytes-lost'

export type OpeningRefused = { readonly state: 'refused'; readonly because: OpeningRefusal }

/** A browser that opened a link: which link, and what only it was given. */
export type Browser = { readonly link: string; readonly secret: string }

/** What whoever was given a link may ask. Opening counts and is an event of each recording; nothing else counts. */
export interface LinkOpenings {
  /** Opens a link by its secret; `browser` is what this browser shows from then on. */
  open(wish: {
    link: string
    secret: string
  }): Promise<{ state: 'open'; browser: string; until: number } | OpeningRefused>
  content(browser: Browser): Promise<SharedLink | OpeningRefused>
  /** Opens a view of one recording: an event, before the key is read (G11). */
  view(browser: Browser, recording: string): Promise<{ state: 'open'; view: string; until: number } | OpeningRefused>
  footage(browser: Browser, asked: { recording: string; view: string }): Promise<Shown | null>
  /** A package of one recording, or of all that the link shows; each an event. */
  pack(browser: Browser, recording: string | null): Promise<Ready | Sealing | OpeningRefused | ShareRefusal>
  find(browser: Browser, id: string): Promise<Ready | Sealing | OpeningRefused | ShareRefusal>
  /** The bytes of a package; `sending` is to be called before they leave, and what it gives when they end. */
  download(browser: Browser, id: string): Promise<{ found: Sendable; sending: () => (whole: boolean) => void } | null>
}

type Standing = { readonly row: LinkRow; readonly opening: OpeningRow; readonly shown: readonly LinkRecording[] }

export function openLinkOpenings(ground: CaseShareGround, prepared: PreparedPackages): LinkOpenings {
  const { database } = ground
  const opened: Opened = async (browser, work) => {
    const agency = await agencyOf(ground, browser.link)
    if (agency === null) return refused('unknown')
    return database.asAgency(agency, async trx => {
      const standing = await standingOf(ground, trx, browser)
      return 'because' in standing ? standing : work(trx, standing)
    })
  }
  return {
    async open(wish) {
      const agency = await agencyOf(ground, wish.link)
      if (agency === null) return refused('unknown')
      const found = await database.asAgency(agency, trx => open(ground, trx, wish))
      if (found.state === 'refused') await noteTry(ground, agency, wish.link, found.because)
      return found
    },
    content: browser => opened(browser, (trx, standing) => sharedLink(ground, trx, standing)),
    view: (browser, recording) => opened(browser, (trx, standing) => view(ground, trx, { ...standing, recording })),
    footage: (browser, asked) => footage(ground, browser, asked),
    ...packagesOf(ground, prepared, opened),
  }
}

/** Works as the agency of the link, for a browser that opened it and while it is neither over nor revoked. */
type Opened = <T>(browser: Browser, work: (trx: Trx, standing: Standing) => Promise<T>) => Promise<T | OpeningRefused>

/** What is given away whole under a link. */
function packagesOf(
  ground: CaseShareGround,
  prepared: PreparedPackages,
  opened: Opened,
): Pick<LinkOpenings, 'pack' | 'find' | 'download'> {
  const asker = async (browser: Browser) =>
    opened(browser, async (_, { row, opening }) => ({ agency: row.agency, person: opening.id }))
  return {
    async pack(browser, recording) {
      const begun = await opened(browser, (trx, standing) => beginPackage(ground, trx, { ...standing, recording }))
      if ('because' in begun) return begun
      const { agency, person, shown, number, label } = begun
      return prepared.begin(
        { agency, person },
        {
          recordings: shown.map(one => one.recording),
          digest: null,
          agreed: [],
          label,
          wait: ground.installation.countersigned,
          build: covered =>
            recording === null
              ? buildCase(
                  ground,
                  { agency, outside: true, left: [], number, title: '', exhibits: numbered(shown) },
                  covered,
                )
              : packageOf(ground, { agency, recording, outside: true }, covered),
        },
      )
    },
    async find(browser, id) {
      const who = await asker(browser)
      return 'because' in who ? who : prepared.find(who, id)
    },
    async download(browser, id) {
      const who = await asker(browser)
      if ('because' in who) return null
      const found = prepared.open(who, id)
      if ('refused' in found) return null
      return {
        found,
        sending: () => {
          const ended = prepared.sending(who, id)
          return whole => void ended(whole)
        },
      }
    },
  }
}

function refused(because: OpeningRefusal): OpeningRefused {
  return { state: 'refused', because }
}

async function agencyOf({ database }: CaseShareGround, link: string): Promise<string | null> {
  return isUuid(link) ? database.asInstallation(trx => agencyOfLink(trx, link)) : null
}

async function noteTry({ database, people }: CaseShareGround, agency: string, link: string, outcome: string) {
  const row = { agency, person: null, token: null, act: 'share-link', subject: link, outcome } as const
  await database.asAgency(agency, trx => people.noteAudit(trx, row))
}

function matches(kept: Uint8Array, secret: string): boolean {
  return timingSafeEqual(kept, sha256(Buffer.from(secret, 'base64url')))
}

/** Counts the opening and writes its event in one transaction, with the link locked: the last one is had once. */
async function open(
  ground: CaseShareGround,
  trx: Trx,
  { link, secret }: { link: string; secret: string },
): Promise<{ state: 'open'; browser: string; until: number } | OpeningRefused> {
  const row = await lockLink(trx, link)
  // What is wrong with a link is told to those alone who hold its secret.
  if (row === null || !matches(row.secret, secret)) return refused('unknown')
  const now = ground.clock.now()
  const state = stateOfLink(row, now)
  if (state !== 'open') return refused(state)
  const shown = await recordingsOf(trx, [row.id])
  const count = row.openings + 1
  await updateLink(trx, row.id, { openings: count })
  const [browser, until] = [randomBytes(32), Math.min(now + OPENING_MS, row.until.getTime())]
  const id = uuidv7(ground.clock)
  const times = { opened_at: new Date(now), until: new Date(until) }
  await insertOpening(trx, { id, agency: row.agency, link, secret: sha256(browser), ...times })
  const fields = [
    { name: 'link', value: row.id },
    { name: 'recipient', value: row.recipient },
    { name: 'opening', value: count },
    { name: 'most-openings', value: row.most_openings },
  ]
  const recordings = shown.map(one => one.recording)
  await tellEach(ground, trx, { agency: row.agency, recordings, type: 'share-opened', fields })
  return { state: 'open', browser: browser.toString('base64url'), until }
}

/** What a browser is shown now; asked anew for each request, so that a link that was revoked shows nothing from that moment. */
async function standingOf(
  { clock }: CaseShareGround,
  trx: Trx,
  { link, secret }: Browser,
): Promise<Standing | OpeningRefused> {
  const row = await findLink(trx, link)
  const now = clock.now()
  const digest = sha256(Buffer.from(secret, 'base64url'))
  const opening = row === null ? null : await openingOf(trx, { link, secret: digest, now })
  if (row === null || opening === null) return refused('not-opened')
  const state = stateOfLink(row, now)
  if (state === 'revoked' || state === 'expired') return refused(state)
  return { row, opening, shown: await recordingsOf(trx, [link]) }
}

/** Who looks, as fields: nobody of the agency, but whom the link was made for. */
function recipientFields({ id, recipient, recipient_role: role }: LinkRow) {
  return [
    { name: 'link', value: id },
    { name: 'recipient', value: recipient },
    { name: 'role', value: role },
  ]
}

async function view(
  ground: CaseShareGround,
  trx: Trx,
  { row, opening, shown, recording }: Standing & { recording: string },
): Promise<{ state: 'open'; view: string; until: number } | OpeningRefused> {
  if (!shown.some(one => one.recording === recording)) return refused('unknown')
  await ground.history.lock(trx, [recording])
  const not = await notWhole(ground, trx, recording)
  if (not !== null) return refused(not.refused === 'bytes-lost' ? 'bytes-lost' : 'deleted')
  const found = await ground.dock.find(trx, recording)
  const [id, now] = [uuidv7(ground.clock), ground.clock.now()]
  const until = Math.min(now + VIEW_MS, opening.until.getTime())
  const times = { opened_at: new Date(now), until: new Date(until) }
  await insertLinkView(trx, { id, agency: row.agency, opening: opening.id, recording, ...times })
  const fields = [
    { name: 'view', value: id },
    { name: 'purpose', value: row.purpose },
    { name: 'case', value: row.case_number },
    { name: 'range', value: [0, found?.bytes ?? 0] },
    { name: 'until', value: until },
    ...recipientFields(row),
  ]
  await tellEach(ground, trx, { agency: row.agency, recordings: [recording], type: 'viewed', fields })
  return { state: 'open', view: id, until }
}

async function footage(
  ground: CaseShareGround,
  browser: Browser,
  { recording, view: id }: { recording: string; view: string },
): Promise<Shown | null> {
  const agency = await agencyOf(ground, browser.link)
  if (agency === null || !isUuid(id) || !isUuid(recording)) return null
  const stands = () =>
    ground.database.asAgency(agency, async trx => {
      const standing = await standingOf(ground, trx, browser)
      if ('because' in standing) return false
      const asked = { view: id, opening: standing.opening.id, recording, now: ground.clock.now() }
      return (await linkViewOf(trx, asked)) !== null
    })
  if (!(await stands())) {
    await noteTry(ground, agency, browser.link, 'no-view')
    return null
  }
  const found = await ground.database.asAgency(agency, trx => ground.dock.find(trx, recording))
  const opened = await unlessGone(() => ground.dock.openRecording(agency, recording))
  if (found === null || opened === null) return null
  const over = async (): Promise<boolean> => !(await stands())
  const facts = () => ground.database.asAgency(agency, trx => ground.dock.facts(trx, recording))
  return { footage: opened, extension: found.extension, from: 0, to: opened.bytes, over, facts }
}

async function unlessGone(openIt: () => Promise<Footage>): Promise<Footage | null> {
  try {
    return await openIt()
  } catch (error) {
    if (error instanceof FootageGone || error instanceof KeyDestroyed) return null
    throw error
  }
}

type Packing = { agency: string; person: string; shown: readonly LinkRecording[]; number: string; label: Uint8Array }

/** Writes an `exported` event for each recording that goes into the package. A second person agreed to all of it with the link. */
async function beginPackage(
  ground: CaseShareGround,
  trx: Trx,
  { row, opening, shown, recording }: Standing & { recording: string | null },
): Promise<Packing | OpeningRefused> {
  const wanted = shown.filter(one => recording === null || one.recording === recording)
  await ground.history.lock(
    trx,
    wanted.map(one => one.recording),
  )
  const there: LinkRecording[] = []
  let label: Uint8Array | null = null
  for (const one of wanted) {
    if ((await notWhole(ground, trx, one.recording)) !== null) continue
    const words = { purpose: row.purpose, case: row.case_number, to: row.recipient }
    const by = [{ name: 'link', value: row.id }]
    const which = { agency: row.agency, recording: one.recording }
    const { pol } = await policyOf(ground, trx, which)
    label = await writeExported(ground, trx, { ...which, ...words, by }, pol)
    there.push(one)
  }
  if (label === null) return refused('deleted')
  return { agency: row.agency, person: opening.id, shown: there, number: row.case_number, label }
}

function numbered(shown: readonly LinkRecording[]) {
  return shown.map(({ recording, reference, ord }) => ({
    id: recording,
    recording,
    reference,
    number: ord + 1,
    title: '',
  }))
}
