import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { parseCanonical } from '@vidne/evidence/jcs'
import { decodeStatement } from '@vidne/evidence/statement'
import { packById, readPolicy } from '@vidne/policies/packs'
import { onEachEngine } from '../platform/testing/databases.ts'
import { peopleTrial, setClock, type PeopleTrial } from '../people/testing/an-agency.ts'
import { needsSecond, NoPolicy, openRules, policyDigest, PolicyTakenUp, type Rules } from './rules.ts'
import { insertPolicy } from './store.ts'

const uk = packById('uk-met')!
const nrw = packById('de-nrw-oa')!

onEachEngine('the policy of an agency', ground => {
  const clock = setClock('2026-11-21T12:00:00Z')
  let trial: PeopleTrial
  let rules: Rules
  beforeAll(async () => {
    trial = await peopleTrial(ground, clock)
    rules = openRules({ clock, history: trial.history })
  })
  const adopted = async (pack = uk, zone = pack.zone.v) => {
    const { agency } = await trial.found('Trial')
    const policy = await ground.database.asAgency(agency, trx => rules.adopt(trx, agency, pack, zone))
    return { agency, policy }
  }

  test('is said in the open by its digest, which anybody can take over the text', async () => {
    const { agency, policy } = await adopted()
    expect(policy.digest).toBe(createHash('sha256').update(policy.published).digest('hex'))
    expect(Buffer.from(policyDigest(uk, uk.zone.v)).toString('hex')).toBe(policy.digest)
    expect(readPolicy(parseCanonical(policy.published))).toEqual(policy.pack)
    const { rows } = await ground.database.asInstallation(trx =>
      sql<{ leaf: Uint8Array }>`select leaf from history_pending where label is null order by ord desc limit 1`.execute(
        trx,
      ),
    )
    expect(decodeStatement(Buffer.from(rows[0]!.leaf.subarray(1)).toString('utf8'))).toEqual({
      type: 'policy-in-force',
      v: 1,
      policy: policy.digest,
      pack: 'uk-met',
      at: clock.at,
    })
    const events = await ground.database.asAgency(agency, trx => trial.history.of(trx, agency))
    expect(events.at(-1)?.core).toMatchObject({ type: 'policy-published', pol: policy.digest })
  })

  test('counts days in the agency’s own zone, and has another digest for it', async () => {
    const { policy } = await adopted(uk, 'Europe/Dublin')
    expect(policy.pack.zone.v).toBe('Europe/Dublin')
    expect(policy.digest).not.toBe(Buffer.from(policyDigest(uk, uk.zone.v)).toString('hex'))
  })

  test('is in force from the moment it is taken up, and none before', async () => {
    const { agency, policy } = await adopted()
    const at = (when: number) => ground.database.asAgency(agency, trx => rules.policyInForce(trx, agency, when))
    expect(await at(clock.at)).toEqual(policy)
    await expect(at(clock.at - 1)).rejects.toThrow(NoPolicy)
  })

  test('is not taken up twice', async () => {
    const { agency } = await adopted()
    clock.at += 1000
    await expect(ground.database.asAgency(agency, trx => rules.adopt(trx, agency, nrw, nrw.zone.v))).rejects.toThrow(
      PolicyTakenUp,
    )
  })

  test('is not believed when its text is not the one its digest was taken over', async () => {
    const { agency } = await trial.found('Altered')
    const published = JSON.stringify({ ...uk, title: 'another' })
    const row = {
      agency,
      unit: null,
      override: null,
      since: new Date(clock.at),
      digest: new Uint8Array(32),
      pack: uk.id,
      published,
    }
    await ground.database.asAgency(agency, trx => insertPolicy(trx, row))
    await expect(ground.database.asAgency(agency, trx => rules.policyInForce(trx, agency))).rejects.toThrow('altered')
  })

  test('cannot be changed in the database', async () => {
    const { agency } = await adopted()
    const change = ground.database.asAgency(agency, trx => sql`update rules_policy set pack = 'other'`.execute(trx))
    await expect(change).rejects.toThrow(/append-only|permission denied/)
  })

  describe('asks for a second person', () => {
    test('in London when something leaves the authority, in Duisburg at every export', async () => {
      const [london, duisburg] = [(await adopted()).policy, (await adopted(nrw)).policy]
      expect(needsSecond(london, 'export', { outside: false })).toBe(false)
      expect(needsSecond(london, 'export', { outside: true })).toBe(true)
      expect(needsSecond(duisburg, 'export', { outside: false })).toBe(true)
    })

    test('before a hold is lifted whatever it says', async () => {
      const { policy } = await adopted(nrw)
      expect(policy.pack.secondPerson.some(rule => rule.act === 'hold-release')).toBe(false)
      expect(needsSecond(policy, 'hold-release', { outside: false })).toBe(true)
    })
  })
})
