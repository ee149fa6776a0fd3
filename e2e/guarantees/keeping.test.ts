import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { tell } from '@vidne/locales/tell'
import { peopleTables } from '@vidne/server/people/store'
import { KeyDestroyed } from '@vidne/server/platform/vault/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, DAY, ask, dock, get, listed, personIn, run, statementOf } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn, unpacked, verify } from './packages.ts'

const docked = async (here: Inside, worn: { wearer?: string } = {}): Promise<string> =>
  (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000), ...worn })).recording

/** Sets the clock so many days on from where it stands. */
async function later(here: Inside, days: number): Promise<void> {
  await get(here.clerk, 'POST', '/api/clock', { instant: new Date(here.ground.clock.now() + days * DAY).toISOString() })
}

const at = (recording: string, tail: string): string => `/api/recordings/${recording}/${tail}`

/** What an act that was refused left on the agency's audit. */
async function audited(here: Inside): Promise<string[]> {
  const rows = await here.ground.database.asAgency(here.agency, trx =>
    peopleTables(trx).selectFrom('people_audit').select(['act', 'outcome']).where('outcome', '<>', 'listed').execute(),
  )
  return rows.map(({ act, outcome }) => `${act} ${outcome}`)
}

async function approve(by: Asked, approval: string): Promise<number> {
  return (await ask(by, 'POST', `/api/approvals/${approval}/approve`)).status
}

describe('an agency in London', () => {
  let here: Inside
  beforeAll(async () => {
    here = await inside()
  })
  afterAll(() => here?.close())

  test('I-09 a category is not taken away by one call of one person: 403, and a row on the audit', async () => {
    const recording = await docked(here)
    const investigator = await personIn(here.clerk, 'Ivy Case', 'investigator')
    await get(here.clerk, 'POST', at(recording, 'categories'), { rule: 'complaint', basis: 'C-12' })
    const wish = { rule: 'complaint', reason: 'given by mistake' }
    expect((await ask(investigator, 'POST', at(recording, 'downgrade'), wish)).status).toBe(403)
    const { approval } = await get<{ approval: string }>(here.clerk, 'POST', at(recording, 'downgrade'), wish)
    expect(await approve(here.clerk, approval)).toBe(403)
    expect(await audited(here)).toEqual(expect.arrayContaining(['downgrade not-allowed', 'approve same-person']))
    const [row] = await listed(here.clerk)
    expect(row).toMatchObject({ id: recording, rule: 'complaint', deleteAfter: null })

    expect(await approve(await personIn(here.clerk, 'Second Person', 'supervisor'), approval)).toBe(200)
    expect((await listed(here.clerk))[0]).toMatchObject({ rule: 'uncategorised', deleteAfter: expect.any(String) })
  })

  test('I-08 a hold past its review is listed as overdue, and lifted by nobody alone', async () => {
    const recording = await docked(here)
    const { hold } = await get<{ hold: string }>(here.clerk, 'POST', at(recording, 'hold'), {
      reason: 'a citizen asked',
      kind: 'preservation',
    })
    const standing = async () =>
      (await get<{ hold: string; overdue: boolean }[]>(here.clerk, 'GET', '/api/holds')).find(one => one.hold === hold)
    expect(await standing()).toMatchObject({ recording, kind: 'preservation', overdue: false, duty: null })
    await later(here, 60)
    await run(here.clerk)
    expect(await standing()).toMatchObject({ overdue: true })
    const asked = await get<{ approval: string }>(here.clerk, 'POST', at(recording, 'release'), { reason: 'answered' })
    expect(await approve(here.clerk, asked.approval)).toBe(403)
    expect((await run(here.clerk)).deleted).toEqual([])
    expect((await listed(here.clerk)).find(row => row.id === recording)?.state).toMatch(/sealed|countersigned/)
  })

  test('S3-09 a complaint of professional standards is not lifted by the unit: 403', async () => {
    const recording = await docked(here)
    const standards = await personIn(here.clerk, 'Pia Standards', 'professional-standards')
    await get(standards, 'POST', at(recording, 'hold'), { reason: 'complaint 12', kind: 'complaint' })
    const refused = await ask(here.clerk, 'POST', at(recording, 'release'), { reason: 'we are done' })
    expect(refused.status).toBe(403)
    expect(JSON.stringify(refused.said)).toContain('A complaint holds it')
    const supervisor = await personIn(here.clerk, 'Second Person', 'supervisor')
    const asked = await get<{ approval: string }>(standards, 'POST', at(recording, 'release'), { reason: 'closed' })
    expect(await approve(supervisor, asked.approval)).toBe(403)
    const wrong = await ask(supervisor, 'POST', at(recording, 'hold'), { reason: 'complaint 13', kind: 'complaint' })
    expect(wrong.status).toBe(403)
  })

  test('S3-11 on day 31 key and bytes are gone with proof in the log, and a held recording stays', async () => {
    const [free, held] = [await docked(here), await docked(here)]
    const { keep, dock: opened } = here.house
    await get(here.clerk, 'POST', at(held, 'hold'), { reason: 'needed as evidence' })
    const start = here.ground.clock.now()
    const objects = async (): Promise<number> => (await Array.fromAsync(here.ground.objects.list())).length
    const before = await objects()
    const day = (days: number) => new Date(start + days * DAY).toISOString()
    const forecast = await get<{ items: { recording: string }[]; blocked: { recording: string; because: string }[] }>(
      here.clerk,
      'GET',
      `/api/due?by=${day(31)}`,
    )
    expect(forecast.items.map(one => one.recording)).toContain(free)
    expect(forecast.blocked).toContainEqual(expect.objectContaining({ recording: held, because: 'held' }))
    await later(here, 31)
    expect((await run(here.clerk)).deleted.map(one => one.recording)).toContain(free)
    await expect(here.ground.vault.key(free)).rejects.toThrow(KeyDestroyed)
    expect(await objects()).toBeLessThan(before)
    expect(await opened.openRecording(here.agency, held)).toBeDefined()
    expect((await keep.forecast(here.agency, here.ground.clock.now())).blocked).toContainEqual(
      expect.objectContaining({ recording: held, because: 'held' }),
    )
    const statement = await statementOf(here.clerk, free)
    expect(await verify(unpacked(await filesIn(statement)), '--trust', here.trust, '--rehearsal')).toMatchObject({
      exit: 0,
      kind: 'deletion-statement',
      reasons: [],
    })
  })
})

describe('an office in Duisburg', () => {
  let here: Inside
  beforeAll(async () => {
    here = await inside({ pack: 'de-nrw-oa' })
  })
  afterAll(() => here?.close())

  test('S5-15 keeping evidence needs case number and offence: the run of day 14 deletes all without', async () => {
    const [plain, kept] = [await docked(here), await docked(here)]
    const wish = { rule: 'evidence', basis: 'assault on staff' }
    const refused = await ask(here.clerk, 'POST', at(plain, 'categories'), wish)
    expect(refused.status).toBe(422)
    expect(JSON.stringify(refused.said)).toContain('case number and an offence')
    const grounded = { ...wish, case: '12 Js 34/26', offence: '§ 223 StGB' }
    await get(here.clerk, 'POST', at(kept, 'categories'), grounded)
    await later(here, 14)
    expect((await run(here.clerk)).deleted.map(one => one.recording)).toEqual([plain])
  })

  test('S5-17 wearer and superior decide from day 10: the statement names both roles, the public log no name', async () => {
    const recording = await docked(here, { wearer: 'Wanda Traegerin' })
    const wearer = await personIn(here.clerk, 'Wanda Traegerin', 'wearer')
    const superior = await personIn(here.clerk, 'Siegfried Vorgesetzter', 'supervisor')
    const wish = { outcome: 'delete', reason: 'nothing happened' }
    expect((await ask(wearer, 'POST', at(recording, 'decision'), wish)).status).toBe(409)
    await later(here, 10)
    expect((await ask(here.clerk, 'POST', at(recording, 'decision'), wish)).status).toBe(403)
    const { approval } = await get<{ approval: string }>(wearer, 'POST', at(recording, 'decision'), wish)
    expect(await approve(wearer, approval)).toBe(403)
    expect(await approve(superior, approval)).toBe(200)
    expect((await run(here.clerk)).deleted).toEqual([{ recording, rule: 'deletion-decision' }])
    const files = await filesIn(await statementOf(here.clerk, recording))
    const page = files.get('index.html')?.toString('utf8') ?? ''
    expect(page).toContain(`${tell('en', 'field.decision-roles')}: camera wearer and supervisor`)
    expect(page).toContain(tell('en', 'value.decision.both-roles'))
    const every = [...files.values()].map(file => file.toString('latin1')).join('\n')
    const names = (await filesIn(await statementOf(here.clerk, recording, { names: true }))).get('index.html')
    for (const name of ['Wanda Traegerin', 'Siegfried Vorgesetzter']) {
      expect(every).not.toContain(name)
      expect(names?.toString('utf8')).toContain(name)
    }
    const { log } = here.ground.places
    const tiles = readdirSync(log, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    const said = tiles.map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n')
    expect(said).toContain('"rule":"deletion-decision"')
    for (const name of ['Wanda', 'Siegfried', 'nothing happened', recording]) expect(said).not.toContain(name)
  })
})
