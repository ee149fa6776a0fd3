import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decodeStatement } from '@vidne/evidence/statement'
import { historyKeyId } from '../platform/identifiers.ts'
import { newObjectName } from '../platform/objects/objects.ts'
import { hourOf, KeyUnknown } from '../platform/vault/port.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { beginErasing } from './erasing.ts'
import type { Eraser } from './keep.ts'
import { run } from './run.ts'
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
      expect(await trial.inAgency(trx => trial.keep.deletedHere(trx, [file]))).toEqual([false])
      trial.clock.at += 32 * DAY
      await trial.run()
      expect(await trial.inAgency(trx => trial.keep.deletedHere(trx, [file]))).toEqual([true])
      expect(await trial.inAgency(trx => trial.keep.deletedHere(trx, [{ ...file, camera: 'cam-8' }]))).toEqual([false])
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
      const { blocked } = await trial.keep.forecast(trial.agency, trial.clock.at)
      expect(blocked).toMatchObject([{ recording, because: 'unfinished', until: null }])
      fails = false
      expect((await trial.run()).deleted).toHaveLength(1)
      expect((await trial.keep.forecast(trial.agency, trial.clock.at)).blocked).toEqual([])
      expect(asked).toEqual(['index', 'thumbnails', 'thumbnails'])
      expect(await trial.field(recording, 'deleted', 'erased-by')).toEqual(['dock', 'index', 'thumbnails'])
    })
  })

  test('erases nothing of a recording whose key the vault never held, and does not say that it was destroyed', async () => {
    const asked: string[] = []
    trial.start([{ name: 'index', erase: async () => (asked.push('index'), 'gone') }])
    const [strange, due] = await several(2)
    trial.clock.at += 32 * DAY
    trial.strings.vault.destroyHour = async () => ({
      done: false,
      because: 'list-differs',
      onlyInVault: [],
      onlyApproved: [strange!],
    })
    trial.strings.vault.destroyKey = async id => {
      if (id === strange) throw new KeyUnknown(id)
      return trial.vault.destroyKey(id)
    }
    expect(await trial.run()).toMatchObject({
      deleted: [{ recording: due }],
      unfinished: [{ recording: strange, state: 'erasing', because: 'key-not-destroyed' }],
    })
    expect(asked).toEqual(['index'])
    expect(await trial.told(strange!)).toEqual(['sealed', 'retention-changed', 'deletion-due'])
    expect([await trial.keyIsThere(strange!), await trial.bytesAreThere(strange!)]).toEqual([true, true])
  })

  test('in two processes at once states each deletion once', async () => {
    const recordings = await several(6)
    trial.clock.at += 32 * DAY
    const ask = { agency: trial.agency, by: null }
    const eraser: Eraser = { name: 'dock', erase: (agency, recording) => trial.dock.eraser.erase(agency, recording) }
    const reports = await Promise.all([1, 2, 3].map(() => run(trial.ground, [eraser], ask)))
    expect(reports.flatMap(report => report.deleted.map(item => item.recording)).toSorted()).toEqual(
      recordings.toSorted(),
    )
    for (const recording of recordings) {
      expect((await trial.told(recording)).slice(2)).toEqual(['deletion-due', 'key-destroyed', 'deleted'])
    }
    const counted = (await statements()).flatMap(one =>
      one.type === 'deletion-run' && one.at === trial.clock.at ? one.counts : [],
    )
    expect(counted.reduce((sum, { items }) => sum + items, 0)).toBe(6)
  })

  describe('and a hold at the same moment', () => {
    test('agree: what is held is there, and for what is gone the hold came too late', async () => {
      const recordings = await several(8)
      trial.clock.at += 32 * DAY
      const [, ...holds] = await Promise.all([trial.run(), ...recordings.map(recording => trial.hold(recording))])
      for (const [i, recording] of recordings.entries()) {
        expect(await trial.keyIsThere(recording)).toBe(holds[i]?.state === 'held')
        expect((await trial.told(recording)).includes('deletion-due')).toBe(holds[i]?.state !== 'held')
      }
    })

    test('are told apart under the lock: what the run had chosen before is asked once more', async () => {
      const [held, free] = await several(2)
      trial.clock.at += 32 * DAY
      await trial.hold(held!)
      expect(await beginErasing(trial.ground, trial.agency, [held!, free!])).toBe(1)
      expect(await trial.told(held!)).not.toContain('deletion-due')
    })
  })

  test('asks under the lock once more when each is due: since it was chosen its life may have become longer', async () => {
    const [longer, due] = await several(2)
    const hour = Math.floor((trial.clock.at + 31 * DAY) / HOUR) * HOUR
    await trial.keep.categorise(trial.clerk, { recording: longer!, rule: 'complaint', basis: 'complaint 7' })
    trial.clock.at = hour - 1
    expect(await beginErasing(trial.ground, trial.agency, [longer!, due!])).toBe(0)
    trial.clock.at = hour
    expect(await beginErasing(trial.ground, trial.agency, [longer!, due!])).toBe(1)
    expect(await trial.told(longer!)).not.toContain('deletion-due')
    expect(await trial.state(longer!)).toMatchObject({ state: 'kept' })
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
    const [fine, lost, unread, gone, again] = await several(5)
    const [stray, reserved] = [newObjectName(), newObjectName()]
    await trial.objects.remove(trial.objectOf(lost!))
    for (const object of [stray, reserved]) await trial.objects.write(object, [Buffer.from('sealed')])
    await reserve(reserved)
    for (const key of [unread, gone]) await trial.vault.destroyKey(key!)
    await trial.objects.remove(trial.objectOf(again!))
    for (const recording of [gone, again])
      await trial.inAgency(trx =>
        sql`update keep_deadline set state = 'erasing', key_destroyed_at = now() where recording = ${recording}::uuid`.execute(
          trx,
        ),
      )
    const found = await trial.keep.sweep(trial.agency)
    expect(found.examples.toSorted((a, b) => (a.code < b.code ? -1 : 1))).toEqual([
      { code: 'key-after-deletion', name: again },
      { code: 'key-missing', name: unread },
      { code: 'object-after-deletion', name: trial.objectOf(gone!) },
      { code: 'object-missing', name: trial.objectOf(lost!) },
      { code: 'object-unknown', name: stray },
    ])
    expect(Object.fromEntries(found.counts)).toMatchObject({ 'object-missing': 1, 'object-unknown': 1 })
    for (const recording of [fine, unread, gone]) expect(await trial.bytesAreThere(recording!)).toBe(true)
    expect(await trial.objects.size(stray)).not.toBeNull()
    // Of what is not its own another agency learns nothing.
    await trial.newAgency()
    expect((await trial.keep.sweep(trial.agency)).examples).toEqual([{ code: 'object-unknown', name: stray }])
    await trial.objects.remove(stray)
    await trial.objects.remove(reserved)
  })

  async function reserve(object: string): Promise<void> {
    const [id, stored] = [randomUUID(), randomUUID()]
    await trial.inAgency(trx =>
      sql`insert into dock_upload (id, agency, stored, person, actor, path, path_encoding, metadata, bytes, reserved, clocks,
          proposed_hold, level, state, created_at, moved_at, expires_at)
        values (${id}::uuid, ${trial.agency}::uuid, ${stored}::uuid, ${trial.clerk.person}::uuid, '{}', 'a.mp4', 'utf-8', '', 6,
          ${JSON.stringify([object])}::jsonb, '[]', false, 'gateway', 'open', ${new Date(trial.clock.at)}, ${new Date(trial.clock.at)},
          ${new Date(trial.clock.at + DAY)})`.execute(trx),
    )
  }
})
