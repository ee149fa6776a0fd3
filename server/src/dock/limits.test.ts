import { expect, test } from 'vitest'
import { freshGround } from '../platform/testing/databases.ts'
import { ask, begin, footage, metadata, patch } from './testing/client.ts'
import { slowPatch, trialFor } from './testing/trial-for.ts'

const held = trialFor(freshGround('embedded'), () => ({ limits: { openUploads: 3, bodies: 1 } }))

test('an agency with as many unfinished uploads as it may have is told to finish some; no other agency is', async () => {
  const { url } = held.trial
  const another = (token: string) =>
    ask('POST', `${url}/upload/`, { token, headers: { 'upload-length': '5', 'upload-metadata': metadata({}) } })
  const uploads = [await begin(url, 5), await begin(url, 5), await begin(url, 5)]
  const refused = await another('dock')
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '60' } })
  expect(JSON.parse(refused.text)).toMatchObject({ error: 'busy', message: expect.stringContaining('3 uploads') })
  expect((await another('other-agency')).status).toBe(201)
  expect((await patch(uploads[0]!, 0, footage(5, 'finished'))).status).toBe(204)
  await expect.poll(async () => (await another('dock')).status).toBe(201)
})

test('more bodies at once than it takes in are told to come back; nothing of the first is lost', async () => {
  const { url, dock } = held.trial
  const bytes = footage(9, 'slow')
  const uploads = [await begin(url, 9, {}, 'other-agency'), await begin(url, 9, {}, 'other-agency')]
  const [first = '', second = ''] = uploads
  const going = slowPatch(first, 0, 9, 'other-agency')
  const whole = new Promise(done => going.on('response', answer => done(answer.resume().statusCode)))
  going.write(bytes.subarray(0, 4))
  await expect.poll(() => dock.figures().bodies).toBe(1)
  const refused = await patch(second, 0, bytes, {}, 'other-agency')
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  going.end(bytes.subarray(4))
  expect(await whole).toBe(204)
  await expect.poll(async () => (await patch(second, 0, bytes, {}, 'other-agency')).status).toBe(204)
})
