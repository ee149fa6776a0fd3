import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY, KeepTrial } from '../keep/testing/trial-keep.ts'
import type { Actor } from '../people/people.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { openViews, type Views } from '../review/review.ts'
import { type Access, openAccess } from '../rules/rules.ts'
import { type RecordingPage, openRecordingPage } from './recording-page.ts'

onEachEngine('the page of one recording', ground => {
  let trial: KeepTrial
  let page: RecordingPage
  let views: Views
  let access: Access
  let recording: string
  let wearer: Actor
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())
  beforeEach(() => open('de-nrw-oa'))

  async function open(pack: string): Promise<void> {
    await trial.newAgency(pack)
    const { history, rules, people, clock, dock } = trial
    const { database } = ground
    access = openAccess({
      database,
      clock,
      history,
      policyDigest: async (trx, agency) => (await rules.policyInForce(trx, agency)).pol,
      policyInForce: (trx, agency) => rules.policyInForce(trx, agency),
      unitOf: (trx, person) => people.units.ofPerson(trx, person),
    })
    views = openViews({ database, clock, history, people, rules, access, dock })
    const countersignedLeaves = () => 0
    page = openRecordingPage({ database, clock, history, people, rules, access, dock, views, countersignedLeaves })
    recording = await trial.record()
    wearer = await trial.person('Anna Berg', 'wearer')
    await ground.database.asInstallation(trx =>
      sql`update dock_recording set wearer = 'Anna Berg', wearer_key = 'anna berg' where id = ${recording}::uuid`.execute(
        trx,
      ),
    )
  }

  const wish = { purpose: 'criminal_prosecution', case: 'Js 41/26', ownReport: false, range: null }

  /** The clerk looks, with the supervisor's word. */
  async function look(): Promise<string> {
    const asked = await views.open(trial.clerk, { recording, ...wish })
    if (!('approval' in asked)) throw new Error(JSON.stringify(asked))
    await trial.approve(asked.approval)
    const opened = await views.open(trial.clerk, { recording, ...wish })
    if (!('view' in opened)) throw new Error(JSON.stringify(opened))
    return opened.view
  }

  test('says what somebody has to say before he looks, and in whose time zone its days are', async () => {
    const found = await page.find(trial.clerk, recording)
    if (typeof found === 'string') throw new Error(found)
    expect(found.zone).toBe('Europe/Berlin')
    expect(found.form.purposes.map(({ purpose, needsCase, needsSecond }) => [purpose, needsCase, needsSecond])).toEqual(
      [
        ['criminal_prosecution', true, true],
        ['access_request', true, true],
      ],
    )
    const own = await page.find(wearer, recording)
    expect(own).toMatchObject({ form: { purposes: [], refused: 'no-rule' } })
  })

  test('is for nobody who has it not on his list, and answers him like what does not exist', async () => {
    const other = await trial.person('Bo Ek', 'wearer')
    const nobody = await trial.person('Fig', 'figures-reader')
    for (const ask of ['find', 'account', 'access'] as const) {
      expect(await page[ask](other, recording, 'en')).toBe('no-such-recording')
      expect(await page[ask](nobody, recording, 'en')).toBe('not-allowed')
    }
  })

  test('tells who has looked, and what for to those alone who may read questions', async () => {
    const view = await look()
    const told = await page.account(trial.supervisor, recording, 'da')
    if (typeof told === 'string') throw new Error(told)
    expect(told.viewers).toMatchObject([{ view, name: 'Kim Clerk', case: 'Js 41/26', whole: true }])
    expect(told.viewers[0]?.purpose).toContain('forfølg')
    const own = await page.account(wearer, recording, 'en')
    if (typeof own === 'string') throw new Error(own)
    expect(own.viewers).toMatchObject([{ view, name: 'Kim Clerk', purpose: null, case: null }])
    expect(JSON.stringify(own)).not.toContain('41/26')
  })

  test('tells the history event by event, and when it goes by which rule, in the language asked for', async () => {
    await trial.hold(recording)
    const told = await page.account(trial.clerk, recording, 'de')
    if (typeof told === 'string') throw new Error(told)
    expect(told.events.map(({ type }) => type)).toEqual(await trial.told(recording))
    expect(told.events.map(({ seq }) => seq)).toEqual(told.events.map((_, place) => place))
    expect(told.events.every(({ state, index }) => state === 'received' && index === null)).toBe(true)
    expect(told.standing.join(' ')).toContain('Löschsperre')
    const english = await page.account(trial.clerk, recording, 'en')
    expect(english).toMatchObject({
      standing: [expect.stringContaining('hold'), expect.anything(), expect.anything(), expect.anything()],
    })
  })

  test('says who may see it and by what, as the list itself would', async () => {
    await trial.person('Ida', 'investigator')
    const bo = await trial.person('Bo Ek', 'wearer')
    await trial.inAgency(trx =>
      access.grant(trx, {
        agency: trial.agency,
        recording,
        kind: 'case',
        reason: 'case 7',
        by: trial.clerk,
        to: { person: bo.person, name: bo.name },
        until: trial.clock.at + DAY,
      }),
    )
    const told = await page.access(trial.clerk, recording, 'en')
    if (typeof told === 'string') throw new Error(told)
    const ways = Object.fromEntries(told.people.map(({ name, ways: by, looks }) => [name, [by, looks]]))
    expect(ways).toEqual({
      'Anna Berg': [['own'], false],
      'Bo Ek': [['granted'], false],
      'Kim Clerk': [['role'], true],
      'Sam Supervisor': [['role'], false],
    })
    expect(told.people.find(({ name }) => name === 'Bo Ek')?.reason).toBe('case 7')
    expect([told.you, told.more]).toEqual([['role'], 0])
    expect(told.rules.some(({ never }) => never)).toBe(true)
    // Each of them, and nobody else, has it on his list.
    for (const actor of [trial.clerk, trial.supervisor, wearer, bo])
      expect(await access.sees(actor, recording)).toBe(true)
    const own = await page.access(wearer, recording, 'en')
    expect(own).toMatchObject({ you: ['own'] })
    expect(JSON.stringify(own)).not.toContain('case 7')
  })

  test('I-10 a view shows nothing in another session, not even of the same person', async () => {
    const view = await look()
    expect(await views.show(trial.clerk, { recording, view })).not.toBeNull()
    expect(
      await views.show({ ...trial.clerk, token: '00000000-0000-7000-8000-00000000000a' }, { recording, view }),
    ).toBeNull()
  })
})
