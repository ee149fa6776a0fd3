import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, KeepTrial } from '../keep/testing/trial-keep.ts'
import type { Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { openAccess } from '../rules/rules.ts'
import { type Asked, indexWords, type Listing, openListing } from './listing-door.ts'
import { gapsIn } from './listing-timeline.ts'
import { indexTexts, wordsIn, wordsOf } from './listing-words.ts'
import { openViews, openWork } from './review.ts'
import { sayPlace } from './testing/a-place.ts'

onEachEngine('the list of recordings', ground => {
  let trial: KeepTrial
  let listing: Listing
  let countersigned: number
  const facts = { names: new Map<string, string>() }

  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
    await trial.newAgency('uk-met')
    wire()
  })
  afterAll(() => trial.close())

  function accessOf() {
    const { history, rules, clock } = trial
    return openAccess({
      database: ground.database,
      clock,
      history,
      policyDigest: async (trx, agency) => (await rules.policyInForce(trx, agency)).pol,
      policyInForce: (trx, agency) => rules.policyInForce(trx, agency),
      unitOf: (trx, person) => trial.people.units.ofPerson(trx, person),
    })
  }

  function wire() {
    const { people, clock, history } = trial
    const access = accessOf()
    const seal = { metrics: () => ({ countersignedLeaves: countersigned, publicLeaves: countersigned }) as never }
    indexWords(history)
    listing = openListing({ database: ground.database, clock, people, access, seal })
  }

  /** An agency of its own, with recordings by name, the newest last. */
  async function agency(...named: [name: string, row: Partial<Record<'camera' | 'wearer' | 'path', string | null>>][]) {
    countersigned = 0
    // Noon: what is recorded in the next hours is of the same day in London.
    trial.clock.at = Math.ceil(trial.clock.at / DAY) * DAY + DAY / 2
    await trial.newAgency('uk-met')
    wire()
    facts.names.clear()
    for (const [name, row] of named) {
      trial.clock.at += HOUR
      const id = await trial.record({ camera: row.camera ?? 'cam-1' })
      facts.names.set(id, name)
      await asInstallation(trx =>
        sql`update dock_recording set camera = ${row.camera === undefined ? 'cam-1' : row.camera},
          wearer = ${row.wearer ?? null}, wearer_key = ${row.wearer?.toLowerCase() ?? null}, path = ${row.path ?? 'a.mp4'} where id = ${id}::uuid`.execute(
          trx,
        ),
      )
    }
  }
  const asInstallation = <T>(work: (trx: Trx) => Promise<T>) => ground.database.asInstallation(work)
  const idOf = (name: string) => [...facts.names].find(([, each]) => each === name)?.[0] ?? ''
  const told = (rows: readonly { id: string }[] | null) => rows?.map(row => facts.names.get(row.id) ?? row.id)
  const list = async (
    asked: Asked = {},
    actor: Actor = trial.clerk,
    sort: 'recorded' | 'goes' | 'received' = 'recorded',
  ) => told(await listing.page(actor, { asked, sort, most: 100, after: null }))

  test('is narrowed by camera, wearer and what is not known of a recording', async () => {
    await agency(
      ['annas', { camera: 'north-1', wearer: 'Anna Berg' }],
      ['bos', { camera: 'north-2', wearer: 'Bo Ek' }],
      ['nobodys', { camera: null, wearer: null }],
    )
    expect(await list()).toEqual(['nobodys', 'bos', 'annas'])
    expect(await list({ camera: 'north-2' })).toEqual(['bos'])
    expect(await list({ wearer: 'Anna Berg' })).toEqual(['annas'])
    expect(await list({ wearer: 'Anna Berg', camera: 'north-2' })).toEqual([])
    expect(await list({ without: 'camera' })).toEqual(['nobodys'])
    expect(await list({ without: 'operation' })).toEqual(['nobodys', 'bos', 'annas'])
  })

  test('is narrowed by days of the agency’s calendar, the whole of each', async () => {
    await agency(['first', {}])
    trial.clock.at = Date.parse('2026-08-10T23:30:00Z')
    const late = await trial.record()
    facts.names.set(late, 'past midnight in London')
    expect(await list({ from: '2026-08-11', until: '2026-08-11' })).toEqual(['past midnight in London'])
    expect(await list({ from: '2026-08-10', until: '2026-08-10' })).toEqual([])
    expect(await list({ from: '2026-08-10T23:30:00Z', until: '2026-08-10T23:30:00Z' })).toEqual([
      'past midnight in London',
    ])
  })

  test('is narrowed by unit: what its cameras recorded while they were the unit’s', async () => {
    await agency(['before', { camera: 'cam-9' }])
    trial.clock.at += HOUR
    await trial.assign('cam-9', 'North')
    trial.clock.at += HOUR
    facts.names.set(await trial.record({ camera: 'cam-9' }), 'while')
    trial.clock.at += HOUR
    await trial.assign('cam-9', 'South')
    trial.clock.at += HOUR
    facts.names.set(await trial.record({ camera: 'cam-9' }), 'after')
    const units = await trial.inAgency(trx => trial.people.units.of(trx, trial.agency))
    const idOfUnit = (name: string) => units.find(unit => unit.name === name)?.id ?? ''
    expect(await list({ unit: idOfUnit('North') })).toEqual(['while'])
    expect(await list({ unit: idOfUnit('South') })).toEqual(['after'])
    const rows = await listing.page(trial.clerk, { asked: {}, sort: 'recorded', most: 10, after: null })
    expect(rows?.map(row => row.unit)).toEqual(['South', 'North', null])
  })

  test('is narrowed by category: the rule that decides, and each that somebody gave', async () => {
    await agency(['plain', {}], ['kept', {}])
    const wish = { recording: idOf('kept'), rule: 'evidence', basis: 'asked for', case: 'C-77', offence: null }
    const answer = await trial.keep.categorise(trial.clerk, wish)
    expect(answer).toMatchObject({ state: 'categorised' })
    expect(await list({ category: 'evidence' })).toEqual(['kept'])
    expect(await list({ category: 'uncategorised' })).toEqual(['plain'])
    expect(await list({ search: 'c-77' })).toEqual(['kept'])
  })

  test('is narrowed by holds and by days left, and sorted by what goes first', async () => {
    await agency(['old', {}], ['held', {}], ['young', {}])
    await trial.hold(idOf('held'))
    expect(await list({ held: true })).toEqual(['held'])
    expect(await list({ held: false })).toEqual(['young', 'old'])
    expect(await list({ daysLeft: 40 })).toEqual(['young', 'old'])
    expect(await list({ daysLeft: 1 })).toEqual([])
    expect(await list({}, trial.clerk, 'goes')).toEqual(['old', 'young'])
    trial.clock.at += 30 * DAY
    expect(await list({ daysLeft: 1 })).toEqual(['young', 'old'])
  })

  test('is narrowed by state, from received to deleted', async () => {
    await agency(['countersigned', {}], ['sealed', {}], ['received', {}])
    await asInstallation(async trx => {
      await sql`delete from history_pending`.execute(trx)
      await sql`insert into seal_log (log, origin, opened_at, signed_size) values (1, 'l', now(), 2) on conflict do nothing`.execute(
        trx,
      )
      await sql`insert into seal_leaf (log, index, leaf, label, at)
        select 1, row_number() over (order by e.at) - 1, e.label, e.label, e.at from history_event e
        where e.seq = 0 and e.agency = ${trial.agency}::uuid and e.subject <> ${trial.agency}::uuid`.execute(trx)
    })
    countersigned = 1
    expect(await list({ state: 'received' })).toEqual(['received'])
    expect(await list({ state: 'sealed' })).toEqual(['sealed'])
    expect(await list({ state: 'countersigned' })).toEqual(['countersigned'])
    countersigned = 0
    expect(await list({ state: 'sealed' })).toEqual(['sealed', 'countersigned'])
    expect(await list({ state: 'countersigned' })).toEqual([])
    await trial.hold(idOf('sealed'))
    trial.clock.at += 32 * DAY
    await trial.run()
    expect(await list({ state: 'deleted' })).toEqual(['received', 'countersigned'])
    expect(await list({ state: 'present' })).toEqual(['sealed'])
    expect(await list({ without: 'any' })).toEqual(['sealed'])
  })

  test('is narrowed to an area by what files say of their place, and lists the places', async () => {
    await agency(['town', {}], ['isle', {}], ['nowhere', {}])
    const place = (name: string, latitudeE7: number, longitudeE7: number) =>
      trial.inAgency(trx => sayPlace(trx, { agency: trial.agency, recording: idOf(name), latitudeE7, longitudeE7 }))
    await place('town', 556_761_000, 125_683_000)
    await place('isle', 567_100_000, 115_200_000)
    expect(await list({ area: '55.6,12.5,55.7,12.6' })).toEqual(['town'])
    const found = await listing.places(trial.clerk, {})
    expect(found?.places.map(({ recording, latitude }) => [facts.names.get(recording), latitude])).toEqual([
      ['isle', 56.71],
      ['town', 55.6761],
    ])
  })

  test('finds what people wrote by the stems of four languages, and files by the beginning of their names', async () => {
    await agency(
      ['danish', {}],
      ['swedish', {}],
      ['german', {}],
      ['english', {}],
      ['silent', { path: 'DCIM/100/GX010123.MP4' }],
    )
    const say = (name: string, text: string) =>
      trial.inAgency(trx =>
        indexTexts(trx, [{ agency: trial.agency, recording: idOf(name), source: 'note:1', text, written: true }]),
      )
    await say('danish', 'Betjentene blev angrebet på Strøget')
    await say('swedish', 'Skolgårdarna filmades')
    await say('german', 'Mehrere Häuser wurden durchsucht')
    await say('english', 'Three arrests near the bridges')
    expect(await list({ search: 'betjent' })).toEqual(['danish'])
    expect(await list({ search: 'skolgården' })).toEqual(['swedish'])
    expect(await list({ search: 'Haus' })).toEqual(['german'])
    expect(await list({ search: 'arrested bridge' })).toEqual(['english'])
    expect(await list({ search: 'arrested Haus' })).toEqual([])
    expect(await list({ search: 'strø' })).toEqual(['danish'])
    expect(await list({ search: '…!' })).toEqual([])
    await say('danish', 'Ingenting')
    expect(await list({ search: 'betjent' })).toEqual([])
  })

  test('finds a file by its name, camera and wearer from the moment it is sealed', async () => {
    await trial.newAgency('uk-met')
    wire()
    facts.names.clear()
    const id = await trial.record({ camera: 'D10-A4' })
    facts.names.set(id, 'one')
    for (const search of ['d10-a4', 'd10', 'A4']) expect(await list({ search })).toEqual(['one'])
    expect(await list({ search: 'd10-a5' })).toEqual([])
  })

  test('finds what stands in notes, transcripts and incidents, as long as it stands there', async () => {
    await agency(['noted', { wearer: 'Anna Berg' }], ['other', {}])
    const { people, clock, history, rules } = trial
    const work = openWork({ database: ground.database, clock, history, people, rules, access: accessOf() })
    const recording = idOf('noted')
    const write = (words: string, edit: { entry: string; saw: number } | null = null) =>
      work.write(trial.clerk, { recording, edit, content: { kind: 'note', words } })
    const note = await write('The man in the red jacket ran north')
    if (note.state !== 'written') throw new Error(note.state)
    await work.write(trial.clerk, {
      recording,
      edit: null,
      content: { kind: 'incident', reference: 'CAD-4471', words: 'Fight outside a pub' },
    })
    expect(await list({ search: 'jackets' })).toEqual(['noted'])
    expect(await list({ search: 'cad-4471' })).toEqual(['noted'])
    expect(await list({ search: 'jackets' }, await trial.person('Anna Berg', 'wearer'))).toEqual([])
    await write('He ran south', { entry: note.entry.id, saw: 1 })
    expect(await list({ search: 'jackets' })).toEqual([])
    await work.remove(trial.clerk, { recording, entry: note.entry.id, saw: 2 })
    expect(await list({ search: 'south' })).toEqual([])
    expect(await list({ search: 'fights' })).toEqual(['noted'])
  })

  test('finds by its file what was docked before recordings were searched', async () => {
    await agency(['old', { path: "DCIM/O'Neill/GX-77.MP4", wearer: 'Bo Ek' }])
    const migration = readFileSync(join(import.meta.dirname, '../../migrations/0022_listing.sql'), 'utf8')
    const [words] = /insert into review_word[^;]+;/.exec(migration) ?? []
    await asInstallation(async trx => {
      await sql`delete from review_word`.execute(trx)
      await sql.raw(words ?? '').execute(trx)
    })
    for (const search of ['gx-77', 'gx', "o'neill", 'cam-1', 'ek']) expect(await list({ search })).toEqual(['old'])
    expect(await list({ search: 'mp4' })).toEqual([])
  })

  test('does not find for a wearer what others wrote of his recording', async () => {
    await agency(['annas', { wearer: 'Anna Berg' }])
    await trial.keep.hold(trial.clerk, { recording: idOf('annas'), reason: 'complaint about shouting', review: null })
    const anna = await trial.person('Anna Berg', 'wearer')
    expect(await list({ search: 'shouting' })).toEqual(['annas'])
    expect(await list({}, anna)).toEqual(['annas'])
    expect(await list({ search: 'shouting' }, anna)).toEqual([])
  })

  test('shows, counts, names and places for each role nothing but what it may see', async () => {
    await agency(['annas', { wearer: 'Anna Berg' }], ['bos', { wearer: 'Bo Ek' }])
    const anna = await trial.person('Anna Berg', 'wearer')
    const ida = await trial.person('Ida', 'investigator')
    const seen = async (actor: Actor) => [
      await list({}, actor),
      (await listing.counts(actor, {}))?.total,
      told((await listing.ids(actor, {}))?.ids.map(id => ({ id })) ?? null),
      (await listing.timeline(actor, { day: '2026-06-01', whose: { wearer: 'Bo Ek', camera: null } }))?.spans.length,
    ]
    const day = new Date(trial.clock.at).toISOString().slice(0, 10)
    expect(await seen(trial.clerk)).toEqual([['bos', 'annas'], 2, ['bos', 'annas'], expect.any(Number)])
    expect(await seen(anna)).toEqual([['annas'], 1, ['annas'], 0])
    expect(await seen(ida)).toEqual([[], 0, [], 0])
    const bos = await listing.timeline(anna, { day, whose: { wearer: 'Bo Ek', camera: null } })
    expect([bos?.spans, bos?.duties]).toEqual([[], []])
    const counts = await listing.counts(anna, {})
    expect(counts?.wearers).toEqual([{ value: 'Anna Berg', count: 1 }])
    const sys = await trial.person('Sys', 'system-administrator')
    expect(await listing.page(sys, { asked: {}, sort: 'recorded', most: 10, after: null })).toBeNull()
    expect(await listing.counts(sys, {})).toBeNull()
    expect(await listing.ids(sys, {})).toBeNull()
    expect(await listing.places(sys, {})).toBeNull()
    expect(await listing.timeline(sys, { day, whose: { wearer: 'Bo Ek', camera: null } })).toBeNull()
  })

  test.each(['received', 'recorded', 'goes'] as const)(
    'is paged by %s without a gap or a row that comes twice',
    async sort => {
      await agency(...Array.from({ length: 7 }, (_, i): [string, object] => [`r${i}`, {}]))
      // Two of the same moment: the id decides between them.
      await asInstallation(trx =>
        sql`update dock_recording set recorded_at = ${new Date(trial.clock.at)} where agency = ${trial.agency}::uuid
        and id in (${idOf('r1')}::uuid, ${idOf('r4')}::uuid)`.execute(trx),
      )
      const whole = await list({}, trial.clerk, sort)
      expect(whole).toHaveLength(7)
      const paged: string[] = []
      for (let after = null as { at: number; id: string } | null, pages = 0; pages < 7; pages++) {
        const rows = await listing.page(trial.clerk, { asked: {}, sort, most: 2, after })
        paged.push(...(told(rows) ?? []))
        after = rows?.at(-1)?.mark ?? after
      }
      expect(paged).toEqual(whole)
    },
  )

  test('counts by camera, wearer, category and day of the agency’s calendar', async () => {
    await agency(
      ['a', { camera: 'c1', wearer: 'Anna' }],
      ['b', { camera: 'c1', wearer: 'Bo' }],
      ['c', { camera: 'c2' }],
    )
    const counts = await listing.counts(trial.clerk, {})
    expect(counts).toMatchObject({ total: 3, more: false, categories: [{ value: 'uncategorised', count: 3 }] })
    expect(counts?.cameras).toEqual([
      { value: 'c1', count: 2 },
      { value: 'c2', count: 1 },
    ])
    expect(counts?.days.reduce((sum, { count }) => sum + count, 0)).toBe(3)
    expect((await listing.counts(trial.clerk, { camera: 'c2' }))?.total).toBe(1)
  })

  test('draws a day: what was recorded, for how long, and the gaps between', async () => {
    await agency(['first', { wearer: 'Anna' }], ['second', { wearer: 'Anna' }])
    const [first, second] = [idOf('first'), idOf('second')]
    await trial.mediaRead(first, { durationMs: 1_200_000 })
    await trial.mediaRead(second, { durationMs: 60_000 })
    const day = new Date(trial.clock.at).toISOString().slice(0, 10)
    const drawn = await listing.timeline(trial.clerk, { day, whose: { wearer: 'Anna', camera: null } })
    expect(drawn?.zone).toBe('Europe/London')
    expect(drawn?.spans.map(span => [span.recording, span.until - span.from, span.exact])).toEqual([
      [first, 1_200_000, true],
      [second, 60_000, true],
    ])
    expect(drawn?.gaps.map(gap => gap.until - gap.from)).toEqual([HOUR - 1_200_000])
  })

  test('forgets the words of what is deleted', async () => {
    await agency(['gone', {}])
    await trial.keep.categorise(trial.clerk, {
      recording: idOf('gone'),
      rule: 'uncategorised',
      basis: 'planted zebra',
      case: null,
      offence: null,
    })
    expect(await list({ search: 'zebra' })).toEqual(['gone'])
    const views = openViews({ ...trial.ground, people: trial.people, access: accessOf(), dock: trial.dock } as never)
    await views.eraser.erase(trial.agency, idOf('gone'))
    const { rows } = await asInstallation(trx =>
      sql<{ n: number }>`select count(*)::int as n from review_word where recording = ${idOf('gone')}::uuid`.execute(
        trx,
      ),
    )
    expect(rows).toEqual([{ n: 0 }])
  })
})

test('a name of several parts is one word to look for, and is found by its parts too', () => {
  expect(wordsOf('GX010123.MP4 on D10-A4')).toEqual(['gx010123.mp4', 'on', 'd10-a4'])
  expect(wordsIn('D10-A4')).toEqual(['d10-a4', 'd10', 'a4'])
  expect(wordsIn(`a ${'x'.repeat(200)}`)).toEqual([])
})

test('gaps are drawn within the duty, and none that could not be measured', () => {
  const day = { from: 0, until: 1_000_000 }
  const span = (from: number, until: number, exact = true) => ({ from, until, exact })
  expect(gapsIn(day, [], [])).toEqual([])
  expect(gapsIn(day, [], [{ from: 100_000, until: 200_000 }])).toEqual([{ from: 100_000, until: 200_000 }])
  expect(gapsIn(day, [span(10_000, 20_000), span(50_000, 60_000)], [])).toEqual([{ from: 20_000, until: 50_000 }])
  // Files that follow each other within a moment are one recording to whoever looks.
  expect(gapsIn(day, [span(10_000, 20_000), span(21_000, 30_000)], [])).toEqual([])
  // How long the first one is, nobody knows: it may have lasted until the second began.
  expect(gapsIn(day, [span(10_000, 10_000, false), span(50_000, 60_000)], [])).toEqual([])
  expect(gapsIn(day, [span(10_000, 40_000)], [{ from: 20_000, until: 30_000 }])).toEqual([])
  expect(gapsIn(day, [span(25_000, 40_000)], [{ from: 20_000, until: 60_000 }])).toEqual([
    { from: 20_000, until: 25_000 },
    { from: 40_000, until: 60_000 },
  ])
})
