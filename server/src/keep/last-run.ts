import type { KeepGround } from './ground.ts'
import { lastCompletedAt, lastOutcome } from './run-store.ts'

/**
 * How an agency's runs stand. `completedAt`: when the last one ended that did all it should (epoch milliseconds), before the first
 * when its policy came into force. `halted`: the newest was stopped, or waits for two persons.
 */
export type LastRun = { readonly completedAt: number; readonly halted: boolean }

export async function lastRun(
  { database, rules, clock }: Pick<KeepGround, 'database' | 'rules' | 'clock'>,
  agency: string,
): Promise<LastRun> {
  return database.asAgency(agency, async trx => {
    const { since } = (await rules.policies(trx, agency)).at(0) ?? { since: clock.now() }
    const outcome = await lastOutcome(trx, agency)
    const halted = outcome === 'stopped' || outcome === 'clock-stopped' || outcome === 'waiting'
    return { completedAt: (await lastCompletedAt(trx, agency)) ?? since, halted }
  })
}
