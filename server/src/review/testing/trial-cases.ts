import { sql } from 'kysely'
import { KeepTrial } from '../../keep/testing/trial-keep.ts'
import type { Actor } from '../../people/people.ts'
import type { Trx } from '../../platform/database/door.ts'
import { type Access, openAccess } from '../../rules/rules.ts'
import { type Cases, openCases } from '../cases.ts'
import { type Work, openWork } from '../work.ts'

/** Cases and what is written about recordings, over keep on a real database. */
export type CasesTrial = {
  readonly trial: KeepTrial
  readonly access: Access
  readonly cases: Cases
  readonly work: Work
}

export async function openCasesTrial(place: Parameters<typeof KeepTrial.open>[0]): Promise<CasesTrial> {
  const trial = await KeepTrial.open(place)
  const { history, rules, clock } = trial
  const { database } = place
  const access = openAccess({
    database,
    clock,
    history,
    policyDigest: async (trx, agency) => (await rules.policyInForce(trx, agency)).pol,
    policyInForce: (trx, agency) => rules.policyInForce(trx, agency),
    unitOf,
  })
  const ground = { database, clock, history, rules, access, people: trial.people }
  return { trial, access, cases: openCases({ ...ground, origin: 'keep.test/log' }), work: openWork(ground) }
}

async function unitOf(trx: Trx, person: string): Promise<string | null> {
  const { rows } = await sql<{
    unit: string | null
  }>`select unit from people_person where id = ${person}::uuid`.execute(trx)
  return rows[0]?.unit ?? null
}

/** A case that somebody has opened. */
export async function openedCase(cases: Cases, actor: Actor, number = 'K 41/26'): Promise<string> {
  const opened = await cases.open(actor, { number, title: 'Burglary in Vestergade' })
  if (opened.state === 'refused') throw new Error(opened.because)
  return opened.id
}
