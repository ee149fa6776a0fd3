import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, connect } from 'node:net'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parsePolicy } from '@vidne/tlog/policy'
import { checkReceipt } from '@vidne/evidence/receipt'
import { freshGround } from '../../server/src/platform/testing/databases.ts'
import { footage, sha256 } from '../../server/src/dock/testing/client.ts'
import { AGENCY } from '../../server/src/dock/testing/trial-dock.ts'
import { dockFolder } from './dock-agent.ts'
import type { DockEvent, DockLine, DockWish } from './dock-agent.ts'
import { TokenRefused } from './server.ts'
import { dockCamera, docked } from './testing/trial-camera.ts'
import { openTrialRack } from './testing/trial-rack.ts'
import type { TrialRack } from './testing/trial-rack.ts'

const MIB = 1_048_576
const ground = freshGround('embedded')
let rack: TrialRack
let camera: string
let state: string
let turn = 0

beforeAll(async () => {
  rack = await openTrialRack({ folder: ground.folder, database: ground.database })
})
afterAll(() => rack.trial.close())
beforeEach(() => {
  camera = mkdtempSync(join(ground.folder, 'camera-'))
  state = mkdtempSync(join(ground.folder, 'state-'))
  turn += 1
})

const dock = (wishes: Partial<DockWish> = {}) => dockCamera({ rack, camera, state, turn }, wishes)

function put(name: string | Buffer, bytes: Uint8Array): void {
  const place = Buffer.concat([Buffer.from(`${camera}/`), Buffer.from(name)])
  mkdirSync(place.subarray(0, place.lastIndexOf('/')), { recursive: true })
  writeFileSync(place, bytes)
}

async function recordingOf(line: DockLine | undefined) {
  return ground.database.asAgency(AGENCY, trx => rack.trial.dock.find(trx, docked(line).recording))
}

test('every file of a camera is docked, with a receipt that holds on its own', async () => {
  put('DCIM/100/a.mp4', footage(9 * MIB, 'a'))
  put('DCIM/100/b.txt', Buffer.from('not a film'))
  put('empty.mp4', Buffer.alloc(0))
  const lines = await dock()
  expect(lines.map(line => line.path).toSorted()).toEqual(['DCIM/100/a.mp4', 'DCIM/100/b.txt', 'empty.mp4'])
  for (const line of lines.map(docked)) {
    const measured = readFileSync(join(camera, line.path))
    expect(line).toMatchObject({ sha256: sha256(measured).toString('hex'), bytes: measured.length, verified: true })
    const expected = { bytes: measured.length, sha256: sha256(measured) }
    const text = readFileSync(line.receipt, 'utf8')
    expect(await checkReceipt({ text, policy: parsePolicy(rack.trust), expected })).toMatchObject({ holds: true })
    expect(existsSync(join(camera, line.path))).toBe(true)
  }
  const found = await recordingOf(lines.find(line => line.path.endsWith('a.mp4')))
  expect(found).toMatchObject({ path: 'DCIM/100/a.mp4', level: 'gateway', recordedAtSource: 'file modification time' })
})

test('a second run docks nothing twice, with the same memory, with none, and from another name', async () => {
  put('a.mp4', footage(MIB, `twice ${turn}`))
  const [first] = await dock()
  const [again] = await dock()
  const [forgetful] = await dock({ journal: join(state, 'other'), receipts: join(state, 'other-receipts') })
  expect(docked(again).recording).toBe(docked(first).recording)
  expect(docked(forgetful).recording).toBe(docked(first).recording)
  const events = await ground.database.asAgency(AGENCY, trx => rack.trial.history.of(trx, docked(first).recording))
  expect(events.map(event => event.core.type)).toEqual(['sealed'])
})

test('what another installation at the same address gave is not believed: this one is asked', async () => {
  put('a.mp4', footage(MIB, `before ${turn}`))
  const [first] = await dock()
  const { recording, receipt } = docked(first)
  writeFileSync(receipt, 'a receipt under a key that is trusted no more')
  const [again] = await dock()
  expect(docked(again)).toMatchObject({ recording, verified: true })
  const [journal = ''] = readdirSync(join(state, 'journal')).map(name => join(state, 'journal', name))
  writeFileSync(journal, readFileSync(journal, 'utf8').replaceAll(recording, 'of another installation'))
  const [untrusted] = await dock({ trust: null })
  expect(docked(untrusted)).toMatchObject({ recording, verified: false })
})

test('a name that comes again with other bytes of the same length and time is another recording', async () => {
  const day = new Date('2024-05-01T10:00:00Z')
  put('MOV_0001.mp4', footage(MIB, 'before'))
  utimesSync(join(camera, 'MOV_0001.mp4'), day, day)
  const [first] = await dock()
  put('MOV_0001.mp4', footage(MIB, 'after the counter was reset'))
  utimesSync(join(camera, 'MOV_0001.mp4'), day, day)
  const [second] = await dock()
  expect(docked(second).recording).not.toBe(docked(first).recording)
})

test('names that are bytes, emoji, 255 bytes long or composed differently are all docked and kept apart', async () => {
  const names = [Buffer.from([0x61, 0xff, 0x62]), 'a%FFb', '🚓.mp4', '\u00e5.mp4', 'a\u030a.mp4', 'x'.repeat(255)]
  for (const [at, name] of names.entries()) put(name, footage(100 + at, 'names'))
  const lines = await dock()
  expect(new Set(lines.map(line => docked(line).recording)).size).toBe(names.length)
  const kept = await Promise.all(lines.map(recordingOf))
  expect(new Set(kept.map(one => `${one?.pathEncoding} ${one?.path}`)).size).toBe(names.length)
})

test('a symbolic link is refused with a line, in a folder and as one', async () => {
  writeFileSync(join(state, 'elsewhere.mp4'), 'not on the camera')
  symlinkSync(join(state, 'elsewhere.mp4'), join(camera, 'link.mp4'))
  symlinkSync(state, join(camera, 'folder'))
  put('a.mp4', Buffer.from('on the camera'))
  const lines = await dock()
  const refused = lines.filter(line => 'refused' in line)
  expect(refused.map(line => line.path).toSorted()).toEqual(['folder', 'link.mp4'])
  expect(lines).toHaveLength(3)
})

test('what was locked is proposed for a hold, and what a vendor writes into names is kept with its source', async () => {
  const name = `CAM12345_000000_20240101120000_${String(turn).padStart(4, '0')}_lock.MP4`
  put(name, footage(100, `vendor ${turn}`))
  put('DCIM/LOCKED/9.mp4', footage(100, `locked ${turn}`))
  put('DCIM/1.mp4', footage(100, `plain ${turn}`))
  const rows = await Promise.all((await dock({ camera: null })).map(recordingOf))
  const held = new Map(rows.map(row => [row?.path, row?.proposedHold]))
  expect(held).toEqual(
    new Map([
      [name, true],
      ['DCIM/LOCKED/9.mp4', true],
      ['DCIM/1.mp4', false],
    ]),
  )
  const vendor = rows.find(row => row?.path === name)
  expect(vendor).toMatchObject({ camera: 'CAM12345', wearer: null, level: 'received' })
  expect(vendor?.clocks).toContainEqual({ source: 'file name', local: '2024-01-01T12:00:00' })
})

test('a camera is wiped only when asked, with a trust file, and after its receipt was verified', async () => {
  put('a.mp4', footage(2 * MIB, `wipe ${turn}`))
  await expect(dock({ wipe: true, trust: null })).rejects.toThrow('only against a trust file')
  const [refused] = await dock({ wipe: true, trust: rack.otherTrust })
  expect(refused).toMatchObject({ refused: expect.stringContaining('the receipt does not hold') })
  expect(existsSync(join(camera, 'a.mp4'))).toBe(true)
  const [kept] = await dock()
  expect(docked(kept).wiped).toBeUndefined()
  expect(existsSync(join(camera, 'a.mp4'))).toBe(true)
  const [wiped] = await dock({ wipe: true })
  expect(docked(wiped)).toMatchObject({ wiped: true, verified: true })
  expect(existsSync(join(camera, 'a.mp4'))).toBe(false)
  expect(existsSync(docked(wiped).receipt)).toBe(true)
})

test('on receipts of a rehearsal files are docked as ever, and no camera is wiped unless that is accepted', async () => {
  const folder = join(ground.folder, 'rehearsal')
  const rehearsal = await openTrialRack({ folder, database: ground.database, mode: 'rehearsal' })
  try {
    const there = { server: rehearsal.trial.url, trust: rehearsal.trust }
    put('a.mp4', footage(5000, `rehearsed ${turn}`))
    const [first] = await dock(there)
    expect(first).toMatchObject({ verified: false, rehearsal: true })
    expect(docked(first)).not.toHaveProperty('wiped')
    for (const journal of ['journal', 'another journal']) {
      const [kept] = await dock({ ...there, wipe: true, journal: join(state, journal) })
      expect(kept).toMatchObject({ verified: false, wiped: false, kept: expect.stringContaining('--rehearsal') })
      expect(docked(kept).recording).toBe(docked(first).recording)
      expect(existsSync(join(camera, 'a.mp4'))).toBe(true)
    }
    expect(await dock({ ...there, wipe: true, rehearsal: true })).toMatchObject([{ verified: true, wiped: true }])
    expect(existsSync(join(camera, 'a.mp4'))).toBe(false)
  } finally {
    await rehearsal.trial.close()
  }
})

test('a file that reads differently the second time is not wiped, though length and time are the same', async () => {
  const day = new Date('2024-05-01T10:00:00Z')
  put('a.mp4', footage(5000, `second reading ${turn}`))
  utimesSync(join(camera, 'a.mp4'), day, day)
  const lines: DockLine[] = []
  await dock({
    wipe: true,
    onEvent(event) {
      if (event.kind === 'file') return void lines.push(event.line)
      put('a.mp4', footage(5000, 'other bytes'))
      utimesSync(join(camera, 'a.mp4'), day, day)
    },
  })
  expect(docked(lines[0])).toMatchObject({ wiped: false, kept: 'it read differently the second time' })
  expect(existsSync(join(camera, 'a.mp4'))).toBe(true)
})

test('a receipt for other bytes wipes nothing', async () => {
  put('a.mp4', footage(5000, `honest ${turn}`))
  const [other] = await dock()
  const forged = readFileSync(docked(other).receipt, 'utf8')
  put('b.mp4', footage(5000, `victim ${turn}`))
  // A server that answers every upload with a receipt of another recording.
  const lying = await openTrialRackAnswering(forged)
  const lines = await dock({ server: lying.url, wipe: true, journal: join(state, 'lied to') })
  await lying.close()
  expect(lines.find(line => line.path === 'b.mp4')).toMatchObject({ refused: expect.stringContaining('other-digest') })
  expect(existsSync(join(camera, 'b.mp4'))).toBe(true)
})

test('a file that grows while it is docked is docked once it rests, whole', async () => {
  put('growing.mp4', footage(3 * MIB, `growing ${turn}`))
  const timer = setInterval(() => appendFileSync(join(camera, 'growing.mp4'), footage(50_000, 'more')), 30)
  setTimeout(() => clearInterval(timer), 300)
  const [line] = await dock({ wipe: true }).finally(() => clearInterval(timer))
  expect(docked(line).wiped).toBe(true)
  const found = await recordingOf(line)
  expect(found?.bytes).toBeGreaterThan(3 * MIB)
})

test('a file that never rests is refused with the reason, and kept', async () => {
  put('endless.mp4', footage(MIB, `endless ${turn}`))
  const timer = setInterval(() => appendFileSync(join(camera, 'endless.mp4'), 'x'), 10)
  const [line] = await dock({ wipe: true }).finally(() => clearInterval(timer))
  expect(line).toMatchObject({ refused: expect.stringContaining('still growing') })
  expect(existsSync(join(camera, 'endless.mp4'))).toBe(true)
})

test('an upload that is cut again and again goes on where it was', async () => {
  const bytes = footage(40 * MIB, `cut ${turn}`)
  put('a.mp4', bytes)
  const cutter = await openCutter(rack.trial.url, 11 * MIB, 5)
  const [line] = await dock({ server: cutter.url })
  await cutter.close()
  expect(cutter.cuts()).toBeGreaterThan(2)
  const { recording } = docked(line)
  const opened = await rack.trial.dock.openRecording(AGENCY, recording)
  expect(sha256(await opened.read(0, bytes.length))).toEqual(sha256(bytes))
})

test('an agent that was ended in the middle goes on with its upload', async () => {
  const bytes = footage(40 * MIB, `ended ${turn}`)
  put('a.mp4', bytes)
  const cutter = await openCutter(rack.trial.url, 20 * MIB, Infinity)
  const [refused] = await dock({ server: cutter.url, patienceMs: 300 })
  await cutter.close()
  expect(refused).toHaveProperty('refused')
  const again = await openCutter(rack.trial.url, Infinity, 0, Number(new URL(cutter.url).port))
  let first = Infinity
  const onEvent: DockWish['onEvent'] = event =>
    void (event.kind === 'progress' && (first = Math.min(first, event.done)))
  await dockFolder({
    folder: camera,
    server: again.url,
    token: 'dock',
    trust: rack.trust,
    camera: `CAM-${turn}`,
    wipe: false,
    receipts: join(state, 'receipts'),
    journal: join(state, 'journal'),
    onEvent,
  })
  await again.close()
  expect(first).toBeGreaterThan(8 * MIB)
})

test('a token that is not known is refused once for all files, and nothing is taken from the camera', async () => {
  const names = Array.from({ length: 12 }, (_, nth) => `${nth}.mp4`)
  for (const name of names) put(name, footage(1000, name))
  const lines: DockEvent[] = []
  const docking = dock({
    token: 'wrong',
    wipe: true,
    journal: join(state, 'wrong'),
    onEvent: event => lines.push(event),
  })
  await expect(docking).rejects.toThrow(new TokenRefused('This token is not known here.'))
  expect(lines).toEqual([])
  expect(readdirSync(camera)).toEqual(names.toSorted())
})

test('a token that may not dock is told, and nothing is taken from the camera', async () => {
  put('a.mp4', footage(1000, 'token'))
  const [line] = await dock({ token: 'investigator', wipe: true, journal: join(state, 'investigator') })
  expect(line).toHaveProperty('refused')
  expect(existsSync(join(camera, 'a.mp4'))).toBe(true)
})

test('a server that does not answer costs no file', async () => {
  put('a.mp4', footage(1000, 'away'))
  const [line] = await dock({ server: 'http://127.0.0.1:9', patienceMs: 500, wipe: true })
  expect(line).toMatchObject({ refused: expect.stringContaining('does not answer') })
  expect(readdirSync(camera)).toEqual(['a.mp4'])
})

/** A proxy that cuts a connection after so many bytes of its sender, so many times; with no end to it, after so many in all. */
async function openCutter(
  target: string,
  afterBytes: number,
  times: number,
  port = 0,
): Promise<{ url: string; cuts: () => number; close: () => Promise<void> }> {
  let cuts = 0
  let total = 0
  const sockets = new Set<Socket>()
  const server = createServer(from => {
    const to = connect(Number(new URL(target).port), '127.0.0.1')
    let passed = 0
    for (const socket of [from, to]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => [from, to].forEach(one => one.destroy()))
    }
    from.on('data', chunk => {
      passed += chunk.length
      total += chunk.length
      if ((times === Infinity ? total : passed) > afterBytes && cuts < times) {
        cuts += 1
        return void from.resetAndDestroy()
      }
      if (!to.write(chunk)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
    to.pipe(from)
  })
  await new Promise<void>(listening => server.listen(port, '127.0.0.1', listening))
  return { url: urlOf(server), cuts: () => cuts, close: () => closed(server, sockets) }
}

async function openTrialRackAnswering(receipt: string): Promise<{ url: string; close: () => Promise<void> }> {
  const { createServer: createHttp } = await import('node:http')
  const server = createHttp((request, response) => {
    request.resume()
    request.on('end', () => {
      const length = Number(request.headers['content-length'] ?? 0) + Number(request.headers['upload-offset'] ?? 0)
      if (request.url?.endsWith('/receipt') === true) response.writeHead(200, { 'vidne-recording': 'r' }).end(receipt)
      else if (request.method === 'POST' && request.url === '/upload/')
        response.writeHead(201, { location: '/upload/u' }).end()
      else if (request.method === 'PATCH') response.writeHead(204, { 'upload-offset': String(length) }).end()
      else response.writeHead(200).end('[]')
    })
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return { url: urlOf(server), close: () => new Promise(done => server.close(() => done()).closeAllConnections()) }
}

function urlOf(server: Server): string {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  return new Promise(done => server.close(() => done()))
}
