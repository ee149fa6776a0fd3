import { createHash, randomBytes } from 'node:crypto'
import { type Json, canonicalize } from '@vidne/evidence/jcs'
import { valuesAt } from '@vidne/policies/validity'
import { type Actor, type Approved, type Carried, type Gate, actorFields } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { ShownExhibit } from '../review/review.ts'
import type { PolicyInForce } from '../rules/rules.ts'
import type { CaseShareGround } from './case-package.ts'
import { asksSecond } from './exporting.ts'
import { type LinkOpenings, openLinkOpenings } from './link-openings.ts'
import { type LinkState, sha256, stateOfLink } from './link-state.ts'
import {
  type LinkRow,
  findLink,
  forgetLinked,
  insertLink,
  linksOfCase,
  lockLink,
  recordingsAsked,
  recordingsOf,
  updateLink,
} from './links-store.ts'
import type { PreparedPackages } from './prepared.ts'
import { tellEach } from './tell-each.ts'

export type RecipientRole = 'prosecutor' | 'defence'

/** `until` in epoch milliseconds; `exhibits` null: all that stand now. */
export type LinkWish = {
  readonly case: string
  readonly recipient: string
  readonly recipientRole: RecipientRole
  readonly purpose: string
  readonly until: number
  readonly openings: number
  readonly exhibits: readonly string[] | null
}

/** Why no link is made or shown to its makers. A closed set; each has its sentence in four languages (`locales/cases`). */
export type LinkRefusal =
  | 'not-allowed'
  | Gate
  | 'no-such-case'
  | 'closed'
  | 'no-such-exhibit'
  | 'nothing-to-give'
  | 'already-over'
  | 'too-long'
  | 'unknown-purpose'
  | 'no-such-link'

export type LinkRefused = { readonly state: 'refused'; readonly because: LinkRefusal }

/** `secret`: what stands behind the # of the link; nobody is told it again. */
export type LinkMade = {
  readonly state: 'open' | 'waiting'
  readonly link: string
  readonly secret: string
  readonly approval: string | null
}

export type LinkListed = { readonly row: LinkRow; readonly state: LinkState; readonly exhibits: readonly string[] }

/** Links by which somebody outside is shown footage of a case: bound to recipient, purpose, end and count, and ended at once. */
export interface Links {
  make(actor: Actor, wish: LinkWish): Promise<LinkMade | LinkRefused>
  list(actor: Actor, id: string): Promise<{ links: LinkListed[]; purposes: string[] } | LinkRefused>
  revoke(actor: Actor, wish: { case: string; link: string; reason: string }): Promise<'revoked' | LinkRefused>
  /** What whoever was given a link may ask. */
  readonly openings: LinkOpenings
  /** Forgets what links show of a recording that is gone. */
  forget(recording: string): Promise<void>
}

/** No link outlives a year: whoever still needs the footage then has the package. */
const LONGEST_MS = 366 * 24 * 60 * 60_000

export function openLinks(ground: CaseShareGround, prepared: PreparedPackages): Links {
  const { people, database } = ground
  people.approvals.onApproved('share', (trx, approved) => carryAgreement(ground, trx, approved))
  people.approvals.onListed('share', recordingsAsked)
  return {
    openings: openLinkOpenings(ground, prepared),
    async make(actor, wish) {
      const because = await people.refusal(actor, 'share-link', wish.case)
      if (because !== null) return refused(because)
      return database.asAgency(actor.agency, trx => make(ground, trx, actor, wish))
    },
    async list(actor, id) {
      const because = await people.refusal(actor, 'see-work', id)
      if (because !== null) return refused(because)
      await people.noteListing(actor, 'see-cases', id)
      return database.asAgency(actor.agency, trx => listed(ground, trx, actor, id))
    },
    async revoke(actor, wish) {
      const because = await people.refusal(actor, 'share-link', wish.case)
      if (because !== null) return refused(because)
      return database.asAgency(actor.agency, trx => revoke(ground, trx, actor, wish))
    },
    async forget(recording) {
      await database.asInstallation(trx => forgetLinked(trx, recording))
    },
  }
}

async function listed(
  ground: CaseShareGround,
  trx: Trx,
  actor: Actor,
  id: string,
): Promise<{ links: LinkListed[]; purposes: string[] } | LinkRefused> {
  if ((await ground.cases.exhibits(trx, actor, id)) === null) return refused('no-such-case')
  const rows = await linksOfCase(trx, id)
  const all = await recordingsOf(
    trx,
    rows.map(row => row.id),
  )
  const shown = Map.groupBy(all, one => one.link)
  const waiting = new Set((await ground.people.approvals.waiting(trx, actor.agency)).map(one => one.id))
  const now = ground.clock.now()
  const links = rows.map(row => {
    const state = stateOfLink(row, now)
    // Declined, taken back, or not answered in time: it never opens.
    const over = state === 'waiting' && !waiting.has(row.approval ?? '')
    const exhibits = (shown.get(row.id) ?? []).map(({ reference }) => reference)
    return { row, state: over ? ('not-agreed' as const) : state, exhibits }
  })
  const policy = await ground.rules.policyInForce(trx, actor.agency)
  return { links, purposes: purposesOf(ground, policy, actor.roles) }
}

function refused(because: LinkRefusal): LinkRefused {
  return { state: 'refused', because }
}

/** What the policy knows footage to be used for by the maker's roles, or by those who may be given a link. */
function purposesOf(
  { clock }: Pick<CaseShareGround, 'clock'>,
  { pack }: PolicyInForce,
  roles: readonly string[],
): string[] {
  const theirs = new Set([...roles, 'prosecutor', 'defence'])
  return valuesAt(pack.purposes, clock.now(), pack.zone.v)
    .filter(one => one.roles.some(role => theirs.has(role)))
    .map(({ v }) => v)
}

async function make(ground: CaseShareGround, trx: Trx, actor: Actor, wish: LinkWish): Promise<LinkMade | LinkRefused> {
  const now = ground.clock.now()
  const found = await ground.cases.exhibits(trx, actor, wish.case)
  if (found === null) return refused('no-such-case')
  if (!found.writes) return refused('not-allowed')
  if (found.row.state === 'closed') return refused('closed')
  if (wish.until <= now) return refused('already-over')
  if (wish.until > now + LONGEST_MS) return refused('too-long')
  const policy = await ground.rules.policyInForce(trx, actor.agency)
  if (!purposesOf(ground, policy, actor.roles).includes(wish.purpose)) return refused('unknown-purpose')
  const chosen = chosenOf(found.exhibits, wish.exhibits)
  if (chosen === null) return refused('no-such-exhibit')
  if (chosen.length === 0) return refused('nothing-to-give')
  const { agency } = actor
  const asks: boolean[] = []
  for (const { recording } of chosen) asks.push(await asksSecond(ground, trx, { agency, recording, outside: true }))
  return write(ground, trx, { actor, wish, chosen, second: asks.includes(true), number: found.row.number })
}

/** Null: one of them is none that the maker may show. */
function chosenOf(all: readonly ShownExhibit[], wanted: readonly string[] | null): ShownExhibit[] | null {
  if (wanted === null) return [...all]
  const chosen = all.filter(({ id }) => wanted.includes(id))
  return chosen.length === new Set(wanted).size ? chosen : null
}

type Writing = {
  actor: Actor
  wish: LinkWish
  chosen: readonly ShownExhibit[]
  second: boolean
  number: string
}

async function write(
  ground: CaseShareGround,
  trx: Trx,
  { actor, wish, chosen, second, number }: Writing,
): Promise<LinkMade> {
  const { agency, person } = actor
  const [link, secret, now] = [uuidv7(ground.clock), randomBytes(32), new Date(ground.clock.now())]
  const { recipient, purpose } = wish
  const words = { what: 'link', person, link, recipient, purpose }
  const digest = createHash('sha256').update(canonicalize(words)).digest()
  const row: LinkRow = {
    id: link,
    agency,
    case_id: wish.case,
    case_number: number,
    secret: sha256(secret),
    recipient,
    recipient_role: wish.recipientRole,
    purpose,
    until: new Date(wish.until),
    most_openings: wish.openings,
    openings: 0,
    wish: digest,
    approval: null,
    agreed_at: second ? null : now,
    made_by: person,
    made_at: now,
    revoked_at: null,
    revoked_by: null,
    reason: null,
  }
  const by = Map.groupBy(chosen, one => one.recording)
  const shown = [...by].map(([recording, those]) => ({
    recording,
    reference: those.map(({ reference }) => reference).join(', '),
  }))
  await insertLink(trx, row, shown)
  const made = { link, secret: secret.toString('base64url') }
  if (!second) {
    await tellShared(ground, trx, row, actorFields(actor))
    return { state: 'open', ...made, approval: null }
  }
  const { approval } = await ground.people.approvals.ask(trx, {
    agency,
    kind: 'share',
    subject: link,
    by: actor,
    reason: null,
    wish: digest,
    payload: { link },
    about: { purpose, case: number, recipient },
  })
  await updateLink(trx, link, { approval })
  return { state: 'waiting', ...made, approval }
}

/** The history of each recording says to whom it is shown, for what, until when and how often. */
async function tellShared(
  ground: CaseShareGround,
  trx: Trx,
  row: LinkRow,
  by: readonly { name: string; value: Json }[],
): Promise<void> {
  const fields = [
    { name: 'link', value: row.id },
    { name: 'recipient', value: row.recipient },
    { name: 'role', value: row.recipient_role },
    { name: 'purpose', value: row.purpose },
    { name: 'case', value: row.case_number },
    { name: 'until', value: row.until.getTime() },
    { name: 'most-openings', value: row.most_openings },
    ...by,
  ]
  await tellEach(ground, trx, { agency: row.agency, recordings: await idsOf(trx, row), type: 'shared', fields })
}

async function idsOf(trx: Trx, { id }: LinkRow): Promise<string[]> {
  return (await recordingsOf(trx, [id])).map(({ recording }) => recording)
}

/** A second person has agreed: the link that its maker holds opens from now on. */
async function carryAgreement(ground: CaseShareGround, trx: Trx, approved: Approved): Promise<Carried> {
  const row = approved.subject === null ? null : await lockLink(trx, approved.subject)
  const now = ground.clock.now()
  if (row === null || stateOfLink(row, now) !== 'waiting') return { done: false, because: 'link-over' }
  await updateLink(trx, row.id, { agreed_at: new Date(now) })
  const names = await ground.people.names(trx, [row.made_by])
  const askedBy = { person: row.made_by, name: names.get(row.made_by) ?? row.made_by }
  const fields = [{ name: 'asked-by', value: askedBy }, ...actorFields(approved.confirmedBy)]
  await tellShared(ground, trx, row, fields)
  return { done: true }
}

async function revoke(
  ground: CaseShareGround,
  trx: Trx,
  actor: Actor,
  wish: { case: string; link: string; reason: string },
): Promise<'revoked' | LinkRefused> {
  const found = await ground.cases.exhibits(trx, actor, wish.case)
  if (found === null) return refused('no-such-case')
  const link = await findLink(trx, wish.link)
  if (link === null || link.case_id !== wish.case) return refused('no-such-link')
  const row = await lockLink(trx, wish.link)
  if (row === null || row.revoked_at !== null) return refused('no-such-link')
  const at = new Date(ground.clock.now())
  await updateLink(trx, row.id, { revoked_at: at, revoked_by: actor.person, reason: wish.reason })
  if (row.agreed_at === null) return 'revoked'
  const fields = [{ name: 'link', value: row.id }, { name: 'reason', value: wish.reason }, ...actorFields(actor)]
  const { agency } = actor
  await tellEach(ground, trx, { agency, recordings: await idsOf(trx, row), type: 'share-revoked', fields })
  return 'revoked'
}
