import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DockEvent, FolderRefused, dockFolder } from './dock-agent.ts'

const root = mkdtempSync(join(tmpdir(), 'vidne-unusable-'))
const camera = join(root, 'camera')
const events: DockEvent[] = []
const patienceMs = 1500
const wish = {
  folder: camera,
  server: 'http://127.0.0.1:9',
  token: 'x',
  trust: null,
  camera: null,
  wipe: false,
  receipts: join(root, 'receipts'),
  journal: join(root, 'journal'),
  onEvent: (event: DockEvent) => void events.push(event),
  patienceMs,
  restMs: 0,
}

beforeAll(() => {
  mkdirSync(camera)
  for (let file = 0; file < 9; file++) writeFileSync(join(camera, `${file}.mp4`), `film ${file}`)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function listening(server: Server): Promise<string> {
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('before the first byte is sent', () => {
  test.each([
    [{ folder: join(root, 'nothing') }, /nothing cannot be docked: there is no such file or folder$/],
    [{ folder: join(camera, '0.mp4') }, /0\.mp4 cannot be docked: a part of its path is a file and not a folder$/],
    [{ receipts: join(camera, '0.mp4', 'r') }, /^receipts cannot be kept in .*0\.mp4\/r: a part of its path is a file/],
    [{ receipts: '/proc/vidne' }, /^receipts cannot be kept in \/proc\/vidne: there is no such file or folder$/],
    [{ journal: join(camera, '0.mp4', 'j') }, /^the journal cannot be kept in .*0\.mp4\/j/],
  ])('%j is refused by name', async (unusable, sentence) => {
    const refused = dockFolder({ ...wish, ...unusable })
    await expect(refused).rejects.toThrow(FolderRefused)
    await expect(refused).rejects.toThrow(sentence)
  })
})

test('a silent server is waited for once, told once, and not once more for each file', async () => {
  events.length = 0
  const tries = new Map<string, number>()
  const silent = createServer(async (request, response) => {
    const digest = await readText(request)
    tries.set(digest, (tries.get(digest) ?? 0) + 1)
    response.destroy()
  })
  const url = await listening(silent)
  expect(await dockFolder({ ...wish, server: url })).toEqual({ docked: 0, refused: 9 })
  silent.close()
  // Three files are sent at a time and are waited for together; by then it is known that nobody answers.
  expect(tries.size).toBe(9)
  expect([...tries.values()].filter(one => one > 1).length).toBeLessThanOrEqual(3)
  const waiting = events.filter(event => event.kind === 'waiting')
  expect(waiting).toEqual([{ kind: 'waiting', sentence: expect.stringMatching(/ does not answer.* 2 s$/) }])
  expect(existsSync(join(camera, '0.mp4'))).toBe(true)
})

test('why a server takes nothing just now is told once, in its own words', async () => {
  events.length = 0
  const message = 'Nothing is taken in just now: keep the file. For the operator: put the lock folder back.'
  const standing = createServer((_, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end(JSON.stringify({ error: 'stands-still', message }))
  })
  const url = await listening(standing)
  expect(await dockFolder({ ...wish, server: url })).toEqual({ docked: 0, refused: 9 })
  standing.close()
  const told = { kind: 'waiting', sentence: `${url}: ${message} (it is tried for 2 s)` }
  expect(events.filter(event => event.kind === 'waiting')).toEqual([told])
})
