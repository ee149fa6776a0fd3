import { expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import { begin, footage, patch, sha256 } from './testing/client.ts'
import { AGENCY } from './testing/trial-dock.ts'
import { readBack, trialFor } from './testing/trial-for.ts'
import { own } from './tables.ts'

onEachEngine('uploads that are finished at the same time', ground => {
  // One upload is removed in the very moment in which it would become a recording.
  const held = trialFor(ground, () => ({
    deletedHere: async (trx, files) => {
      await own(trx)
        .updateTable('dock_upload')
        .set({ state: 'terminated' })
        .where('camera', '=', 'CAM-REMOVED')
        .whereRef('acknowledged', '=', 'bytes')
        .where('state', '=', 'open')
        .execute()
      return files.map(() => false)
    },
  }))

  async function finishTogether(files: readonly { bytes: Buffer; camera: string; sha256?: string }[]) {
    const { trial } = held
    const uploads = await Promise.all(
      files.map(({ bytes, ...pairs }) =>
        begin(trial.url, bytes.length, {
          camera: pairs.camera,
          path: 'a.mp4',
          ...(pairs.sha256 && { sha256: pairs.sha256 }),
        }),
      ),
    )
    await Promise.all(uploads.map((upload, at) => patch(upload, 0, files[at]!.bytes.subarray(0, -1))))
    return Promise.all(
      uploads.map((upload, at) => patch(upload, files[at]!.bytes.length - 1, files[at]!.bytes.subarray(-1))),
    )
  }

  test('each becomes its own recording, and those of the same bytes and camera one', async () => {
    const bytes = Array.from({ length: 20 }, (_, at) => footage(70_000 + at, `many ${at}`))
    const twins = [...bytes, ...bytes.slice(0, 5)].map(one => ({ bytes: one, camera: 'CAM-1' }))
    const answers = await finishTogether([...twins, { bytes: bytes[0]!, camera: 'CAM-2' }])
    expect(answers.map(answer => answer.status)).toEqual(answers.map(() => 204))
    const recordings = answers.map(answer => String(answer.headers['vidne-recording']))
    expect(recordings.slice(20, 25)).toEqual(recordings.slice(0, 5))
    expect(new Set(recordings).size).toBe(21)
    for (const [at, one] of bytes.entries())
      expect((await readBack(held.trial, recordings[at], one.length)).equals(one)).toBe(true)
    const histories = await ground.database.asAgency(AGENCY, async trx => {
      const types = []
      for (const recording of new Set(recordings))
        types.push((await held.trial.history.of(trx, recording)).map(event => event.core.type).join())
      return types
    })
    expect(histories.filter(types => types === 'sealed')).toHaveLength(16)
    expect(histories.filter(types => types === 'sealed,received-again')).toHaveLength(5)
  })

  test('what is wrong with one of them is not held against the others', async () => {
    const good = Array.from({ length: 8 }, (_, at) => ({ bytes: footage(9_000 + at, `good ${at}`), camera: 'CAM-3' }))
    const answers = await finishTogether([
      ...good,
      {
        bytes: footage(9_100, 'not as declared'),
        camera: 'CAM-3',
        sha256: sha256(Buffer.from('else')).toString('hex'),
      },
      { bytes: footage(9_200, 'removed meanwhile'), camera: 'CAM-REMOVED' },
    ])
    expect(answers.slice(0, 8).map(answer => answer.status)).toEqual(good.map(() => 204))
    expect(answers.slice(8).map(answer => answer.status)).toEqual([460, 410])
    for (const [at, { bytes }] of good.entries()) {
      const recording = answers[at]!.headers['vidne-recording']
      expect((await readBack(held.trial, recording, bytes.length)).equals(bytes)).toBe(true)
    }
  })
})
