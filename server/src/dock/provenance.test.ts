import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import { levelOf } from './level.ts'
import { readMetadata } from './metadata.ts'
import { begin, footage, metadata, patch } from './testing/client.ts'
import { AGENCY, openTrialDock } from './testing/trial-dock.ts'
import type { TrialDock } from './testing/trial-dock.ts'

const seized = {
  provenance: 'seized',
  giver: 'Kiosk Sonne, Duisburg',
  legalBasis: '§ 94 StPO',
  clockOffsetMs: '-725000',
}

describe('where footage came from', () => {
  const read = (pairs: Record<string, string>) => readMetadata(metadata({ path: 'a.mp4', ...pairs }))

  test('is read as it was said, and nothing is made up where nobody said anything', () => {
    expect(read({})).toMatchObject({ provenance: null })
    expect(read(seized)).toMatchObject({
      provenance: { origin: 'seized', giver: seized.giver, legalBasis: seized.legalBasis, clockOffsetMs: -725_000 },
    })
    expect(read({ provenance: 'own-camera', camera: 'C-1' })).toMatchObject({
      provenance: { origin: 'own-camera', giver: null, legalBasis: null, clockOffsetMs: null },
    })
  })

  test.each<[string, Record<string, string>]>([
    ['a giver without a word on how it came here', { giver: 'Ann' }],
    ['an origin that nobody knows', { provenance: 'found' }],
    ['handed in by nobody', { provenance: 'handed-in' }],
    ['handed in by a blank', { provenance: 'handed-in', giver: '  ' }],
    ['seized from nobody', { provenance: 'seized', legalBasis: 'law' }],
    ['seized under no law', { provenance: 'seized', giver: 'Ann' }],
    ['an own camera that somebody gave', { provenance: 'own-camera', giver: 'Ann' }],
    ['an own camera with a legal basis', { provenance: 'own-camera', legalBasis: 'law' }],
    ['a clock that is off by half a millisecond', { ...seized, clockOffsetMs: '0.5' }],
    ['a clock that is off by centuries', { ...seized, clockOffsetMs: '9999999999999' }],
    ['a giver with a line break', { ...seized, giver: 'a\nb' }],
    ['a giver of a thousand letters', { ...seized, giver: 'x'.repeat(1000) }],
  ])('%s is refused', (_, pairs) => {
    expect(read(pairs)).toMatchObject({ refused: 'provenance-incomplete', status: 400 })
  })

  test('what somebody brings in by hand is covered from its arrival on, whoever he is', () => {
    const said = { camera: 'C-1', cameraSource: 'operator', dockSession: 'rack' }
    const [byHand, byDock] = [read({ ...said, provenance: 'own-camera' }), read(said)]
    if ('refused' in byHand || 'refused' in byDock) throw new Error('the metadata was refused')
    expect(levelOf({ roles: ['dock'] }, byDock)).toBe('gateway')
    expect(levelOf({ roles: ['dock'] }, byHand)).toBe('received')
  })
})

onEachEngine('where footage came from', ground => {
  let trial: TrialDock
  const open = () => openTrialDock({ folder: ground.folder, database: ground.database })
  beforeAll(async () => {
    trial = await open()
  })
  afterAll(() => trial.close())

  const saidOf = async (recording: string, at = 0) => {
    const events = await ground.database.asAgency(AGENCY, trx => trial.history.of(trx, recording))
    return Object.fromEntries((events[at]?.fields ?? []).map(({ name, value }) => [name, value]))
  }

  test('is sealed with it, also after a restart in the middle of the upload', async () => {
    const bytes = footage(50_000, 'seized')
    const begun = await begin(trial.url, bytes.length, { path: 'a.mp4', ...seized }, 'clerk')
    await patch(begun, 0, bytes.subarray(0, 20_000), {}, 'clerk')
    await trial.close()
    trial = await open()
    const upload = `${trial.url}${new URL(begun).pathname}`
    const done = await patch(upload, 20_000, bytes.subarray(20_000), {}, 'clerk')
    const recording = String(done.headers['vidne-recording'])
    expect(await saidOf(recording)).toMatchObject({
      provenance: 'seized',
      giver: seized.giver,
      'legal-basis': seized.legalBasis,
      'clock-offset': -725_000,
      level: 'received',
      person: expect.any(String),
    })
    // By the word of a person a clock is off; nothing that is reckoned from it moves.
    const found = await ground.database.asAgency(AGENCY, trx => trial.dock.find(trx, recording))
    expect(found).toMatchObject({ recordedAt: null, level: 'received' })
    const again = await begin(
      trial.url,
      bytes.length,
      { path: 'b.mp4', provenance: 'handed-in', giver: 'Ann' },
      'clerk',
    )
    expect((await patch(again, 0, bytes, {}, 'clerk')).headers['vidne-recording']).toBe(recording)
    expect(await saidOf(recording, 1)).toMatchObject({ provenance: 'handed-in', giver: 'Ann', 'legal-basis': null })
  })

  test('has no field where nobody said it', async () => {
    const upload = await begin(trial.url, 5, { path: 'c.mp4', camera: 'C-5' })
    const done = await patch(upload, 0, Buffer.from('hello'))
    const said = await saidOf(String(done.headers['vidne-recording']))
    expect(said).toMatchObject({ camera: 'C-5' })
    expect(Object.keys(said)).not.toEqual(expect.arrayContaining(['provenance']))
  })
})
