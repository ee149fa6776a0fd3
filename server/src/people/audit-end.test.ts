import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { toHex } from '@vidne/evidence/bytes'
import { NO_POLICY } from '@vidne/evidence/event'
import { leafHash, treeRoot } from '@vidne/tlog/merkle'
import { historyKeyId } from '../platform/identifiers.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { auditLeaf, type KeptRow } from './audit.ts'
import type { Actor } from './people.ts'
import { peopleTrial, setClock, type PeopleTrial } from './testing/an-agency.ts'

const HOUR = 3_600_000
const YEAR = 365 * 24 * HOUR

onEachEngine('the end of audit rows', ground => {
  const clock = setClock('2026-11-21T12:10:00Z')
  let trial: PeopleTrial
  let operator: Actor
  beforeAll(async () => {
    trial = await peopleTrial(ground, clock)
    operator = (await trial.found('Southwark')).operatorActor
  })
  const inAgency = <T>(work: Parameters<typeof ground.database.asAgency<T>>[1]): Promise<T> =>
    ground.database.asAgency(operator.agency, work)

  /** A recording of which nothing is there but its history. */
  async function recording(): Promise<string> {
    const subject = randomUUID()
    const { agency } = operator
    await trial.vault.create({ agency, expires: null, keys: [{ id: historyKeyId(subject), kind: 'history' }] })
    const first = { agency, subject, kind: 'recording', firstType: 'sealed', pol: NO_POLICY, fields: [] } as const
    await inAgency(trx => trial.history.begin(trx, { ...first, captureId: randomBytes(32) }))
    return subject
  }

  const note = (subject: string | null) =>
    inAgency(trx =>
      trial.people.noteAudit(trx, {
        agency: operator.agency,
        person: operator.person,
        token: operator.token,
        act: 'list',
        subject,
        outcome: 'not-allowed',
      }),
    )

  const rows = async (): Promise<KeptRow[]> =>
    (await inAgency(trx => sql<KeptRow>`select * from people_audit order by id`.execute(trx))).rows
  const about = async () => (await rows()).map(row => row.subject)

  /** The root of the newest hour that has rows, made from the rows that are there and the hashes of those that are gone. */
  async function rootAgain(hour: string): Promise<string> {
    const { rows: gone } = await inAgency(trx =>
      sql<{
        id: string
        leaf: Uint8Array
      }>`select id, leaf from people_audit_gone where covered_by = ${hour}::uuid`.execute(trx),
    )
    const there = (
      await inAgency(trx => sql<KeptRow>`select * from people_audit where covered_by = ${hour}::uuid`.execute(trx))
    ).rows
    const leaves = [...gone, ...there.map(row => ({ id: row.id, leaf: leafHash(auditLeaf(row)) }))]
    return toHex(treeRoot(leaves.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(one => one.leaf)))
  }

  test('I-13 rows go at their own time, the root of their hour stays, and the others can still be proven', async () => {
    const [kept, erased] = [await recording(), await recording()]
    clock.at += HOUR
    await trial.people.hourly()
    for (const subject of [kept, erased, null, randomUUID()]) {
      clock.at += 1000
      await note(subject)
    }
    clock.at += HOUR
    expect((await trial.people.hourly()).audited).toBe(4)
    const { rows: hours } = await inAgency(trx =>
      sql<{ id: string; root: Uint8Array }>`select id, root from people_audit_hour order by hour desc limit 1`.execute(
        trx,
      ),
    )
    const [hour] = hours
    expect(await rootAgain(hour!.id)).toBe(toHex(hour!.root))

    expect(await trial.people.endAudit(operator.agency, clock.at - YEAR)).toBe(0)
    await inAgency(trx =>
      trial.history.append(trx, { subject: erased, type: 'tombstone-erased', pol: NO_POLICY, fields: [] }),
    )
    expect(await trial.people.endAudit(operator.agency, clock.at - YEAR)).toBe(1)
    expect(await about()).not.toContain(erased)
    expect(await rootAgain(hour!.id)).toBe(toHex(hour!.root))

    // Two of the four, and the founder's own sign-in of the hour before.
    expect(await trial.people.endAudit(operator.agency, clock.at)).toBe(3)
    // What is about a recording with a history goes with that history, however old it is.
    expect(await about()).toEqual([kept])
    expect(await rootAgain(hour!.id)).toBe(toHex(hour!.root))
    const everything = await inAgency(trx =>
      sql<{ said: string }>`select g::text as said from people_audit_gone g`.execute(trx),
    )
    expect(everything.rows).toHaveLength(4)
    for (const secret of [erased, operator.person, operator.token, 'not-allowed'])
      expect(JSON.stringify(everything.rows)).not.toContain(secret)
  })

  test('I-13 no row goes before an event covers it, nor without its hash, nor by an agency itself', async () => {
    await note(null)
    const before = await about()
    expect(await trial.people.endAudit(operator.agency, clock.at + YEAR)).toBe(0)
    expect(await about()).toEqual(before)
    const remove = sql`delete from people_audit`
    await expect(inAgency(trx => remove.execute(trx))).rejects.toThrow('permission denied')
    await expect(ground.database.asInstallation(trx => remove.execute(trx))).rejects.toThrow('stays until its end')
    expect(await about()).toEqual(before)
  })
})
