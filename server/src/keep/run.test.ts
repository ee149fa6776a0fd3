import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decodeStatement } from '@vidne/evidence/statement'
import { historyKeyId } from '../platform/identifiers.ts'
import { hourOf } from '../platform/vault/port.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import type { Eraser } from './keep.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('the nightly run', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())
  beforeEach(() => trial.newAgency())

  const statements = async () => {
    const { rows } = await ground.database.asInstallation(trx =>
      sql<{ leaf: Uint8Array }>`select leaf from history_pending where label is null order by ord`.execute(trx),
    )
    return rows.map(row => decodeStatement(Buffer.from(row.leaf.subarray(1)).toString('utf8')))
  }
  const several = async (count: number): Promise<string[]> => {
    const recordings: string[] = []
    for (let i = 0; i < count; i += 1) recordings.push(await trial.record())
    return recordings
  }

  describe('at the deadline', () => {
    test('destroys the key, then the bytes, then says so in the history and, in numbers, in the open', async () => {
      const recording = await trial.record()
      const later = await trial.record({ recordedAgo: -0 })
      await trial.keep.categorise(trial.clerk, { recording: later, rule: 'complaint', basis: 'complaint 7' })
      trial.clock.at += 31 * DAY
      expect(await trial.run()).toEqual({
        state: 'done',
        because: null,
        approval: null,
        unfinished: [],
        deleted: [{ recording, rule: 'uncategorised' }],
      })
      expect([await trial.keyIsThere(recording), await trial.bytesAreThere(recording)]).toEqual([false, false])
      expect([await trial.keyIsThere(later), await trial.bytesAreThere(later)]).toEqual([true, true])
      expect(await trial.told(recording)).toEqual([
        'sealed',
        'retention-changed',
        'deletion-due',
        'key-destroyed',
        'deleted',
      ])
      expect(await trial.field(recording, 'deleted', 'erased-by')).toEqual(['dock'])
      expect(await trial.field(recording, 'key-destroyed', 'hour')).toBe(hourOf(trial.clock.at))
      expect((await statements()).at(-1)).toEqual({
        type: 'deletion-run',
        v: 1,
        at: trial.clock.at,
        counts: [{ rule: 'uncategorised', items: 1 }],
      })
    })

    test('begins in the hour of the deadline, not before', async () => {
      const recording = await trial.record()
      const hour = Math.floor((trial.clock.at + 31 * DAY) / HOUR) * HOUR
      trial.clock.at = hour - 1
      expect((await trial.run()).deleted).toEqual([])
      expect(await trial.keyIsThere(recording)).toBe(true)
      trial.clock.at = hour
      expect((await trial.run()).deleted).toHaveLength(1)
    })

    test('deletes nothing twice and says nothing twice', async () => {
      await several(2)
      trial.clock.at += 32 * DAY
      expect((await trial.run()).deleted).toHaveLength(2)
      const before = (await statements()).length
      expect((await trial.run()).deleted).toEqual([])
      expect(await statements()).toHaveLength(before)
    })

    test('says in Duisburg that nobody decided', async () => {
      await trial.newAgency('de-nrw-oa')
      const recording = await trial.record()
      trial.clock.at += 14 * DAY
      await trial.run()
      expect(await trial.field(recording, 'deletion-due', 'decision')).toBe('nobody-decided')
    })

    test('remembers the file, so that it is recognised when the same camera brings it again', async () => {
      const recording = await trial.record({ camera: 'cam-7' })
      const { rows } = await trial.inAgency(trx =>
        sql<{ sha256: Uint8Array }>`select sha256 from dock_recording where id = ${recording}::uuid`.execute(trx),
      )
      const file = { agency: trial.agency, camera: 'cam-7', sha256: rows[0]!.sha256 }
      expect(await trial.inAgency(trx => trial.keep.deletedHere(trx, file))).toBe(false)
      trial.clock.at += 32 * DAY
      await trial.run()
      expect(await trial.inAgency(trx => trial.keep.deletedHere(trx, file))).toBe(true)
      expect(await trial.inAgency(trx => trial.keep.deletedHere(trx, { ...file, camera: 'cam-8' }))).toBe(false)
      const stored = await trial.inAgency(trx =>
        sql<{ text: string }>`select d::text as text from keep_deadline d where recording = ${recording}::uuid`.execute(
          trx,
        ),
      )
      expect(stored.rows[0]!.text).not.toContain(Buffer.from(file.sha256).toString('hex'))
    })

    test('leaves the other agency alone', async () => {
      const recording = await trial.record()
      await trial.newAgency()
      trial.clock.at += 32 * DAY
      await trial.run()
      expect(await trial.keyIsThere(recording)).toBe(true)
    })
  })

  describe('stops and says why', () => {
    const nothingHappens = async (words: string): Promise<void> => {
      const recording = await trial.record()
      trial.clock.at += 32 * DAY
      await expectStopped(words)
      expect([await trial.keyIsThere(recording), await trial.bytesAreThere(recording)]).toEqual([true, true])
      expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed'])
    }
    const expectStopped = async (words: string): Promise<void> => {
      const report = await trial.run()
      expect(report).toMatchObject({ state: 'stopped', deleted: [], unfinished: [] })
      expect(report.because).toContain(words)
      expect((await trial.keep.standing())?.text).toBe(report.because)
    }

    test('when the log may not be written, because the database is older than it', async () => {
      trial.strings.standing = { stopped: 'database-older', text: 'The database is older than the log.' }
      await nothingHappens('The database is older than the log. Nothing was deleted.')
    })

    test('when the vault is another one, or empty', async () => {
      trial.strings.vault.recognises = async () => 'missing'
      await nothingHappens('The vault does not bear the mark')
      trial.strings.vault.recognises = async () => 'other'
      await nothingHappens('The vault belongs to another installation')
    })

    test('when the vault is older than the database last saw it', async () => {
      trial.clock.at += HOUR
      await trial.run()
      trial.strings.vault.position = async () => ({ ...(await trial.vault.position()), commit: 1 })
      await nothingHappens('The vault is older')
    })

    test('when the objects are another store, or an empty one', async () => {
      const real = trial.objects.recognises.bind(trial.objects)
      try {
        trial.objects.recognises = async () => 'missing'
        await nothingHappens('The object store does not bear the mark')
        trial.objects.recognises = async () => 'other'
        await nothingHappens('The object store belongs to another installation')
      } finally {
        trial.objects.recognises = real
      }
    })

    test('when the database is empty or another one', async () => {
      const recording = await trial.record()
      trial.clock.at += 32 * DAY
      const set = (installation: string) =>
        ground.database.asInstallation(trx => sql`update keep_ground set installation = ${installation}`.execute(trx))
      await set('another-installation')
      await expectStopped('The database belongs to another installation')
      await set(trial.installation)
      expect(await trial.keyIsThere(recording)).toBe(true)
    })
  })

  describe('with a clock that leads the last run', () => {
    test('waits for two persons, and goes on once they have confirmed it', async () => {
      const recording = await trial.record()
      await trial.run()
      trial.strings.deliberate = false
      trial.clock.at += 32 * DAY
      const stopped = await trial.run()
      expect(stopped).toMatchObject({ state: 'waiting', deleted: [] })
      expect(stopped.because).toContain('768 hours')
      expect(await trial.keyIsThere(recording)).toBe(true)
      trial.clock.at += HOUR
      expect(await trial.run(null)).toMatchObject({ state: 'waiting', approval: stopped.approval })
      expect(await trial.approve(stopped.approval!)).toMatchObject({ state: 'done' })
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
    })

    test('is not fooled by runs that it stopped itself', async () => {
      const recording = await trial.record()
      trial.strings.deliberate = false
      trial.clock.at += 32 * DAY
      for (let hour = 0; hour < 30; hour += 1) {
        trial.clock.at += HOUR
        expect((await trial.run(null)).state).toBe('waiting')
      }
      expect(await trial.keyIsThere(recording)).toBe(true)
    })

    test('nor by runs that stopped for another reason meanwhile', async () => {
      const recording = await trial.record()
      trial.strings.deliberate = false
      trial.clock.at += 32 * DAY
      trial.strings.standing = { stopped: 'lock-missing', text: 'The lock is missing.' }
      expect((await trial.run()).state).toBe('stopped')
      trial.strings.standing = 'ok'
      expect((await trial.run()).state).toBe('waiting')
      expect(await trial.keyIsThere(recording)).toBe(true)
    })

    test('goes on after up to 26 hours, and where nothing is kept', async () => {
      trial.strings.deliberate = false
      trial.clock.at += 90 * DAY
      expect((await trial.run()).state).toBe('done')
      await trial.record()
      trial.clock.at += 26 * HOUR
      expect((await trial.run()).state).toBe('done')
    })
  })

  describe('over the brake', () => {
    const braked = async () => {
      await ground.database.asInstallation(trx =>
        sql`insert into keep_deadline (recording, agency, rule, direction, anchor, anchor_source, settled, delete_after, state, vault_state)
          select gen_random_uuid(), ${trial.agency}::uuid, 'uncategorised', 'max', now(), 'capture-end', true,
            ${new Date(trial.clock.at + 900 * DAY)}, 'kept', 'settled' from generate_series(1, 300)`.execute(trx),
      )
      const recordings = await several(3)
      await ground.database.asInstallation(trx =>
        sql`update keep_deadline set delete_after = ${new Date(trial.clock.at)}
          where recording in (select recording from keep_deadline where agency = ${trial.agency}::uuid and delete_after > ${new Date(trial.clock.at + 800 * DAY)} limit 99)`.execute(
          trx,
        ),
      )
      trial.clock.at += 32 * DAY
      return recordings
    }

    test('stops, lists and waits for another person, then carries out what was listed', async () => {
      const recordings = await braked()
      const waiting = await trial.run()
      expect(waiting).toMatchObject({ state: 'waiting', deleted: [] })
      expect(waiting.because).toContain('102 of 303 recordings')
      for (const recording of recordings) {
        expect(await trial.state(recording)).toMatchObject({ state: 'due' })
        expect(await trial.keyIsThere(recording)).toBe(true)
        expect(await trial.told(recording)).not.toContain('deletion-due')
      }
      expect(await trial.run()).toMatchObject({ state: 'waiting', approval: waiting.approval })
      expect(await trial.approve(waiting.approval!, trial.clerk)).toMatchObject({ because: 'same-person' })
      const held = recordings[0]!
      expect(await trial.hold(held)).toMatchObject({ state: 'held' })
      expect(await trial.approve(waiting.approval!)).toMatchObject({ state: 'done' })
      await ground.database.asInstallation(trx =>
        sql`update keep_deadline set delete_after = ${new Date(trial.clock.at + DAY)}
        where agency = ${trial.agency}::uuid and recording not in (select id from dock_recording)`.execute(trx),
      )
      const report = await trial.run()
      expect(report.deleted.map(item => item.recording).toSorted()).toEqual(recordings.slice(1).toSorted())
      expect(await trial.keyIsThere(held)).toBe(true)
    })

    test('does not let through what fell due after it was confirmed', async () => {
      await braked()
      const first = await trial.run()
      await trial.approve(first.approval!)
      await ground.database.asInstallation(trx =>
        sql`update keep_deadline set delete_after = ${new Date(trial.clock.at)}
        where agency = ${trial.agency}::uuid and delete_after > ${new Date(trial.clock.at)}`.execute(trx),
      )
      await ground.database.asInstallation(trx =>
        sql`update keep_deadline set delete_after = ${new Date(trial.clock.at + DAY)}
        where recording in (select recording from keep_braked where agency = ${trial.agency}::uuid)`.execute(trx),
      )
      const second = await trial.run()
      expect(second).toMatchObject({ state: 'waiting', deleted: [] })
      expect(second.approval).not.toBe(first.approval)
    })
  })

  describe('cut off', () => {
    const crash = new Error('power cut')
    const steps: Record<string, () => void> = {
      'before any key was destroyed': () => {
        trial.strings.vault.destroyHour = async () => Promise.reject(crash)
      },
      'after the keys were destroyed, before the database knew': () => {
        trial.strings.vault.destroyHour = async p => {
          await trial.vault.destroyHour(p)
          throw crash
        }
      },
      'with another list in the vault': () => {
        trial.strings.vault.destroyHour = async () => ({
          done: false,
          because: 'list-differs',
          onlyInVault: [],
          onlyApproved: [],
        })
        trial.strings.vault.destroyKey = async () => Promise.reject(crash)
      },
    }

    test.each(Object.keys(steps))('%s, it goes on where it was', async step => {
      const recordings = await several(2)
      trial.clock.at += 32 * DAY
      steps[step]!()
      await expect(trial.run()).rejects.toThrow('power cut')
      trial.strings.vault = {}
      trial.start()
      for (const recording of recordings) {
        expect(await trial.hold(recording)).toMatchObject({ because: 'too-late' })
      }
      const report = await trial.run()
      expect(report.deleted.map(item => item.recording)).toEqual(recordings.toSorted())
      for (const recording of recordings) {
        expect(await trial.told(recording)).toEqual([
          'sealed',
          'retention-changed',
          'deletion-due',
          'key-destroyed',
          'deleted',
        ])
        expect(await trial.bytesAreThere(recording)).toBe(false)
      }
      expect((await statements()).at(-1)).toMatchObject({ counts: [{ rule: 'uncategorised', items: 2 }] })
    })

    test('by an eraser that fails, it says so, states nothing, and asks only that one again', async () => {
      const asked: string[] = []
      let fails = true
      const eraser: Eraser = {
        name: 'thumbnails',
        erase: async () => {
          asked.push('thumbnails')
          if (fails) throw new Error('the disk does not answer')
          return 'gone'
        },
      }
      const first: Eraser = { name: 'index', erase: async () => (asked.push('index'), 'gone') }
      trial.start([first, eraser])
      const recording = await trial.record()
      trial.clock.at += 32 * DAY
      expect(await trial.run()).toMatchObject({
        state: 'done',
        deleted: [],
        unfinished: [{ recording, state: 'erasing', because: 'thumbnails' }],
      })
      expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed', 'deletion-due', 'key-destroyed'])
      fails = false
      expect((await trial.run()).deleted).toHaveLength(1)
      expect(asked).toEqual(['index', 'thumbnails', 'thumbnails'])
      expect(await trial.field(recording, 'deleted', 'erased-by')).toEqual(['dock', 'index', 'thumbnails'])
    })
  })

  describe('never destroys the key of a held recording', () => {
    test('though its move to another class was lost on the way', async () => {
      const [held, due] = await several(2)
      trial.strings.vault.rewrap = async () => Promise.reject(new Error('the vault does not answer'))
      await trial.hold(held!)
      expect(await trial.vault.under(trial.agency, hourOf(trial.clock.at + 31 * DAY))).toHaveLength(2)
      trial.clock.at += 31 * DAY
      await expect(trial.run()).rejects.toThrow('the vault does not answer')
      trial.strings.vault = {}
      expect((await trial.run()).deleted).toEqual([{ recording: due, rule: 'uncategorised' }])
      expect(await trial.keyIsThere(held!)).toBe(true)
    })

    test('nor one the database does not know, though it lies in the same hour', async () => {
      const recording = await trial.record()
      const unknown = 'aaaaaaaa-0000-7000-8000-00000000000a'
      const expires = trial.clock.at + 31 * DAY
      await trial.vault.create({ agency: trial.agency, keys: [{ id: unknown, kind: 'data' }], expires })
      trial.clock.at = expires
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
      expect([await trial.keyIsThere(recording), await trial.keyIsThere(unknown)]).toEqual([false, true])
    })
  })

  test('erases the tombstone when its own time is over, and with it whatever could be said', async () => {
    const recording = await trial.record()
    trial.clock.at += 32 * DAY
    await trial.run()
    trial.clock.at = Date.UTC(new Date(trial.clock.at).getUTCFullYear() + 6, 11, 31)
    await trial.run()
    expect(await trial.keyIsThere(historyKeyId(recording))).toBe(false)
    const { rows } = await trial.inAgency(trx =>
      sql<{ type: string; opening: unknown }>`
      select type, opening from history_event where subject = ${recording}::uuid order by seq`.execute(trx),
    )
    expect(rows.at(-1)?.type).toBe('tombstone-erased')
    expect(rows.every(row => row.opening === null)).toBe(true)
    await trial.run()
  })

  test('after the vault was restored what had been destroyed is destroyed again', async () => {
    const recording = await trial.record()
    trial.clock.at += 32 * DAY
    await trial.run()
    expect(await trial.keep.afterVaultRestore()).toBe(0)
    expect(await trial.keyIsThere(recording)).toBe(false)
    expect(await trial.keep.standing()).toBeNull()
  })

  test('the sweep tells what does not fit together and changes nothing', async () => {
    const fine = await trial.record()
    const lost = await trial.record()
    const stray = await trial.record()
    await trial.objects.remove(trial.objectOf(lost))
    await trial.inAgency(trx => sql`select 1`.execute(trx))
    const parts = async function* () {
      for (const recording of [fine, lost]) yield { recording, object: trial.objectOf(recording) }
    }
    const report = await trial.keep.sweep(parts())
    expect(report.examples).toContainEqual({ code: 'object-missing', name: trial.objectOf(lost) })
    expect(report.examples).toContainEqual({ code: 'object-unknown', name: trial.objectOf(stray) })
    expect(report.examples).not.toContainEqual({ code: 'object-unknown', name: trial.objectOf(fine) })
    expect(await trial.bytesAreThere(stray)).toBe(true)
  })
})
