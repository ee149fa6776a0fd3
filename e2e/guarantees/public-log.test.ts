import { createHash, randomBytes } from 'node:crypto'
import { commitment, fieldDigest, genesisLabel, logId } from '@vidne/evidence/event'
import type { OpenEvent } from '@vidne/evidence/event'
import { EVENT_TYPES } from '@vidne/evidence/event-types'
import { canonicalize } from '@vidne/evidence/jcs'
import { eventLeaf, fillerLeaf, parseLeaf } from '@vidne/evidence/leaf'
import { toHex } from '@vidne/evidence/bytes'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseNote } from '@vidne/tlog/note'
import { servedLog } from '@vidne/verifier/log-source.node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, dock, exported, get, inDays, listed, personIn, run, until } from './asking.ts'
import { type Inside, inside } from './inside.ts'

const camera = `BC-${randomBytes(4).toString('hex')}`
const footage = randomBytes(2_100_000)
let here: Inside
let published: Published

/** Everything of the log that anybody may fetch. */
type Published = { leaves: Uint8Array[]; files: Buffer[] }

beforeAll(async () => {
  here = await inside()
  const { recording } = await dock(here.camera, { path: 'DCIM/100MEDIA/0001.MP4', bytes: footage, camera })
  const other = await dock(here.camera, { path: 'DCIM/K. Sørensen/0002.MP4', bytes: randomBytes(900), camera })
  await until('media that was read', async () => (await listed(here.clerk)).every(row => row.parsable !== null))
  await get(here.clerk, 'POST', `/api/recordings/${other.recording}/hold`, { reason: 'complaint 12 of K. Sørensen' })
  await exported(here.clerk, recording, { purpose: 'case 0100-12' })
  await personIn(here.clerk, 'Kirsten Sørensen', 'investigator')
  await inDays(here.clerk, 32)
  await run(here.clerk)
  await until('the public checkpoint of it', async () => {
    await here.ground.seal.publish()
    return here.ground.seal.metrics().publicLeaves > 20
  })
  published = await fetchLog()
})
afterAll(() => here?.close())

async function fetchLog(): Promise<Published> {
  const note = await ask({ url: here.clerk.url, token: null }, 'GET', '/log/checkpoint')
  const { size } = parseCheckpoint(parseNote(note.bytes.toString()).text)
  const source = servedLog(`${here.clerk.url}/log`)
  const [leaves, files] = [[] as Uint8Array[], [note.bytes]]
  for (let from = 0; from < size; from += 256) {
    const width = Math.min(256, size - from)
    const bundle = await source.bundle(from / 256, width)
    const tile = await source.tile(0, from / 256, width)
    if (bundle === null || tile === null) throw new Error('the log is not all there')
    files.push(Buffer.from(bundle), Buffer.from(tile))
    for (let at = 0; at < bundle.length;) {
      const length = Buffer.from(bundle).readUInt16BE(at)
      leaves.push(bundle.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
  }
  return { leaves, files }
}

const TABLES = ['people_person', 'people_agency', 'people_token', 'people_audit', 'keep_deadline', 'dock_recording']

/** Whatever an insider knows: each value of each row of the database, and each value in each event, but no salt and no key. */
async function dictionary(): Promise<{ values: Set<string>; events: OpenEvent[] }> {
  const values = new Set([
    camera,
    'Operator',
    'Kirsten Sørensen',
    'K. Sørensen',
    'case 0100-12',
    'Prøvekommunen',
    here.agency,
  ])
  const events = await here.ground.database.asInstallation(async trx => {
    const tables = trx.$extendTables<Record<string, Record<string, unknown>>>()
    for (const table of TABLES) {
      const rows = await tables.selectFrom(table).selectAll().execute()
      for (const text of rows.flatMap(row => Object.values(row)).flatMap(textsOf)) values.add(text)
    }
    const chains = await tables.selectFrom('history_chain').select('subject').execute()
    return (await Promise.all(chains.map(({ subject }) => here.ground.history.of(trx, String(subject))))).flat()
  })
  for (const event of events)
    for (const text of [event.core.at, event.core.seq, event.core.type, ...event.fields.map(one => one.value)].flatMap(
      textsOf,
    ))
      values.add(text)
  values.add(createHash('sha256').update(footage).digest('hex'))
  return { values, events }
}

/** A value in the forms in which it might have been hashed or written down. */
function textsOf(value: unknown): string[] {
  if (value instanceof Date) return [String(value.getTime()), value.toISOString()]
  if (value instanceof Uint8Array) return [toHex(value)]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value === 'object' && value !== null)
    return [JSON.stringify(value), ...Object.values(value).flatMap(textsOf)]
  return value === null || value === '' ? [] : [`${value as string | number | bigint | boolean}`]
}

const SALTS = ['', '00'.repeat(32), 'ff'.repeat(32)]
const DOMAINS = [
  '',
  'vidne/field/v1\0',
  'vidne/event/v1\0',
  'vidne/genesis/v1\0',
  'vidne/capture/v1\0',
  'vidne/history-key/v1\0',
]
const sha256 = (...parts: (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

/** Each guess of what a 32-byte value in the log could be, as hexadecimal. */
function* guesses({ values, events }: Awaited<ReturnType<typeof dictionary>>): Generator<string> {
  const log = logId(here.origin)
  for (const value of values) {
    if (/^[0-9a-f]{64}$/.test(value)) {
      const bytes = Buffer.from(value, 'hex')
      yield value
      yield sha256(bytes)
      yield toHex(genesisLabel(log, bytes))
    }
    for (const text of [value, value.replaceAll('-', ''), canonicalize(value)])
      for (const domain of DOMAINS) for (const salt of SALTS) yield sha256(domain, Buffer.from(salt, 'hex'), text)
  }
  for (const event of events)
    for (const salt of SALTS.slice(1)) {
      yield toHex(commitment({ core: event.core, salt }))
      // Even he who knows core and fields of an event does not find its leaf without its salts.
      const d = event.fields.map(({ name, value }) => fieldDigest({ name, value, salt })).toSorted()
      yield toHex(commitment({ core: { ...event.core, d }, salt }))
    }
}

/** Labels and commitments of event leaves that some guess gives. */
async function hits(leaves: readonly Uint8Array[]): Promise<number> {
  const known = new Set<string>()
  for (const leaf of leaves) {
    const read = parseLeaf(leaf)
    if (read.kind === 'event') known.add(toHex(read.label)).add(toHex(read.commitment))
  }
  let found = 0
  for (const guess of guesses(await dictionary())) if (known.has(guess)) found += 1
  return found
}

test('G12: whoever knows every id, name, digest and time of the installation guesses no leaf of the public log (I-05)', async () => {
  expect(published.leaves.length).toBeGreaterThan(20)
  expect(await hits(published.leaves)).toBe(0)
})

test('G12: the guessing would find a leaf that was made without salt', async () => {
  const unsalted = Buffer.from(sha256('vidne/field/v1\0', canonicalize(camera)), 'hex')
  expect(await hits([...published.leaves, eventLeaf(randomBytes(32), unsalted)])).toBe(1)
})

test('G12: no id, name, digest or time of a person or recording stands in any file of the public log', async () => {
  const { values } = await dictionary()
  // The kinds of events and what is stated on purpose are no secrets.
  const stated = new Set([...published.leaves.flatMap(saidInPublic), ...EVENT_TYPES])
  const told = [...values].filter(value => value.length >= 6 && !stated.has(value))
  expect(told.length).toBeGreaterThan(50)
  const found = told.filter(value => {
    const forms = [
      Buffer.from(value),
      ...(/^[0-9a-f-]{32,64}$/.test(value) ? [Buffer.from(value.replaceAll('-', ''), 'hex')] : []),
    ]
    return published.files.some(file => forms.some(form => form.length >= 6 && file.includes(form)))
  })
  expect(found).toEqual([])
})

test('G12: what is said in the open says nothing but counts, rules, digests of policies and its own time', () => {
  const statements = published.leaves
    .filter(leaf => leaf[0] === 4)
    .map(leaf => JSON.parse(Buffer.from(leaf.subarray(1)).toString()) as { type: string })
  const types = statements.map(one => one.type)
  expect(types.toSorted()).toEqual(['deletion-run', 'log-opened', 'policy-in-force'])
  const run = statements.find(one => one.type === 'deletion-run')
  expect(run).toEqual({
    type: 'deletion-run',
    v: 1,
    at: expect.any(Number),
    counts: [{ rule: 'uncategorised', items: 1 }],
  })
})

test('G12: an event in the log looks like a filler, and there are more fillers than events', async () => {
  const lengths = new Set(published.leaves.filter(leaf => leaf[0] === 1).map(leaf => leaf.length))
  expect(lengths).toEqual(new Set([fillerLeaf().length]))
  const { events } = await dictionary()
  const shown = published.leaves.filter(leaf => leaf[0] === 1).length
  expect([16, 64, 256, 1024].some(step => shown % 16 === 0 && shown >= step)).toBe(true)
  expect(shown).toBeGreaterThan(events.length)
})

/** What a public statement says on purpose. */
function saidInPublic(leaf: Uint8Array): string[] {
  return leaf[0] === 4 ? textsOf(JSON.parse(Buffer.from(leaf.subarray(1)).toString())) : []
}
