import { randomBytes, randomUUID } from 'node:crypto'
import { peopleTables } from '@vidne/server/people/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, ask, dock, get, listed, personIn } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

let here: Inside
let supervisor: Asked
let wearer: Asked

beforeAll(async () => {
  here = await inside({ pack: 'de-nrw-oa' })
  supervisor = await personIn(here.clerk, 'Sven', 'supervisor')
  wearer = await personIn(here.clerk, 'Anna Berg', 'wearer')
})
afterAll(() => here?.close())

/** Who tried what with a recording that is not on his list, oldest first. */
async function notOnList(of: string): Promise<{ name: string | null; act: string }[]> {
  return here.ground.database.asInstallation(trx =>
    peopleTables(trx)
      .selectFrom('people_audit')
      .leftJoin('people_person', 'people_person.id', 'people_audit.person')
      .select(['name', 'act'])
      .where('outcome', '=', 'not-on-list')
      .where('subject', '=', of)
      .orderBy('people_audit.id')
      .execute(),
  )
}

test('a wearer finds what he recorded, however the camera spells his name', async () => {
  const file = { path: 'DCIM/8.mp4', bytes: randomBytes(800), wearer: '  anna   BERG' }
  const { recording } = await dock(here.camera, file)
  expect((await listed(wearer)).map(row => row.id)).toEqual([recording])
})

describe('a recording that is not on one’s list', () => {
  test('is not named by a list of holds, reports or reviews either', async () => {
    const file = { path: 'DCIM/9.mp4', bytes: randomBytes(900), camera: 'BC-9', wearer: 'Bo Holm' }
    const held = (await dock(here.camera, file)).recording
    await get(supervisor, 'POST', `/api/recordings/${held}/hold`, { reason: 'complaint 9' })
    const at = new Date(here.ground.clock.now()).toISOString()
    const skipped = { stage: { reached: 1, wanted: 3 } }
    const bo = await personIn(here.clerk, 'Bo Holm', 'wearer')
    await get(bo, 'POST', '/api/situations', { recording: held, at, ...skipped })
    await get(here.clerk, 'POST', '/api/units', { name: 'Elsewhere' })
    const una = await personIn(here.clerk, 'Una', 'supervisor')
    await get(here.clerk, 'POST', '/api/units/assignments', { person: 'Una', unit: 'Elsewhere' })
    const investigator = await personIn(here.clerk, 'Ivo', 'investigator')
    const site = await personIn(here.clerk, 'Siv', 'site-head')
    await get(here.clerk, 'POST', '/api/units/assignments', { person: 'Siv', unit: 'Elsewhere' })
    const names = async (who: Asked, path: string) => JSON.stringify((await ask(who, 'GET', path)).said).includes(held)
    const doors = ['/api/holds', `/api/situations?recording=${held}`, '/api/reviews', '/api/reviews?state=all']
    for (const door of doors) expect([door, await names(supervisor, door)]).toEqual([door, true])
    for (const who of [una, site, investigator])
      for (const door of doors) expect([door, await names(who, door)]).toEqual([door, false])
  })

  test('is told of by its id alone, when one asked about it while it still was on the list', async () => {
    const file = { path: 'DCIM/11.mp4', bytes: randomBytes(902), camera: 'BC-11', wearer: 'Bo Holm' }
    const { recording } = await dock(here.camera, file)
    const uwe = await personIn(here.clerk, 'Uwe', 'supervisor')
    await get(uwe, 'POST', `/api/recordings/${recording}/hold`, { reason: 'complaint 11' })
    await get(uwe, 'POST', `/api/recordings/${recording}/release`, { reason: 'it was withdrawn' })
    type Named = { subject?: string; recording?: string; about: { camera: string; wearer: string } | null }
    const question = async (who: Asked) =>
      (await get<Named[]>(who, 'GET', '/api/approvals')).find(one => one.subject === recording)
    const kept = async (who: Asked) =>
      (await get<{ blocked: Named[] }>(who, 'GET', '/api/due?by=2099-01-01')).blocked.filter(
        one => one.recording === recording,
      )
    const about = { camera: 'BC-11', wearer: 'Bo Holm' }
    for (const who of [uwe, supervisor]) expect(await question(who)).toMatchObject({ about })
    expect(await kept(supervisor)).toMatchObject([{ about }])
    await get(here.clerk, 'POST', '/api/units', { name: 'Another place' })
    await get(here.clerk, 'POST', '/api/units/assignments', { person: 'Uwe', unit: 'Another place' })
    expect(await question(uwe)).toMatchObject({ about: null })
    expect(JSON.stringify(await question(uwe))).not.toMatch(/BC-11|Bo Holm/)
    expect(await kept(uwe)).toEqual([])
    expect(await question(supervisor)).toMatchObject({ about })
  })

  test('is no door by the id of its hold or of its review either, and the try is noted', async () => {
    const file = { path: 'DCIM/10.mp4', bytes: randomBytes(901), camera: 'BC-10', wearer: 'Bo Holm' }
    const disputed = (await dock(here.camera, file)).recording
    const site = await personIn(here.clerk, 'Sigrid', 'site-head')
    const wanted = { reason: 'a dispute', kind: 'dispute' }
    const { hold } = await get<{ hold: string }>(site, 'POST', `/api/recordings/${disputed}/hold`, wanted)
    const at = new Date(here.ground.clock.now()).toISOString()
    const skipped = { stage: { reached: 1, wanted: 3 } }
    const bo = await personIn(here.clerk, 'Bo Holm', 'wearer')
    await get(bo, 'POST', '/api/situations', { recording: disputed, at, ...skipped })
    const reviews = await get<{ id: string; recording: string }[]>(site, 'GET', '/api/reviews')
    const review = reviews.find(one => one.recording === disputed)?.id ?? ''
    const away = await personIn(here.clerk, 'Signe', 'site-head')
    await get(here.clerk, 'POST', '/api/units', { name: 'Far away' })
    await get(here.clerk, 'POST', '/api/units/assignments', { person: 'Signe', unit: 'Far away' })

    const doors = [
      ['/api/holds/ID/review', { reason: 'still needed' }, hold, 'hold'],
      ['/api/holds/ID/duty', { done: 'told' }, hold, 'hold'],
      ['/api/reviews/ID/close', { reason: 'looked at' }, review, 'close-review'],
    ] as const
    for (const [door, body, id, act] of doors) {
      const answer = async (named: string, who = away) => {
        const { status, said } = await ask(who, 'POST', door.replace('ID', named), body)
        return { status, said }
      }
      const before = (await notOnList(disputed)).length
      const refused = await answer(id)
      expect({ door, status: refused.status }).toEqual({ door, status: 404 })
      expect({ door, ...refused }).toEqual({ door, ...(await answer(randomUUID())) })
      expect((await notOnList(disputed)).slice(before)).toEqual([{ name: 'Signe', act }])
      expect((await answer(id, site)).status, door).not.toBe(404)
    }
  })
})
