import type { Trx } from '../../platform/database/door.ts'
import { recordingsIn, shows } from '../approval-sight.ts'
import { principalsOf } from '../delegations.ts'
import { isRole, may, type Actor } from '../roles.ts'
import { standingOf, type Waiting } from '../waiting.ts'
import type { MailGround, Reader, Sending } from './ground.ts'
import { queue } from './outbox.ts'
import { mailTables } from './store.ts'

/** Between two mails to somebody about what waits; what is asked in between is told in one. */
const PAUSE_MS = 3_600_000

/**
 * Puts into the outbox who has to be told that something waits for them: once for each question, never whoever asked, and whoever was
 * told within the hour only when it is over. Looks at what waits, and is in no act's way. Says how many mails that were. Outside a
 * transaction.
 */
export async function tellOfQuestions(ground: MailGround, sending: Sending, agency: string): Promise<number> {
  const { database } = ground
  const readers = await database.asAgency(agency, trx => readersOf(trx, agency))
  if (readers.length === 0) return 0
  const all = await database.asAgency(agency, trx => ground.approvals.waiting(trx, agency))
  if (all.length === 0) return 0
  let mails = 0
  for (const reader of readers) {
    const theirs = await answerableBy(ground, sending, reader, all)
    if (theirs.length > 0) mails += await database.asAgency(agency, trx => tell(trx, ground, reader, theirs))
  }
  return mails
}

/** What waits for the answer of this person now. Outside a transaction. */
export async function waitingFor(
  ground: MailGround,
  sending: Sending,
  { agency, person }: Pick<Reader, 'agency' | 'person'>,
): Promise<Waiting[]> {
  const found = await ground.database.asAgency(agency, async trx => ({
    reader: (await readersOf(trx, agency)).find(one => one.person === person) ?? null,
    all: await ground.approvals.waiting(trx, agency),
  }))
  return found.reader === null ? [] : answerableBy(ground, sending, found.reader, found.all)
}

/** Of what waits, what the list would show this person, and they may answer. */
async function answerableBy(
  { database, clock }: MailGround,
  { seen }: Sending,
  reader: Reader,
  all: readonly Waiting[],
): Promise<Waiting[]> {
  const { agency, person, roles } = reader
  const actor: Actor = { agency, person, roles: [...roles], token: '', name: '' }
  if (!may(actor, 'see-approvals')) return []
  const now = clock.now()
  const principals = await database.asAgency(agency, trx => principalsOf(trx, { agency, delegate: person, now }))
  const asked = all
    .map(question => ({ ...question, you: standingOf(question, actor, principals) }))
    .filter(({ you }) => you === 'may-confirm')
  if (asked.length === 0) return []
  const theirs = await seen(actor, asked.flatMap(recordingsIn))
  return asked.filter(question => shows(question, actor, theirs))
}

type Addressed = Reader & { readonly address: string }

/** Everybody of an agency who has confirmed an address, with the roles they hold now. */
async function readersOf(trx: Trx, agency: string): Promise<Addressed[]> {
  const rows = await mailTables(trx)
    .selectFrom('people_address as address')
    .leftJoin('people_grant as held', join =>
      join.onRef('held.person', '=', 'address.person').on('held.revoked_at', 'is', null),
    )
    .select(['address.id', 'address.person', 'held.role'])
    .where('address.agency', '=', agency)
    .where('address.confirmed_at', 'is not', null)
    .orderBy('address.person')
    .execute()
  return [...Map.groupBy(rows, row => row.person)].map(([person, held]) => ({
    agency,
    person,
    address: held[0]?.id ?? '',
    roles: held.map(({ role }) => role ?? '').filter(isRole),
  }))
}

/** One mail for all that this person was not told of; none where one still waits to be sent, which says it as well. */
async function tell(trx: Trx, ground: MailGround, reader: Addressed, theirs: readonly Waiting[]): Promise<number> {
  const { agency, person, address } = reader
  const latest = await lastMail(trx, reader)
  const now = ground.wall.now()
  if (latest?.state === 'sent' && latest.made_at.getTime() > now - PAUSE_MS) return 0
  const told = await mailTables(trx)
    .insertInto('people_mail_told')
    .values(theirs.map(({ id }) => ({ approval: id, agency, person })))
    .onConflict(conflict => conflict.doNothing())
    .returning('approval')
    .execute()
  if (told.length === 0) return 0
  const fresh = new Set(told.map(row => row.approval))
  const left = theirs.filter(({ id }) => fresh.has(id)).map(({ deadline }) => deadline - ground.clock.now())
  const endsAt = now + Math.max(...left)
  if (latest?.state === 'waiting') {
    await mailTables(trx)
      .updateTable('people_mail')
      .set({ ends_at: new Date(Math.max(latest.ends_at.getTime(), endsAt)) })
      .where('id', '=', latest.id)
      .execute()
    return 0
  }
  await queue(trx, ground, { agency, person, address, kind: 'approvals', endsAt })
  return 1
}

async function lastMail(trx: Trx, { agency, person }: Reader) {
  return mailTables(trx)
    .selectFrom('people_mail')
    .select(['id', 'state', 'made_at', 'ends_at'])
    .where('agency', '=', agency)
    .where('person', '=', person)
    .where('kind', '=', 'approvals')
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst()
}
