import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { equalBytes, fromHex, toHex } from '@vidne/evidence/bytes'
import { chainLabels, commitment, logId, NO_POLICY } from '@vidne/evidence/event'
import { parseLeaf } from '@vidne/evidence/leaf'
import { systemClock } from '../clock.ts'
import type { Trx } from '../database/door.ts'
import { historyKeyId, uuidv7 } from '../identifiers.ts'
import type { Still } from '../still.ts'
import { onEachEngine } from '../testing/databases.ts'
import { ChainUnknown, HistoryErased, LogStandsStill, openHistory, type Entry, type History } from './history.ts'
import { OpeningDamaged } from './openings.ts'

const log = logId('vidne.example/test')

/** A vault in memory: each key is made when it is first asked for, and can be destroyed. */
function memoryKeys(): { key(id: string): Promise<Uint8Array>; destroy(id: string): void } {
  const keys = new Map<string, Uint8Array>()
  const destroyed = new Set<string>()
  return {
    async key(id) {
      if (destroyed.has(id)) throw new Error('KeyDestroyed')
      const key = keys.get(id) ?? new Uint8Array(randomBytes(32))
      keys.set(id, key)
      return key
    },
    destroy: id => void destroyed.add(id),
  }
}

onEachEngine('history', ground => {
  let keys: ReturnType<typeof memoryKeys>
  let history: History
  let agency: string
  let subject: string

  beforeEach(() => {
    keys = memoryKeys()
    history = openHistory({ log, clock: systemClock, keys })
    agency = uuidv7(systemClock)
    subject = uuidv7(systemClock)
  })

  const asAgency = async <T>(work: (trx: Trx) => Promise<T>): Promise<T> => ground.database.asAgency(agency, work)
  const asInstallation = async <T>(work: (trx: Trx) => Promise<T>): Promise<T> => ground.database.asInstallation(work)
  const beginning = (of = subject) => ({
    agency,
    subject: of,
    kind: 'recording' as const,
    captureId: new Uint8Array(randomBytes(32)),
    firstType: 'sealed' as const,
    pol: NO_POLICY,
    fields: [{ name: 'path', value: 'DCIM/0001.MP4' }],
  })
  const begin = async (of = subject) => asAgency(trx => history.begin(trx, beginning(of)))
  const view = (who: string, of = subject): Entry => ({
    subject: of,
    type: 'viewed',
    pol: NO_POLICY,
    fields: [
      { name: 'person', value: who },
      { name: 'purpose', value: 'complaint 12' },
    ],
  })
  const waiting = async (): Promise<number> => asInstallation(trx => history.waiting(trx))

  test('a chain reads back as it was written, and its labels lead from one event to the next', async () => {
    const first = await begin()
    const second = await asAgency(trx => history.append(trx, view('Ida')))
    const events = await asAgency(trx => history.of(trx, subject))
    expect(events).toEqual([first.event, second.event])
    expect(events.map(event => event.core.seq)).toEqual([0, 1])
    expect(events[1]!.core.prev).toBe(toHex(first.commitment))
    const labels = chainLabels(log, fromHex(events[0]!.core.prev), events)
    expect([first.label, second.label].map(toHex)).toEqual(labels.slice(0, 2).map(toHex))
  })

  test('sixty-four people who view one recording at once make one chain without a gap or a label twice', async () => {
    await begin()
    const people = Array.from({ length: 64 }, (_, i) => `person ${i}`)
    await Promise.all(people.map(async who => asAgency(trx => history.append(trx, view(who)))))
    const events = await asAgency(trx => history.of(trx, subject))
    expect(events.map(event => event.core.seq)).toEqual(Array.from({ length: 65 }, (_, i) => i))
    const seen = events.slice(1).map(event => event.fields.find(field => field.name === 'person')?.value)
    expect(new Set(seen)).toEqual(new Set(people))
    const labels = chainLabels(log, fromHex(events[0]!.core.prev), events).map(toHex)
    expect(new Set(labels).size).toBe(66)
  })

  test('batches over the same chains from many sides neither lock each other up nor tear a chain', async () => {
    const subjects = Array.from({ length: 6 }, () => uuidv7(systemClock))
    for (const one of subjects) await begin(one)
    const batches = Array.from({ length: 12 }, (_, i) => {
      const order = i % 2 === 0 ? subjects : subjects.toReversed()
      return order.flatMap(one => [view('Ida', one), view('Bo', one)])
    })
    await Promise.all(batches.map(async batch => asAgency(trx => history.appendMany(trx, batch))))
    for (const one of subjects) {
      const events = await asAgency(trx => history.of(trx, one))
      expect(events).toHaveLength(25)
    }
  })

  test('work that is rolled back leaves neither event nor leaf, and the chain goes on where it was', async () => {
    await begin()
    const before = await waiting()
    const failing = asAgency(async trx => {
      await history.append(trx, view('Ida'))
      await history.publish(trx, { type: 'policy-in-force', v: 1, policy: '00'.repeat(32), pack: 'uk-met', at: 1 })
      throw new Error('the view could not be given')
    })
    await expect(failing).rejects.toThrow('could not be given')
    expect(await waiting()).toBe(before)
    const next = await asAgency(trx => history.append(trx, view('Bo')))
    expect(next.event.core.seq).toBe(1)
    expect(await asAgency(trx => history.of(trx, subject))).toHaveLength(2)
  })

  test('each event leaves its leaf waiting, a statement another, and they are taken oldest first and once', async () => {
    await asInstallation(trx => history.take(trx, 100_000))
    const first = await begin()
    const second = await asAgency(trx => history.append(trx, view('Ida')))
    const statement = { type: 'policy-in-force', v: 1, policy: 'ab'.repeat(32), pack: 'de-nrw-oa', at: 5 } as const
    await asAgency(trx => history.publish(trx, statement))
    expect(await waiting()).toBe(3)
    const two = await asInstallation(trx => history.take(trx, 2))
    expect(two.map(({ leaf }) => parseLeaf(leaf))).toEqual([
      { kind: 'event', label: first.label, commitment: first.commitment },
      { kind: 'event', label: second.label, commitment: second.commitment },
    ])
    expect(two.map(({ label }) => label)).toEqual([first.label, second.label])
    const rest = await asInstallation(trx => history.take(trx, 100))
    expect(rest.map(({ leaf, label }) => [parseLeaf(leaf), label])).toEqual([[{ kind: 'statement', statement }, null]])
    expect(await waiting()).toBe(0)
  })

  test('a thousand events in one batch are one chain', async () => {
    await begin()
    const appended = await asAgency(trx =>
      history.appendMany(
        trx,
        Array.from({ length: 1000 }, (_, i) => view(`p${i}`)),
      ),
    )
    const events = await asAgency(trx => history.of(trx, subject))
    expect(events.slice(1)).toEqual(appended.map(({ event }) => event))
    expect(appended.every(one => equalBytes(one.commitment, commitment(one.event)))).toBe(true)
  })

  test('nothing of what an event says lies readable in the database', async () => {
    await begin()
    await asAgency(trx => history.append(trx, view('Ida Sofie Krogh')))
    const { rows } = await asInstallation(trx =>
      sql<{ opening: Uint8Array }>`select opening from history_event where subject = ${subject}`.execute(trx),
    )
    expect(rows).toHaveLength(2)
    for (const { opening } of rows)
      expect(Buffer.from(opening).toString('latin1')).not.toMatch(/Ida|complaint|MP4|salt/)
  })

  test('whoever subscribed is told inside the transaction, and his failure undoes the event', async () => {
    await begin()
    const told: string[] = []
    history.subscribe('viewed', async (trx, [happened]) => {
      const { rows } = await sql<{
        n: bigint
      }>`select count(*) as n from history_event where subject = ${subject}`.execute(trx)
      told.push(`${happened!.agency} ${happened!.event.core.seq} ${rows[0]!.n}`)
      if (told.length === 2) throw new Error('the reader is not satisfied')
    })
    await asAgency(trx => history.append(trx, view('Ida')))
    await expect(asAgency(trx => history.append(trx, view('Bo')))).rejects.toThrow('not satisfied')
    expect(told).toEqual([`${agency} 1 2`, `${agency} 2 3`])
    expect(await asAgency(trx => history.of(trx, subject))).toHaveLength(2)
  })

  test('the sequencer is woken by a commit and not by a rollback', async () => {
    let woken = 0
    history.onCommitted(() => woken++)
    await begin()
    await asAgency(trx => history.appendMany(trx, [view('Ida'), view('Bo')]))
    expect(woken).toBe(2)
    await asAgency(async trx => {
      await history.append(trx, view('Ida'))
      throw new Error('no')
    }).catch(() => {})
    expect(woken).toBe(2)
  })

  test('another agency can neither read a chain nor add to it', async () => {
    await begin()
    const other = uuidv7(systemClock)
    expect(await ground.database.asAgency(other, trx => history.of(trx, subject))).toEqual([])
    await expect(ground.database.asAgency(other, trx => history.append(trx, view('Eve')))).rejects.toThrow(ChainUnknown)
  })

  test('a chain begins once', async () => {
    await begin()
    await expect(begin()).rejects.toMatchObject({ code: '23505' })
  })

  test('two chains of one capture are refused: their first label would be the same', async () => {
    const one = beginning()
    await asAgency(trx => history.begin(trx, one))
    const twin = asAgency(trx => history.begin(trx, { ...one, subject: uuidv7(systemClock) }))
    await expect(twin).rejects.toMatchObject({ code: '23505', constraint: 'history_event_label_key' })
  })

  test('openings are forgotten only after the chain itself says that its tombstone was erased', async () => {
    await begin()
    await asAgency(trx => history.append(trx, view('Ida')))
    await expect(asAgency(trx => history.erase(trx, subject))).rejects.toMatchObject({ code: 'VD001' })
    const erased: Entry = { subject, type: 'tombstone-erased', pol: NO_POLICY, fields: [] }
    const last = await asAgency(async trx => {
      const appended = await history.append(trx, erased)
      await history.erase(trx, subject)
      return appended
    })
    keys.destroy(historyKeyId(subject))
    const { rows } = await asAgency(trx =>
      sql`select count(*) as all, count(opening) as open from history_event where subject = ${subject}`.execute(trx),
    )
    expect(rows).toEqual([{ all: 3n, open: 0n }])
    expect(await asInstallation(trx => history.missing(trx, [last.label]))).toEqual([])
    await expect(asAgency(trx => history.of(trx, subject))).rejects.toThrow('KeyDestroyed')
  })

  test('an erased history says that it was erased, even while its key is still there', async () => {
    await begin()
    await asAgency(async trx => {
      await history.append(trx, { subject, type: 'tombstone-erased', pol: NO_POLICY, fields: [] })
      await history.erase(trx, subject)
    })
    await expect(asAgency(trx => history.of(trx, subject))).rejects.toThrow(HistoryErased)
  })

  test('a restored database is told which of the leaves in the tiles it lacks', async () => {
    const { label } = await begin()
    const unknown = new Uint8Array(randomBytes(32))
    expect(await asInstallation(trx => history.missing(trx, [label, unknown]))).toEqual([unknown])
  })

  test('an opening under another key is not taken for a history', async () => {
    await begin()
    const stranger = openHistory({ log, clock: systemClock, keys: memoryKeys() })
    await expect(asAgency(trx => stranger.of(trx, subject))).rejects.toThrow(OpeningDamaged)
  })

  test('events keep their order and their time comes from the clock they were given', async () => {
    let now = Date.UTC(2026, 9, 25, 0, 59, 59, 999)
    const rehearsed = openHistory({ log, clock: { now: () => now++ }, keys })
    await asAgency(trx => rehearsed.begin(trx, beginning()))
    await asAgency(trx => rehearsed.append(trx, view('Ida')))
    const events = await asAgency(trx => rehearsed.of(trx, subject))
    expect(events[0]!.core.at).toBe(Date.UTC(2026, 9, 25, 0, 59, 59, 999))
    expect(events[1]!.core.at).toBeGreaterThan(events[0]!.core.at)
  })

  test('writes nothing while the log stands still: neither a chain, nor an event, nor a statement', async () => {
    const still: { reason: Still | null } = { reason: null }
    const halting = openHistory({ log, clock: systemClock, keys, standsStill: () => still.reason })
    await asAgency(trx => halting.begin(trx, beginning()))
    const waiting = await asInstallation(trx => halting.waiting(trx))
    const counts = [{ rule: 'uncategorised', items: 1 }]
    const writing: ((trx: Trx) => Promise<unknown>)[] = [
      trx => halting.begin(trx, beginning(uuidv7(systemClock))),
      trx => halting.append(trx, view('Kim')),
      trx => halting.publish(trx, { type: 'deletion-run', v: 1, at: systemClock.now(), counts }),
    ]
    still.reason = { code: 'database-older' }
    for (const write of writing) {
      const refused = asAgency(write)
      await expect(refused).rejects.toThrow(LogStandsStill)
      await expect(refused).rejects.toThrow('older than the log')
    }
    expect(await asInstallation(trx => halting.waiting(trx))).toBe(waiting)
    expect(await asAgency(trx => halting.of(trx, subject))).toHaveLength(1)
    still.reason = null
    for (const write of writing) await asAgency(write)
    expect(await asInstallation(trx => halting.waiting(trx))).toBe(waiting + 3)
  })
})
