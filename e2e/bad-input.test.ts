import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Place, exported, expectExportsIdentical, verdictOn } from './torture/inspection.ts'
import { type Answer, Sending, ask } from './torture/sending.ts'
import { ServerProcess, foundIn } from './torture/server-process.ts'
import { neighbour } from './second-agency.ts'

const MOST_BYTES = 104_857_600
const IDLE_SECONDS = 6
const NO_ID = '00000000-0000-4000-8000-000000000000'
const OCTETS = { 'content-type': 'application/offset+octet-stream' }
const never = new AbortController().signal

let server: ServerProcess
let place: Place
let dock: { url: string; token: string }
let other: { dock: string; operator: string }

beforeAll(async () => {
  const founding = await foundIn()
  other = await neighbour(founding.data)
  server = await ServerProcess.serve(founding.data, {
    VIDNE_UPLOAD_BYTES: String(MOST_BYTES),
    VIDNE_UPLOAD_IDLE_SECONDS: String(IDLE_SECONDS),
  })
  place = { ...founding, url: server.url }
  dock = { url: server.url, token: founding.deviceToken }
})
afterAll(async () => {
  // Whatever was sent: the process that got it is still the one that was started, and ends as it should.
  expect(server?.said.filter(line => line.includes('a request failed'))).toEqual([])
  expect(await server?.stop()).toBe(0)
})

/** A refusal in words: which status, which code, and that the sentence says what to do. */
function expectRefusal(answer: Answer, status: number, sentence: RegExp): void {
  expect({ status: answer.status, said: messageIn(answer.text) }).toEqual({
    status,
    said: expect.stringMatching(sentence),
  })
}

function messageIn(text: string): string {
  try {
    const said = JSON.parse(text) as { message?: string; data?: { sentence?: string } }
    return said.data?.sentence ?? said.message ?? ''
  } catch {
    return text
  }
}

const begin = (length: string, headers: Record<string, string> = {}) =>
  ask(dock, 'POST', '/upload/', { 'upload-length': length, ...headers })

async function begun(bytes: number): Promise<string> {
  const answer = await begin(String(bytes))
  expect(answer.status).toBe(201)
  return answer.headers.location ?? ''
}

const patch = (path: string, offset: number, body: Uint8Array, headers: Record<string, string> = {}) =>
  ask(dock, 'PATCH', path, { ...OCTETS, 'upload-offset': String(offset), ...headers }, body)

const offsetOf = async (path: string) => Number((await ask(dock, 'HEAD', path)).headers['upload-offset'])

/** Sends the rest, and looks whether what became of it is what was meant. */
async function expectWhole(path: string, content: Buffer): Promise<void> {
  const from = await offsetOf(path)
  const answer = await patch(path, from, content.subarray(from))
  expect(answer.status).toBe(204)
  const recording = answer.headers['vidne-recording']
  const verdict = await verdictOn(await exported(place, String(recording)), place.trust)
  expect(verdict).toMatchObject({ intact: true, recording: { sha256: digest(content, 'hex') } })
}

const digest = (bytes: Uint8Array, as: 'hex' | 'base64') => createHash('sha256').update(bytes).digest(as)

describe('a sender who gets it wrong is told what, and nothing is lost', () => {
  test('another offset than the one the upload stands at', async () => {
    const content = randomBytes(1000)
    const path = await begun(content.length)
    await patch(path, 0, content.subarray(0, 600))
    for (const offset of [0, 599, 601, 1000]) {
      const answer = await patch(path, offset, content.subarray(0, 10))
      expectRefusal(answer, 409, /stands at 600, not at \d+\. Go on from there/)
      expect(answer.headers['upload-offset']).toBe('600')
    }
    expectRefusal(await patch(path, -1, content), 400, /upload-offset must be a whole number/)
    await expectWhole(path, content)
  })

  test('bytes that are not those of their checksum', async () => {
    const content = randomBytes(5000)
    const path = await begun(content.length)
    await patch(path, 0, content.subarray(0, 1000))
    const wrong = { 'upload-checksum': `sha256 ${digest(randomBytes(1), 'base64')}` }
    expectRefusal(
      await patch(path, 1000, content.subarray(1000), wrong),
      460,
      /Nothing of them was kept; send them again/,
    )
    for (const unknown of ['md5 AAAA', 'sha256', 'sha256 !!!!'])
      expectRefusal(
        await patch(path, 1000, content.subarray(1000), { 'upload-checksum': unknown }),
        400,
        /Upload-Checksum/,
      )
    // One portion with a checksum, the next without: both are as good as the other.
    const right = { 'upload-checksum': `sha256 ${digest(content.subarray(1000, 2000), 'base64')}` }
    expect((await patch(path, 1000, content.subarray(1000, 2000), right)).status).toBe(204)
    await expectWhole(path, content)
  })

  test('a file that is not the one that was announced', async () => {
    const content = randomBytes(3000)
    const announced = Buffer.from(digest(randomBytes(1), 'hex')).toString('base64')
    const made = await begin('3000', { 'upload-metadata': `sha256 ${announced}` })
    const path = made.headers.location ?? ''
    expectRefusal(
      await patch(path, 0, content),
      460,
      /Nothing was sealed; keep the file on the camera and send it again/,
    )
    expectRefusal(await ask(dock, 'GET', `${path}/receipt`), 460, /keep the file/)
  })

  test('two at one upload', async () => {
    const content = randomBytes(200_000)
    const path = await begun(content.length)
    const first = slowPatch(path, content.length)
    first.write(content.subarray(0, 70_000))
    await expect.poll(async () => (await patch(path, 1, content.subarray(0, 1))).status).toBe(423)
    const second = await patch(path, 0, content)
    expectRefusal(second, 423, /Somebody is sending to this upload just now; try again/)
    expect(second.headers['retry-after']).toBeDefined()
    first.write(content.subarray(70_000))
    expect((await first.answer).status).toBe(204)
    await expectRecordingOf(path, content)
  })

  test('a byte now and then, and then none', async () => {
    const content = randomBytes(500)
    const path = await begun(content.length)
    const sender = slowPatch(path, content.length)
    const sent = IDLE_SECONDS + 3
    for (let nth = 0; nth < sent; nth++) {
      sender.write(content.subarray(nth, nth + 1))
      await pause(1000)
    }
    // He was slower than the patience for silence, and was not cut off; now he is silent.
    expectRefusal(await sender.answer, 408, /Nothing came for too long\. What had come is kept/)
    expect(await offsetOf(path)).toBe(sent)
    await expectWhole(path, content)
  })

  test('a byte in each request', async () => {
    const content = randomBytes(300)
    const path = await begun(content.length)
    for (let at = 0; at < 299; at++) expect((await patch(path, at, content.subarray(at, at + 1))).status).toBe(204)
    await expectWhole(path, content)
  })

  test('a hundred million bytes in one request', async () => {
    const large = new Sending(100_000_000, 'large.mp4')
    await large.run(dock, { portionBytes: 1, rest: { ms: 0 }, whole: true }, never)
    await expectExportsIdentical(place, [large])
  })

  test('more than a recording may have', async () => {
    const refused = await begin(String(MOST_BYTES + 1))
    expectRefusal(refused, 413, /at most 104857600 bytes here\. Ask the operator to raise the limit/)
    expect(refused.headers['tus-max-size']).toBe(String(MOST_BYTES))
    for (const length of ['-1', '1.5', 'many', '99999999999999999999', ''])
      expectRefusal(await begin(length), 400, /upload-length must be a whole number|needs Upload-Length/i)
    const made = await ask(dock, 'POST', '/upload/', { 'upload-defer-length': '1' })
    const later = await patch(made.headers.location ?? '', 0, randomBytes(10), {
      'upload-length': String(MOST_BYTES + 1),
    })
    expectRefusal(later, 413, /at most/)
  })

  test('more bytes than were announced', async () => {
    const content = randomBytes(1000)
    const path = await begun(content.length)
    expectRefusal(await patch(path, 0, Buffer.concat([content, Buffer.from('x')])), 413, /longer than what is missing/)
    const unmeasured = slowPatch(path, null)
    unmeasured.write(Buffer.concat([content, randomBytes(500_000)]))
    unmeasured.end()
    expectRefusal(await unmeasured.answer, 413, /More bytes came than the upload was said to have/)
    await expectWhole(path, content)
  })

  test('metadata that says nothing', async () => {
    const word = (text: string) => Buffer.from(text).toString('base64')
    const odd = [
      'path',
      'path not-base64!',
      `path ${word('a')},path ${word('b')}`,
      `clocks ${word('{}')}`,
      `clocks ${word('[{"source":"x","at":"noon"}]')}`,
      `sha256 ${word('abc')}`,
      `camera ${word('a\nb')}`,
      `path ${word('x'.repeat(4097))}`,
    ]
    for (const metadata of odd.slice(1))
      expectRefusal(await begin('5', { 'upload-metadata': metadata }), 400, /Upload-Metadata/)
    // A key alone is allowed by tus; a path of no bytes is none.
    expect((await begin('5', { 'upload-metadata': odd[0] ?? '' })).status).toBe(201)
  })

  test('requests that tus does not know', async () => {
    const path = await begun(5)
    expectRefusal(await ask(dock, 'PUT', path), 405, /know POST, HEAD, PATCH, DELETE and OPTIONS/)
    expectRefusal(await ask(dock, 'PATCH', path, { 'upload-offset': '0' }), 415, /application\/offset\+octet-stream/)
    expectRefusal(await ask(dock, 'POST', '/upload/', { 'tus-resumable': '0.2.0' }), 412, /tus 1\.0\.0/)
    for (const id of ['x', '..%2f..', '00000000-0000-0000-0000-000000000000', "'; drop table dock_upload"])
      expectRefusal(await patch(`/upload/${encodeURIComponent(id)}`, 0, randomBytes(5)), 404, /no such upload of yours/)
  })
})

describe('a token that does not do', () => {
  const get = (token: string, from?: string) => asking('GET', '/api/recordings', token, from)

  test('none, and one that nobody was given', async () => {
    expectRefusal(await asking('GET', '/api/recordings', null), 401, /Give one with --token @FILE or VIDNE_TOKEN/)
    for (const token of ['x', 'vdn_abc_def', `${dock.token.slice(0, -2)}zz`, '', '💥']) {
      if (token !== '💥') expectRefusal(await get(token), 401, /not known here/)
      expect([400, 401]).toContain((await asking('POST', '/upload/', encodeURI(token))).status)
    }
  })

  test('one that has expired: it says so, and a forgotten dock does not lock out the others of its site', async () => {
    const expires = new Date(Date.now() + 5000).toISOString()
    const made = await asking('POST', '/api/tokens', place.operatorToken, undefined, {
      person: 'Old Dock',
      role: 'dock',
      expires,
    })
    const { token } = JSON.parse(made.text) as { token: string }
    await pause(Date.parse(expires) - Date.now() + 100)
    for (let nth = 0; nth < 40; nth++) expectRefusal(await get(token, '127.0.0.79'), 401, /has expired\. Ask an admin/)
    expectRefusal(await ask({ ...dock, token }, 'POST', '/upload/', { 'upload-length': '5' }), 401, /has expired/)
    expect((await get(place.operatorToken, '127.0.0.79')).status).toBe(200)
  })

  test('another agency’s: nothing of ours is there for it', async () => {
    const sent = new Sending(1000, 'ours.mp4')
    await sent.run(dock, { portionBytes: 1000, rest: { ms: 0 } }, never)
    const theirs = { ...dock, token: other.dock }
    const path = await begun(5)
    expectRefusal(await ask(theirs, 'GET', `${sent.path}/receipt`), 404, /no such upload of yours/)
    expect((await ask(theirs, 'HEAD', path)).status).toBe(404)
    expectRefusal(await ask(theirs, 'DELETE', path), 404, /no such upload of yours/)
    expectRefusal(await ask(theirs, 'PATCH', path, { ...OCTETS, 'upload-offset': '0' }, randomBytes(5)), 404, /no such/)
    const wish = { purpose: 'curiosity', wait: false }
    const wanted = `/api/recordings/${sent.recording}`
    expectRefusal(
      await asking('POST', `${wanted}/exports`, other.operator, undefined, wish),
      404,
      /no recording of that id/,
    )
    expectRefusal(
      await asking('POST', `${wanted}/hold`, other.operator, undefined, { reason: 'mine' }),
      404,
      /no recording of that id/,
    )
    expect(JSON.parse((await get(other.operator)).text)).toMatchObject({ recordings: [] })
    expect((await ask(dock, 'HEAD', path)).headers['upload-offset']).toBe('0')
  })

  test('one whose roles do not reach', async () => {
    const expires = '2099-01-01T00:00:00Z'
    const wish = { person: 'Auditor', role: 'auditor', expires }
    const made = await asking('POST', '/api/tokens', place.operatorToken, undefined, wish)
    const { token } = JSON.parse(made.text) as { token: string }
    expectRefusal(
      await ask({ ...dock, token }, 'POST', '/upload/', { 'upload-length': '5' }),
      403,
      /roles do not allow/,
    )
    expectRefusal(await asking('POST', '/api/tokens', token, undefined, wish), 403, /allow|administrator/i)
  })

  test.each([
    ['/api/recordings', '127.0.0.77'],
    ['/upload/', '127.0.0.79'],
    [`/api/exports/${NO_ID}/package`, '127.0.0.80'],
    [`/api/recordings/${NO_ID}/receipt`, '127.0.0.81'],
  ])('guessed ones at %s, from one address: that address waits, no other one does', async (path, address) => {
    const answers: Answer[] = []
    for (let nth = 0; nth < 40; nth++) answers.push(await asking('GET', path, `vdn_guess${nth}_secret`, address))
    const last = answers.at(-1)!
    expectRefusal(last, 429, /Too many unknown tokens from this address; wait a minute/)
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0)
    expect(answers.filter(answer => answer.status === 401).length).toBeLessThanOrEqual(31)
    expectRefusal(await get('vdn_guess_secret', address), 429, /Too many unknown tokens/)
    expect((await get(place.operatorToken)).status).toBe(200)
  })

  test('far too many requests, from one address: that address waits, uploads do not', async () => {
    const answers = await Promise.all(
      Array.from({ length: 3100 }, () => asking('GET', '/healthz', null, '127.0.0.78').catch(() => null)),
    )
    const refused = answers.filter(answer => answer?.status === 429)
    expect(refused.length).toBeGreaterThan(50)
    expectRefusal(refused[0]!, 429, /Too many requests; wait and try again/)
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0)
    expect((await asking('OPTIONS', '/upload/', dock.token, '127.0.0.78')).status).toBe(204)
  })
})

test('a cosignature that is longer than any is refused', async () => {
  const answer = await asking('POST', '/log/cosignature', null, undefined, 'x'.repeat(70_000))
  expectRefusal(answer, 413, /longer than a cosignature/)
})

describe('the API', () => {
  const operator = (method: string, path: string, body?: object | string) =>
    asking(method, path, place.operatorToken, undefined, body)

  test.each([
    ['POST', '/api/recordings/no-id/hold', { reason: 'complaint' }],
    ['POST', '/api/recordings/00000000-0000-4000-8000-000000000000/hold', {}],
    ['POST', '/api/recordings/00000000-0000-4000-8000-000000000000/hold', { reason: 'x' }],
    ['POST', '/api/recordings/00000000-0000-4000-8000-000000000000/hold', '{"reason":'],
    ['POST', '/api/recordings/00000000-0000-4000-8000-000000000000/exports', { purpose: 'for the court' }],
    ['GET', '/api/recordings?limit=0', undefined],
    ['GET', '/api/recordings?limit=many', undefined],
    ['GET', '/api/recordings?after=%00%FF', undefined],
    ['GET', '/api/due?by=tomorrow', undefined],
    ['GET', '/api/due', undefined],
    ['POST', '/api/tokens', { person: '', role: 'king', expires: 'soon' }],
    ['POST', '/api/tokens', { person: 'P', role: 'auditor', expires: '2001-01-01T00:00:00Z' }],
    ['POST', '/api/clock', { instant: '1999-01-01T00:00:00Z' }],
    ['POST', '/api/runs', { what: 'everything' }],
    ['POST', '/api/dock/known', { camera: null, sha256: ['x'] }],
    ['GET', '/api/nothing', undefined],
    ['POST', '/api/approvals/00000000-0000-4000-8000-000000000000/approve', {}],
  ])('%s %s %j is refused in words', async (method, path, body) => {
    const answer = await operator(method, path, body)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(messageIn(answer.text)).toMatch(/\w{3,}/)
  })
})

/** One request to the API, from an address of this machine. */
function asking(
  method: string,
  path: string,
  token: string | null,
  localAddress = '127.0.0.1',
  body?: object | string,
): Promise<Answer> {
  return new Promise((done, failed) => {
    const headers = {
      'content-type': 'application/json',
      'tus-resumable': '1.0.0',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    }
    const url = new URL(path, server.url.replace('localhost', '127.0.0.1'))
    const asked = request(url, { method, headers, localAddress }, response => {
      let text = ''
      response.on('data', chunk => (text += String(chunk)))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.on('error', failed)
    asked.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  })
}

/** A PATCH at offset 0 whose body comes as the test writes it. `length` null: nobody says how long it is. */
function slowPatch(path: string, length: number | null) {
  const headers = {
    ...OCTETS,
    authorization: `Bearer ${dock.token}`,
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
    ...(length === null ? {} : { 'content-length': String(length) }),
  }
  const asked = request(new URL(path, dock.url), { method: 'PATCH', headers })
  const answer = new Promise<Answer>((done, failed) => {
    asked.on('response', response => {
      let text = ''
      response.on('data', chunk => (text += String(chunk)))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.on('error', failed)
  })
  asked.flushHeaders()
  return { write: (bytes: Uint8Array) => asked.write(bytes), end: () => asked.end(), answer }
}

async function expectRecordingOf(path: string, content: Buffer): Promise<void> {
  const { headers } = await ask(dock, 'HEAD', path)
  const verdict = await verdictOn(await exported(place, String(headers['vidne-recording'])), place.trust)
  expect(verdict).toMatchObject({ intact: true, recording: { sha256: digest(content, 'hex') } })
}
