import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { destroyKeys } from './destruction.ts'
import { beginErasing, eraseAll } from './erasing.ts'
import type { Eraser } from './keep.ts'
import { countDeletions, markDue } from './run-store.ts'
import { DAY, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('two runs at once', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())

  test('lock rows in one order, so that two never wait for each other', async () => {
    const eraser: Eraser = { name: 'dock', erase: (agency, recording) => trial.dock.eraser.erase(agency, recording) }
    const untouched = (recording: string) =>
      trial.inAgency(trx =>
        sql`update keep_deadline set state = state where recording = ${recording}::uuid`.execute(trx),
      )
    const gone = async (recording: string) => {
      await beginErasing(trial.ground, trial.agency, [recording])
      await destroyKeys(trial.ground, trial.agency)
      await eraseAll(trial.ground, trial.agency, [eraser])
    }
    for (const [before, change] of [
      [untouched, markDue],
      [gone, (trx: Trx) => countDeletions(trx, trial.agency)],
    ] as [typeof gone, (trx: Trx, recordings: string[]) => Promise<unknown>][]) {
      await trial.newAgency()
      const recordings = (await Promise.all([trial.record(), trial.record()])).toSorted()
      trial.clock.at += 32 * DAY
      const [first = '', second = ''] = recordings
      // The first lies behind the second from now on, and a plain update would come to it last.
      await before(second)
      await before(first)
      // The embedded database has one connection, and nobody to wait for.
      if (ground.engine === 'embedded') {
        await ground.database.asAgency(trial.agency, trx => change(trx, recordings))
        continue
      }
      const locked = Promise.withResolvers<void>()
      const holder = ground.database.asAgency(trial.agency, async trx => {
        const lock = (one: string) =>
          sql`select from keep_deadline where recording = ${one}::uuid for update nowait`.execute(trx)
        await lock(first)
        locked.resolve()
        await vi.waitFor(
          async () => {
            const { rows } = await sql`
            select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(trx)
            expect(rows).toHaveLength(1)
          },
          { timeout: 30_000 },
        )
        await lock(second)
      })
      await locked.promise
      await Promise.all([holder, ground.database.asAgency(trial.agency, trx => change(trx, recordings))])
    }
  })
})
