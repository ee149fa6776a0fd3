import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { extent } from './extent.ts'
import {
  LogMemory,
  expectExportsIdentical,
  expectOneRecordingEach,
  expectReceiptsVerify,
  type Place,
} from './inspection.ts'
import { Sending } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const KILLS = extent(100, 3)
const SENDERS = 64

/** A new file of a sender: most are small, one in eight needs more than one part. */
function aFile(nth: number): Sending {
  const bytes = nth % 8 === 0 ? 16_777_216 + randomInt(4_000_000) : randomInt(1, 1_500_000)
  return new Sending(bytes, `DCIM/${nth}.mp4`)
}

test(`the server is killed ${KILLS} times while ${SENDERS} cameras send: what was acknowledged is there, once`, async () => {
  const t0=performance.now(); const tr=(w:string)=>process.stderr.write(`${Math.round(performance.now()-t0)} ${w}\n`)
  const founding = await foundIn()
  tr('founded')
  const server = await ServerProcess.serve(founding.data)
  const place: Place = { ...founding, url: server.url }
  const log = new LogMemory(place)
  const target = { url: server.url, token: founding.deviceToken }
  const [sent, stop] = [[] as Sending[], new AbortController()]
  let [nth, killing] = [0, true]

  const camera = async (): Promise<void> => {
    while (killing) {
      const sending = aFile(nth++)
      sent.push(sending)
      await sending.run(target, { portionBytes: sending.bytes > 16_000_000 ? 20_000_000 : 300_000, restMs: 400 }, stop.signal)
    }
  }
  const cameras = Promise.all(Array.from({ length: SENDERS }, camera))
  cameras.catch(() => (killing = false))

  for (let kill = 0; kill < KILLS && killing; kill++) {
    await pause(randomInt(20, 2000))
    await log.look()
    await server.kill()
    await server.start()
    tr(`started ${sent.length} ${sent.filter(o=>o.done).length}`)
    for (const one of [...sent]) await one.verify(target)
    tr('verified')
  }
  killing = false
  await cameras
  { const t=new Map<number,number>(); const w=new Set<string>(); for (const o of sent) { for (const [k,v] of o.troubles) t.set(k,(t.get(k)??0)+v); for (const x of o.sentences) w.add(x) }; console.log(t, w); console.log(server.said.slice(-20)) }
  tr('cameras')
  expect(sent.every(one => one.done)).toBe(true)

  for (const one of [...sent]) await one.verify(target)
  await expectOneRecordingEach(place, sent)
  await expectReceiptsVerify(place, sent)
  tr('receipts');  await expectExportsIdentical(place, sent)
  tr('exports'); log.takeReceipts(sent)
  const { size } = await log.expectOneLog()
  await server.stop()
  const bytes = sent.reduce((sum, one) => sum + one.bytes, 0)
  process.stdout.write(
    `${KILLS} kills, ${sent.length} files, ${Math.round(bytes / 1e6)} MB, ${log.seen} checkpoints, ${size} leaves: nothing acknowledged was lost\n`,
  )
}, extent(3_600_000, 180_000))
