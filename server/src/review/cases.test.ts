import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../keep/testing/trial-keep.ts'
import type { Actor, Role } from '../people/people.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { qrText } from './case-labels.ts'
import type { CaseShown } from './cases.ts'
import type { CaseListed } from './cases-store.ts'
import { type CasesTrial, openCasesTrial, openedCase } from './testing/trial-cases.ts'

const name = (person: string): string => `name of ${person}`
const ALL = { state: 'all', text: null, most: 50, after: null } as const

onEachEngine('cases', ground => {
  let here: CasesTrial
  let id: string
  let recording: string
  let ida: Actor

  beforeAll(async () => {
    here = await openCasesTrial(ground)
  })
  afterAll(() => here.trial.close())
  beforeEach(async () => {
    await here.trial.newAgency('uk-met')
    id = await openedCase(here.cases, here.trial.clerk)
    recording = await here.trial.record()
    ida = await here.trial.person('Ida', 'investigator')
  })

  const clerk = (): Actor => here.trial.clerk
  const put = (
    person: string,
    duty: 'lead' | 'investigates' | 'prosecutor' = 'investigates',
    days = 90,
    by = clerk(),
  ) => here.cases.addPerson(by, { case: id, person, duty, until: here.trial.clock.at + days * DAY, name })
  const exhibit = (by = clerk(), wish = {}) =>
    here.cases.addExhibit(by, {
      case: id,
      recording,
      reference: null,
      title: '',
      from: null,
      until: null,
      name,
      ...wish,
    })
  async function shown(by = clerk()): Promise<CaseShown> {
    const found = await here.cases.show(by, id)
    if ('because' in found) throw new Error(found.because)
    return found
  }
  const sees = (actor: Actor) => here.access.sees(actor, recording)
  const changes = async (): Promise<unknown[]> => {
    const { trial } = here
    const events = await trial.inAgency(trx => trial.history.of(trx, trial.agency))
    return events
      .filter(({ core }) => core.type === 'case-opened' || core.type === 'case-changed')
      .map(({ fields }) => fields.find(field => field.name === 'change')?.value ?? 'opened')
  }

  test('a case is opened under its number once, however that is spelled', async () => {
    expect(await here.cases.open(clerk(), { number: 'k41 / 26', title: 'again' })).toMatchObject({
      because: 'number-taken',
    })
    expect((await here.cases.list(clerk(), ALL))?.map(row => row.number)).toEqual(['K 41/26'])
    expect(await changes()).toEqual(['opened'])
  })

  test('one edit of two at once is told what stands; every edit is an event, and no event holds the words', async () => {
    const edit = (by: Actor, title: string) =>
      here.cases.change(by, { case: id, saw: 1, number: 'K 41/26', title, summary: 'secret words' })
    const both = await Promise.all([edit(clerk(), 'One'), edit(here.trial.supervisor, 'Two')])
    expect(both.map(one => one.state).toSorted()).toEqual(['conflict', 'written'])
    const { row } = await shown()
    expect(both.find(one => one.state === 'conflict')).toMatchObject({
      theirs: { title: row.title, version: 2, by: row.changed_by },
    })
    const { trial } = here
    expect(await changes()).toEqual(['opened', 'texts'])
    const told = JSON.stringify(await trial.inAgency(trx => trial.history.of(trx, trial.agency)))
    expect(told).not.toContain('secret words')
    expect(told).not.toContain('K 41/26')
  })

  test('tasks and notes lose nothing either', async () => {
    const task = { kind: 'task', words: 'Ask the kiosk for its clip', done: false } as const
    const made = await here.cases.write(clerk(), { case: id, edit: null, content: task })
    if (made.state !== 'written') throw new Error(made.state)
    const edit = { entry: made.entry.id, saw: 1 }
    const both = await Promise.all(
      [clerk(), here.trial.supervisor].map(by =>
        here.cases.write(by, { case: id, edit, content: { ...task, done: true, words: by.name } }),
      ),
    )
    expect(both.map(one => one.state).toSorted()).toEqual(['conflict', 'written'])
    expect((await here.cases.list(clerk(), ALL))?.[0]).toMatchObject({ tasks: 0 })
    expect(await here.cases.remove(clerk(), { case: id, ...edit })).toMatchObject({ state: 'conflict' })
    expect(await here.cases.remove(clerk(), { case: id, entry: made.entry.id, saw: 2 })).toEqual({ state: 'removed' })
    expect((await shown()).entries).toEqual([])
    expect(await changes()).toEqual(['opened', 'task-added', 'task-changed', 'task-removed'])
  })

  describe('who is on a case', () => {
    test('sees its recordings, by a grant each, until the time is over', async () => {
      expect(await sees(ida)).toBe(false)
      expect(await exhibit()).toMatchObject({ state: 'added', number: 1, reference: 'K 41/26/1', granted: 0 })
      expect(await put('Ida')).toMatchObject({ granted: 1 })
      expect(await sees(ida)).toBe(true)
      expect(await here.trial.told(recording)).toEqual(expect.arrayContaining(['exhibit-added', 'access-granted']))
      expect(await here.trial.field(recording, 'access-granted', 'reason')).toBe('K 41/26')
      recording = await here.trial.record()
      expect(await exhibit()).toMatchObject({ number: 2, granted: 1 })
      expect(await sees(ida)).toBe(true)
      here.trial.clock.at += 90 * DAY
      expect(await sees(ida)).toBe(false)
      expect(await here.cases.show(ida, id)).toMatchObject({ because: 'no-such-case' })
    })

    test('sees them longer when the time is made longer, and nothing once taken off', async () => {
      await exhibit()
      await put('Ida', 'investigates', 1)
      expect(await put('Ida', 'lead', 30)).toMatchObject({ granted: 1 })
      here.trial.clock.at += 2 * DAY
      expect(await sees(ida)).toBe(true)
      const gone = await here.cases.removePerson(clerk(), { case: id, person: ida.person, reason: 'moved on' })
      expect(gone).toEqual({ state: 'removed', revoked: 1 })
      expect(await sees(ida)).toBe(false)
      expect(await here.cases.show(ida, id)).toMatchObject({ because: 'no-such-case' })
      expect((await here.trial.told(recording)).at(-1)).toBe('access-revoked')
    })

    test('loses an exhibit that is taken out, but not one of which another stretch stays', async () => {
      const one = await exhibit(clerk(), { from: 0, until: 1000 })
      const two = await exhibit(clerk(), { from: 5000 })
      await put('Ida')
      const out = (added: typeof one) =>
        here.cases.removeExhibit(clerk(), {
          case: id,
          exhibit: added.state === 'added' ? added.exhibit : '',
          reason: 'not this one',
        })
      expect(await out(one)).toEqual({ state: 'removed', revoked: 0 })
      expect(await sees(ida)).toBe(true)
      expect(await out(two)).toEqual({ state: 'removed', revoked: 1 })
      expect(await sees(ida)).toBe(false)
      expect(await exhibit()).toMatchObject({ number: 3 })
    })

    test('loses all of it when the case is closed, and gets it back when it is opened again', async () => {
      await exhibit()
      await put('Ida')
      await here.cases.setState(clerk(), { case: id, state: 'closed', reason: 'dismissed', name })
      expect(await sees(ida)).toBe(false)
      expect(await exhibit()).toMatchObject({ because: 'closed' })
      await here.cases.setState(clerk(), { case: id, state: 'open', reason: 'appeal', name })
      expect(await sees(ida)).toBe(true)
      expect(await changes()).toEqual(expect.arrayContaining(['closed', 'reopened']))
    })

    test('does not hand on what he sees: an investigator adds exhibits, and others see them when somebody lets them', async () => {
      await exhibit()
      await put('Ida', 'lead')
      const ivo = await here.trial.person('Ivo', 'investigator')
      expect(await put('Ivo', 'investigates', 30, ida)).toMatchObject({ state: 'added', granted: 0 })
      expect(await sees(ivo)).toBe(false)
      expect((await shown()).lacking).toBe(1)
      expect(await here.cases.grant(ida, { case: id, name })).toMatchObject({ because: 'not-allowed' })
      expect(await here.cases.grant(clerk(), { case: id, name })).toMatchObject({ granted: 1 })
      expect(await sees(ivo)).toBe(true)
      expect((await shown()).lacking).toBe(0)
    })

    test('adds nothing that is not on his own list', async () => {
      await put('Ida', 'lead')
      expect(await exhibit(ida)).toMatchObject({ because: 'no-such-recording' })
      expect(await exhibit(clerk(), { recording: randomUUID() })).toMatchObject({ because: 'no-such-recording' })
    })

    test('is shown exhibits and no notes, tasks or colleagues, when he is a prosecutor', async () => {
      await exhibit()
      const pia = await here.trial.person('Pia', 'prosecutor')
      await put('Ida')
      await put('Pia', 'prosecutor')
      await here.cases.write(clerk(), { case: id, edit: null, content: { kind: 'note', words: 'a doubt' } })
      const hers = await shown(pia)
      expect(hers).toMatchObject({ entries: null, may: { write: false, people: false, give: false } })
      expect(hers.people.map(one => one.person)).toEqual([pia.person])
      expect(hers.exhibits[0]?.footage?.id).toBe(recording)
      expect(
        await here.cases.write(pia, { case: id, edit: null, content: { kind: 'note', words: 'x' } }),
      ).toMatchObject({
        because: 'not-allowed',
      })
    })
  })

  test('a case is not there for whom it does not concern, by any question', async () => {
    await exhibit()
    expect(await here.cases.list(ida, ALL)).toEqual([])
    expect(await here.cases.show(ida, id)).toMatchObject({ because: 'no-such-case' })
    expect(await here.cases.show(ida, randomUUID())).toMatchObject({ because: 'no-such-case' })
    expect(await here.cases.labels(ida, id)).toMatchObject({ because: 'no-such-case' })
    expect(await put('Ida', 'lead', 30, ida)).toMatchObject({ because: 'no-such-case' })
    expect(await here.cases.change(ida, { case: id, saw: 1, number: 'x', title: 'x', summary: '' })).toMatchObject({
      because: 'no-such-case',
    })
    for (const role of ['system-administrator', 'figures-reader', 'camera-manager', 'wearer'] satisfies Role[]) {
      const actor = await here.trial.person(`Some ${role}`, role)
      expect({ role, list: await here.cases.list(actor, ALL) }).toEqual({ role, list: null })
    }
    const [before, stranger] = [clerk(), (await here.trial.newAgency('uk-met'), clerk())]
    expect(await here.cases.show(stranger, id)).toMatchObject({ because: 'no-such-case' })
    expect(await here.cases.show(before, id)).toMatchObject({ row: { id } })
  })

  test('a case of a unit is its people’s and the agency’s, and not another unit’s', async () => {
    const { trial, cases } = here
    const east = await trial.person('Eva', 'supervisor')
    const west = await trial.person('Wim', 'supervisor')
    await trial.inAgency(async trx => {
      for (const [person, unit] of [
        [east.person, 'East'],
        [west.person, 'West'],
      ] as const) {
        const found = await trial.people.units.named(trx, clerk(), unit)
        await trial.people.units.assign(trx, clerk(), { member: { person }, unit: found })
      }
    })
    const theirs = await openedCase(cases, east, 'East 1')
    expect((await cases.list(east, ALL))?.map(row => row.id)).toEqual([theirs])
    expect(await cases.list(west, ALL)).toEqual([])
    expect((await cases.list(clerk(), ALL))?.map(row => row.id).toSorted()).toEqual([theirs, id].toSorted())
  })

  test('the list is paged without a gap and found by part of number or title', async () => {
    const made = [id]
    for (let at = 0; at < 4; at++) made.push(await openedCase(here.cases, clerk(), `N ${at}`))
    const paged: string[] = []
    let after: { changedAt: number; id: string } | null = null
    for (let pages = 0; pages < 9; pages++) {
      const rows: CaseListed[] = (await here.cases.list(clerk(), { ...ALL, most: 2, after })) ?? []
      paged.push(...rows.map(row => row.id))
      const last: CaseListed | undefined = rows.at(-1)
      if (last === undefined) break
      after = { changedAt: last.changed_at.getTime(), id: last.id }
    }
    expect(paged.toSorted()).toEqual(made.toSorted())
    expect((await here.cases.list(clerk(), { ...ALL, text: 'n 3' }))?.map(row => row.number)).toEqual(['N 3'])
    expect(await here.cases.list(clerk(), { ...ALL, text: '%' })).toEqual([])
  })

  test('S3-07 a label prints id, digest, times and officer, and its code says where the receipt lies', async () => {
    await ground.database.asInstallation(trx =>
      sql`update dock_recording set wearer = 'PC 4711 Berg', wearer_key = 'pc 4711 berg', recorded_at_source = 'camera' where id = ${recording}::uuid`.execute(
        trx,
      ),
    )
    await exhibit(clerk(), { reference: 'KB/1', title: 'The doorway', from: 61_000, until: 75_000 })
    const found = await here.cases.labels(clerk(), id)
    if ('because' in found) throw new Error(found.because)
    const { rows } = await here.trial.inAgency(trx =>
      sql<{ sha256: Uint8Array; received_at: Date; recorded_at: Date }>`
        select sha256, received_at, recorded_at from dock_recording where id = ${recording}::uuid`.execute(trx),
    )
    const sha256 = Buffer.from(rows[0]!.sha256).toString('hex')
    expect(found).toMatchObject([
      {
        reference: 'KB/1',
        caseNumber: 'K 41/26',
        recording,
        sha256,
        officer: 'PC 4711 Berg',
        recordedAt: rows[0]!.recorded_at.getTime(),
        recordedAtSource: 'camera',
        receivedAt: rows[0]!.received_at.getTime(),
        from: 61_000,
        until: 75_000,
      },
    ])
    expect(found[0]?.qr.text).toBe(`VIDNE/1\n${recording}\n${sha256}`)
    expect(qrText({ recording, sha256, receipt: { origin: 'a.test/log', index: 7 } })).toMatch(/\na\.test\/log#7$/)
    expect(found[0]?.qr.path).toMatch(/^M\d+ \d+h\d+v1h-\d+z/)
  })

  test('of an exhibit whose footage is deleted the number stays and what people wrote goes; later the id goes too', async () => {
    await exhibit(clerk(), { reference: 'KB/1', title: 'The suspect’s face', from: 100 })
    await put('Ida', 'investigates', 400)
    const { trial, cases, access, work } = here
    trial.start([cases.eraser, work.eraser, access.eraser])
    trial.clock.at += 32 * DAY + HOUR
    expect((await trial.run()).deleted.map(one => one.recording)).toContain(recording)
    const { rows } = await ground.database.asInstallation(trx =>
      sql<object>`select number, reference, title, recording, from_ms, gone_at is not null as gone from review_exhibit
        where case_id = ${id}::uuid`.execute(trx),
    )
    expect(rows).toEqual([{ number: 1, reference: 'KB/1', title: '', recording, from_ms: null, gone: true }])
    const left = await ground.database.asInstallation(trx =>
      sql<{
        grants: number
      }>`select count(*)::int as grants from review_case_grant where recording = ${recording}::uuid`.execute(trx),
    )
    expect(left.rows).toEqual([{ grants: 0 }])
    expect(await cases.labels(trial.clerk, id)).toEqual([])
    await cases.eraser.forget(trial.agency, recording)
    const after = await ground.database.asInstallation(trx =>
      sql<object>`select recording from review_exhibit where case_id = ${id}::uuid`.execute(trx),
    )
    expect(after.rows).toEqual([{ recording: null }])
  })
})
