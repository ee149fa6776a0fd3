import type { RecordKind } from '@vidne/contract/records'
import { dayAfter, startOfDay } from '@vidne/policies/day'
import { minDeadline } from '@vidne/policies/deadline'
import type { PolicyPack } from '@vidne/policies/pack'
import { actorFields, may, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { KeepGround } from './ground.ts'
import { keepTables, type RecordRow } from './tables.ts'

export type { RecordKind } from '@vidne/contract/records'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules'>

/** A document beside the footage. `keptUntil`: the end of its minimum; null while the monitoring goes on. Times in epoch milliseconds. */
export type KeptRecord = {
  readonly record: string
  readonly kind: RecordKind
  readonly ref: string | null
  readonly about: string | null
  readonly enteredAt: number
  readonly monitoringEnd: number | null
  readonly keptUntil: number | null
  readonly deletedAt: number | null
}

export type RecordRefusal =
  | 'not-allowed'
  | 'no-such-rule'
  | 'no-such-record'
  | 'deleted-already'
  | 'monitoring-goes-on'
  | 'minimum-runs'
  | 'no-such-decision'
  | 'not-yet'
  | 'earlier-than-noted'

type Refused = { readonly state: 'refused'; readonly because: RecordRefusal }

function refused(because: RecordRefusal): Refused {
  return { state: 'refused', because }
}

/** The agency's records, oldest first, those included that were let go. */
export async function listRecords(trx: Trx, ground: Ground, agency: string): Promise<KeptRecord[]> {
  const packs = (await ground.rules.versions(trx, agency, null)).map(({ pack }) => pack)
  const rows = await keepTables(trx)
    .selectFrom('keep_record')
    .selectAll()
    .where('agency', '=', agency)
    .orderBy('entered_at')
    .orderBy('id')
    .execute()
  return rows.map(row => ({
    record: row.id,
    kind: row.kind,
    ref: row.ref,
    about: row.about,
    enteredAt: row.entered_at.getTime(),
    monitoringEnd: row.monitoring_end?.getTime() ?? null,
    keptUntil: keptUntil(packs, row),
    deletedAt: row.deleted_at?.getTime() ?? null,
  }))
}

/**
 * The longest minimum that a policy of the agency ever gave records of this kind; a law that is repealed binds what it bound. The
 * monitoring may have gone on to the last minute of its last day, so it is counted from the end of that.
 */
function keptUntil(packs: readonly PolicyPack[], row: Pick<RecordRow, 'kind' | 'monitoring_end'>): number | null {
  const end = row.monitoring_end?.getTime()
  if (end === undefined) return null
  const ends = packs.flatMap(pack => {
    const [leaf, zone] = [ruleFor(pack, row.kind), pack.zone.v]
    return leaf === null ? [] : [minDeadline({ from: dayAfter(end, zone), zone, period: leaf.v })]
  })
  return ends.length === 0 ? null : Math.max(...ends)
}

function ruleFor(pack: PolicyPack, kind: RecordKind) {
  const leaf = pack.retention[kind]
  return leaf?.appliesTo === 'record' && leaf.dir === 'min' ? leaf : null
}

/** Enters a record that the policy has a minimum for. */
export async function enterRecord(
  trx: Trx,
  ground: Ground,
  wish: { kind: RecordKind; ref: string; about: string; by: Actor },
): Promise<{ readonly state: 'entered'; readonly record: string } | Refused> {
  const { kind, ref, about, by } = wish
  const { agency, person } = by
  if (!may(by, 'keep-records')) return refused('not-allowed')
  const { pack, pol } = await ground.rules.policyInForce(trx, agency)
  if (ruleFor(pack, kind) === null) return refused('no-such-rule')
  const record = uuidv7(ground.clock)
  const nothing = { monitoring_end: null, deleted_at: null, disposal: null }
  await keepTables(trx)
    .insertInto('keep_record')
    .values({
      id: record,
      agency,
      kind,
      ref,
      about,
      entered_at: new Date(ground.clock.now()),
      entered_by: person,
      ...nothing,
    })
    .execute()
  const fields = [{ name: 'record', value: record }, { name: 'record-kind', value: kind }, ...actorFields(by)]
  await ground.history.append(trx, { subject: agency, type: 'record-noted', pol, fields })
  return { state: 'entered', record }
}

/** Notes when the monitoring ended; the minimum is counted from it. It may be corrected to a later day, never to an earlier one. */
export async function endMonitoring(
  trx: Trx,
  ground: Ground,
  { record, on, by }: { record: string; on: number; by: Actor },
): Promise<{ readonly state: 'noted'; readonly keptUntil: number | null } | Refused> {
  if (!may(by, 'keep-records')) return refused('not-allowed')
  if (on > ground.clock.now()) return refused('not-yet')
  const row = await lockRecord(trx, by.agency, record)
  if (row === null) return refused('no-such-record')
  if (row.deleted_at !== null) return refused('deleted-already')
  if (row.monitoring_end !== null && row.monitoring_end.getTime() > on) return refused('earlier-than-noted')
  const monitoringEnd = new Date(on)
  await keepTables(trx)
    .updateTable('keep_record')
    .set({ monitoring_end: monitoringEnd })
    .where('id', '=', record)
    .execute()
  const { pol } = await ground.rules.policyInForce(trx, by.agency)
  const fields = [
    { name: 'record', value: record },
    { name: 'record-kind', value: row.kind },
    { name: 'monitoring-end', value: on },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: by.agency, type: 'record-noted', pol, fields })
  const packs = (await ground.rules.versions(trx, by.agency, null)).map(({ pack }) => pack)
  return { state: 'noted', keptUntil: keptUntil(packs, { kind: row.kind, monitoring_end: monitoringEnd }) }
}

/**
 * Enters a documented decision to let records of a kind go: which authority, on which day, under which reference. A Swedish
 * authority deletes nothing of an archive without one (gallring).
 */
export async function decideDisposal(
  trx: Trx,
  ground: Ground,
  wish: { kind: RecordKind; authority: string; date: string; reference: string; by: Actor },
): Promise<{ readonly state: 'entered'; readonly disposal: string } | Refused> {
  const { kind, authority, date, reference, by } = wish
  const { agency, person } = by
  if (!may(by, 'keep-records')) return refused('not-allowed')
  const { pack, pol } = await ground.rules.policyInForce(trx, agency)
  if (startOfDay(date, pack.zone.v) > ground.clock.now()) return refused('not-yet')
  if (ruleFor(pack, kind) === null) return refused('no-such-rule')
  const disposal = uuidv7(ground.clock)
  const noted = { noted_at: new Date(ground.clock.now()), person }
  await keepTables(trx)
    .insertInto('keep_disposal')
    .values({ id: disposal, agency, kind, authority, decided_on: date, reference, ...noted })
    .execute()
  const fields = [
    { name: 'disposal', value: disposal },
    { name: 'record-kind', value: kind },
    { name: 'authority', value: authority },
    { name: 'date', value: date },
    { name: 'reference', value: reference },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: agency, type: 'disposal-decided', pol, fields })
  return { state: 'entered', disposal }
}

/** Lets a record go: after its minimum, and under a decision about records of its kind. What is left says that it was there. */
export async function deleteRecord(
  trx: Trx,
  ground: Ground,
  { record, disposal, by }: { record: string; disposal: string; by: Actor },
): Promise<{ readonly state: 'deleted' } | Refused> {
  if (!may(by, 'keep-records')) return refused('not-allowed')
  const row = await lockRecord(trx, by.agency, record)
  if (row === null) return refused('no-such-record')
  if (row.deleted_at !== null) return refused('deleted-already')
  if (row.monitoring_end === null) return refused('monitoring-goes-on')
  const now = ground.clock.now()
  const packs = (await ground.rules.versions(trx, by.agency, null)).map(({ pack }) => pack)
  if ((keptUntil(packs, row) ?? Infinity) > now) return refused('minimum-runs')
  const decision = await keepTables(trx)
    .selectFrom('keep_disposal')
    .select('id')
    .where('id', '=', disposal)
    .where('agency', '=', by.agency)
    .where('kind', '=', row.kind)
    .executeTakeFirst()
  if (decision === undefined) return refused('no-such-decision')
  await keepTables(trx)
    .updateTable('keep_record')
    .set({ ref: null, about: null, deleted_at: new Date(now), disposal })
    .where('id', '=', record)
    .execute()
  const { pol } = await ground.rules.policyInForce(trx, by.agency)
  const fields = [
    { name: 'record', value: record },
    { name: 'record-kind', value: row.kind },
    { name: 'disposal', value: disposal },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: by.agency, type: 'record-deleted', pol, fields })
  return { state: 'deleted' }
}

async function lockRecord(trx: Trx, agency: string, record: string): Promise<RecordRow | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_record')
    .selectAll()
    .where('id', '=', record)
    .where('agency', '=', agency)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}
