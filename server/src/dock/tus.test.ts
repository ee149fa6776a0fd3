import { createHash, randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freshGround } from '../platform/testing/databases.ts'
import { ask, begin, footage, metadata, offsetOf, patch, sha256 } from './testing/client.ts'
import { objectsIn, readBack, slowPatch, STREAM, trialFor } from './testing/trial-for.ts'

const MIB = 1_048_576
const shared = freshGround('embedded')

describe('the dock speaks tus', () => {
  const held = trialFor(shared, () => ({ limits: { longestBytes: 300_000_000, takeOverMs: 60_000 } }))

  test('it says what it can do, to anybody', async () => {
    const answer = await ask('OPTIONS', `${held.trial.url}/upload/`, { token: null })
    expect(answer.status).toBe(204)
    expect(answer.headers['tus-extension']?.toString().split(',')).toEqual(
      expect.arrayContaining(['creation', 'checksum', 'termination', 'expiration']),
    )
    expect(answer.headers).toMatchObject({ 'tus-max-size': '300000000', 'tus-version': '1.0.0' })
    expect(answer.headers['tus-checksum-algorithm']).toContain('sha1')
  })

  test('without a token, with a wrong one or without the role nothing is begun', async () => {
    const headers = { 'upload-length': '5' }
    const answers = await Promise.all(
      [null, 'wrong', 'investigator'].map(token => ask('POST', `${held.trial.url}/upload/`, { token, headers })),
    )
    expect(answers.map(answer => answer.status)).toEqual([401, 401, 403])
    expect(JSON.parse(answers[1]!.text)).toMatchObject({ error: 'not-signed-in', message: expect.any(String) })
  })

  test("another agency's upload, and another person's, is not found", async () => {
    const upload = await begin(held.trial.url, 10)
    for (const token of ['other-agency', 'second-dock']) {
      expect((await ask('HEAD', upload, { token })).status).toBe(404)
      expect((await patch(upload, 0, Buffer.alloc(10), {}, token)).status).toBe(404)
      expect((await ask('DELETE', upload, { token })).status).toBe(404)
    }
    expect((await ask('HEAD', upload, { token: 'clerk' })).status).toBe(200)
    expect((await ask('HEAD', `${held.trial.url}/upload/${randomUUID()}`)).status).toBe(404)
    expect((await ask('HEAD', `${held.trial.url}/upload/x`)).status).toBe(404)
  })

  test('a request of another version is refused and told the right one', async () => {
    const answer = await ask('POST', `${held.trial.url}/upload/`, { headers: { 'tus-resumable': '0.2.2' } })
    expect(answer).toMatchObject({ status: 412, headers: { 'tus-version': '1.0.0' } })
  })

  test('odd headers are refused, not repaired', async () => {
    const odd: [Record<string, string>, number, string][] = [
      [{}, 400, 'header-unreadable'],
      [{ 'upload-length': '-1' }, 400, 'header-unreadable'],
      [{ 'upload-length': '5', 'upload-defer-length': '1' }, 400, 'header-unreadable'],
      [{ 'upload-length': '5', 'upload-metadata': 'path !!!' }, 400, 'metadata-unreadable'],
      [{ 'upload-length': '5', 'upload-metadata': metadata({ clocks: 'noon' }) }, 400, 'metadata-unreadable'],
      [{ 'upload-length': '300000001' }, 413, 'too-long'],
    ]
    for (const [headers, status, error] of odd) {
      const answer = await ask('POST', `${held.trial.url}/upload/`, { headers })
      expect({ status: answer.status, error: JSON.parse(answer.text).error }).toEqual({ status, error })
    }
  })

  test('bytes are only taken at the offset that was acknowledged, and only of the right kind', async () => {
    const upload = await begin(held.trial.url, 10)
    await patch(upload, 0, Buffer.alloc(4))
    expect(await patch(upload, 0, Buffer.alloc(4))).toMatchObject({ status: 409, headers: { 'upload-offset': '4' } })
    expect((await patch(upload, 5, Buffer.alloc(4))).status).toBe(409)
    expect((await patch(upload, 4, Buffer.alloc(6), { 'content-type': 'video/mp4' })).status).toBe(415)
    expect(await offsetOf(upload)).toBe(4)
  })

  test('more bytes than the upload has are refused, said before or not', async () => {
    const upload = await begin(held.trial.url, 10)
    expect((await patch(upload, 0, Buffer.alloc(11))).status).toBe(413)
    expect((await patch(upload, 0, [Buffer.alloc(6), Buffer.alloc(6)])).status).toBe(413)
    expect(await offsetOf(upload)).toBeLessThan(11)
  })

  test('a body that is not what its checksum says counts for nothing; the right one after it is sealed', async () => {
    const bytes = footage(2 * MIB + 7, 'checksum')
    const upload = await begin(held.trial.url, bytes.length)
    const sum = (body: Uint8Array, algorithm = 'sha256'): Record<string, string> => ({
      'upload-checksum': `${algorithm} ${createHash(algorithm).update(body).digest('base64')}`,
    })
    const [first, second] = [bytes.subarray(0, MIB + 1), bytes.subarray(MIB + 1)]
    expect((await patch(upload, 0, first, sum(first, 'sha1'))).status).toBe(204)
    const wrong = Buffer.from(second)
    wrong[5]! ^= 1
    expect((await patch(upload, MIB + 1, wrong, sum(second))).status).toBe(460)
    expect(await offsetOf(upload)).toBe(MIB + 1)
    expect((await patch(upload, MIB + 1, second, { 'upload-checksum': 'md5 AAAA' })).status).toBe(400)
    const answer = await patch(upload, MIB + 1, second, sum(second))
    expect(answer.status).toBe(204)
    expect(sha256(await readBack(held.trial, answer.headers['vidne-recording'], bytes.length))).toEqual(sha256(bytes))
  })

  test('where the declared digest is another one nothing is sealed, and the bytes are kept and marked', async () => {
    const bytes = footage(1000, 'declared')
    const declared = sha256(Buffer.from('other')).toString('hex')
    const upload = await begin(held.trial.url, 1000, { path: 'x', sha256: declared })
    expect((await patch(upload, 0, bytes)).status).toBe(460)
    expect((await ask('HEAD', upload)).status).toBe(460)
    expect((await ask('GET', `${upload}/receipt`)).status).toBe(460)
    const late = await begin(held.trial.url, 1000)
    await patch(late, 0, bytes.subarray(0, 500))
    const headers = { 'repr-digest': `sha-256=:${Buffer.from(declared, 'hex').toString('base64')}:` }
    expect((await patch(late, 500, bytes.subarray(500), headers)).status).toBe(460)
    const right = await begin(held.trial.url, 1000, { path: 'x', sha256: sha256(bytes).toString('hex') })
    expect((await patch(right, 0, bytes)).status).toBe(204)
  })

  test('a byte at a time arrives whole', async () => {
    const bytes = footage(60, 'bytewise')
    const upload = await begin(held.trial.url, bytes.length)
    let answer = await patch(upload, 0, bytes.subarray(0, 1))
    for (let at = 1; at < bytes.length; at++) answer = await patch(upload, at, bytes.subarray(at, at + 1))
    expect(await readBack(held.trial, answer.headers['vidne-recording'], 60)).toEqual(bytes)
  })

  test('a body in chunks of a byte arrives whole', async () => {
    const bytes = footage(5000, 'small chunks')
    const upload = await begin(held.trial.url, bytes.length)
    const answer = await patch(
      upload,
      0,
      Array.from(bytes, byte => Uint8Array.of(byte)),
    )
    expect(await readBack(held.trial, answer.headers['vidne-recording'], 5000)).toEqual(bytes)
  })

  test('a chunk of 100 MB arrives whole', async () => {
    const bytes = footage(100_000_000, 'hundred')
    const upload = await begin(held.trial.url, bytes.length)
    const answer = await patch(upload, 0, bytes)
    expect(answer.status).toBe(204)
    expect(sha256(await readBack(held.trial, answer.headers['vidne-recording'], bytes.length))).toEqual(sha256(bytes))
  })

  test('a connection that is cut leaves what had come, and the upload goes on from there', async () => {
    const bytes = footage(3 * MIB, 'cut')
    const upload = await begin(held.trial.url, bytes.length)
    const cut = slowPatch(upload, 0, bytes.length)
    cut.write(bytes.subarray(0, 2 * MIB + 300))
    // Two segments are sealed as they fill; of the rest the dock has to wait for more.
    await expect.poll(() => held.trial.dock.figures().waitingBytes).toBe(300)
    cut.destroy()
    await expect.poll(() => held.trial.dock.figures().bodies).toBe(0)
    const offset = await offsetOf(upload)
    expect(offset).toBe(2 * MIB + 300)
    const answer = await patch(upload, offset, bytes.subarray(offset))
    expect(await readBack(held.trial, answer.headers['vidne-recording'], bytes.length)).toEqual(bytes)
  })

  test('while one sends a second is refused; once the first has fallen silent the second takes over', async () => {
    const bytes = footage(1000, 'two clients')
    const upload = await begin(held.trial.url, bytes.length)
    const first = slowPatch(upload, 0, 1000)
    first.write(bytes.subarray(0, 100))
    await expect.poll(() => held.trial.dock.figures().waitingBytes).toBe(100)
    const refused = await patch(upload, 0, bytes)
    expect(refused.status).toBe(423)
    expect(JSON.parse(refused.text).error).toBe('upload-in-use')
    const running = performance.now.bind(performance)
    const passed = vi.spyOn(performance, 'now').mockImplementation(() => running() + 60_000)
    onTestFinished(() => passed.mockRestore())
    const offset = await offsetOf(upload)
    expect(offset).toBe(100)
    const answer = await patch(upload, offset, bytes.subarray(offset))
    expect(await readBack(held.trial, answer.headers['vidne-recording'], 1000)).toEqual(bytes)
    first.destroy()
  })

  test('the first bytes may come along with the creation', async () => {
    const bytes = footage(5000, 'with creation')
    const answer = await ask('POST', `${held.trial.url}/upload/`, {
      headers: { 'upload-length': '5000', 'content-type': STREAM },
      body: bytes.subarray(0, 3000),
    })
    expect(answer).toMatchObject({ status: 201, headers: { 'upload-offset': '3000' } })
    const upload = new URL(answer.headers.location!, held.trial.url).href
    const done = await patch(upload, 3000, bytes.subarray(3000))
    expect(await readBack(held.trial, done.headers['vidne-recording'], 5000)).toEqual(bytes)
  })

  test('a length may be said later, once', async () => {
    const bytes = footage(3000, 'deferred')
    const answer = await ask('POST', `${held.trial.url}/upload/`, { headers: { 'upload-defer-length': '1' } })
    const upload = new URL(answer.headers.location!, held.trial.url).href
    await patch(upload, 0, bytes.subarray(0, 1000))
    expect((await ask('HEAD', upload)).headers).toMatchObject({ 'upload-defer-length': '1', 'upload-offset': '1000' })
    expect((await patch(upload, 1000, bytes.subarray(1000, 2000), { 'upload-length': '500' })).status).toBe(400)
    await patch(upload, 1000, bytes.subarray(1000, 2000), { 'upload-length': '3000' })
    expect((await patch(upload, 2000, bytes.subarray(2000), { 'upload-length': '4000' })).status).toBe(400)
    const done = await patch(upload, 2000, bytes.subarray(2000))
    expect(await readBack(held.trial, done.headers['vidne-recording'], 3000)).toEqual(bytes)
  })

  test('clients that cannot say PATCH say it in a header', async () => {
    const upload = await begin(held.trial.url, 5)
    const headers = { 'x-http-method-override': 'PATCH', 'upload-offset': '0', 'content-type': STREAM }
    expect((await ask('POST', upload, { headers, body: Buffer.alloc(5) })).status).toBe(204)
  })

  test('a removed upload is gone, with its key and its bytes; a sealed one cannot be removed', async () => {
    const bytes = footage(2 * MIB, 'terminated')
    const before = (await objectsIn(held.trial)).length
    const upload = await begin(held.trial.url, bytes.length + 1)
    await patch(upload, 0, bytes)
    expect((await objectsIn(held.trial)).length).toBe(before + 1)
    expect((await ask('DELETE', upload)).status).toBe(204)
    expect((await ask('HEAD', upload)).status).toBe(410)
    expect((await patch(upload, bytes.length, Buffer.alloc(1))).status).toBe(410)
    await held.trial.dock.recover()
    expect((await objectsIn(held.trial)).length).toBe(before)
    const sealed = await begin(held.trial.url, 5)
    await patch(sealed, 0, Buffer.from('hello'))
    expect((await ask('DELETE', sealed)).status).toBe(403)
    expect((await ask('HEAD', sealed)).headers['upload-offset']).toBe('5')
  })
})
