import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatManifest } from '@vidne/evidence/bag'
import { type Json, canonicalize } from '@vidne/evidence/jcs'
import { PACKAGE_FILE, eventName } from '@vidne/evidence/package-names'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { parsePolicy } from '@vidne/tlog/policy'
import { checkLog, cosignLog } from '@vidne/verifier/log-check'
import { servedLog } from '@vidne/verifier/log-source.node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, dock, exported, inDays, listed, run, statementOf, until } from './asking.ts'
import { vidne } from '../installation.ts'
import { type Inside, inside } from './inside.ts'
import { type Verdict, filesIn, unpacked, verify } from './packages.ts'

type Files = Map<string, Buffer>

const checker = await generateKey('maps.example.org', 'cosignature-ed25519')
let here: Inside
let court: string
let recording: string
/** A package of the recording, and a checkpoint from before it that a map-checker has signed. */
let packed: { zip: string; before: string }
let unchecked: Files
let checked: Files

beforeAll(async () => {
  here = await inside({ settings: { mapCheckers: [checker.vkey] } })
  court = beside('court.policy')
  const lines = [`witness maps ${checker.vkey}`, 'group map-checkers any maps', 'quorum none']
  writeFileSync(court, readFileSync(here.trust, 'utf8').replace('quorum none', lines.join('\n')))
  recording = (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000), camera: 'BC-1' })).recording
  await until('media that was read', async () => (await listed(here.clerk)).every(row => row.parsable !== null))
  packed = { zip: beside('package.zip'), before: beside('before') }
  await checkTheMap()
  writeFileSync(packed.before, (await ask(here.clerk, 'GET', '/log/checked')).bytes)
  writeFileSync(packed.zip, await exported(here.clerk, recording, { purpose: 'case 41/26' }))
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

const beside = (name: string): string => join(here.data, '..', name)

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

type MapFile = { v: number; size: number; presence: unknown[]; absence: unknown }

/** The same package with another list of events, by their places in the true one, and with the map's proofs to match. */
function telling(places: readonly number[], absence?: (map: MapFile) => unknown): Files {
  const events = eventsIn(checked)
  const map = JSON.parse(String(checked.get(PACKAGE_FILE.map))) as MapFile
  const presence = places.map(at => map.presence[at] ?? null)
  const forged = { ...map, presence, absence: absence?.(map) ?? map.absence } as Json
  const others = [...checked].filter(([name]) => !name.startsWith('events/'))
  return new Map([
    ...others,
    ...places.map((at, seq) => [eventName(seq), events[at] ?? Buffer.alloc(0)] as const),
    [PACKAGE_FILE.map, Buffer.from(canonicalize(forged))],
  ])
}

test('G5: a history is called checked under the signature of a map-checker, and never before', async () => {
  expect(await judged(checked)).toMatchObject({ exit: 0, history: 'checked', countersigned: ['maps'] })
  expect(await judged(unchecked)).toMatchObject({ exit: 0, history: 'asserted', countersigned: [] })
  const demands = beside('demands.json')
  writeFileSync(demands, '{"history":"checked"}')
  expect(await judged(unchecked, '--demands', demands)).toMatchObject({
    exit: 1,
    reasons: [{ code: 'demand-not-met' }],
  })
  expect(await judged(checked, '--demands', demands)).toMatchObject({ exit: 0 })
})

test('G5: whichever event of a real history is left out, doubled or changes places, it is found', async () => {
  const all = [...eventsIn(checked).keys()]
  expect(all.length).toBeGreaterThan(5)
  expect(await judged(telling(all))).toMatchObject({ exit: 0, history: 'checked' })
  const stories = all.flatMap(at => [
    { how: `without event ${at}`, places: all.toSpliced(at, 1) },
    { how: `with event ${at} twice`, places: all.toSpliced(at, 0, at) },
    ...(at === 0 ? [] : [{ how: `with event ${at} earlier`, places: all.with(at - 1, at).with(at, at - 1) }]),
  ])
  for (const { how, places } of stories) {
    const { exit, history } = await judged(telling(places))
    expect({ how, exit, history }).toEqual({ how, exit: 1, history: 'unproven' })
  }
})

test('G5: wherever a real history is cut off, the map shows that it goes on', async () => {
  const all = [...eventsIn(checked).keys()]
  for (const end of all.slice(1)) {
    // The honest answer to "what comes next" convicts, and so does any other proof in its place.
    const honest = await judged(telling(all.slice(0, end), map => map.presence[end]))
    expect({ end, codes: honest.reasons.map(one => one.code) }).toEqual({
      end,
      codes: expect.arrayContaining(['history-continues']),
    })
    const other = await judged(telling(all.slice(0, end)))
    expect(other.reasons.some(({ code }) => code === 'map-proof-wrong' || code === 'history-continues')).toBe(true)
    for (const { exit, history } of [honest, other])
      expect({ end, exit, history }).toEqual({ end, exit: 1, history: 'unproven' })
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

test('G5: a package, whose own export no map-checker can have seen, is checked by a later checkpoint that one has signed', async () => {
  const demands = beside('checked.json')
  writeFileSync(demands, '{"history":"checked"}')
  const [log, key] = [beside('copy'), beside('maps.key')]
  const told = (...words: string[]) =>
    verify(packed.zip, '--trust', court, '--rehearsal', '--demands', demands, '--log', log, ...words)
  writeFileSync(key, checker.skey, { mode: 0o600 })
  await here.ground.seal.publish()

  const served = ['--url', here.clerk.url]
  expect(await vidne(['log', 'copy', ...served, '--out', log])).toMatchObject({ code: 0 })
  const asserted = { exit: 1, intact: true, history: 'asserted', reasons: [{ code: 'demand-not-met' }] }
  expect(await told('--checkpoint', join(log, 'checkpoint'))).toMatchObject(asserted)
  expect(await told('--checkpoint', packed.before)).toMatchObject(asserted)

  expect(await vidne(['log', 'check', ...served, '--trust', here.trust, '--cosign', key])).toMatchObject({ code: 0 })
  expect(await vidne(['log', 'copy', ...served, '--out', log])).toMatchObject({ code: 0 })
  const checkedNow = { exit: 0, intact: true, history: 'checked', countersigned: ['maps'], reasons: [] }
  expect(await told('--checkpoint', join(log, 'checked'))).toMatchObject(checkedNow)
  expect(await told()).toMatchObject(checkedNow)
  expect(await told('--log', here.clerk.url)).toMatchObject(checkedNow)
})
