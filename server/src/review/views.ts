import { createHash } from 'node:crypto'
import { canonicalize } from '@vidne/evidence/jcs'
import { valuesAt } from '@vidne/policies/validity'
import { type Dock, type Fact, type Footage, FootageGone } from '../dock/dock.ts'
import { type Actor, type Approvals, type People, actorFields, may } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { isUuid, uuidv7 } from '../platform/identifiers.ts'
import { KeyDestroyed } from '../platform/vault/vault.ts'
import { type Access, type PolicyInForce, type Rules, mayView } from '../rules/rules.ts'
import { forgetWords } from './listing-words.ts'
import {
  agencyOfRecording,
  findViewable,
  forgetViews,
  insertAgreement,
  insertView,
  openViewOf,
  useAgreement,
  type Viewable,
} from './store.ts'
import { type ViewRefusal, refusedView } from './view-refusals.ts'
import { type ViewingForm, viewingForm } from './viewing-form.ts'

/** Long enough to look at a shift's worth of one recording, short enough that a forgotten screen shows nothing the next morning. */
const VIEW_MS = 60 * 60_000
const AGREEMENT_MS = 24 * 60 * 60_000

/** What somebody wants to look at and what for; `range` null: the whole recording, else first byte and first byte no more. */
export type Wish = {
  readonly recording: string
  readonly purpose: string
  readonly case: string | null
  readonly ownReport: boolean
  readonly range: { readonly from: number; readonly to: number | null } | null
}

/** Times in epoch milliseconds. `to`: the first byte that is not shown. */
export type OpenedView = {
  readonly state: 'open'
  readonly view: string
  readonly until: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}
export type ViewState = OpenedView | { readonly state: 'waiting'; readonly approval: string; readonly deadline: number }

/** The bytes of a view. `over`: whether it has ended meanwhile; asked again while they are sent. */
export type Shown = {
  readonly footage: Footage
  readonly extension: string | null
  readonly from: number
  readonly to: number
  readonly over: () => boolean | Promise<boolean>
  /** What the file says of itself; what it can be cut by. */
  readonly facts: () => Promise<readonly Fact[]>
}

export type ViewGround = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly people: Pick<People, 'refusal' | 'noteAudit'> & { readonly approvals: Pick<Approvals, 'ask' | 'onApproved'> }
  readonly rules: Rules
  readonly access: Access
  readonly dock: Pick<Dock, 'openRecording' | 'facts'>
}

/** Shows footage to people, under views. Every view is an event before the key of the recording is read (G11). */
export interface Views {
  /** Opens a view, or asks a second person where the policy wants one. */
  open(actor: Actor, wish: Wish): Promise<ViewState | ViewRefusal>
  /** What the actor would have to say to look at it; null where it is not on his list. Notes nothing. */
  form(trx: Trx, actor: Actor, recording: string): Promise<Form | null>
  /** What may be read under a view; null, and a row of the audit, where it is not this person's and session's, not of this recording, or over. */
  show(actor: Actor, asked: { recording: string; view: string | null }): Promise<Shown | null>
  /** Puts a try on the audit of the agency whose recording it is. Nothing where there is no such recording. */
  noteTry(actor: Actor | null, recording: string, outcome: string): Promise<void>
  readonly eraser: { readonly name: string; erase(agency: string, recording: string): Promise<'gone'> }
}

/** The purposes somebody may look for, and what each wants; else why none. */
export type Form = Omit<ViewingForm, 'refused'> & {
  readonly refused: ViewingForm['refused'] | 'not-allowed' | 'deleted' | 'bytes-lost'
}

export function openViews(ground: ViewGround): Views {
  const { database, people, clock } = ground
  registerAgreement(ground)
  const noteTry: Views['noteTry'] = async (actor, recording, outcome) => {
    const agency = actor?.agency ?? (await database.asInstallation(trx => agencyOfRecording(trx, recording)))
    if (agency === null) return
    const who = { person: actor?.person ?? null, token: actor?.token ?? null }
    await database.asAgency(agency, trx =>
      people.noteAudit(trx, { agency, ...who, act: 'view', subject: recording, outcome }),
    )
  }
  return {
    noteTry,
    form: (trx, actor, recording) => formFor(ground, trx, actor, recording),
    async open(actor, wish) {
      const { recording } = wish
      const because = await people.refusal(actor, 'view', recording)
      if (because !== null) return refusedView(because)
      const opened = await database.asAgency(actor.agency, trx => open(ground, trx, actor, wish))
      if ('refused' in opened) await noteTry(actor, recording, opened.refused)
      return opened
    },
    async show(actor, { recording, view }) {
      const found =
        view !== null && isUuid(view)
          ? await database.asAgency(actor.agency, trx => stillOpen(ground, trx, actor, { recording, view }))
          : null
      if (found === null) {
        await noteTry(actor, recording, 'no-view')
        return null
      }
      // What would keep him from opening a view ends the one that he has; the refusal is on the audit.
      if ((await people.refusal(actor, 'view', recording)) !== null) return null
      const footage = await unlessGone(() => ground.dock.openRecording(actor.agency, recording))
      if (footage === null) return null
      const facts = () => database.asAgency(actor.agency, trx => ground.dock.facts(trx, recording))
      return { ...found, footage, facts, over: () => clock.now() >= found.until }
    },
    eraser: {
      name: 'review',
      async erase(_agency, recording) {
        await database.asInstallation(async trx => {
          await forgetViews(trx, recording)
          await forgetWords(trx, recording)
        })
        return 'gone'
      },
    },
  }
}

async function formFor(ground: ViewGround, trx: Trx, actor: Actor, recording: string): Promise<Form | null> {
  const found = await findViewable(trx, await ground.access.seer(trx, actor), recording)
  if (found === null) return null
  const closed = (refused: Form['refused']): Form => ({ purposes: [], refused })
  if (!may(actor, 'view')) return closed('not-allowed')
  if (bytesOf(found) === null) return closed('deleted')
  if (found.lost) return closed('bytes-lost')
  const { pack } = await policyFor(ground, trx, actor, recording)
  const facts = { own: found.worn, incident: found.incident, viewed: found.viewed }
  return viewingForm(pack, { roles: actor.roles, now: ground.clock.now() }, facts)
}

/** Writes the view and its event in the transaction that finds it allowed. */
async function open(ground: ViewGround, trx: Trx, actor: Actor, wish: Wish): Promise<ViewState | ViewRefusal> {
  const policy = await policyFor(ground, trx, actor, wish.recording)
  const found = await findViewable(trx, await ground.access.seer(trx, actor), wish.recording)
  if (found === null) return refusedView('no-such-recording')
  const bytes = bytesOf(found)
  if (bytes === null) return refusedView('deleted')
  if (found.lost) return refusedView('bytes-lost')
  const decided = decide(ground, policy, actor, wish, found)
  if (!decided.may) return refusedView(decided.because, purposesOf(policy, actor, ground.clock.now()))
  const range = rangeIn(wish, bytes)
  if (range === null) return refusedView('odd-range')
  const waiting = decided.second ? await secondPerson(ground, trx, actor, wish) : null
  if (waiting !== null) return waiting
  return write(ground, trx, { actor, wish, range, bytes, pol: policy.pol })
}

/** The policy that says who looks at a recording: of the unit whose camera made it, as it is now. */
async function policyFor({ rules, access }: ViewGround, trx: Trx, { agency }: Actor, recording: string) {
  return rules.policyInForce(trx, agency, undefined, await access.unitOf(trx, recording))
}

function rangeIn({ range }: Wish, bytes: number): { from: number; to: number } | null {
  const wanted = { from: range?.from ?? 0, to: range?.to ?? bytes }
  return wanted.from <= wanted.to && wanted.to <= bytes ? wanted : null
}

/** The length of what is there; null once its deletion has begun. */
function bytesOf({ bytes, state }: Viewable): number | null {
  return state === 'erasing' || state === 'deleted' ? null : bytes
}

function decide(
  { clock }: Pick<ViewGround, 'clock'>,
  policy: PolicyInForce,
  actor: Actor,
  wish: Said,
  found: Viewable,
) {
  const facts = { own: found.worn, incident: found.incident, viewed: found.viewed }
  return mayView(policy.pack, { roles: actor.roles, now: clock.now() }, wish, facts)
}

type Said = Pick<Wish, 'purpose' | 'case' | 'ownReport'>

function purposesOf({ pack }: PolicyInForce, { roles }: Actor, now: number): string[] {
  const theirs = valuesAt(pack.purposes, now, pack.zone.v).filter(one => one.roles.some(role => roles.includes(role)))
  return theirs.map(({ v }) => v)
}

type Opening = { actor: Actor; wish: Wish; range: { from: number; to: number }; bytes: number; pol: Uint8Array }

async function write(ground: ViewGround, trx: Trx, { actor, wish, range, bytes, pol }: Opening): Promise<OpenedView> {
  const { recording, purpose, ownReport } = wish
  const [view, now] = [uuidv7(ground.clock), ground.clock.now()]
  const until = now + VIEW_MS
  await insertView(trx, {
    id: view,
    agency: actor.agency,
    recording,
    person: actor.person,
    session: actor.token,
    purpose,
    case_number: wish.case,
    own_report: ownReport,
    from_byte: BigInt(range.from),
    until_byte: BigInt(range.to),
    opened_at: new Date(now),
    until: new Date(until),
  })
  await ground.history.append(trx, {
    subject: recording,
    type: 'viewed',
    pol,
    fields: [
      { name: 'view', value: view },
      { name: 'purpose', value: purpose },
      ...(wish.case === null ? [] : [{ name: 'case', value: wish.case }]),
      ...(ownReport ? [{ name: 'own-report', value: true }] : []),
      { name: 'range', value: [range.from, range.to] },
      { name: 'until', value: until },
      ...actorFields(actor),
    ],
  })
  return { state: 'open', view, until, bytes, ...range }
}

/** What exactly a second person agrees to: another purpose, case, range or asker is another question. */
function wishDigest(actor: Actor, wish: Wish): Buffer {
  const { range, ...said } = wish
  const asked = { what: 'view', person: actor.person, ...said, range: range === null ? null : { ...range } }
  return createHash('sha256').update(canonicalize(asked)).digest()
}

async function secondPerson(ground: ViewGround, trx: Trx, actor: Actor, wish: Wish): Promise<ViewState | null> {
  const { recording, purpose } = wish
  const [digest, now] = [wishDigest(actor, wish), ground.clock.now()]
  if (await useAgreement(trx, { recording, wish: digest, since: now - AGREEMENT_MS, now })) return null
  const { approval, deadline } = await ground.people.approvals.ask(trx, {
    agency: actor.agency,
    kind: 'view',
    subject: recording,
    by: actor,
    reason: null,
    about: { purpose, case: wish.case, recipient: null },
    payload: { wish: digest.toString('hex') },
    wish: digest,
  })
  return { state: 'waiting', approval, deadline }
}

/** Remembers what a second person agreed to, in the transaction in which he does. */
function registerAgreement({ people, clock }: Pick<ViewGround, 'people' | 'clock'>): void {
  people.approvals.onApproved('view', async (trx, { approval, agency, subject, payload }) => {
    const said =
      typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload['wish'] : undefined
    if (typeof said !== 'string' || subject === null) throw new Error('a question about a view names none')
    const wish = Buffer.from(said, 'hex')
    await insertAgreement(trx, { approval, agency, recording: subject, wish, agreed_at: new Date(clock.now()) })
    return { done: true }
  })
}

type Standing = Omit<Shown, 'footage' | 'over' | 'facts'> & { readonly until: number }

/** A view ends before its time with what allowed it: a role taken back, a grant that ran out, a policy that changed. */
async function stillOpen(
  ground: ViewGround,
  trx: Trx,
  actor: Actor,
  asked: { recording: string; view: string },
): Promise<Standing | null> {
  const row = await openViewOf(trx, { ...asked, person: actor.person, session: actor.token, now: ground.clock.now() })
  if (row === null) return null
  const found = await findViewable(trx, await ground.access.seer(trx, actor), asked.recording)
  if (found === null || bytesOf(found) === null) return null
  const policy = await policyFor(ground, trx, actor, asked.recording)
  const said = { purpose: row.purpose, case: row.case_number, ownReport: row.own_report }
  if (!decide(ground, policy, actor, said, found).may) return null
  return {
    extension: found.extension,
    from: Number(row.from_byte),
    to: Number(row.until_byte),
    until: row.until.getTime(),
  }
}

async function unlessGone(open: () => Promise<Footage>): Promise<Footage | null> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof FootageGone || error instanceof KeyDestroyed) return null
    throw error
  }
}
