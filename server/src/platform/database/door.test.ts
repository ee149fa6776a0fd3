import { sql } from 'kysely'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { uuidv7 } from '../identifiers.ts'
import { asSuperuser, onEachEngine } from '../testing/databases.ts'
import { afterCommit, openDatabase, type Database, type Trx } from './door.ts'
import { DoorMisused, StatementTimedOut } from './errors.ts'

const zero = new Uint8Array(32)
const anAgency = (): string => uuidv7(systemClock)

async function addChain(trx: Trx, agency: string): Promise<string> {
  const subject = uuidv7(systemClock)
  await sql`insert into history_chain values (${subject}, ${agency}, 'recording', ${zero}, now())`.execute(trx)
  return subject
}

async function chains(trx: Trx): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`select subject from history_chain order by subject`.execute(trx)
  return rows.map(row => row.subject)
}

async function countOf(database: Database, subject: string): Promise<number> {
  return database.asInstallation(async trx => (await chains(trx)).filter(one => one === subject).length)
}

onEachEngine('the door', ground => {
  test('columns come out in the same types on either engine', async () => {
    const row = await ground.database.asInstallation(async trx => {
      const { rows } = await sql`select 9007199254740993::int8 as int8, count(*) as count, 1.10::numeric as numeric,
        date '2026-03-29' as date, '\\x00ff'::bytea as bytea, timestamptz '2026-03-29T01:30:00.123Z' as at,
        array[1, 9007199254740993]::int8[] as int8s, array[1.10, null]::numeric[] as numerics,
        array['2026-03-29']::date[] as dates, array['\\x00ff', '\\x']::bytea[] as byteas, array['a"b', 'Æ']::text[] as texts,
        '{"a":[1]}'::jsonb as json, true as flag, interval '1 day 2 hours' as interval, null::int8 as nothing,
        7 as int4, 1.5::float8 as float8, '{}'::bytea[] as none`.execute(trx)
      return rows[0]
    })
    expect(row).toEqual({
      int8: 9007199254740993n,
      count: 1n,
      numeric: '1.10',
      date: '2026-03-29',
      bytea: new Uint8Array([0, 255]),
      at: new Date('2026-03-29T01:30:00.123Z'),
      int8s: [1n, 9007199254740993n],
      numerics: ['1.10', null],
      dates: ['2026-03-29'],
      byteas: [new Uint8Array([0, 255]), new Uint8Array()],
      texts: ['a"b', 'Æ'],
      json: { a: [1] },
      flag: true,
      interval: '1 day 02:00:00',
      nothing: null,
      int4: 7,
      float8: 1.5,
      none: [],
    })
    expect(Object.getPrototypeOf((row as { bytea: object }).bytea)).toBe(Uint8Array.prototype)
  })

  test('values go in as they come out', async () => {
    const at = new Date('2026-10-25T00:30:00.456Z')
    const byteas = [new Uint8Array([1]), new Uint8Array([0, 92, 34, 255])]
    const { rows } = await ground.database.asInstallation(async trx =>
      sql`select ${9007199254740993n}::int8 as big, ${at}::timestamptz as at, ${byteas}::bytea[] as byteas,
        ${['a"b\\', 'Ø,}']}::text[] as texts, ${JSON.stringify(['x'])}::jsonb as json, ${null}::text as nothing`.execute(
        trx,
      ),
    )
    expect(rows).toEqual([{ big: 9007199254740993n, at, byteas, texts: ['a"b\\', 'Ø,}'], json: ['x'], nothing: null }])
  })

  test('work that fails leaves nothing behind', async () => {
    const agency = anAgency()
    const work = ground.database.asAgency(agency, async trx => {
      await addChain(trx, agency)
      throw new Error('the work failed')
    })
    await expect(work).rejects.toThrow('the work failed')
    expect(await ground.database.asAgency(agency, chains)).toEqual([])
  })

  test('a failed statement that was swallowed does not become a silent rollback', async () => {
    const agency = anAgency()
    const work = ground.database.asAgency(agency, async trx => {
      await addChain(trx, agency)
      await sql`select 1/0`.execute(trx).catch(() => {})
    })
    await expect(work).rejects.toMatchObject({ code: '22012' })
    expect(await ground.database.asAgency(agency, chains)).toEqual([])
  })

  test('a transaction inside a transaction is refused at once instead of waiting for itself', async () => {
    const nested = ground.database.asInstallation(async () => ground.database.asInstallation(async () => 'inside'))
    await expect(nested).rejects.toThrow(DoorMisused)
    expect(await ground.database.asInstallation(async () => 'afterwards')).toBe('afterwards')
  })

  test('what a transaction started may open its own once the first is over', async () => {
    const { promise, resolve } = Promise.withResolvers<Promise<string>>()
    await ground.database.asInstallation(async () => {
      setTimeout(() => resolve(ground.database.asInstallation(async () => 'later')), 20)
    })
    expect(await promise).toBe('later')
  })

  test('no statement of another falls into a transaction that is then rolled back', async () => {
    const [mine, yours] = [anAgency(), anAgency()]
    let acknowledged = ''
    const failing = ground.database.asAgency(mine, async trx => {
      await addChain(trx, mine)
      const other = ground.database // in a context of its own, as another request would be
      const started = new Promise<void>(resolve => setTimeout(resolve, 50))
      await Promise.race([
        started,
        outside(async () => (acknowledged = await other.asAgency(yours, t => addChain(t, yours)))),
      ])
      throw new Error('rolled back')
    })
    await expect(failing).rejects.toThrow('rolled back')
    await expect.poll(() => acknowledged).not.toBe('')
    expect(await countOf(ground.database, acknowledged)).toBe(1)
    expect(await ground.database.asAgency(mine, chains)).toEqual([])
  })

  test('a statement that comes after its transaction is refused and runs in nobody else’s', async () => {
    const agency = anAgency()
    let escaped: Trx | null = null
    await ground.database.asAgency(agency, async trx => {
      escaped = trx
    })
    const other = ground.database.asAgency(agency, async trx => {
      await sql`select 1`.execute(trx)
      await expect(addChain(escaped!, agency)).rejects.toThrow('already committed')
    })
    await other
    expect(await ground.database.asAgency(agency, chains)).toEqual([])
  })

  test('what waits for the commit is woken once, and not by a rollback', async () => {
    let woken = 0
    const wake = (): number => woken++
    await ground.database.asInstallation(async () => {
      afterCommit(wake)
      afterCommit(wake)
      expect(woken).toBe(0)
    })
    expect(woken).toBe(1)
    await ground.database
      .asInstallation(async () => {
        afterCommit(wake)
        throw new Error('no')
      })
      .catch(() => {})
    expect(woken).toBe(1)
    expect(() => afterCommit(wake)).toThrow(DoorMisused)
  })

  test('an agency sees and adds only its own rows, whatever the others hold', async () => {
    const rows = fc.array(fc.nat({ max: 3 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(rows, fc.nat({ max: 3 }), fc.nat({ max: 3 }), async (owners, viewer, intruder) => {
        const agencies = [anAgency(), anAgency(), anAgency(), anAgency()]
        const added = await Promise.all(
          owners.map(async owner => {
            const agency = agencies[owner]!
            return { owner, subject: await ground.database.asAgency(agency, trx => addChain(trx, agency)) }
          }),
        )
        const own = added.filter(({ owner }) => owner === viewer).map(({ subject }) => subject)
        expect(await ground.database.asAgency(agencies[viewer]!, chains)).toEqual(own.toSorted())
        if (intruder === viewer) return
        const intrusion = ground.database.asAgency(agencies[intruder]!, trx => addChain(trx, agencies[viewer]!))
        await expect(intrusion).rejects.toMatchObject({ code: '42501' })
      }),
      { numRuns: 15 },
    )
  })

  test('every table that belongs to agencies is under row-level security, for its owner too', async () => {
    const { rows } = await ground.database.asInstallation(async trx =>
      sql<{ name: string; bound: boolean }>`
        select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as bound
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'agency'`.execute(
        trx,
      ),
    )
    expect(rows.length).toBeGreaterThanOrEqual(3)
    expect(rows.filter(row => !row.bound)).toEqual([])
  })

  test('no role at the door can change, remove or empty what is append-only', async () => {
    const agency = anAgency()
    await ground.database.asAgency(agency, trx => addChain(trx, agency))
    const attempts = [
      "update history_chain set kind = 'agency'",
      'delete from history_chain',
      'truncate history_chain cascade',
      'update history_event set label = commitment',
      'delete from history_event',
      'truncate history_event',
      'delete from history_head',
      'truncate history_head',
      'alter table history_event disable trigger all',
      'drop table history_event',
      'delete from platform_migration',
    ]
    for (const attempt of attempts) {
      const asApp = ground.database.asAgency(agency, trx => sql.raw(attempt).execute(trx))
      const asAll = ground.database.asInstallation(trx => sql.raw(attempt).execute(trx))
      for (const outcome of await Promise.allSettled([asApp, asAll])) {
        expect({ attempt, ...outcome }).toMatchObject({
          status: 'rejected',
          reason: { code: expect.stringMatching(/^(42501|VD001)$/) },
        })
      }
    }
    expect(await ground.database.asAgency(agency, chains)).toHaveLength(1)
  })

  test.runIf(ground.engine === 'postgres')(
    'even the owner is stopped by a trigger before he changes history',
    async () => {
      const agency = anAgency()
      await ground.database.asAgency(agency, trx => addChain(trx, agency))
      for (const attempt of [
        "update history_chain set kind = 'agency'",
        'delete from history_chain',
        'truncate history_event',
      ]) {
        await expect(asSuperuser(ground.url!, attempt)).rejects.toMatchObject({ code: 'VD001' })
      }
    },
  )

  test('a role at the door cannot read what waits for the log', async () => {
    const read = ground.database.asAgency(anAgency(), trx => sql`select * from history_pending`.execute(trx))
    await expect(read).rejects.toMatchObject({ code: '42501' })
  })

  test('an agency is named by a UUID and nothing else', async () => {
    const injection = ground.database.asAgency("x'; reset role; --", async () => {})
    await expect(injection).rejects.toThrow(RangeError)
  })
})

onEachEngine('a door with little patience', ground => {
  test('stops a statement that takes too long, and serves the next one', async () => {
    if (ground.engine === 'embedded') await ground.database.close()
    const place = { url: ground.url, folder: ground.folder }
    const hasty = await openDatabase({ ...place, statementTimeoutMs: 5000, log: silent })
    try {
      const agency = anAgency()
      const subject = await hasty.asAgency(agency, trx => addChain(trx, agency))
      const slow = hasty.asAgency(agency, async trx => {
        await addChain(trx, agency)
        await sql`select pg_sleep(60)`.execute(trx)
      })
      await expect(slow).rejects.toThrow(StatementTimedOut)
      expect(await hasty.asAgency(agency, chains)).toEqual([subject])
    } finally {
      await hasty.close()
    }
  })
})

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** Runs `work` as another request would: without the transaction that surrounds this one. */
async function outside(work: () => Promise<unknown>): Promise<void> {
  lobby.push(work)
  await new Promise<void>(resolve => doors.push(resolve))
}
const lobby: (() => Promise<unknown>)[] = []
const doors: (() => void)[] = []
setInterval(() => {
  const [work, open] = [lobby.shift(), doors.shift()]
  void work?.().finally(() => open?.())
}, 5).unref()
