import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DockLine, dockFolder } from '@vidne/dock-agent/dock-agent'
import { type Receipt, formatReceipt, parseReceipt } from '@vidne/evidence/receipt'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { parseNote, signNote } from '@vidne/tlog/note'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dock, exported, listed } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn } from './packages.ts'

const folder = mkdtempSync(join(tmpdir(), 'vidne-wiping-'))
let here: Inside
let trust: string
/** Answers as the real server does, but with receipts that were forged on the way. */
let liar: { url: string; forge: (receipt: string) => string | Promise<string>; server: Server }
const BYTES = 5000
let turn = 0

beforeAll(async () => {
  here = await inside()
  trust = readFileSync(here.trust, 'utf8')
  liar = await openLiar()
})
afterAll(async () => {
  liar?.server.closeAllConnections()
  liar?.server.close()
  await here?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function openLiar(): Promise<typeof liar> {
  const opened = { forge: (receipt: string): string | Promise<string> => receipt }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { host: _, connection: __, ...headers } = request.headers
    const asked = { method: request.method ?? 'GET', headers: headers as Record<string, string> }
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }
    const answer = await fetch(`${here.clerk.url}${request.url ?? ''}`, { ...asked, ...body })
    const text = await answer.text()
    const isReceipt = answer.status === 200 && request.url?.endsWith('/receipt') === true
    const { 'content-length': ___, ...told } = Object.fromEntries(answer.headers)
    response.writeHead(answer.status, told)
    response.end(isReceipt ? await opened.forge(text) : text)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return Object.assign(opened, { url, server })
}

/** A camera with one file on it. */
function aCamera(bytes = randomBytes(BYTES)): { path: string; file: string; bytes: Buffer } {
  turn += 1
  const path = join(folder, `camera-${turn}`)
  mkdirSync(path)
  writeFileSync(join(path, 'a.mp4'), bytes)
  return { path, file: join(path, 'a.mp4'), bytes }
}

async function dockAndWipe(camera: string, p: { server: string; trust: string; rehearsal?: false }): Promise<DockLine> {
  const lines: DockLine[] = []
  await dockFolder({
    folder: camera,
    server: p.server,
    token: here.deviceToken,
    trust: p.trust,
    camera: `CAM-${turn}`,
    wipe: true,
    rehearsal: p.rehearsal ?? true,
    receipts: join(folder, `receipts-${turn}-${new URL(p.server).port}`),
    journal: join(folder, `journal-${turn}`),
    patienceMs: 10_000,
    restMs: 50,
    onEvent: event => void (event.kind === 'file' && lines.push(event.line)),
  })
  return lines[0]!
}

function changed(receipt: string, change: (receipt: Receipt) => Partial<Receipt>): string {
  const read = parseReceipt(receipt)
  return formatReceipt({ ...read, ...change(read) })
}

const otherKey = async (): Promise<string> => (await generateKey(here.origin, 'ed25519')).skey
const signedBy = async (receipt: string, skey: string): Promise<string> => {
  const { text } = parseNote(parseReceipt(receipt).checkpoint)
  const checkpoint = await signNote(text, [await signerFromKey(skey)])
  return changed(receipt, () => ({ checkpoint }))
}

/** The receipt of a recording that is really sealed. */
async function genuine(bytes: number): Promise<string> {
  return (await dock(here.camera, { path: 'another.mp4', bytes: randomBytes(bytes) })).receipt
}

const forgeries: Record<string, { forge: (receipt: string) => string | Promise<string>; because: string }> = {
  'that is genuine, of a longer file': { forge: () => genuine(BYTES + 1), because: 'other-length' },
  'that is genuine, of another file as long': { forge: () => genuine(BYTES), because: 'other-digest' },
  'whose length and digest were written in': {
    forge: text =>
      changed(text, ({ manifest }) => ({ manifest: { ...manifest, bytes: BYTES, sha256: 'ab'.repeat(32) } })),
    because: 'other-recording',
  },
  'of an event that is not in the log': {
    forge: text => changed(text, ({ hashes }) => ({ hashes: hashes.with(0, randomBytes(32)) })),
    because: 'not-in-log',
  },
  'that has another place in the log': {
    forge: text => changed(text, ({ index }) => ({ index: index - 1 })),
    because: 'not-in-log',
  },
  'of an event that was made up': {
    forge: text =>
      changed(text, ({ event }) => ({ event: { ...event, core: { ...event.core, at: event.core.at + 1 } } })),
    because: 'not-in-log',
  },
  'that another key has signed': { forge: async text => signedBy(text, await otherKey()), because: 'signer-unknown' },
  'whose signature was spoiled': {
    forge: text => text.trimEnd().replace(/.{8}$/, 'AAAAAAA=') + '\n',
    because: 'signature-wrong',
  },
  'that is none': { forge: () => 'thank you, all is well', because: 'unreadable' },
}

test.each(Object.keys(forgeries))('G4: a receipt %s wipes nothing', async name => {
  const { forge, because } = forgeries[name]!
  const camera = aCamera()
  liar.forge = forge
  expect(await dockAndWipe(camera.path, { server: liar.url, trust })).toMatchObject({
    refused: expect.stringContaining(because),
  })
  expect(readFileSync(camera.file).equals(camera.bytes)).toBe(true)
})

test('G4: a genuine receipt wipes nothing under a trust file that does not trust its log', async () => {
  const camera = aCamera()
  const stranger = `log ${(await generateKey(here.origin, 'ed25519')).vkey}\nquorum none\n`
  expect(await dockAndWipe(camera.path, { server: here.clerk.url, trust: stranger })).toHaveProperty('refused')
  expect(existsSync(camera.file)).toBe(true)
})

test('G4: a log that is trusted too cannot speak for this one', async () => {
  const camera = aCamera()
  const other = await generateKey('log.example.org/neighbour', 'ed25519')
  liar.forge = receipt => signedBy(receipt, other.skey)
  const both = trust.replace('quorum none', `log ${other.vkey}\nquorum none`)
  const line = await dockAndWipe(camera.path, { server: liar.url, trust: both })
  expect(line).toMatchObject({ refused: expect.stringContaining('signer-unknown') })
  expect(existsSync(camera.file)).toBe(true)
})

test('G4: a genuine receipt of a rehearsal wipes nothing unless a rehearsal is accepted', async () => {
  const camera = aCamera()
  const wish = { server: here.clerk.url, trust } as const
  for (const round of [1, 2]) {
    const line = await dockAndWipe(camera.path, { ...wish, rehearsal: false })
    expect({ round, line }).toMatchObject({ line: { verified: false, wiped: false, kept: expect.any(String) } })
    expect(readFileSync(camera.file).equals(camera.bytes)).toBe(true)
  }
  expect(await dockAndWipe(camera.path, wish)).toMatchObject({ verified: true, wiped: true })
})

test('G4: a rehearsal that calls itself a normal installation on its receipts wipes nothing', async () => {
  const camera = aCamera()
  liar.forge = text =>
    changed(text, ({ opened }) => ({ opened: { ...opened, statement: { ...opened.statement, mode: 'normal' } } }))
  const line = await dockAndWipe(camera.path, { server: liar.url, trust, rehearsal: false })
  expect(line).toMatchObject({ refused: expect.stringContaining('opening-wrong') })
  expect(existsSync(camera.file)).toBe(true)
})

test('G4: with a receipt that holds the camera is wiped, and what was wiped is at the court byte for byte', async () => {
  const camera = aCamera()
  liar.forge = receipt => receipt
  const line = await dockAndWipe(camera.path, { server: liar.url, trust })
  expect(line).toMatchObject({ verified: true, wiped: true })
  expect(readdirSync(camera.path)).toEqual([])
  const sha256 = createHash('sha256').update(camera.bytes).digest('hex')
  const row = (await listed(here.clerk)).find(one => one.sha256 === sha256)
  const files = await filesIn(await exported(here.clerk, row?.id ?? ''))
  expect(files.get('data/media/recording.mp4')?.equals(camera.bytes)).toBe(true)
})
