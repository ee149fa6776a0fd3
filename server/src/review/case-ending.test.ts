import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY } from '../keep/testing/trial-keep.ts'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { type CasesTrial, openCasesTrial, openedCase } from './testing/trial-cases.ts'

const name = (person: string): string => `name of ${person}`
const ALL = { state: 'all', text: null, most: 50, after: null } as const

onEachEngine('the texts of a case', ground => {
  let here: CasesTrial
  let id: string

  beforeAll(async () => {
    here = await openCasesTrial(ground)
  })
  afterAll(() => here.trial.close())
  beforeEach(async () => {
    await here.trial.newAgency('uk-met')
    const { cases, trial } = here
    id = await openedCase(cases, trial.clerk)
    const ida = await trial.person('Ida', 'investigator')
    await cases.addPerson(trial.clerk, {
      case: id,
      person: 'Ida',
      duty: 'lead',
      until: trial.clock.at + 90 * DAY,
      name,
    })
    for (const words of ['Ask the kiosk', 'Mrs Holm saw him'])
      await cases.write(ida, { case: id, edit: null, content: { kind: 'note', words } })
  })

  const set = (state: 'open' | 'closed') =>
    here.cases.setState(here.trial.clerk, { case: id, state, reason: 'dismissed', name })
  const end = () => here.cases.endTexts(here.trial.agency, here.trial.clock.at)
  const listed = async () => (await here.cases.list(here.trial.clerk, ALL)) ?? []
  const rows = (work: (trx: Trx) => Promise<{ rows: object[] }>) =>
    here.trial.inAgency(async trx => (await work(trx)).rows)
  const left = async () =>
    JSON.stringify([
      await rows(trx => sql<object>`select to_jsonb(c) from review_case c where id = ${id}::uuid`.execute(trx)),
      await rows(trx => sql<object>`select to_jsonb(e) from review_entry e where subject = ${id}::uuid`.execute(trx)),
      await rows(trx =>
        sql<object>`select to_jsonb(v) from review_entry_version v where subject = ${id}::uuid`.execute(trx),
      ),
      await rows(trx =>
        sql<object>`select to_jsonb(p) from review_case_person p where case_id = ${id}::uuid`.execute(trx),
      ),
      await rows(trx => sql<object>`select to_jsonb(x) from review_exhibit x where case_id = ${id}::uuid`.execute(trx)),
    ])

  test('stay while it is open, and end when it was closed before: words, people and tasks, with an event that names nobody', async () => {
    here.trial.clock.at += 4000 * DAY
    expect(await end()).toBe(0)
    expect(await listed()).toMatchObject([{ id, goes: null }])
    await set('closed')
    const [row] = await listed()
    // Six years after the day it was closed.
    expect(Math.round(((row?.goes?.at ?? 0) - here.trial.clock.at) / DAY)).toBeGreaterThan(6 * 365)
    expect(row?.goes?.footage).toBe(0)
    here.trial.clock.at += DAY
    expect(await end()).toBe(1)
    expect(await end()).toBe(0)
    expect(await listed()).toEqual([])
    expect(await here.cases.show(here.trial.clerk, id)).toMatchObject({ because: 'no-such-case' })
    expect(await set('open')).toMatchObject({ because: 'no-such-case' })
    const kept = await left()
    for (const word of ['K 41/26', 'Burglary', 'kiosk', 'Holm', 'Ida', here.trial.clerk.person, 'lead'])
      expect(kept).not.toContain(word)
    const events = await here.trial.inAgency(trx => here.trial.history.of(trx, here.trial.agency))
    const [last] = events.slice(-1)
    expect(last?.core.type).toBe('case-changed')
    expect(Object.fromEntries(last?.fields.map(one => [one.name, one.value]) ?? [])).toMatchObject({
      'case-id': id,
      change: 'ended',
    })
    // Its number may be given again.
    expect(await openedCase(here.cases, here.trial.clerk)).not.toBe(id)
  })

  test('stay for as long as footage of an exhibit is kept, and for the whole time again when it was opened again', async () => {
    const recording = await here.trial.record()
    const wish = { case: id, recording, reference: 'KB/1', title: 'Mr Ek at the door', from: null, until: null, name }
    await here.cases.addExhibit(here.trial.clerk, wish)
    await set('closed')
    here.trial.clock.at += DAY
    expect(await listed()).toMatchObject([{ goes: { footage: 1 } }])
    expect(await end()).toBe(0)
    await set('open')
    expect(await end()).toBe(0)
    await set('closed')
    const closed = here.trial.clock.at
    await here.cases.eraser.erase(here.trial.agency, recording)
    expect(await here.cases.endTexts(here.trial.agency, closed)).toBe(0)
    expect(await here.cases.endTexts(here.trial.agency, closed + 1)).toBe(1)
    expect(await left()).not.toMatch(/KB\/1|Mr Ek/)
  })

  test('of another agency are left, and no edit but the end takes words away', async () => {
    await set('closed')
    const other = { ...here.trial.clerk, agency: here.trial.agency }
    await here.trial.newAgency('uk-met')
    here.trial.clock.at += DAY
    expect(await end()).toBe(0)
    expect((await here.cases.list(other, ALL))?.map(row => row.id)).toEqual([id])
    const edit = (change: string) =>
      here.trial.inAgency(trx =>
        sql`update review_case set ${sql.raw(change)} where agency = ${other.agency}::uuid`.execute(trx),
      )
    await expect(edit('ended_at = now()')).rejects.toThrow(/permission denied/)
  })
})
