// The four known disasters, each replayed on a whole installation: real files, a real vault, a real database on either engine.
// In each of them other systems lost evidence and said nothing. Here the run stops or asks two persons, and not a byte is lost.

import { createHash, randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalize } from '@vidne/evidence/jcs'
import type { PolicyPack } from '@vidne/policies/pack'
import { publishedPolicy } from '@vidne/policies/packs'
import { asSuperuser, engines, freshPlace } from '@vidne/server/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, type Asked, ask, beginUpload, get, inDays, listed, personIn, run, send } from './asking.ts'
import { pastAllRules } from './damage.ts'
import { type Inside, inside, secondAgency } from './inside.ts'

/** One more than the brake of the pack lets go in one night, with the default threshold. */
const MANY = 101

describe.each(engines)('on %s', engine => {
  let place: { url: string | null; remove: () => Promise<void> }
  let here: Inside
  let agency: string
  /** What was docked, by recording. */
  const footage = new Map<string, Buffer>()
  /** Objects and keys as they were before anything went wrong. */
  let before: { objects: string[]; keys: string[] }

  beforeAll(async () => {
    place = await freshPlace(engine, 'empty')
    here = await inside({ database: place.url ?? undefined, settings: { readMedia: false } })
    ;[agency = ''] = await here.ground.people.agencies()
    for (const [id, bytes] of await dockMany(here.camera)) footage.set(id, bytes)
    before = await stored()
  })
  afterAll(async () => {
    await here?.close()
    await place?.remove()
  })

  /** Docks many small files; their bytes by recording. */
  async function dockMany(camera: Asked): Promise<Map<string, Buffer>> {
    const docked = new Map<string, Buffer>()
    const one = async (at: number): Promise<void> => {
      const bytes = randomBytes(2000)
      const { upload } = await beginUpload(camera, { path: `DCIM/${at}.bin`, bytes })
      docked.set((await send(camera, upload, 0, bytes)) ?? '', bytes)
    }
    for (let from = 0; from < MANY; from += 20)
      await Promise.all(Array.from({ length: Math.min(20, MANY - from) }, (_, at) => one(from + at)))
    return docked
  }

  async function stored(): Promise<typeof before> {
    const objects = await Array.fromAsync(here.ground.objects.list())
    return { objects: objects.toSorted(), keys: (await here.ground.vault.held('data')).toSorted() }
  }

  /** Every object and every key is there, and every byte reads back as it was docked. */
  async function expectNothingLost(of = agency, docked: ReadonlyMap<string, Buffer> = footage): Promise<void> {
    const now = await stored()
    expect(now.objects).toEqual(expect.arrayContaining(before.objects))
    expect(now.keys).toEqual(expect.arrayContaining(before.keys))
    const lost: string[] = []
    for (const [id, bytes] of docked) {
      const read = await here.house.dock.openRecording(of, id).then(opened => opened.read(0, bytes.length))
      if (!bytes.equals(read)) lost.push(id)
    }
    expect(lost).toEqual([])
    expect(docked.size).toBe(MANY)
  }

  const atRest = () => ({ data: here.data, url: place.url })

  test('G7: the bulk move of a drive (South Yorkshire): a store that was not moved, or only half, is no reason to delete', async () => {
    const [objects, away] = [join(here.data, 'objects'), join(here.data, 'objects-old')]
    const notYet = before.objects.slice(Math.floor(MANY / 2))
    await here.again(() => renameSync(objects, away))
    expect(await here.house.keep.run(agency, null)).toMatchObject({ state: 'stopped', deleted: [] })
    expect((await ask(here.clerk, 'GET', '/readyz')).status).toBe(503)

    // Half of it has arrived, with everything that marks the store as ours.
    await here.again(() => {
      rmSync(objects, { recursive: true, force: true })
      cpSync(away, objects, { recursive: true })
      for (const name of notYet) rmSync(join(objects, name))
    })
    expect(await run(here.clerk)).toMatchObject({ deleted: [] })
    const swept = (await here.house.keep.sweep(agency)).counts
    expect(swept.get('object-missing')).toBe(notYet.length)
    expect((await stored()).keys).toEqual(before.keys)
    expect((await listed(here.clerk)).filter(row => row.state === 'deleted')).toEqual([])

    await here.again(() => {
      for (const name of notYet) {
        mkdirSync(join(objects, name.slice(0, 2)), { recursive: true })
        cpSync(join(away, name), join(objects, name))
      }
      rmSync(away, { recursive: true })
    })
    expect(await run(here.clerk)).toMatchObject({ deleted: [] })
    await expectNothingLost()
  })

  test('G7: an empty database (Frigate): a database that knows nothing is no reason to delete', async () => {
    await inDays(here.clerk, 33)
    await here.again(() => database('away'))
    for (const what of ['by the clock', 'again'])
      expect(await here.house.keep.run(agency, null), what).toMatchObject({ state: 'stopped', deleted: [] })
    expect(await stored()).toEqual(before)
    await here.again(() => database('back'))
    await expectNothingLost()
  })

  /** Takes the database away, so that the next start finds an empty one, or brings it back. */
  async function database(where: 'away' | 'back'): Promise<void> {
    if (place.url === null) {
      const [folder, aside] = [join(here.data, 'database'), join(here.data, 'database-aside')]
      if (where === 'back') rmSync(folder, { recursive: true })
      return renameSync(...((where === 'away' ? [folder, aside] : [aside, folder]) as [string, string]))
    }
    const name = /\/(\w+)\?/.exec(place.url)?.[1] ?? ''
    const server = place.url.replace(`/${name}?`, '/postgres?')
    const steps =
      where === 'away'
        ? [
            `alter database ${name} rename to ${name}_aside`,
            `create database ${name} encoding 'UTF8' locale 'C.UTF-8' template template0`,
          ]
        : [`drop database ${name} with (force)`, `alter database ${name}_aside rename to ${name}`]
    for (const step of steps) await asSuperuser(server, step)
  }

  test('G8: a wrong tick on an upgrade (Oakland): every hold is gone at once: the brake asks two persons', async () => {
    for (const id of footage.keys())
      await get(here.clerk, 'POST', `/api/recordings/${id}/hold`, { reason: 'all of it is evidence' })
    await inDays(here.clerk, 34)
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [] })

    const lifted = `update keep_hold set state = 'released', released_at = clock_timestamp()`
    await here.again(() => pastAllRules(atRest(), [lifted]))
    await expectBraked(agency, here.clerk)
    await expectNothingLost()
  })

  /** The run by the clock stops for two persons, and the one who asks again does not count for both. */
  async function expectBraked(of: string, clerk: Asked): Promise<void> {
    const report = await here.house.keep.run(of, null)
    expect(report).toMatchObject({ state: 'waiting', deleted: [], because: { code: 'run-braked' } })
    const path = `/api/approvals/${report.approval ?? ''}/approve`
    const supervisor = await personIn(clerk, 'One Supervisor', 'supervisor')
    await ask(supervisor, 'POST', path)
    await ask(supervisor, 'POST', path)
    expect(await here.house.keep.run(of, null)).toMatchObject({ state: 'waiting', deleted: [] })
    const report2 = await here.house.keep.run(of, null)
    expect(report2).toMatchObject({ approval: report.approval, deleted: [] })
  }

  test('G8: a shortened category (Axon): what was docked under the longer one goes by nobody alone', async () => {
    const other = await secondAgency(here)
    const docked = await dockMany(other.camera)
    before = await stored()
    const now = here.ground.clock.now()
    const { pack } = await here.ground.database.asAgency(other.agency, trx =>
      here.ground.rules.policyInForce(trx, other.agency),
    )
    await here.again(() => pastAllRules(atRest(), [takenUp(other.agency, shortened(pack), now)]))
    await inDays(here.clerk, (now - Date.now()) / DAY + 2)
    const report = await here.house.keep.run(other.agency, null)
    expect(report.deleted).toEqual([])
    await expectNothingLost(other.agency, docked)

    // Even where a faulty program has moved the dates themselves, past the rule of the database that refuses it.
    await here.again(() =>
      pastAllRules(atRest(), [
        'alter table keep_deadline disable trigger keep_deadline_one_way',
        `update keep_deadline set delete_after = anchor + interval '1 day' where agency = '${other.agency}'`,
        'alter table keep_deadline enable trigger keep_deadline_one_way',
      ]),
    )
    await expectBraked(other.agency, { ...other.clerk, url: here.clerk.url })
    await expectNothingLost(other.agency, docked)
  })

  function shortened(pack: PolicyPack): PolicyPack {
    const { uncategorised } = pack.retention
    if (uncategorised === undefined) throw new Error('the pack has no rule for footage without a category')
    return { ...pack, retention: { ...pack.retention, uncategorised: { ...uncategorised, v: 'P1D' } } }
  }

  /** The row of a policy in force, without anybody having been asked for it. */
  function takenUp(of: string, pack: PolicyPack, at: number): string {
    const published = canonicalize(publishedPolicy(pack, pack.zone.v))
    const digest = createHash('sha256').update(published).digest('hex')
    return `insert into rules_policy (agency, scope, since, digest, pack, published)
      values ('${of}', '${of}', '${new Date(at).toISOString()}', '\\x${digest}', '${pack.id}', '${published.replaceAll("'", "''")}')`
  }

  test('I-06: nothing else went in any of them: all are listed, and none of their histories speaks of a deletion', async () => {
    expect((await listed(here.clerk)).map(row => row.id).toSorted()).toEqual([...footage.keys()].toSorted())
    const types = await here.ground.database.asAgency(agency, async trx =>
      (await Promise.all([...footage.keys()].map(id => here.ground.history.of(trx, id))))
        .flat()
        .map(event => event.core.type),
    )
    expect(types.filter(type => /deletion|destroyed|deleted/.test(type))).toEqual([])
    expect(readdirSync(join(here.data, 'objects')).length).toBeGreaterThan(2)
  })
})
