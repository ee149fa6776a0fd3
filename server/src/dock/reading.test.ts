import { expect, test } from 'vitest'
import { freshGround } from '../platform/testing/databases.ts'
import type { MediaReading } from './dock.ts'
import { begin, footage, patch } from './testing/client.ts'
import { AGENCY } from './testing/trial-dock.ts'
import { trialFor } from './testing/trial-for.ts'

let answer: MediaReading | 'throws' = 'throws'
let asked = 0
const held = trialFor(freshGround('embedded'), () => ({
  readMedia: async source => {
    asked += 1
    const first = await source.read(0, 4)
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
