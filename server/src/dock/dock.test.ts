import { fromHex } from '@vidne/evidence/bytes'
import { captureId } from '@vidne/evidence/event'
import { decodeManifest } from '@vidne/evidence/manifest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { crc32 } from 'node:zlib'
import { onEachEngine } from '../platform/testing/databases.ts'
import { ask, begin, footage, metadata, offsetOf, patch, sha256 } from './testing/client.ts'
import { AGENCY, openTrialDock } from './testing/trial-dock.ts'
import type { TrialDock } from './testing/trial-dock.ts'

const MIB = 1_048_576

onEachEngine('docking a recording', ground => {
  let trial: TrialDock
  beforeAll(async () => {
    trial = await openTrialDock({ folder: ground.folder, database: ground.database, limits: { longestBytes: 2 ** 32 } })
  })
  afterAll(() => trial.close())

  async function dock(bytes: Buffer, pairs: Record<string, string | Uint8Array>): Promise<string> {
    const upload = await begin(trial.url, bytes.length, pairs)
    const answer = await patch(upload, 0, bytes)
    expect(answer.status).toBe(204)
    return String(answer.headers['vidne-recording'])
  }

  test('what was uploaded is sealed, and reads back byte for byte', async () => {
    const bytes = footage(18 * MIB + 12_345, 'whole')
    const recording = await dock(bytes, {
      path: 'DCIM/a.MP4',
      camera: 'CAM-7',
      clocks: '[{"source":"mtime","at":1700000000000}]',
    })
    const found = await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording))
    expect(found).toMatchObject({
      bytes: bytes.length,
      camera: 'CAM-7',
      path: 'DCIM/a.MP4',
      extension: 'mp4',
      level: 'received',
    })
    expect(found).toMatchObject({ recordedAt: 1_700_000_000_000, recordedAtSource: 'mtime', crc32: crc32(bytes) })
    expect(Buffer.from(found?.sha256 ?? []).equals(sha256(bytes))).toBe(true)
    const opened = await trial.dock.openRecording(AGENCY, recording)
    expect(Buffer.from(await opened.read(0, bytes.length)).equals(bytes)).toBe(true)
    for (const [offset, length] of [
      [0, 1],
      [MIB - 3, 7],
      [16 * MIB - 5, 10],
      [18 * MIB, 99_999],
    ] as const) {
      expect(Buffer.from(await opened.read(offset, length)).equals(bytes.subarray(offset, offset + length))).toBe(true)
    }
  })

  test('the sealed event commits to the manifest and to what the sender said', async () => {
    const bytes = footage(MIB + 1, 'event')
    const recording = await dock(bytes, { path: 'b.mp4', camera: 'CAM-8', wearer: '000000', proposedHold: 'true' })
    const found = await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording))
    const [sealed] = await ground.database.asAgency(AGENCY, trx => trial.history.of(trx, recording))
    const manifest = decodeManifest(found?.manifest ?? '')
    expect(manifest).toMatchObject({ bytes: MIB + 1, sha256: sha256(bytes).toString('hex'), pieces: { count: 2 } })
    expect(fromHex(sealed!.core.prev)).toEqual(captureId(manifest))
    const said = Object.fromEntries(sealed!.fields.map(field => [field.name, field.value]))
    expect(said).toMatchObject({
      manifest,
      wearer: 'unknown wearer',
      camera: 'CAM-8',
      'proposed-hold': true,
      actor: 'Dock',
    })
    expect(found).toMatchObject({ wearer: null, proposedHold: true })
  })

  test('the same bytes of the same camera are one recording; another camera makes another', async () => {
    const bytes = footage(3 * MIB, 'twice')
    const first = await dock(bytes, { path: 'c.mp4', camera: 'CAM-9' })
    const second = await dock(bytes, { path: 'again/c.mp4', camera: 'CAM-9' })
    const other = await dock(bytes, { path: 'c.mp4', camera: 'CAM-10' })
    expect(second).toBe(first)
    expect(other).not.toBe(first)
    const events = await ground.database.asAgency(AGENCY, trx => trial.history.of(trx, first))
    expect(events.map(event => event.core.type)).toEqual(['sealed', 'received-again'])
    const known = await trial.dock.known(AGENCY, 'CAM-9', [sha256(bytes).toString('hex'), '00'.repeat(32)])
    expect(known).toEqual([{ sha256: sha256(bytes).toString('hex'), recording: first }])
    expect(await trial.dock.known(AGENCY, null, [sha256(bytes).toString('hex')])).toEqual([])
  })

  test('the second copy leaves no object behind, and both uploads have the receipt', async () => {
    const bytes = footage(100, 'receipts')
    const uploads = [
      await begin(trial.url, 100, { path: 'd', camera: 'C' }),
      await begin(trial.url, 100, { path: 'd', camera: 'C' }),
    ]
    expect((await ask('GET', `${uploads[0]}/receipt`)).status).toBe(409)
    const answers = [await patch(uploads[0]!, 0, bytes), await patch(uploads[1]!, 0, bytes)]
    const recording = String(answers[0]!.headers['vidne-recording'])
    expect((await ask('GET', `${uploads[1]}/receipt`)).status).toBe(202)
    trial.receipts.set(recording, 'a receipt')
    for (const upload of uploads)
      expect(await ask('GET', `${upload}/receipt`)).toMatchObject({ status: 200, text: 'a receipt' })
    await trial.dock.recover()
    const parts = await ground.database.asInstallation(trx =>
      trx.$extendTables<{ dock_part: { object: string } }>().selectFrom('dock_part').select('object').execute(),
    )
    const stored: string[] = []
    for await (const name of trial.objects.list()) stored.push(name)
    expect(stored.toSorted()).toEqual(parts.map(part => part.object).toSorted())
  })

  test('two that send the same file at the same moment make one recording', async () => {
    const bytes = footage(2 * MIB, 'race')
    const all = await Promise.all([1, 2, 3, 4].map(() => dock(bytes, { path: 'e', camera: 'RACE' })))
    expect(new Set(all).size).toBe(1)
  })

  test('an empty file is sealed as an empty recording', async () => {
    const answer = await ask('POST', `${trial.url}/upload/`, {
      headers: { 'upload-length': '0', 'upload-metadata': metadata({ path: 'empty.mp4' }) },
    })
    expect(answer.status).toBe(201)
    const recording = String(answer.headers['vidne-recording'])
    const found = await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording))
    expect(found).toMatchObject({ bytes: 0, path: 'empty.mp4' })
    expect((await (await trial.dock.openRecording(AGENCY, recording)).read(0, 10)).length).toBe(0)
  })

  test('names that are bytes, emoji, long or composed differently are all kept apart', async () => {
    const names = [
      Buffer.from([0x61, 0xff, 0x62]),
      Buffer.from('a%FFb'),
      Buffer.from('🚓.mp4'),
      Buffer.from('\u00e5.mp4'),
      Buffer.from('a\u030a.mp4'),
      Buffer.from('x'.repeat(255)),
    ]
    const paths = new Set<string>()
    for (const [at, path] of names.entries()) {
      const recording = await dock(footage(10 + at, 'names'), { path })
      const found = await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording))
      paths.add(`${found?.pathEncoding} ${found?.path}`)
    }
    expect(paths).toEqual(
      new Set([
        'percent a%FFb',
        'utf-8 a%FFb',
        'utf-8 🚓.mp4',
        'utf-8 \u00e5.mp4',
        'utf-8 a\u030a.mp4',
        `utf-8 ${'x'.repeat(255)}`,
      ]),
    )
  })

  test('a dock of the agency that was told the camera seals at the gateway', async () => {
    const pairs = { path: 'g', camera: 'CAM-1', cameraSource: 'operator', dockSession: 'box 1' }
    const levels = []
    for (const [at, said] of [
      pairs,
      { ...pairs, cameraSource: 'file name' },
      { ...pairs, camera: '000000' },
    ].entries()) {
      const recording = await dock(footage(50 + at, 'level'), said)
      levels.push((await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording)))?.level)
    }
    expect(levels).toEqual(['gateway', 'received', 'received'])
  })

  test('no plaintext lies on the disk', async () => {
    const { execFileSync } = await import('node:child_process')
    const marker = `MARK${sha256(Buffer.from('plain')).toString('hex')}`
    const bytes = Buffer.alloc(3 * MIB, marker)
    const upload = await begin(trial.url, bytes.length + 1)
    await patch(upload, 0, bytes)
    expect(await offsetOf(upload)).toBe(bytes.length)
    const grep = (): string => execFileSync('grep', ['-rlaF', marker, ground.folder], { encoding: 'utf8' })
    // grep ends with 1 where it finds nothing.
    expect(grep).toThrow('Command failed')
  })
})
