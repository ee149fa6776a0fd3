import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packById } from '@vidne/policies/packs'
import { engines } from '../platform/testing/databases.ts'
import { DAY, iso, RecordTrial, REASON, type TrialAgency } from './testing/trial-record.ts'

describe.each(engines)('what is docked (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  describe('the policy of a capture', () => {
    type Counted = { all: number; bare: number; unmarked: number; none: number }
    const counted = async (agency: TrialAgency): Promise<Counted> => {
      const { rows } = await trial.ground.database.asAgency(agency.id, trx =>
        sql<Counted>`select count(*)::int as all, count(*) filter (where c.recording is null)::int as bare,
          count(*) filter (where c.policy is null and not 'no-policy' = any(c.marks))::int as unmarked,
          count(*) filter (where 'no-policy' = any(c.marks))::int as none
          from dock_v_recording r left join record_v_capture c on c.recording = r.id`.execute(trx),
      )
      return rows[0]!
    }

    test('I-01 items with no policy and no mark: none; a capture before any policy is sealed, marked and looked at', async () => {
      const agency = await trial.agency('uk-met')
      const supervisor = await agency.person('supervisor')
      const [since, before] = [trial.now(), trial.now() - 2 * DAY]
      await agency.docks({ wearer: 'PC 1', at: since })
      await agency.docks({ wearer: 'PC 1', at: null })
      const early = await agency.docks({ wearer: 'PC 1', at: before })
      expect(await counted(agency)).toEqual({ all: 3, bare: 0, unmarked: 0, none: 1 })
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'no-policy', recording: early }])
      const told = await agency.told(early)
      expect(told.map(event => event.type)).toEqual([
        'sealed',
        'situation-decided',
        'review-opened',
        'retention-changed',
      ])
      expect(told[1]).toMatchObject({ marks: ['no-policy'], verdict: 'must-not', pol: '0'.repeat(64) })
    })

    test('I-01 without a policy in force nothing may be recorded; an emergency is, and says so', async () => {
      const agency = await trial.agency('uk-met')
      const wearer = await agency.person('wearer')
      const at = iso(trial.now() - 2 * DAY)
      const refused = await agency.report(wearer, { wearer: 'PC 1', at })
      expect(refused).toMatchObject({ verdict: 'must-not', policy: null, clause: null, marks: ['no-policy'] })
      const emergency = await agency.report(wearer, { wearer: 'PC 1', at, emergency: true })
      expect(emergency).toMatchObject({ verdict: 'may', policy: null, marks: ['no-policy', 'emergency'] })
    })

    test('S5-04 a capture before the legal basis is valid is refused: sealed, marked and put before a reviewer', async () => {
      const { legalBasis } = packById('de-nrw-oa')!
      const inTenDays = iso(trial.now() + 10 * DAY).slice(0, 10)
      const agency = await trial.agency('de-nrw-oa', {
        validFrom: null,
        legalBasis: { ...legalBasis, validFrom: inTenDays },
      })
      const [wearer, supervisor] = [await agency.person('wearer'), await agency.person('supervisor')]
      const recording = await agency.docks({ wearer: 'OA 1', at: trial.now() })
      const told = await agency.told(recording)
      expect(told.map(event => event.type)).toEqual([
        'sealed',
        'situation-decided',
        'review-opened',
        'retention-changed',
      ])
      expect(told[1]).toMatchObject({ verdict: 'must-not', marks: ['before-legal-basis'], basis: legalBasis.s })
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'no-legal-basis', recording }])
      const asked = await agency.report(wearer, { wearer: 'OA 1', emergency: true })
      expect(asked).toMatchObject({
        verdict: 'must-not',
        clause: { field: 'legalBasis' },
        marks: ['before-legal-basis'],
      })

      await trial.later(agency, 11 * DAY)
      const lawful = await agency.docks({ wearer: 'OA 1', at: trial.now() })
      expect((await agency.told(lawful)).map(event => event.type)).toEqual(['sealed', 'retention-changed'])
    })

    test('S5-04 footage from before 1 July 2021 is marked in Duisburg, whenever it is docked', async () => {
      const agency = await trial.agency('de-nrw-oa')
      const supervisor = await agency.person('supervisor')
      const recording = await agency.docks({ wearer: 'OA 1', at: Date.parse('2021-06-30T20:00:00Z') })
      const kinds = (await agency.reviews(supervisor)).filter(review => review.recording === recording)
      expect(kinds.map(review => review.kind).toSorted()).toEqual(['no-legal-basis', 'no-policy'])
    })
  })

  describe('a deletion', () => {
    test('takes every word about the recording with it, and leaves what counts', async () => {
      const agency = await trial.agency('uk-met')
      const [wearer, supervisor] = [await agency.person('wearer', 'PC planted'), await agency.person('supervisor')]
      const recording = await agency.docks({ wearer: 'PC planted', camera: 'CAM-planted', at: trial.now() })
      const override = { by: 'wearer', reason: 'planted words of somebody' }
      const triggers = [{ code: 'arrest', source: 'wearer', at: iso(trial.now()) }]
      await agency.report(wearer, { recording, wearer: 'PC planted', triggers, override })
      const rows = async () => {
        const { database } = trial.ground
        const tables = ['record_capture', 'record_situation', 'record_review']
        const read = tables.map(
          table => sql<object>`select * from ${sql.table(table)} where recording = ${recording}::uuid`,
        )
        return database.asInstallation(async trx => {
          const all: object[] = []
          for (const one of read) all.push(...(await one.execute(trx)).rows)
          return JSON.stringify(all)
        })
      }
      expect(await rows()).toContain('planted')
      expect(await trial.house.record.eraser.erase(agency.id, recording)).toBe('gone')
      expect(await rows()).not.toMatch(/planted|wearer \d/i)
      expect(await rows()).toContain('override')
      const reviews = await agency.reviews(supervisor, 'override')
      expect(reviews).toMatchObject([{ recording, wearer: null, reason: null }])
      await trial.house.record.eraser.forget(agency.id, recording)
      expect(
        await agency.ask(supervisor, 'POST', `/reviews/${reviews[0]!.id}/close`, { reason: REASON }),
      ).toMatchObject({
        status: 200,
      })
    })
  })
})
