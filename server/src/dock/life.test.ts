import { open } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { openObjects } from '../platform/objects/objects.ts'
import { freshGround } from '../platform/testing/databases.ts'
import { KeyDestroyed } from '../platform/vault/vault.ts'
import { ask, begin, footage, offsetOf, patch, sha256 } from './testing/client.ts'
import { AGENCY } from './testing/trial-dock.ts'
import { objectsIn, readBack, slowPatch, trialFor, withoutDescriptor } from './testing/trial-for.ts'

const MIB = 1_048_576
const shared = freshGround('embedded')

describe('a dock that is started again', () => {
  const held = trialFor(shared)

  test('goes on where it was, and the digests are those of the whole', async () => {
    const bytes = footage(20 * MIB + 99, 'restart')
    const upload = await begin(held.trial.url, bytes.length)
    await patch(upload, 0, bytes.subarray(0, 17 * MIB + 5))
    await patch(upload, 17 * MIB + 5, bytes.subarray(17 * MIB + 5, 18 * MIB))
    await held.restart()
    const again = new URL(new URL(upload).pathname, held.trial.url).href
    expect(await offsetOf(again)).toBe(18 * MIB)
    const answer = await patch(again, 18 * MIB, bytes.subarray(18 * MIB))
    const recording = String(answer.headers['vidne-recording'])
    const found = await held.trial.database.asAgency(AGENCY, trx => held.trial.dock.find(trx, recording))
    expect(Buffer.from(found?.sha256 ?? [])).toEqual(sha256(bytes))
    expect(await readBack(held.trial, recording, bytes.length)).toEqual(bytes)
  })

  test('refuses to go on where what it stored was altered', async () => {
    const bytes = footage(3 * MIB, 'altered')
    const upload = await begin(held.trial.url, bytes.length)
    const before = new Set(await objectsIn(held.trial))
    await patch(upload, 0, bytes.subarray(0, 2 * MIB))
    const [object] = (await objectsIn(held.trial)).filter(name => !before.has(name))
    const file = await open(`${held.trial.folder}/objects/${object}`, 'r+')
    await file.write(Buffer.from([1, 2, 3]), 0, 3, 500_000)
    await file.close()
    await held.restart()
    const again = new URL(new URL(upload).pathname, held.trial.url).href
    const answer = await patch(again, 2 * MIB, bytes.subarray(2 * MIB))
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.text).error).toBe('storage-damaged')
  })
})

describe('a dock whose time passes', () => {
  const DAY = 86_400_000
  let now = Date.now()
  const held = trialFor(freshGround('embedded'), () => ({
    clock: { now: () => now },
    limits: { uploadLifeMs: 7 * DAY },
  }))

  test('removes uploads nobody goes on with, and never a recording', async () => {
    const bytes = footage(MIB, 'expiry')
    const [left, live, sealed] = [
      await begin(held.trial.url, MIB),
      await begin(held.trial.url, MIB),
      await begin(held.trial.url, MIB),
    ]
    await patch(left, 0, bytes.subarray(0, 1000))
    await patch(live, 0, bytes.subarray(0, 1000))
    const done = await patch(sealed, 0, bytes)
    now += 6 * DAY
    await patch(live, 1000, bytes.subarray(1000, 2000))
    expect(await held.trial.dock.expire()).toBe(0)
    now += 2 * DAY
    expect(await held.trial.dock.expire()).toBe(1)
    expect((await ask('HEAD', left)).status).toBe(410)
    expect(await offsetOf(live)).toBe(2000)
    expect(await readBack(held.trial, done.headers['vidne-recording'], MIB)).toEqual(bytes)
    expect(await objectsIn(held.trial)).toHaveLength(3)
  })

  test('erases a recording only once its key is destroyed, and then leaves nothing that says what it was', async () => {
    const bytes = footage(MIB, 'erased')
    const upload = await begin(held.trial.url, MIB, { path: 'secret.mp4', camera: 'CAM' })
    const recording = String((await patch(upload, 0, bytes)).headers['vidne-recording'])
    const before = (await objectsIn(held.trial)).length
    await expect(held.trial.dock.eraser.erase(AGENCY, recording)).rejects.toThrow('was not destroyed')
    expect((await objectsIn(held.trial)).length).toBe(before)
    await held.trial.vault.destroyKey(recording)
    await expect(held.trial.dock.openRecording(AGENCY, recording)).rejects.toBeInstanceOf(KeyDestroyed)
    for (const _ of [1, 2]) expect(await held.trial.dock.eraser.erase(AGENCY, recording)).toBe('gone')
    expect((await objectsIn(held.trial)).length).toBe(before - 1)
    const found = await held.trial.database.asAgency(AGENCY, trx => held.trial.dock.find(trx, recording))
    expect(found).toMatchObject({ id: recording, path: null, camera: null, sha256: null, bytes: null, manifest: null })
    await expect(held.trial.dock.openRecording(AGENCY, recording)).rejects.toThrow('no footage')
  })
})

describe('a dock that deleted a file before', () => {
  const bytes = footage(4000, 'deleted before')
  const held = trialFor(shared, () => ({
    deletedHere: async (_trx, files) => files.map(file => Buffer.compare(file.sha256, sha256(bytes)) === 0),
  }))

  test('does not take it in again without a second person', async () => {
    const upload = await begin(held.trial.url, 4000, { path: 'x', camera: 'CAM' })
    const answer = await patch(upload, 0, bytes)
    expect({ status: answer.status, error: JSON.parse(answer.text).error }).toEqual({
      status: 403,
      error: 'deleted-here',
    })
    expect(await held.trial.dock.recover()).toEqual({ finished: 0, erased: 0 })
    expect((await ask('HEAD', upload)).status).toBe(403)
  })
})

describe('a dock with little room', () => {
  const held = trialFor(shared, () => ({
    limits: { turns: 2, slots: 3, workers: 1, openParts: 3, waitingBytes: 2 * MIB, bodies: 60 },
  }))

  test('many slow senders do not hold up a fast one, and lose nothing', async () => {
    const bytes = footage(MIB, 'slow')
    const slow = await Promise.all(Array.from({ length: 30 }, () => begin(held.trial.url, MIB)))
    const sending = slow.map(upload => slowPatch(upload, 0, MIB))
    for (const one of sending) one.write(bytes.subarray(0, 300_000))
    const fast = footage(20 * MIB, 'fast')
    const upload = await begin(held.trial.url, fast.length)
    const answer = await patch(upload, 0, fast)
    expect(answer.status).toBe(204)
    expect(held.trial.dock.figures().waitingBytes).toBeLessThan(8 * MIB)
    for (const one of sending) one.end(bytes.subarray(300_000))
    await expect.poll(() => held.trial.dock.figures().bodies).toBe(0)
    for (const one of slow) expect(await offsetOf(one)).toBe(MIB)
  })

  test('more bodies than it can hold are told to come back', async () => {
    const uploads = await Promise.all(Array.from({ length: 60 }, () => begin(held.trial.url, 10)))
    const sending = uploads.map(upload => slowPatch(upload, 0, 10))
    for (const one of sending) one.write(Buffer.alloc(1))
    await expect.poll(() => held.trial.dock.figures().bodies).toBe(60)
    const answer = await patch(await begin(held.trial.url, 10), 0, Buffer.alloc(10))
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
    for (const one of sending) one.destroy()
  })
})

describe('a dock that does not wait long', () => {
  const held = trialFor(shared, () => ({ limits: { idleMs: 3000 } }))

  test('ends a sender who says nothing any more, and keeps what had come', async () => {
    const upload = await begin(held.trial.url, 1000)
    const silent = slowPatch(upload, 0, 1000)
    silent.write(Buffer.alloc(10))
    const answered = new Promise<number | undefined>(done => silent.on('response', answer => done(answer.statusCode)))
    expect(await answered).toBe(408)
    expect(await offsetOf(upload)).toBe(10)
    silent.destroy()
  })
})

describe('a dock whose store takes no file descriptor', () => {
  const held = trialFor(shared, async folder => ({
    objects: withoutDescriptor(await openObjects(`${folder}/objects`)),
    limits: { openParts: 2 },
  }))

  test('seals through the store and waits when parts are open', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, async (_, at) => {
        const bytes = footage(17 * MIB + at, `buffered ${at}`)
        const upload = await begin(held.trial.url, bytes.length)
        const answer = await patch(upload, 0, bytes)
        return (await readBack(held.trial, answer.headers['vidne-recording'], bytes.length)).equals(bytes)
      }),
    )
    expect(all).toEqual([true, true, true, true, true])
  })
})

describe('a dock that is stopped while a body comes', () => {
  const held = trialFor(shared)

  test('keeps what had come, and the upload goes on after the start', async () => {
    const bytes = footage(3 * MIB, 'stopped')
    const upload = await begin(held.trial.url, bytes.length)
    const sending = slowPatch(upload, 0, bytes.length)
    sending.write(bytes.subarray(0, MIB + 77))
    await expect.poll(() => held.trial.dock.figures().waitingBytes).toBe(77)
    const stopping = held.trial.dock.close()
    await stopping
    sending.destroy()
    await held.restart()
    const again = new URL(new URL(upload).pathname, held.trial.url).href
    const offset = await offsetOf(again)
    expect(offset).toBe(MIB + 77)
    const done = await patch(again, offset, bytes.subarray(offset))
    expect((await readBack(held.trial, done.headers['vidne-recording'], bytes.length)).equals(bytes)).toBe(true)
  })
})
