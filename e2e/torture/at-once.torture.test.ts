import { randomBytes } from 'node:crypto'
import { parseProof } from '@vidne/tlog/proof'
import { zipPackage } from '@vidne/verifier/package-source'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GroundKind, groundFor, groundKinds } from '../grounds.ts'
import type { Ground } from '../installation.ts'
import { extent, report } from './extent.ts'
import { LogMemory, api, exported, type Place, verdictOn } from './inspection.ts'
import { Sending } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const AT_ONCE = 64
const ROUNDS = extent(5, 1)

describe.each(groundKinds)('one recording, asked for by many at once (%s)', kind => {
  let ground: Ground & { remove(): Promise<void> }
  let [server, place] = [] as unknown as [ServerProcess, Place]
  const footage = randomBytes(300_000)
  const sent = new Sending(footage, 'wanted.mp4')

  beforeAll(async () => {
    ground = await groundFor(kind as GroundKind)
    const founding = await foundIn({ pack: 'uk-met', ...ground })
    server = await ServerProcess.serve(founding.data)
    place = { ...founding, url: server.url }
    const target = { url: server.url, token: founding.deviceToken }
    await sent.run(target, { portionBytes: 300_000, rest: { ms: 0 } }, new AbortController().signal)
  })
  afterAll(async () => {
    await server?.kill()
    await ground?.remove()
  })

  test(
    `${AT_ONCE} views, then ${AT_ONCE} exports and holds, ${ROUNDS} times: one chain, no label twice, every package verifies`,
    async () => {
      const id = sent.recording ?? ''
      const packages: Buffer[] = []
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => expectViewed(place, id, footage)))
        const acts = Array.from({ length: AT_ONCE }, async (_, nth) => {
          if (nth % 2 === 0) packages.push(await exported(place, id, `for hearing ${round}-${nth}`))
          else await api(place, 'POST', `/recordings/${id}/hold`, { reason: `complaint ${round}-${nth}` })
        })
        await Promise.all(acts)
      }
      const asked = (ROUNDS * AT_ONCE) / 2
      const last = await exported(place, id)
      for (const zip of [...packages, last]) {
        const verdict = await verdictOn(zip, place.trust)
        const { reasons, intact } = verdict
        expect({ reasons, intact, footage: verdict.footage }).toEqual({ reasons: [], intact: true, footage: 'checked' })
      }
      const events = await eventsIn(last)
      expect(events.map(event => event.seq)).toEqual(events.map((_, at) => at))
      expect(new Set(events.map(event => event.next)).size).toBe(events.length)
      expect(count(events, 'exported')).toBe(asked + 1)
      expect(count(events, 'held')).toBe(asked)
      expect(count(events, 'viewed')).toBe(ROUNDS * AT_ONCE)
      expect(count(events, 'sealed')).toBe(1)

      const log = new LogMemory(place)
      log.takeReceipts([sent])
      const { size } = await log.expectOneLog()
      expect(await server.stop()).toBe(0)
      report(
        `${ROUNDS * AT_ONCE} views and as many exports and holds of one recording, ${AT_ONCE} at once (${kind}): one chain of ` +
          `${events.length} events, ${packages.length + 1} packages verify, no label twice in ${size} leaves`,
      )
    },
    extent(900_000, 180_000),
  )
})

/** Opens a view of its own, as each who looks does, and is shown what lies somewhere in the middle. */
async function expectViewed(place: Place, recording: string, content: Buffer): Promise<void> {
  const wish = { purpose: 'investigation', case: '12/26' }
  const { media } = await api<{ media: string }>(place, 'POST', `/recordings/${recording}/views`, wish)
  const [from, to] = [100_000, 200_000]
  const headers = { authorization: `Bearer ${place.operatorToken}`, range: `bytes=${from}-${to - 1}` }
  const answer = await fetch(new URL(media, place.url), { headers })
  expect(answer.status).toBe(206)
  expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), content.subarray(from, to))).toBe(0)
}

type Core = { seq: number; type: string; next: string }

/** The cores of a package's events, in the order of their files. */
async function eventsIn(zip: Buffer): Promise<Core[]> {
  const source = await zipPackage({
    size: zip.length,
    read: async (offset, length) => zip.subarray(offset, offset + length),
  })
  const names = [...source.files]
    .filter(([name]) => name.startsWith('events/'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Promise.all(
    names.map(async ([name, bytes]) => {
      const { extra } = parseProof(Buffer.from(await source.read(name, 0, bytes)).toString('utf8'))
      return (JSON.parse(Buffer.from(extra ?? []).toString('utf8')) as { core: Core }).core
    }),
  )
}

function count(events: readonly Core[], type: string): number {
  return events.filter(event => event.type === type).length
}
