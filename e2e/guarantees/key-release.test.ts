import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { OpenEvent } from '@vidne/evidence/event'
import { readDossier } from '@vidne/evidence/package'
import type { Vault } from '@vidne/server/platform/vault/vault'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ServerProcess, foundIn } from '../torture/server-process.ts'
import { ask, dock, exported, get, listed, personIn, prepared, until } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn, verify } from './packages.ts'

const footage = randomBytes(3_000_000)
const purpose = 'complaint 41/26'

/** The vault, which tells before it gives a key. */
function watched(vault: Vault, tell: (id: string) => Promise<void>): Vault {
  const key = async (id: string): Promise<Uint8Array> => {
    await tell(id)
    return vault.key(id)
  }
  return new Proxy(vault, {
    get(target, name) {
      const own: unknown = name === 'key' ? key : Reflect.get(target, name)
      return typeof own === 'function' ? own.bind(target) : own
    },
  })
}

/** What an event says of itself: its type, and the fields a person would ask for. */
function saidBy({ core, fields }: OpenEvent): Record<string, unknown> {
  return { type: core.type, ...Object.fromEntries(fields.map(({ name, value }) => [name, value])) }
}

const seen: { asked: boolean; events: OpenEvent[] }[] = []
let here: Inside
let recording = ''
let asked = false

beforeAll(async () => {
  here = await inside({
    on: ground => ({
      ...ground,
      vault: watched(ground.vault, async id => {
        if (id !== recording) return
        // Inside a transaction this would be refused: what it sees here has been committed by another.
        const events = await ground.database.asInstallation(trx => ground.history.of(trx, id))
        seen.push({ asked, events })
      }),
    }),
  })
  recording = (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: footage })).recording
  await until('media that was read', async () => (await listed(here.clerk)).every(row => row.parsable !== null))
})
afterAll(() => here?.close())

test('G11: an export releases the key only after its event, with who and what for, is committed', async () => {
  asked = true
  await exported(here.clerk, recording, { purpose })
  const releases = seen.filter(one => one.asked)
  expect(releases.length).toBeGreaterThan(0)
  for (const { events } of releases)
    expect(events.map(saidBy).at(-1)).toMatchObject({ type: 'exported', purpose, actor: 'Operator' })
})

test('G11: nobody gets a byte of a package that his own export event does not cover', async () => {
  const path = await prepared(here.clerk, recording, { purpose })
  const other = await personIn(here.clerk, 'Other Clerk', 'evidence-clerk')
  for (const nobody of [other, here.camera, { ...here.clerk, token: null }]) {
    const { status, bytes } = await ask(nobody, 'GET', path)
    expect(status).toBe(nobody.token === null ? 401 : 404)
    expect(bytes.includes(footage.subarray(0, 64))).toBe(false)
  }
})

test('G11: killed as the first bytes leave, the server comes back with the event of it in the history', async () => {
  const founding = await foundIn()
  const server = await ServerProcess.serve(founding.data)
  onTestFinished(async () => {
    await server.stop()
    rmSync(dirname(founding.data), { recursive: true, force: true })
  })
  const clerk = { url: server.url, token: founding.operatorToken }
  const file = { path: 'DCIM/1.mp4', bytes: footage }
  const { recording: docked } = await dock({ ...clerk, token: founding.deviceToken }, file)
  const answer = await fetch(`${server.url}${await prepared(clerk, docked, { purpose })}`, {
    headers: { authorization: `Bearer ${founding.operatorToken}` },
  })
  await answer.body?.getReader().read()
  await server.kill()

  await server.start()
  const zip = await exported(clerk, docked, { purpose: 'what happened before' })
  const files = await filesIn(zip)
  const { events } = await readDossier(async name => files.get(name) ?? null)
  const exports = events.map(({ event }) => saidBy(event)).filter(one => one['type'] === 'exported')
  expect(exports).toMatchObject([
    { purpose, actor: 'Operator' },
    { purpose: 'what happened before', actor: 'Operator' },
  ])
  const after = join(founding.data, '..', 'after.zip')
  writeFileSync(after, zip)
  expect(await verify(after, '--trust', founding.trust, '--rehearsal')).toMatchObject({ exit: 0 })
})

test('G11: a view releases the key only after its event, with who, what for and which bytes, is committed', async () => {
  const supervisor = await personIn(here.clerk, 'Sam Supervisor', 'supervisor')
  seen.length = 0
  const wish = { purpose: 'supervision' }
  const view = await get<{ state: string; media: string }>(
    supervisor,
    'POST',
    `/api/recordings/${recording}/views`,
    wish,
  )
  expect([view.state, seen]).toEqual(['open', []])
  // Whoever has no view of his own gets no byte, and the vault is not even asked.
  const other = await personIn(here.clerk, 'Other Supervisor', 'supervisor')
  for (const nobody of [other, here.clerk, { ...here.clerk, token: null }])
    expect((await ask(nobody, 'GET', view.media)).status).toBe(403)
  expect((await ask(supervisor, 'GET', `/media/${recording}`)).status).toBe(403)
  expect(seen).toEqual([])

  const { status, bytes } = await ask(supervisor, 'GET', view.media)
  expect([status, bytes.equals(footage)]).toEqual([200, true])
  expect(seen.length).toBeGreaterThan(0)
  for (const { events } of seen)
    expect(events.map(saidBy).at(-1)).toMatchObject({
      type: 'viewed',
      purpose: 'supervision',
      range: [0, footage.length],
      actor: 'Sam Supervisor',
    })
})
