import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realDisk } from '@vidne/server/platform/durable/disk'
import { historyKeyId } from '@vidne/server/platform/identifiers'
import { readCopy } from '@vidne/server/platform/vault/copy'
import { loadMasterKey } from '@vidne/server/platform/vault/master-key'
import { decodeSlot, slotState, slotsIn } from '@vidne/server/platform/vault/slot'
import { KeyDestroyed, KeyUnknown, openVault, restoreVault } from '@vidne/server/platform/vault/vault'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, dock, get, inDays, listed, run, statementOf, until } from './asking.ts'
import { night } from './damage.ts'
import { type Inside, inside } from './inside.ts'
import { codesOf, filesIn, unpacked, verify } from './packages.ts'
import { type Mark, Search } from './plaintext.ts'

const phrase = `nobody else was there ${randomBytes(16).toString('hex')}`
const footage = Buffer.concat([randomBytes(1_200_000), Buffer.from(phrase)])
const file = {
  path: `DCIM/${randomBytes(8).toString('hex')}.mp4`,
  bytes: footage,
  camera: `BC-${randomBytes(6).toString('hex')}`,
}
const digest = createHash('sha256').update(footage).digest()
const folder = mkdtempSync(join(tmpdir(), 'vidne-deletion-'))

let here: Inside
let recording: string
let kept: string
let marks: Mark[]

beforeAll(async () => {
  here = await inside()
  recording = (await dock(here.camera, file)).recording
  kept = (await dock(here.camera, { path: 'DCIM/kept.mp4', bytes: randomBytes(5000), camera: 'BC-kept' })).recording
  await get(here.clerk, 'POST', `/api/recordings/${kept}/hold`, { reason: 'complaint 12' })
  await until('media that was read', async () => (await listed(here.clerk)).every(row => row.parsable !== null))
  marks = await everythingOf(recording)
})
afterAll(async () => {
  await here?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Whatever could give the recording away, or bring it back. */
async function everythingOf(id: string): Promise<Mark[]> {
  const { places, vault } = here.ground
  const { image } = await readCopy(places.vault[0], realDisk)
  const slot = [...slotsIn(image)]
    .filter(one => slotState(one) === 'held')
    .map(decodeSlot)
    .find(one => one.id === id)
  if (slot === undefined) throw new Error('the vault holds no key of this recording')
  const wrappings = join(places.vault[0], 'wrapping', slot.agency)
  const wrapping = readdirSync(wrappings).find(name => name.endsWith(slot.wrapping)) ?? ''
  return [
    { name: 'data key', bytes: Buffer.from(await vault.key(id)) },
    { name: 'wrapped data key', bytes: Buffer.from(slot.wrapped) },
    { name: 'wrapping key of its hour', bytes: readFileSync(join(wrappings, wrapping)).subarray(48, 88) },
    { name: 'sealed bytes', bytes: await sealedBytes() },
    { name: 'phrase', bytes: Buffer.from(phrase) },
    { name: 'digest', bytes: digest },
    { name: 'digest in hexadecimal', bytes: Buffer.from(digest.toString('hex')) },
    { name: 'path', bytes: Buffer.from(file.path) },
    { name: 'path in base64', bytes: Buffer.from(Buffer.from(file.path).toString('base64')) },
    { name: 'camera', bytes: Buffer.from(file.camera) },
  ]
}

/** The middle of the largest object: that of the large recording. */
async function sealedBytes(): Promise<Buffer> {
  const objects: Buffer[] = []
  for await (const name of here.ground.objects.list()) objects.push(readFileSync(join(here.data, 'objects', name)))
  const largest = objects.toSorted((a, b) => b.length - a.length)[0]
  return Buffer.from(largest?.subarray(600_000, 600_064) ?? [])
}

function lookFor(what: readonly Mark[], place: string): string[] {
  const search = new Search(what)
  search.folder(place)
  expect(search.files).toBeGreaterThan(0)
  return [...search.found]
}

test('G10: after the deadline no key, byte, digest or name of a recording is in any file, nor in a backup of the vault', async () => {
  const wrapped = marks.filter(mark => /wrap/.test(mark.name))
  expect(lookFor(marks, join(here.data, 'vault'))).toHaveLength(4)
  expect(lookFor(wrapped, join(here.data, 'database'))).toEqual([])
  expect(
    lookFor(
      marks.filter(mark => mark.name === 'sealed bytes'),
      here.data,
    ),
  ).toHaveLength(1)

  await inDays(here.clerk, 28)
  const backup = join(folder, 'backup')
  expect(await here.ground.vault.backup(backup, { expires: here.ground.clock.now() + 7 * DAY })).toMatchObject({
    omitted: 1,
  })
  await inDays(here.clerk, 32)
  expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [{ recording }] })
  await here.again(() => night({ data: here.data, url: null }))

  expect(lookFor(marks, here.data)).toEqual([])
  expect(lookFor(marks, backup)).toEqual([])
  await expect(here.ground.vault.key(recording)).rejects.toThrow(KeyDestroyed)
  expect(await here.ground.vault.key(kept)).toHaveLength(32)
  await expectNothingToRestore(backup)
})

async function expectNothingToRestore(backup: string): Promise<void> {
  const { key: master } = await loadMasterKey({ file: here.ground.places.masterKey })
  const copies = [join(folder, 'a'), join(folder, 'b')] as const
  const { clock } = here.ground
  // Whoever turns the clock back still has nothing: the key is not in it.
  expect(await restoreVault({ backup, copies, master, clock: { now: () => clock.now() - 3 * DAY } })).toMatchObject({
    restored: true,
  })
  const restored = await openVault({ copies, master, clock })
  await restored.replayDestructions([])
  await expect(restored.key(recording)).rejects.toThrow(KeyUnknown)
  expect(await restored.key(historyKeyId(recording))).toHaveLength(32)
  await restored.close()
}

test('G10: the statement of a deletion verifies, and convicts footage that reappears', async () => {
  const words = ['--trust', here.trust, '--rehearsal']
  const statement = await filesIn(await statementOf(here.clerk, recording))
  expect(await verify(unpacked(statement), ...words)).toMatchObject({
    exit: 0,
    kind: 'deletion-statement',
    reasons: [],
  })
  expect(lookFor(marks.slice(0, 5), unpacked(statement))).toEqual([])

  const reappeared = unpacked(new Map([...statement, ['data/media/recording.mp4', footage]]))
  const convicted = await codesOf(reappeared, ...words)
  expect(convicted).toContain('footage-after-deletion')
  expect(convicted).not.toContain('footage-altered')
  const other = Buffer.from(footage).fill(1, 700_000, 700_001)
  const acquitted = await codesOf(unpacked(new Map([...statement, ['data/media/recording.mp4', other]])), ...words)
  expect(acquitted).toContain('footage-altered')
})

test('G10: a file that was deleted on time and comes again is not taken in', async () => {
  await expect(dock(here.camera, file)).rejects.toThrow('deleted here')
  expect((await listed(here.clerk)).filter(row => row.state !== 'deleted').map(row => row.id)).toEqual([kept])
})
