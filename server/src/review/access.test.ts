import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packs } from '@vidne/policies/packs'
import { DAY, HOUR, KeepTrial } from '../keep/testing/trial-keep.ts'
import { type Actor, ROLES, type Role, nameKey } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { type Access, type GrantWish, openAccess, visible } from '../rules/rules.ts'
import { findViewable } from './store.ts'
import { type Mark, listRecordings } from './listing.ts'

// Written by hand: how far a role reaches by itself. `case`: where the policy lets it look with a case number only, it sees what
// was granted to it.
const REACHES: Readonly<Record<Role, 'all' | 'own' | 'granted' | 'nothing'>> = {
  wearer: 'own',
  supervisor: 'all',
  commander: 'all',
  'camera-manager': 'nothing',
  'evidence-clerk': 'all',
  investigator: 'granted',
  'professional-standards': 'all',
  'site-head': 'all',
  'qualified-assessor': 'granted',
  prosecutor: 'granted',
  defence: 'granted',
  'data-protection-officer': 'all',
  auditor: 'all',
  'scrutiny-panel': 'granted',
  evaluator: 'nothing',
  'figures-reader': 'nothing',
  'agency-administrator': 'all',
  'system-administrator': 'nothing',
  dock: 'nothing',
}

onEachEngine('which recordings somebody sees', ground => {
  let trial: KeepTrial
  let access: Access
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())

  /** An agency with one recording of Anna's, one of somebody else's, and one of nobody's. */
  async function recordings(pack = 'uk-met'): Promise<Record<'annas' | 'bos' | 'nobodys', string>> {
    await trial.newAgency(pack)
    const { history, rules, clock } = trial
    const policyDigest = async (trx: Trx, agency: string) => (await rules.policyInForce(trx, agency)).pol
    const policyInForce = (trx: Trx, agency: string) => rules.policyInForce(trx, agency)
    access = openAccess({ database: ground.database, clock, history, policyDigest, policyInForce, unitOf })
    const [annas, bos, nobodys] = [await trial.record(), await trial.record(), await trial.record()]
    await worn(annas, 'Anna Berg')
    await worn(bos, 'Bo Ek')
    return { annas, bos, nobodys }
  }
  const unitOf = async (trx: Trx, person: string): Promise<string | null> => {
    const { rows } = await sql<{
      unit: string | null
    }>`select unit from people_person where id = ${person}::uuid`.execute(trx)
    return rows[0]?.unit ?? null
  }
  const worn = (recording: string, wearer: string) =>
    ground.database.asInstallation(trx =>
      sql`update dock_recording set wearer = ${wearer}, wearer_key = ${nameKey(wearer)} where id = ${recording}::uuid`.execute(
        trx,
      ),
    )
  const listOf = async (actor: Actor): Promise<string[]> =>
    trial.inAgency(async trx =>
      (await listRecordings(trx, await access.seer(trx, actor), { most: 100, after: null })).map(row => row.id),
    )
  const grant = async (wish: Partial<GrantWish> & Pick<GrantWish, 'recording' | 'to'>) => {
    const whole = { agency: trial.agency, kind: 'case', until: trial.clock.at + DAY, reason: 'case 7', by: trial.clerk }
    const granted = await trial.inAgency(trx => access.grant(trx, { ...whole, ...wish } as GrantWish))
    return granted.granted ? granted.grant : granted.because
  }
  const to = (actor: Actor) => ({ person: actor.person, name: actor.name })

  test.each([...packs.keys()])('is by role what %s leaves it, and asking for one is asking the list', async pack => {
    const { annas, bos, nobodys } = await recordings(pack)
    for (const role of ROLES) {
      const actor = { ...trial.clerk, person: randomUUID(), name: 'Anna Berg', roles: [role] }
      const seen: string[] = { all: [nobodys, bos, annas], own: [annas], granted: [], nothing: [] }[REACHES[role]]
      expect({ role, list: (await listOf(actor)).toSorted() }).toEqual({ role, list: seen.toSorted() })
      for (const one of [annas, bos, nobodys, randomUUID()])
        expect({ role, one, sees: await access.sees(actor, one) }).toEqual({ role, one, sees: seen.includes(one) })
    }
  })

  test('is a wearer’s own however a camera spells his name: capitals, spaces and accents are no other person', async () => {
    const { annas, bos, nobodys } = await recordings()
    await worn(bos, ' ANNA\t  berg')
    await worn(nobodys, 'Anna Bergs')
    const anna = await trial.person('Anna  Berg', 'wearer')
    expect((await listOf(anna)).toSorted()).toEqual([annas, bos].toSorted())
    const seer = await trial.inAgency(trx => access.seer(trx, anna))
    const worns = await trial.inAgency(async trx =>
      Promise.all([annas, bos].map(async one => (await findViewable(trx, seer, one))?.worn)),
    )
    expect(worns).toEqual([true, true])
    for (const [spelt, person] of [
      ['A\u030Asa \u00D6BERG', '\u00C5sa \u00F6berg'],
      ['JØRGEN ÆBLE', 'Jørgen Æble'],
    ] as const) {
      await worn(nobodys, spelt)
      expect(await listOf(await trial.person(person, 'wearer'))).toEqual([nobodys])
    }
  })

  test('is nothing for an account without a role, whatever bears its name and whatever was granted to it', async () => {
    const { annas } = await recordings()
    const anna = await trial.person('Anna Berg', 'wearer')
    await grant({ recording: annas, to: to(anna) })
    expect(await listOf(anna)).toEqual([annas])
    expect(await listOf({ ...anna, roles: [] })).toEqual([])
    expect(await access.sees({ ...anna, roles: [] }, annas)).toBe(false)
  })

  test('is never a recording of another agency, not even where it was granted', async () => {
    const { annas } = await recordings()
    const before = trial.clerk
    await recordings()
    const [stranger] = [trial.clerk]
    expect(await access.sees(stranger, annas)).toBe(false)
    expect(await access.sees(before, annas)).toBe(true)
    await expect(
      trial.inAgency(trx =>
        sql`insert into rules_grant (id, agency, recording, kind, person, since, until, reason) values (${randomUUID()}::uuid,
          ${before.agency}::uuid, ${annas}::uuid, 'case', ${stranger.person}::uuid, now(), now() + interval '1 day', 'x')`.execute(
          trx,
        ),
      ),
    ).rejects.toThrow(/row-level security/)
  })

  describe('a grant', () => {
    test('opens one recording to one person, enters its history, and ends by time', async () => {
      const { bos } = await recordings()
      const [ida, ole] = [await trial.person('Ida', 'investigator'), await trial.person('Ole', 'investigator')]
      await grant({ recording: bos, to: to(ida) })
      expect([await listOf(ida), await listOf(ole)]).toEqual([[bos], []])
      expect((await trial.told(bos)).at(-1)).toBe('access-granted')
      expect(await trial.field(bos, 'access-granted', 'to-name')).toBe('Ida')
      expect(await trial.field(bos, 'access-granted', 'reason')).toBe('case 7')
      trial.clock.at += DAY
      expect(await listOf(ida)).toEqual([])
      expect(await access.sees(ida, bos)).toBe(false)
    })

    test('to a role is for whoever holds it; of a share, it says so in the history', async () => {
      const { bos } = await recordings()
      await grant({ recording: bos, to: { role: 'prosecutor' }, kind: 'share' })
      const [pia, dan] = [await trial.person('Pia', 'prosecutor'), await trial.person('Dan', 'defence')]
      expect([await listOf(pia), await listOf(dan)]).toEqual([[bos], []])
      expect((await trial.told(bos)).at(-1)).toBe('shared')
    })

    test('is taken back at once, once, and the history says by whom', async () => {
      const { bos } = await recordings()
      const ida = await trial.person('Ida', 'investigator')
      const given = await grant({ recording: bos, to: to(ida) })
      const revoke = (recording: string) =>
        trial.inAgency(trx =>
          access.revoke(trx, { recording, grant: given, by: trial.supervisor, reason: 'case closed' }),
        )
      expect(await revoke(randomUUID())).toBe(false)
      expect(await revoke(bos)).toBe(true)
      expect(await listOf(ida)).toEqual([])
      expect((await trial.told(bos)).at(-1)).toBe('access-revoked')
      expect(await trial.field(bos, 'access-revoked', 'actor')).toBe('Sam Supervisor')
      expect(await revoke(bos)).toBe(false)
      expect(await trial.inAgency(trx => access.grants(trx, bos))).toEqual([])
    })

    test('wants a reason and an end that lies ahead', async () => {
      const { bos } = await recordings()
      const ida = await trial.person('Ida', 'investigator')
      expect(await grant({ recording: bos, to: to(ida), reason: ' ' })).toBe('no-reason')
      expect(await grant({ recording: bos, to: to(ida), until: trial.clock.at })).toBe('already-over')
      expect((await trial.told(bos)).includes('access-granted')).toBe(false)
    })

    test('helps no role that has no business with single recordings', async () => {
      const { bos } = await recordings()
      const sys = await trial.person('Sys', 'system-administrator')
      await grant({ recording: bos, to: to(sys) })
      await grant({ recording: bos, to: { role: 'system-administrator' } })
      expect(await listOf(sys)).toEqual([])
    })

    test('is forgotten with the footage', async () => {
      const { bos } = await recordings()
      const ida = await trial.person('Ida', 'investigator')
      await grant({ recording: bos, to: to(ida), until: trial.clock.at + 400 * DAY })
      trial.start([access.eraser])
      trial.clock.at += 32 * DAY + HOUR
      expect((await trial.run()).deleted.map(one => one.recording)).toContain(bos)
      expect(await listOf(ida)).toEqual([])
      const { rows } = await ground.database.asInstallation(trx =>
        sql<{ left: number }>`select count(*)::int as left from rules_grant where recording = ${bos}::uuid`.execute(
          trx,
        ),
      )
      expect(rows).toEqual([{ left: 0 }])
    })
  })

  test('is paged without a gap: behind a page come the next rows of his list, not of the agency’s', async () => {
    const { bos } = await recordings()
    const mine: string[] = []
    for (let i = 0; i < 5; i++) {
      trial.clock.at += HOUR
      const one = await trial.record()
      if (i % 2 === 0) mine.push(one)
    }
    for (const one of mine) await worn(one, 'Anna Berg')
    const anna = await trial.person('Anna Berg', 'wearer')
    const paged: string[] = []
    let after: Mark | null = null
    for (let pages = 0; pages < 10; pages++) {
      const page: { most: number; after: Mark | null } = { most: 1, after }
      const rows = await trial.inAgency(async trx => listRecordings(trx, await access.seer(trx, anna), page))
      after = rows.at(-1)?.mark ?? after
      paged.push(...rows.map(row => row.id))
      if (rows.length === 0) break
    }
    expect(paged).not.toContain(bos)
    expect(paged.slice(0, 3)).toEqual(mine.toReversed())
    expect(paged).toHaveLength(4)
  })

  test('is, for a person of a unit, what its cameras recorded while they were its own, and what was granted beyond', async () => {
    await recordings()
    const unit = randomUUID()
    const [north, before, south, none] = [
      await trial.record({ camera: 'north' }),
      await trial.record({ camera: 'north', recordedAgo: 3 * DAY }),
      await trial.record({ camera: 'south' }),
      await trial.record({ camera: 'pool' }),
    ]
    const sam = await trial.person('Sam of the north', 'supervisor')
    await trial.inAgency(async trx => {
      const now = new Date(trial.clock.at - DAY)
      await sql`insert into people_unit (id, agency, name, name_key, created_at)
        values (${unit}::uuid, ${trial.agency}::uuid, 'North', 'north', ${now})`.execute(trx)
      await sql`insert into people_camera_unit (agency, camera, since, unit)
        values (${trial.agency}::uuid, 'north', ${now}, ${unit}::uuid)`.execute(trx)
      await sql`update people_person set unit = ${unit}::uuid where id = ${sam.person}::uuid`.execute(trx)
    })
    expect(await listOf(sam)).toEqual([north])
    for (const other of [before, south, none]) expect(await access.sees(sam, other)).toBe(false)
    await grant({ recording: south, to: to(sam) })
    expect((await listOf(sam)).toSorted()).toEqual([north, south].toSorted())
    expect((await listOf(trial.supervisor)).length).toBe(7)
  })

  test('is a condition that other lists carry under their own alias', async () => {
    const { annas } = await recordings()
    const anna = await trial.person('Anna Berg', 'wearer')
    const { rows } = await trial.inAgency(async trx =>
      sql<{ id: string }>`select held.id from dock_v_recording held
        where ${visible(await access.seer(trx, anna), 'held')}`.execute(trx),
    )
    expect(rows).toEqual([{ id: annas }])
  })
})
