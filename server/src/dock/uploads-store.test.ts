import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Trx } from '../platform/database/door.ts'
import { newObjectName } from '../platform/objects/objects.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { findUpload, insertUploads, leaveOpen, partsOf, recordProgress, reserveNames, takeUp } from './uploads-store.ts'
import type { Progress, Upload } from './uploads-store.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')

function anUpload(): Upload {
  const [agency, person] = [randomUUID(), randomUUID()]
  return {
    id: randomUUID(),
    agency,
    stored: randomUUID(),
    recording: null,
    actor: { person, agency, roles: ['dock'], token: randomUUID(), name: 'Dock' },
    camera: null,
    cameraSource: null,
    wearer: null,
    path: 'a.mp4',
    pathEncoding: 'utf-8',
    metadata: '',
    bytes: 30,
    acknowledged: 0,
    parts: 0,
    reserved: [],
    attempt: 0,
    declaredSha256: null,
    clocks: [],
    proposedHold: false,
    session: null,
    level: 'gateway',
    state: 'open',
    createdAt: NOW,
    expiresAt: NOW + 1000,
    admitted: null,
    provenance: null,
    movedAt: NOW,
    trouble: null,
  }
}

onEachEngine('what an upload is acknowledged for', ground => {
  const asInstallation = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => ground.database.asInstallation(work)
  let upload: Upload
  beforeEach(async () => {
    upload = anUpload()
    await asInstallation(trx => insertUploads(trx, [upload]))
    await record({})
  })

  /** The part that follows: ten bytes at the place that `change` names. */
  async function record(change: Partial<Progress>): Promise<boolean> {
    const { id, agency, stored } = upload
    const { from = 0, firstPart = 0 } = change
    const parts = [{ part: firstPart, object: newObjectName(), offset: from, bytes: 10 }]
    const progress = { upload: id, agency, stored, attempt: 0, reserved: [], at: NOW, expiresAt: NOW + 2000, parts }
    const moved = await asInstallation(trx => recordProgress(trx, [{ ...progress, ...change, from, firstPart }]))
    return moved.has(id)
  }
  const standing = () =>
    asInstallation(async trx => ({
      acknowledged: (await findUpload(trx, upload.id))?.acknowledged,
      parts: (await partsOf(trx, upload.stored)).map(({ part, offset }) => [part, offset]),
    }))

  test('goes on where it stands', async () => {
    expect(await record({ from: 10, firstPart: 1 })).toBe(true)
    expect(await standing()).toEqual({
      acknowledged: 20,
      parts: [
        [0, 0],
        [1, 10],
      ],
    })
  })

  describe('stays as it is', () => {
    const unchanged = { acknowledged: 10, parts: [[0, 0]] }

    test.each([
      ['at another place', { from: 20, firstPart: 1 }],
      ['at a place that is behind it', { from: 0, firstPart: 1 }],
      ['under another number', { from: 10, firstPart: 2 }],
    ])('when a part comes %s', async (_, change) => {
      expect(await record(change)).toBe(false)
      expect(await standing()).toEqual(unchanged)
    })

    test('when a process goes on from which another one has taken it up', async () => {
      expect(await asInstallation(trx => takeUp(trx, upload.id))).toMatchObject({ attempt: 1, acknowledged: 10 })
      expect(await record({ from: 10, firstPart: 1 })).toBe(false)
      const names = { id: upload.id, attempt: 0, names: [newObjectName()] }
      expect(await asInstallation(trx => reserveNames(trx, names))).toBe(false)
      expect(await standing()).toEqual(unchanged)
      expect(await record({ from: 10, firstPart: 1, attempt: 1 })).toBe(true)
    })

    test('once it was removed', async () => {
      const removed = { state: 'terminated', recording: null, at: NOW } as const
      expect(await asInstallation(trx => leaveOpen(trx, upload.id, removed))).toBe(true)
      expect(await record({ from: 10, firstPart: 1 })).toBe(false)
      expect(await standing()).toEqual(unchanged)
      expect(await asInstallation(trx => takeUp(trx, upload.id))).toBeNull()
    })
  })
})
