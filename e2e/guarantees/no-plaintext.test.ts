import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut, notLinux } from '../../checks/left-out.ts'
import { ServerProcess, foundIn } from '../torture/server-process.ts'
import { type Asked, beginUpload, dock, get, listed, prepared, send, until } from './asking.ts'
import { MAGIC, Search, childrenOf, spellingsOf } from './plaintext.ts'

const clips = join(import.meta.dirname, '../../media/fixtures')
const phrase = `the witness said ${randomBytes(24).toString('hex')} and nothing else`
const marks = [...spellingsOf(phrase), ...MAGIC]
const clip = (name: string): Buffer => readFileSync(join(clips, name))
const planted = (bytes: number): Buffer => Buffer.alloc(bytes, `${phrase}. `)
/** Footage that parses as what it is, with the phrase behind it. */
const files = [
  { path: 'DCIM/a.mp4', bytes: Buffer.concat([clip('recorder.mp4'), planted(2_500_000)]) },
  { path: 'DCIM/b.webm', bytes: Buffer.concat([clip('recorder.webm'), planted(300_000)]) },
  { path: `DCIM/c.mp4`, bytes: Buffer.concat([clip('plain.mp4'), planted(1_200_000)]) },
  { path: 'DCIM/d.txt', bytes: planted(40_000) },
]

describe('nothing of the footage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-plaintext-'))
  const [data, temp] = [join(folder, 'data'), join(folder, 'temp')]
  const search = new Search(marks)
  let server: ServerProcess
  let camera: Asked
  let clerk: Asked
  let watching = true
  let watched: Promise<void>

  beforeAll(async () => {
    mkdirSync(temp)
    const founding = await foundIn({ data })
    server = await ServerProcess.serve(data, { TMPDIR: temp, VIDNE_LOG_LEVEL: 'debug' })
    camera = { url: server.url, token: founding.deviceToken }
    clerk = { url: server.url, token: founding.operatorToken }
    watched = watch()
  })
  afterAll(async () => {
    watching = false
    await watched
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  function look(): void {
    search.folder(data)
    search.folder(temp)
    search.openFilesOf(server.pid)
    search.text('what the server said', Buffer.from(server.said.join('\n')))
  }

  /** Everything that is made of a recording for somebody who looks at it. */
  async function shown(recording: string): Promise<void> {
    const wish = { purpose: 'investigation', case: 'case 41/26' }
    const { view } = await get<{ view: string }>(clerk, 'POST', `/api/recordings/${recording}/views`, wish)
    for (const part of ['about.json', 'play.m3u8', 'init.mp4', 'segment-0-end.m4s', 'strip.jpg', 'copy.mp4']) {
      await receiveHaltingly(`/media/${recording}/${part}?view=${view}`, look)
      look()
    }
  }

  /** What lies somewhere for a moment only is looked for all the time. */
  async function watch(): Promise<void> {
    for (; watching; await pause(30)) look()
  }

  test('G3: the search for plaintext finds it where there is some', () => {
    const known = new Search(marks)
    const elsewhere = mkdtempSync(join(tmpdir(), 'vidne-plaintext-known-'))
    for (const [at, { bytes }] of files.entries()) writeFileSync(join(elsewhere, `${at}`), bytes)
    writeFileSync(join(elsewhere, 'spelt'), `x${planted(200).toString('base64')} ${planted(200).toString('hex')}`)
    known.folder(elsewhere)
    rmSync(elsewhere, { recursive: true })
    const kinds = ['phrase in', 'base64', 'hexadecimal', 'MP4', 'WebM']
    for (const kind of kinds) expect([...known.found].some(one => one.includes(kind))).toBe(true)
  })

  test('G3: no plaintext of a recording lies in any file of the installation while it is docked, read and exported', async () => {
    const [whole, ...others] = files
    const slowly = await beginUpload(camera, whole!)
    await send(camera, slowly.upload, 0, whole!.bytes.subarray(0, 1_000_001))
    look()
    await sendHaltingly(slowly.upload, 1_000_001, whole!.bytes.subarray(1_000_001), look)
    for (const file of others) await dock(camera, file)
    await until('media that was read', async () => (await listed(clerk)).every(row => row.parsable !== null))
    look()
    const rows = await listed(clerk)
    expect(rows.filter(row => row.parsable === true).length).toBeGreaterThan(0)
    for (const { id } of rows) await receiveHaltingly(await prepared(clerk, id), look)
    look()
    for (const { id } of rows.filter(row => row.parsable === true)) await shown(id)
    look()
    expect(search.files).toBeGreaterThan(100)
    expect([...search.found]).toEqual([])
  })

  test.skipIf(leftOut('the limits of a server’s process', notLinux))(
    'G3: a crash leaves no image of the memory: the kernel may dump neither the server nor a child of it',
    () => {
      const pids = [server.pid, ...childrenOf(server.pid)]
      for (const pid of pids) expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/Max core file size +0 +0/)
    },
  )

  test('G3: no plaintext is left by a server that is killed while a file arrives', async () => {
    const file = { path: 'DCIM/e.mp4', bytes: planted(4_000_000) }
    const { upload } = await beginUpload(camera, file)
    await send(camera, upload, 0, file.bytes.subarray(0, 1_500_000))
    const cut = sendHaltingly(upload, 1_500_000, file.bytes.subarray(1_500_000), () => server.kill()).catch(() => 'cut')
    expect(await cut).toBe('cut')
    look()
    await server.start()
    look()
    expect([...search.found]).toEqual([])
  })

  /** Sends a body of which half lies in the server's hands while `meanwhile` happens. */
  function sendHaltingly(upload: string, offset: number, bytes: Buffer, meanwhile: () => unknown): Promise<number> {
    return new Promise((done, failed) => {
      const headers = {
        authorization: `Bearer ${camera.token ?? ''}`,
        'tus-resumable': '1.0.0',
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
        'content-length': String(bytes.length),
      }
      const sending = request(upload, { method: 'PATCH', headers }, answer => {
        answer.resume()
        answer.on('end', () => done(answer.statusCode ?? 0))
      })
      sending.on('error', failed)
      sending.write(bytes.subarray(0, bytes.length / 2))
      void pause(400)
        .then(meanwhile)
        .then(() => sending.end(bytes.subarray(bytes.length / 2)))
    })
  }

  /** Takes the first bytes of a package, looks, and takes the rest. */
  async function receiveHaltingly(path: string, meanwhile: () => void): Promise<void> {
    const answer = await fetch(`${clerk.url}${path}`, { headers: { authorization: `Bearer ${clerk.token ?? ''}` } })
    let looked = false
    for await (const _ of answer.body ?? []) {
      if (!looked) await pause(100).then(meanwhile)
      looked = true
    }
    expect(looked).toBe(true)
  }
})
