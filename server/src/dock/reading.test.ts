import { expect, test } from 'vitest'
import { DatabaseAway } from '../platform/database/errors.ts'
import { freshGround } from '../platform/testing/databases.ts'
import type { MediaReading } from './dock.ts'
import { READERS } from './reading.ts'
import { unread } from './recordings-store.ts'
import { begin, footage, patch } from './testing/client.ts'
import { AGENCY } from './testing/trial-dock.ts'
import { trialFor } from './testing/trial-for.ts'

let answer: MediaReading | 'throws' | 'away' = 'throws'
let whenAsked = async (): Promise<void> => {}
let asked = 0
const held = trialFor(freshGround('embedded'), () => ({
  readMedia: async source => {
    asked += 1
    const first = await source.read(0, 4)
    if (answer === 'away') throw new DatabaseAway('the database is away')
    await whenAsked()
    if (answer === 'throws') throw new Error(`the reader broke at ${first.length}`)
    return answer
  },
}))

async function docked(seed: string, pairs: Record<string, string> = {}): Promise<string> {
  const upload = await begin(held.trial.url, 1000, { path: 'a.mp4', ...pairs })
  return String((await patch(upload, 0, footage(1000, seed))).headers['vidne-recording'])
}

async function read(recording: string) {
  await held.trial.dock.readMedia()
  return held.trial.database.asAgency(AGENCY, async trx => ({
    found: await held.trial.dock.find(trx, recording),
    facts: await held.trial.dock.facts(trx, recording),
    events: await held.trial.history.of(trx, recording),
  }))
}

test('what was read becomes facts with their source, and an event', async () => {
  const facts = [
    { name: 'duration-ms', value: 1234, source: 'mvhd', parser: 'p 1' },
    { name: 'frames-per-second', value: 29.97, source: 'stts', parser: 'p 1' },
  ]
  answer = { parsable: true, parser: 'p 1', facts, recordedAt: { at: 1_700_000_000_000, source: 'mvhd' } }
  const recording = await docked('read')
  const { found, facts: kept, events } = await read(recording)
  expect(found).toMatchObject({ readState: 'read', recordedAt: 1_700_000_000_000, recordedAtSource: 'mvhd' })
  expect(kept).toEqual(facts)
  expect(events.map(event => event.core.type)).toEqual(['sealed', 'indexed'])
  const said = events[1]!.fields.find(field => field.name === 'facts')?.value
  // An event holds no fraction: 29.97 stands there as text.
  expect(said).toMatchObject([{ value: 1234 }, { value: '29.97' }])
})

test("the sender's clock stands before the file's own", async () => {
  answer = { parsable: true, parser: 'p', facts: [], recordedAt: { at: 5, source: 'mvhd' } }
  const { found } = await read(await docked('clock', { clocks: '[{"source":"mtime","at":1600000000000}]' }))
  expect(found).toMatchObject({ recordedAt: 1_600_000_000_000, recordedAtSource: 'mtime' })
})

test("the file's own time stands before the date that its storage gives it, which a copy changes", async () => {
  answer = { parsable: true, parser: 'p', facts: [], recordedAt: { at: 1_600_000_000_000, source: 'mvhd' } }
  const dated = '[{"source":"file modification time","at":1700000000000}]'
  const { found } = await read(await docked('copied', { clocks: dated }))
  expect(found).toMatchObject({ recordedAt: 1_600_000_000_000, recordedAtSource: 'mvhd' })
  answer = { parsable: true, parser: 'p', facts: [], recordedAt: null }
  const { found: silent } = await read(await docked('silent', { clocks: dated }))
  expect(silent).toMatchObject({ recordedAt: 1_700_000_000_000, recordedAtSource: 'file modification time' })
})

test('what cannot be parsed is marked, and stays a recording', async () => {
  answer = { parsable: false, parser: 'p', because: 'timeout' }
  const recording = await docked('hostile')
  const { found, events } = await read(recording)
  expect(found).toMatchObject({ readState: 'not-parsable', erasedAt: null, bytes: 1000 })
  expect(events.at(-1)!.fields.map(field => [field.name, field.value])).toContainEqual(['not-parsable', 'timeout'])
})

test('a reader that breaks is tried again a few times, then the recording is marked', async () => {
  answer = 'throws'
  const recording = await docked('broken')
  for (let tries = 0; tries < 5; tries++) await held.trial.dock.readMedia()
  asked = 0
  const { found } = await read(recording)
  expect(found).toMatchObject({ readState: 'not-parsable' })
  expect(asked).toBe(0)
})

test('as many are read side by side as the machine has room for, the newest first', async () => {
  answer = 'away'
  const made: string[] = []
  for (let at = 0; at < READERS + 1; at++) made.push(await docked(`beside ${at}`))
  await held.trial.dock.readMedia()
  const page = (before: string | null) =>
    held.trial.database.asInstallation(async trx => (await unread(trx, { before, most: 1 })).map(one => one.id))
  expect(await page(null)).toEqual(made.slice(-1))
  expect(await page(made.at(-1) ?? '')).toEqual(made.slice(-2, -1))
  let busy = 0
  let most = 0
  const all = Promise.withResolvers<void>()
  whenAsked = async () => {
    busy += 1
    most = Math.max(most, busy)
    if (busy === READERS) all.resolve()
    await all.promise
    busy -= 1
  }
  answer = { parsable: true, parser: 'p', facts: [], recordedAt: null }
  await held.trial.dock.readMedia()
  for (const id of made) expect((await read(id)).found).toMatchObject({ readState: 'read' })
  expect(most).toBe(READERS)
})
