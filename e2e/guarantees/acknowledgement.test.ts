import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Ground } from '@vidne/server/ground'
import type { ObjectWriter } from '@vidne/server/platform/objects/objects'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { ServerProcess, foundIn } from '../torture/server-process.ts'
import { beginUpload, exported, send } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn } from './packages.ts'

/** The same thing with one of its verbs done otherwise. */
function but<T extends object>(thing: T, verbs: Partial<T>): T {
  return new Proxy(thing, {
    get(target, name) {
      const own: unknown = Reflect.get(name in verbs ? verbs : target, name)
      return typeof own === 'function' ? own.bind(target) : own
    },
  })
}

let here: Inside
const happened: string[] = []

beforeAll(async () => {
  here = await inside({ on: watchingOrder })
})
afterAll(() => here?.close())
beforeEach(() => void happened.splice(0))

/** Notes when a key and a part's bytes are durable, and what the database acknowledges at that moment. */
function watchingOrder(ground: Ground): Ground {
  const { vault, objects } = ground
  const acknowledged = async (): Promise<string> => {
    const rows = await ground.database.asInstallation(trx =>
      trx.$extendTables<{ dock_upload: { acknowledged: bigint } }>().selectFrom('dock_upload').selectAll().execute(),
    )
    return rows.map(row => String(row.acknowledged)).join() || 'nothing'
  }
  const noted = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    happened.push(`${what} is to be durable, acknowledged: ${await acknowledged()}`)
    const done = await work()
    happened.push(`${what} is durable`)
    return done
  }
  const open = async (name: string): Promise<ObjectWriter> => {
    const writer = await objects.open(name)
    return but(writer, { close: () => noted('a part', () => writer.close()) })
  }
  return {
    ...ground,
    vault: but(vault, { create: p => noted('the key', () => vault.create(p)) }),
    objects: but(objects, { open }),
  }
}

test('G2: the order of an acknowledgement is key, bytes, row, answer', async () => {
  const bytes = randomBytes(9000)
  const { upload } = await beginUpload(here.camera, { path: 'DCIM/1.mp4', bytes })
  happened.push('answered')
  await send(here.camera, upload, 0, bytes.subarray(0, 4000))
  happened.push('answered')
  await send(here.camera, upload, 4000, bytes.subarray(4000, 6000))
  happened.push('answered')
  expect(happened).toEqual([
    'the key is to be durable, acknowledged: nothing',
    'the key is durable',
    'answered',
    'a part is to be durable, acknowledged: 0',
    'a part is durable',
    'answered',
    'a part is to be durable, acknowledged: 4000',
    'a part is durable',
    'answered',
  ])
  expect(await offsetOf(here.camera.token, upload)).toBe(6000)
})

async function offsetOf(token: string | null, upload: string): Promise<number> {
  const headers = { 'tus-resumable': '1.0.0', authorization: `Bearer ${token ?? ''}` }
  return Number((await fetch(upload, { method: 'HEAD', headers })).headers.get('upload-offset'))
}

test('G2: a server whose disk fails an fsync ends at once without an answer, and what it had answered for is there', async () => {
  const founding = await foundIn()
  const failing = join(founding.data, '..', 'fsync-fails')
  const preload = new URL('./failing-fsync.mjs', import.meta.url).href
  const server = await ServerProcess.serve(founding.data, {
    NODE_OPTIONS: `--import=${preload}`,
    VIDNE_TEST_FSYNC_FAILS: failing,
  })
  onTestFinished(async () => {
    await server.stop()
    rmSync(dirname(founding.data), { recursive: true, force: true })
  })
  const camera = { url: server.url, token: founding.deviceToken }
  const bytes = randomBytes(2_500_000)
  const { upload } = await beginUpload(camera, { path: 'DCIM/1.mp4', bytes })
  await send(camera, upload, 0, bytes.subarray(0, 1_200_000))

  writeFileSync(failing, 'objects')
  const answer = await send(camera, upload, 1_200_000, bytes.subarray(1_200_000)).catch((cut: Error) => cut.message)
  expect(answer).toBe('fetch failed')
  expect(await server.ended()).toBe(74)
  expect(server.said.join()).toContain('the disk did not keep what it was given')

  writeFileSync(failing, '')
  await server.start()
  expect(await offsetOf(camera.token, upload)).toBe(1_200_000)
  const recording = await send(camera, upload, 1_200_000, bytes.subarray(1_200_000))
  const clerk = { ...camera, token: founding.operatorToken }
  const files = await filesIn(await exported(clerk, recording ?? ''))
  expect(files.get('data/media/recording.mp4')?.equals(bytes)).toBe(true)
})
