import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Upload } from 'tus-js-client'
import type { UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../platform/database/door.ts'
import type { Database } from '../platform/database/door.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { freshGround } from '../platform/testing/databases.ts'
import { footage, offsetOf, sha256 } from './testing/client.ts'
import { own } from './tables.ts'
import { AGENCY, openTrialDock } from './testing/trial-dock.ts'
import type { TrialDock } from './testing/trial-dock.ts'
import { objectsIn } from './testing/trial-for.ts'

const MIB = 1_048_576

/** Uploads with tus-js-client as anybody would, and gives the upload's address. */
function upload(url: string, bytes: Buffer | Readable, wishes: Partial<UploadOptions> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sending = new Upload(bytes, {
      endpoint: `${url}/upload/`,
      headers: { authorization: 'Bearer dock' },
      metadata: { filename: 'from a browser.mp4', filetype: 'video/mp4' },
      retryDelays: [100, 300, 1000, 2000, 3000, 3000, 3000],
      ...wishes,
      onError: reject,
      onSuccess: () => resolve(String(sending.url)),
    })
    sending.start()
  })
}

describe('tus-js-client, unchanged', () => {
  const ground = freshGround('embedded')
  let trial: TrialDock
  beforeAll(async () => {
    trial = await openTrialDock({ folder: ground.folder, database: ground.database })
  })
  afterAll(() => trial.close())

  async function sealedDigest(of: string): Promise<string> {
    const answer = await fetch(of, {
      method: 'HEAD',
      headers: { 'tus-resumable': '1.0.0', authorization: 'Bearer dock' },
    })
    const recording = String(answer.headers.get('vidne-recording'))
    const found = await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording))
    return Buffer.from(found?.sha256 ?? []).toString('hex')
  }

  test.each([
    ['in one body', {}],
    ['in chunks', { chunkSize: 3 * MIB }],
    ['with the first bytes in the creation', { uploadDataDuringCreation: true, chunkSize: 2 * MIB }],
    ['where PATCH is not allowed', { overridePatchMethod: true }],
  ] satisfies [string, Partial<UploadOptions>][])('uploads %s', async (_, wishes) => {
    const bytes = footage(17 * MIB + 11, JSON.stringify(wishes))
    expect(await sealedDigest(await upload(trial.url, bytes, wishes))).toBe(sha256(bytes).toString('hex'))
  })

  test('uploads a stream of unknown length', async () => {
    const bytes = footage(5 * MIB + 3, 'stream')
    const chunks = Array.from({ length: 6 }, (_, at) => bytes.subarray(at * MIB, (at + 1) * MIB))
    const wishes = { uploadLengthDeferred: true, chunkSize: 2 * MIB }
    expect(await sealedDigest(await upload(trial.url, Readable.from(chunks), wishes))).toBe(
      sha256(bytes).toString('hex'),
    )
  })

  test('goes on after it was interrupted', async () => {
    const bytes = footage(30 * MIB, 'interrupted')
    const first = new Upload(bytes, {
      endpoint: `${trial.url}/upload/`,
      headers: { authorization: 'Bearer dock' },
      chunkSize: 4 * MIB,
      onProgress: sent => void (sent > 10 * MIB && first.abort()),
    })
    first.start()
    await expect.poll(async () => (first.url === null ? 0 : offsetOf(first.url))).toBeGreaterThan(4 * MIB)
    await sleep(100)
    const there = await offsetOf(first.url!)
    expect(there).toBeLessThan(bytes.length)
    expect(await sealedDigest(await upload(trial.url, bytes, { uploadUrl: first.url }))).toBe(
      sha256(bytes).toString('hex'),
    )
  })
})

describe('a server that is killed while 8 uploads run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-kill-'))
  let child: ChildProcess | null = null
  let port = 0
  beforeAll(async () => {
    port = await freePort()
  })
  afterAll(() => {
    child?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  async function start(): Promise<string> {
    const script = join(import.meta.dirname, 'testing/dock-server.ts')
    const started = spawn(process.execPath, [script, folder, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
    child = started
    for await (const line of started.stdout) return String(JSON.parse(String(line)).url)
    throw new Error('the dock did not start')
  }

  async function kill(): Promise<void> {
    const gone = new Promise(done => child!.once('exit', done))
    child!.kill('SIGKILL')
    await gone
  }

  test('loses no acknowledged byte, and all files arrive identical', async () => {
    const url = await start()
    const files = Array.from({ length: 8 }, (_, at) => footage(24 * MIB + at, `kill ${at}`))
    const acknowledged = new Map<string, number>()
    const killAt = [1, 2, 3].map(sixth => (sixth * 8 * 24 * MIB) / 6)
    const killed: Promise<void>[] = []
    let checked = 0
    let gate = Promise.withResolvers<void>()
    gate.resolve()
    const wishes: Partial<UploadOptions> = {
      chunkSize: 2 * MIB,
      retryDelays: Array.from({ length: 200 }, () => 150),
      onBeforeRequest: () => gate.promise,
      onAfterResponse: (request, answer) => {
        const at = new URL(request.getURL()).pathname
        const offset = Number(answer.getHeader('Upload-Offset') ?? 0)
        if (request.getMethod() === 'PATCH') acknowledged.set(at, Math.max(offset, acknowledged.get(at) ?? 0))
        const total = [...acknowledged.values()].reduce((sum, bytes) => sum + bytes, 0)
        // At once, while the other seven are in the middle of a chunk.
        const due = killed.length === checked && total > (killAt[checked] ?? Infinity)
        if (!due) return
        // Nothing is sent before the offsets were looked at, or the rest of all files could go by meanwhile.
        gate = Promise.withResolvers<void>()
        killed.push(kill())
      },
    }
    const all = Promise.all(files.map(bytes => upload(url, bytes, wishes)))
    for (let kills = 0; kills < killAt.length; kills++) {
      await expect.poll(() => killed.length).toBe(kills + 1)
      await killed[kills]
      const before = new Map(acknowledged)
      await start()
      for (const [at, offset] of before) expect(await offsetOf(url + at)).toBeGreaterThanOrEqual(offset)
      checked += 1
      gate.resolve()
    }
    await all
    await kill()
    expect(await digestsIn(folder)).toEqual(new Set(files.map(bytes => sha256(bytes).toString('hex'))))
  })
})

/** The digests of all recordings, each read back and decrypted. */
async function digestsIn(folder: string): Promise<Set<string>> {
  const database = await openDatabase({ url: null, folder: join(folder, 'database'), log: silentLogger })
  const trial = await openTrialDock({ folder, database })
  await trial.objects.clearUnfinished()
  await trial.dock.recover()
  const digests = new Set<string>()
  const listed = await database.asAgency(AGENCY, trx => trial.dock.list(trx, { most: 100, after: null }))
  for (const recording of listed) {
    const opened = await trial.dock.openRecording(AGENCY, recording.id)
    digests.add(sha256(await opened.read(0, opened.bytes)).toString('hex'))
  }
  expect(await objectsIn(trial)).toEqual(await objectsRecorded(database))
  await trial.close()
  await database.close()
  return digests
}

/** Nothing lies in the store that no row names: what a kill left was found by its reserved name. */
async function objectsRecorded(database: Database): Promise<string[]> {
  const parts = await database.asInstallation(trx => own(trx).selectFrom('dock_part').select('object').execute())
  return parts.map(part => part.object).toSorted()
}

function freePort(): Promise<number> {
  return new Promise(found => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
