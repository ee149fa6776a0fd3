// What is left of a recording when it is gone: grepped for in every file, every row and a backup of the vault.

import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realDisk } from '@vidne/server/platform/durable/disk'
import { startCleared } from '@vidne/server/platform/testing/cleared-server'
import { engines } from '@vidne/server/platform/testing/databases'
import { readCopy } from '@vidne/server/platform/vault/copy'
import { loadMasterKey } from '@vidne/server/platform/vault/master-key'
import { decodeSlot, slotsIn, slotState } from '@vidne/server/platform/vault/slot'
import { KeyDestroyed, openVault, restoreVault } from '@vidne/server/platform/vault/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vidne } from '../installation.ts'
import { type Asked, DAY, dock, exported, get, personIn } from './asking.ts'
import { night, tablesWith } from './damage.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn, unpacked, verify } from './packages.ts'
import { type Mark, Search } from './plaintext.ts'

const planted = () => `planted ${randomBytes(12).toString('hex')}`

describe.each(engines)('on %s', engine => {
  const phrases = { footage: planted(), path: planted(), camera: planted() }
  const words = {
    hold: planted(),
    release: planted(),
    basis: planted(),
    purpose: `case ${planted()}`,
    early: planted(),
    viewed: `case ${planted()}`,
    granted: planted(),
  }
  const footage = Buffer.concat([randomBytes(200_000), Buffer.from(phrases.footage)])
  const digest = createHash('sha256').update(footage).digest()
  const folder = mkdtempSync(join(tmpdir(), 'vidne-traces-'))
  let place: Place
  let here: Inside
  let recording: string
  let other: string
  /** Somebody whose token is good for long. */
  let late: Asked
  let ofFootage: Mark[]
  const ofWords = Object.entries(words).map(([name, text]) => ({ name, bytes: Buffer.from(text) }))

  beforeAll(async () => {
    place = await placeOn(engine)
    here = await inside({ database: place.url ?? undefined, settings: { readMedia: false } })
    const file = { path: `DCIM/${phrases.path}.mp4`, bytes: footage, camera: phrases.camera }
    recording = (await dock(here.camera, file)).recording
    other = (await dock(here.camera, { path: 'DCIM/other.mp4', bytes: randomBytes(5000) })).recording
    ofFootage = await marksOf(recording)
    await here.ground.vault.backup(join(folder, 'old'), { expires: here.ground.clock.now() + 7 * DAY })
    const supervisor = await personIn(here.clerk, 'Sam Supervisor', 'supervisor')
    late = await personIn(here.clerk, 'Lee Later', 'evidence-clerk')
    const of = (what: string): string => `/api/recordings/${recording}/${what}`
    const confirm = async (asked: { approval?: string }) =>
      get(supervisor, 'POST', `/api/approvals/${asked.approval ?? ''}/approve`)
    await get(here.clerk, 'POST', of('hold'), { reason: words.hold })
    await get(here.clerk, 'POST', of('categories'), { rule: 'complaint', basis: words.basis })
    await get(here.clerk, 'POST', of('views'), { purpose: 'investigation', case: words.viewed })
    const until = new Date(here.ground.clock.now() + DAY).toISOString()
    await get(here.clerk, 'POST', of('grants'), { role: 'prosecutor', until, reason: words.granted })
    await exported(here.clerk, recording, { purpose: words.purpose })
    await confirm(await get(here.clerk, 'POST', of('release'), { reason: words.release }))
    await confirm(await get(here.clerk, 'POST', of('deletion'), { reason: words.early }))
    // A hold and its end have each put the key under another wrapping.
    await here.house.keep.settled()
    ofFootage.push(...(await marksOf(recording)))
  })
  afterAll(async () => {
    await here?.close()
    await place?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  async function marksOf(id: string): Promise<Mark[]> {
    const { places, vault } = here.ground
    const { image } = await readCopy(places.vault[0], realDisk)
    const held = [...slotsIn(image)].filter(one => slotState(one) === 'held').map(decodeSlot)
    const slot = held.find(one => one.id === id)
    if (slot === undefined) throw new Error('the vault holds no key of this recording')
    const spelt = (name: string, bytes: Buffer): Mark[] => [
      { name, bytes },
      { name: `${name}, hexadecimal`, bytes: Buffer.from(bytes.toString('hex')) },
      { name: `${name}, base64`, bytes: Buffer.from(bytes.toString('base64')) },
    ]
    return [
      ...spelt('data key', Buffer.from(await vault.key(id))),
      ...spelt('wrapped data key', Buffer.from(slot.wrapped)),
      ...spelt('digest', digest),
      ...Object.entries(phrases).flatMap(([name, text]) => spelt(name, Buffer.from(text))),
    ]
  }

  /** Every file of the installation, and of the server that keeps its database. */
  const everywhere = (): string[] => [here.data, ...(place.files === null ? [] : [place.files])]
  const inFiles = (marks: readonly Mark[], ...where: readonly string[]): string[] => {
    const search = new Search(marks)
    for (const one of where) search.folder(one)
    expect(search.files).toBeGreaterThan(0)
    return [...search.found]
  }
  /** After a night: a server's is cleared while the installation is served, as it is when nobody watches. */
  const inRows = async (texts: readonly string[]): Promise<string[]> => {
    const found: string[] = []
    const look = async (): Promise<void> => {
      await night({ data: here.data, url: place.url })
      found.push(...(await tablesWith({ data: here.data, url: place.past }, texts)))
    }
    await (place.url === null ? here.again(look) : look())
    return found
  }
  /** What a row would show as text. */
  const texts = () => ofFootage.map(({ bytes }) => bytes.toString('latin1')).filter(text => /^[\x20-\x7e]+$/.test(text))

  test('I-06 S3-11 after its deletion nothing of the footage is in any file or row; the words of people are sealed in a tombstone', async () => {
    expect(inFiles(ofFootage, join(here.data, 'vault'))).not.toEqual([])
    expect((await inRows(texts())).toSorted()).toContain('dock_recording')
    const report = await here.house.keep.run((await here.ground.people.agencies())[0] ?? '', null)
    expect(report.deleted.map(one => one.recording)).toEqual([recording])

    // The rows are clean at once; what they were lies on in the database's files until the night.
    expect(inFiles(ofFootage, ...everywhere())).not.toEqual([])
    expect(await inRows(texts())).toEqual([])
    for (const part of ['objects', 'vault', 'log'])
      expect(inFiles([...ofFootage, ...ofWords], join(here.data, part)), part).toEqual([])
    expect(inFiles(ofFootage, ...everywhere())).toEqual([])
    await expect(here.ground.vault.key(recording)).rejects.toThrow(KeyDestroyed)
    // What people wrote is sealed in the history; in words stands only the reason of a hold, until the tombstone goes.
    expect(await inRows(Object.values(words))).toEqual(['keep_hold'])
  })

  test('I-07 a backup of the vault is of no use after seven days, and the newest one does not bring the recording back', async () => {
    const { clock, vault, places } = here.ground
    const { key: master } = await loadMasterKey({ file: places.masterKey })
    const into = (name: string) => [join(folder, `${name}-a`), join(folder, `${name}-b`)] as const
    const later = { now: () => clock.now() + 7 * DAY }
    expect(await restoreVault({ backup: join(folder, 'old'), copies: into('late'), master, clock: later })).toEqual({
      restored: false,
      because: 'expired',
    })
    await vault.backup(join(folder, 'new'), { expires: clock.now() + 7 * DAY })
    expect(inFiles(ofFootage, join(folder, 'new'))).toEqual([])
    expect(await restoreVault({ backup: join(folder, 'new'), copies: into('new'), master, clock })).toMatchObject({
      restored: true,
    })
    const restored = await openVault({ copies: into('new'), master, clock })
    await restored.replayDestructions([])
    await expect(restored.key(recording)).rejects.toThrow(KeyDestroyed)
    expect(await restored.key(other)).toHaveLength(32)
    await restored.close()
  })

  test('I-13 at the end of its own time the history goes too; the log, and the proofs of others, stay', async () => {
    const [agency = ''] = await here.ground.people.agencies()
    const check = () =>
      vidne(['log', 'check', '--url', here.clerk.url, '--trust', here.trust, '--remember', join(folder, 'seen')])
    expect(await check()).toMatchObject({ code: 0 })
    await get(here.clerk, 'POST', `/api/recordings/${other}/hold`, { reason: 'this one stays' })
    await here.ground.rehearsal?.set(here.ground.clock.now() + 7 * 366 * DAY)
    expect(await here.house.keep.run(agency, null)).toMatchObject({ state: 'done', deleted: [] })

    expect(await inRows([...texts(), ...Object.values(words)])).toEqual([])
    expect(inFiles([...ofFootage, ...ofWords], ...everywhere())).toEqual([])
    // By name, what still has its identifier: that something was here and is gone. None of them says what it was.
    expect((await inRows([recording])).toSorted()).toEqual(STAYS)

    expect(await check()).toMatchObject({ code: 0 })
    const proven = unpacked(await filesIn(await exported({ ...late, url: here.clerk.url }, other)))
    expect(await verify(proven, '--trust', here.trust, '--rehearsal')).toMatchObject({ exit: 0, reasons: [] })
  })
})

/** Where the installation keeps its database; `past`: as superuser, and `files`: those of a server, both null when embedded. */
type Place = { url: string | null; past: string | null; files: string | null; remove: () => Promise<void> }

/** A server of its own: as the guide asks for it, and with files that hold nothing of other tests. */
async function placeOn(engine: (typeof engines)[number]): Promise<Place> {
  if (engine === 'embedded') return { url: null, past: null, files: null, remove: async () => {} }
  const { server, url, past } = await startCleared()
  return { url, past, files: server.data, remove: () => server.remove() }
}

/**
 * Where a recording is still named after its history is gone. dock and record: level and times of ours; history: places in the log,
 * without openings; keep: rule, states and times; people: that something was asked, without its words.
 */
const STAYS = [
  'dock_recording',
  'history_chain',
  'history_event',
  'history_head',
  'keep_category',
  'keep_deadline',
  'keep_erased',
  'keep_hold',
  'keep_shortening',
  'keep_tombstone',
  'people_approval',
  'record_capture',
]
