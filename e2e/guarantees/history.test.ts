import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatManifest } from '@vidne/evidence/bag'
import { PACKAGE_FILE, eventName } from '@vidne/evidence/package-names'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { parsePolicy } from '@vidne/tlog/policy'
import { checkLog, cosignLog } from '@vidne/verifier/log-check'
import { servedLog } from '@vidne/verifier/log-source.node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dock, exported, get, inDays, listed, run, statementOf, until } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { type Verdict, filesIn, unpacked, verify } from './packages.ts'

type Files = Map<string, Buffer>

const checker = await generateKey('maps.example.org', 'cosignature-ed25519')
let here: Inside
let court: string
let recording: string
let unchecked: Files
let checked: Files

beforeAll(async () => {
  here = await inside({ settings: { mapCheckers: [checker.vkey] } })
  court = join(here.data, '..', 'court.policy')
  const lines = [`witness maps ${checker.vkey}`, 'group map-checkers any maps', 'quorum none']
  writeFileSync(court, readFileSync(here.trust, 'utf8').replace('quorum none', lines.join('\n')))
  recording = (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000), camera: 'BC-1' })).recording
  await until('media that was read', async () => (await listed(here.clerk)).every(row => row.parsable !== null))
  await exported(here.clerk, recording, { purpose: 'case 41/26' })
  await inDays(here.clerk, 32)
  await run(here.clerk)
  unchecked = await filesIn(await statementOf(here.clerk, recording))
  await here.ground.seal.publish()
  await checkTheMap()
  checked = await filesIn(await statementOf(here.clerk, recording))
})
afterAll(() => here?.close())

/** What an independent map-checker does: recomputes the whole public log, and signs what it found sound. */
async function checkTheMap(): Promise<void> {
  const keys = parsePolicy(readFileSync(here.trust, 'utf8')).logs
  const found = await checkLog({ source: servedLog(`${here.clerk.url}/log`), keys })
  const body = await cosignLog(found, await signerFromKey(checker.skey))
  const answer = await fetch(`${here.clerk.url}/log/cosignature`, { method: 'POST', body })
  expect(answer.status).toBe(200)
}

const judged = (files: Files, ...words: string[]): Promise<Verdict> =>
  verify(unpacked(relisted(files)), '--trust', court, '--rehearsal', ...words)

/** The lists made anew, as somebody does who wants a change to pass. */
function relisted(files: Files): Files {
  const lists: ReadonlySet<string> = new Set([PACKAGE_FILE.payloadManifest, PACKAGE_FILE.tagManifest])
  const list = (which: Files): Buffer => {
    const lines = [...which].map(([path, bytes]) => ({
      path,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }))
    return Buffer.from(formatManifest(lines))
  }
  const own = [...files].filter(([name]) => !lists.has(name))
  const payload = new Map(own.filter(([name]) => name.startsWith('data/')))
  const tags = new Map(own.filter(([name]) => !name.startsWith('data/')))
  tags.set(PACKAGE_FILE.payloadManifest, list(payload))
  return new Map([...payload, ...tags, [PACKAGE_FILE.tagManifest, list(tags)]])
}

function eventsIn(files: Files): Buffer[] {
  const events: Buffer[] = []
  for (let event = files.get(eventName(0)); event !== undefined; event = files.get(eventName(events.length)))
    events.push(event)
  return events
}

/** The same package with another list of events. */
function telling(events: readonly Buffer[]): Files {
  const others = [...checked].filter(([name]) => !name.startsWith('events/'))
  return new Map([...others, ...events.map((event, seq) => [eventName(seq), event] as const)])
}

test('G5: a history is called checked under the signature of a map-checker, and never before', async () => {
  expect(await judged(checked)).toMatchObject({ exit: 0, history: 'checked', countersigned: ['maps'] })
  expect(await judged(unchecked)).toMatchObject({ exit: 0, history: 'asserted', countersigned: [] })
  const demands = join(here.data, '..', 'demands.json')
  writeFileSync(demands, '{"history":"checked"}')
  expect(await judged(unchecked, '--demands', demands)).toMatchObject({
    exit: 1,
    reasons: [{ code: 'demand-not-met' }],
  })
  expect(await judged(checked, '--demands', demands)).toMatchObject({ exit: 0 })
})

test('G5: whichever event of a real history is left out, or changes places, or is hidden at the end, it is found', async () => {
  const events = eventsIn(checked)
  expect(events.length).toBeGreaterThan(5)
  const stories = events.flatMap((_, at) => [
    { how: `without event ${at}`, events: events.toSpliced(at, 1) },
    { how: `ending before event ${at}`, events: events.slice(0, at) },
    { how: `with event ${at} twice`, events: events.toSpliced(at, 0, events[at]!) },
    ...(at === 0 ? [] : [{ how: `with event ${at} earlier`, events: swapped(events, at) }]),
  ])
  for (const { how, events: told } of stories) {
    const { exit, history, reasons } = await judged(telling(told))
    expect({ how, exit, history, told: reasons.length > 0 }).toEqual({ how, exit: 1, history: 'unproven', told: true })
  }
})

test('G5: any changed byte of any event, proof or map is found', async () => {
  for (const name of [...checked.keys()].filter(
    one => /^(events|log|policy)\//.test(one) && one !== PACKAGE_FILE.checkpoint,
  )) {
    const bytes = Buffer.from(checked.get(name)!)
    const at = Math.floor(bytes.length / 2)
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30
    const { exit, history } = await judged(new Map([...checked, [name, bytes]]))
    expect({ name, exit, checked: history === 'checked' && exit === 0 }).toEqual({ name, exit: 1, checked: false })
  }
})

test('G5: a later event cannot be hidden by a package that was made before it', async () => {
  const early = await filesIn(await exportedEarly())
  expect((await judged(early)).exit).toBe(0)
  const events = eventsIn(early)
  const later = await filesIn(await exportedEarly())
  expect(eventsIn(later).length).toBeGreaterThan(events.length)
  // The later checkpoint and map with the earlier, shorter story.
  const shorter = new Map([...later].filter(([name]) => !name.startsWith('events/')))
  for (const seq of events.keys()) shorter.set(eventName(seq), eventsIn(later)[seq]!)
  expect(await judged(shorter)).toMatchObject({ exit: 1, history: 'unproven' })
})

let second: string | null = null
async function exportedEarly(): Promise<Buffer> {
  second ??= (await dock(here.camera, { path: 'DCIM/2.mp4', bytes: randomBytes(3000), camera: 'BC-1' })).recording
  await get(here.clerk, 'POST', `/api/recordings/${second}/hold`, { reason: 'one more event' })
  return exported(here.clerk, second)
}

function swapped(events: readonly Buffer[], at: number): Buffer[] {
  const [before, after] = [events[at - 1]!, events[at]!]
  return events.with(at - 1, after).with(at, before)
}
