import { createHash, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { memoryOf } from '../../bench/measure.ts'
import { leftOut, notLinux } from '../../checks/left-out.ts'
import { extent, report } from './extent.ts'
import { recordings } from './inspection.ts'
import { type Answer, type Target, ask } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const [SLOW, FAST] = [250, 250]
/** So many portions, with a rest before each: a slow one is under way for a while however fast the server is. */
const PORTIONS = extent(40, 10)
const REST_MS = 250
const SLOW_BYTES = extent(4_194_304, 524_288)
const FAST_BYTES = extent(8_388_608, 4_194_304)
const MOST_MEMORY = 900_000_000

/** Each on a connection of its own, as cameras are. */
const agent = new Agent({ keepAlive: false, maxSockets: SLOW + FAST + 50 })
const shared = randomBytes(FAST_BYTES)

type Sent = { recording: string; sha256: string }

/** A file that nobody else sends: a head of its own, then bytes that all share. */
function content(bytes: number): Buffer {
  return Buffer.concat([randomBytes(64), shared.subarray(0, bytes - 64)])
}

/** Docks a file in one request, whose body goes out portion by portion. Any refusal breaks the promise. */
async function dock(target: Target, bytes: Buffer, portions: number, restMs: number): Promise<Sent> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const metadata = `sha256 ${Buffer.from(sha256).toString('base64')}`
  const begun = await ask(target, 'POST', '/upload/', {
    'upload-length': String(bytes.length),
    'upload-metadata': metadata,
  })
  expect({ status: begun.status, text: begun.text }).toMatchObject({ status: 201 })
  const answer = await patch(target, begun.headers.location ?? '', bytes, { portions, restMs })
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 204 })
  return { recording: String(answer.headers['vidne-recording']), sha256 }
}

type Pace = { portions: number; restMs: number }

function patch(target: Target, path: string, bytes: Buffer, { portions, restMs }: Pace): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${target.token}`,
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': String(bytes.length),
  }
  return new Promise((done, failed) => {
    const sending = request(new URL(path, target.url), { method: 'PATCH', agent, headers }, response => {
      let text = ''
      response.on('data', chunk => (text += String(chunk)))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sending.on('error', failed)
    const length = Math.ceil(bytes.length / portions)
    const trickle = async (): Promise<void> => {
      for (let at = 0; at < bytes.length; at += length) {
        if (restMs > 0) await pause(restMs * (0.5 + Math.random()))
        sending.write(bytes.subarray(at, at + length))
      }
      sending.end()
    }
    trickle().catch(failed)
  })
}

test.skipIf(leftOut('the memory of a server with 500 uploads', notLinux))(
  `${SLOW} slow and ${FAST} fast uploads at once: all finish, the fast starve none of the slow, and memory stays below ${MOST_MEMORY / 1e6} MB`,
  { timeout: extent(1_800_000, 180_000) },
  async () => {
    const founding = await foundIn()
    // Gigabytes: not left until the end of the run.
    onTestFinished(() => rmSync(dirname(founding.data), { recursive: true, force: true }))
    const server = await ServerProcess.serve(founding.data, { VIDNE_READ_MEDIA: 'false' })
    onTestFinished(() => server.kill())
    const target = { url: server.url, token: founding.deviceToken }
    const sent: Sent[] = []
    let slowLeft = SLOW

    const slow = async (): Promise<void> => {
      sent.push(await dock(target, content(SLOW_BYTES), PORTIONS, REST_MS))
      slowLeft -= 1
    }
    // The load does not let up until the last slow one is through: were it starved, it would never end.
    const fast = async (): Promise<void> => {
      do sent.push(await dock(target, content(FAST_BYTES), 1, 0))
      while (slowLeft > 0)
    }
    const all = [...Array.from({ length: SLOW }, slow), ...Array.from({ length: FAST }, fast)]
    await Promise.all(all)

    const { peak } = memoryOf(server.pid)
    expect(peak).toBeGreaterThan(100e6)
    expect(peak).toBeLessThan(MOST_MEMORY)
    expect(sent.length).toBeGreaterThanOrEqual(SLOW + FAST)
    const rows = await recordings({ ...founding, url: server.url })
    expect(rows.map(row => `${row.id} ${row.sha256}`).toSorted()).toEqual(
      sent.map(one => `${one.recording} ${one.sha256}`).toSorted(),
    )
    expect(await server.stop()).toBe(0)
    report(
      `${SLOW + FAST} uploads at once, ${SLOW} of them slow: ${sent.length} files, all as they were sent, ` +
        `${Math.round(peak / 1e6)} MB of memory at most`,
    )
  },
)
