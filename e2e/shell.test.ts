import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { opensslMissing, ownCertificate } from '@vidne/server/platform/testing/own-certificate'
import { whole } from '@vidne/server/platform/testing/a-shell'
import { readPrometheusText } from '@vidne/server/platform/testing/prometheus-text'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { leftOut } from '../checks/left-out.ts'
import { type Answer, ask } from './torture/sending.ts'
import { ServerProcess, foundIn } from './torture/server-process.ts'

const HOURS = 3

describe('an installation that is served', () => {
  let founding: Awaited<ReturnType<typeof foundIn>>
  let server: ServerProcess
  let dock: { url: string; token: string }

  beforeAll(async () => {
    founding = await foundIn()
    server = await ServerProcess.serve(founding.data, { VIDNE_UPLOAD_HOURS: String(HOURS) })
    dock = { url: server.url, token: founding.deviceToken }
  })
  afterAll(() => server?.kill())

  const begun = (bytes: number): Promise<Answer> => ask(dock, 'POST', '/upload/', { 'upload-length': String(bytes) })
  const portion = (path: string, offset: number, bytes: Buffer): Promise<Answer> => {
    const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }
    return ask(dock, 'PATCH', path, headers, bytes)
  }

  /** Waits until somebody sends to an upload: another portion, at an offset where nothing is kept of it, is refused for that. */
  const untilTaken = async (path: string): Promise<void> => {
    await expect.poll(async () => (await portion(path, 1, Buffer.alloc(1))).status).toBe(423)
  }

  test('says of every upload when it expires, and puts that off with each portion', async () => {
    const before = Date.now()
    const begin = await begun(3000)
    const path = begin.headers.location ?? ''
    const expires = (answer: Answer) => {
      const said = String(answer.headers['upload-expires'])
      const at = Date.parse(said)
      // The form of HTTP dates (RFC 9110, 5.6.7), which tus asks for.
      expect(new Date(at).toUTCString()).toBe(said)
      return at
    }
    const first = expires(begin)
    expect(first).toBeGreaterThan(before + HOURS * 3_600_000 - 2000)
    expect(first).toBeLessThanOrEqual(Date.now() + HOURS * 3_600_000)
    await pause(1100)
    const after = await portion(path, 0, randomBytes(1000))
    expect(expires(after)).toBeGreaterThan(first)
    expect(expires(await ask(dock, 'HEAD', path))).toBe(expires(after))
    const done = await portion(path, 1000, randomBytes(2000))
    expect(done.headers['vidne-recording']).toBeDefined()
    // A recording goes by the law's deadline, not by that of an upload.
    expect((await ask(dock, 'HEAD', path)).headers['upload-expires']).toBeUndefined()
  })

  test('has figures that Prometheus reads', async () => {
    const answer = await ask(dock, 'GET', '/metrics')
    const { samples } = readPrometheusText(answer.text)
    const figure = (name: string) => samples.find(one => one.name === name)?.value
    expect(figure('vidne_log_standing')).toBe(1)
    expect(figure('vidne_log_leaves')).toBeGreaterThan(0)
    expect(figure('vidne_dock_uploads')).toBeGreaterThanOrEqual(0)
  })

  test('logs a refusal under the number that the sender was given', async () => {
    const stranger = await ask({ ...dock, token: 'vdn_none_none' }, 'POST', '/upload/', {
      'upload-length': '1',
      'x-request-id': 'rack-2.slot-17',
    })
    expect([stranger.status, stranger.headers['x-request-id']]).toEqual([401, 'rack-2.slot-17'])
    await expect.poll(() => server.said.filter(line => line.includes('rack-2.slot-17'))).toHaveLength(1)
    expect(server.said.join('\n')).not.toContain('vdn_none')
  })

  test('does not start twice on one port, and says so in words', async () => {
    const second = await foundIn()
    const refused = ServerProcess.serve(second.data, {}, server.port)
    await expect(refused).rejects.toThrow(
      `Port ${server.port} is taken by another program; choose another with --port.`,
    )
  })

  test('that is told to stop while a portion arrives takes it to its end, and goes without a complaint', async () => {
    const { location: path = '' } = (await begun(2_000_000)).headers
    const bytes = randomBytes(2_000_000)
    const headers = {
      authorization: `Bearer ${dock.token}`,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(bytes.length),
    }
    const answered = new Promise<Answer>((done, failed) => {
      const sending = request(new URL(path, dock.url), { method: 'PATCH', agent: false, headers }, answer =>
        done(whole(answer)),
      )
      sending.on('error', failed)
      sending.write(bytes.subarray(0, 1_200_000))
      void untilTaken(path).then(async () => {
        const stopping = server.stop()
        await pause(300)
        sending.end(bytes.subarray(1_200_000))
        expect(await stopping).toBe(0)
      }, failed)
    })
    const { status, headers: said } = await answered
    expect([status, said['upload-offset']]).toEqual([204, '2000000'])
    expect(await server.ended()).toBe(0)
    await server.start()
    expect((await ask(dock, 'HEAD', path)).headers['vidne-recording']).toBe(said['vidne-recording'])
  })
})

const withoutTls = leftOut('an installation with a certificate of its own', opensslMissing())

test.skipIf(withoutTls)('an installation with a certificate is reached by https alone', async () => {
  const founding = await foundIn()
  const { tlsCert, tlsKey } = ownCertificate(mkdtempSync(join(tmpdir(), 'vidne-tls-')))
  const server = await ServerProcess.serve(founding.data, { VIDNE_TLS_CERT: tlsCert, VIDNE_TLS_KEY: tlsKey })
  onTestFinished(() => server.kill())
  const answer = await new Promise<{ status: number; hsts: unknown }>((done, failed) => {
    const asked = get(
      `https://localhost:${server.port}/healthz`,
      { ca: readFileSync(tlsCert), agent: false },
      ({ statusCode, headers }) => done({ status: statusCode ?? 0, hsts: headers['strict-transport-security'] }),
    )
    asked.on('error', failed)
  })
  expect(answer).toEqual({ status: 200, hsts: expect.stringMatching(/^max-age=\d{8,}/) as unknown })
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed')
  expect(await server.stop()).toBe(0)
})
