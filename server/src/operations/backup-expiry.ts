import { maxDeadline } from '@vidne/policies/deadline'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import type { People } from '../people/people.ts'
import { LONGEST_BACKUP_MS } from '../platform/vault/vault.ts'
import type { PolicyInForce, Rules } from '../rules/rules.ts'

/**
 * When a vault backup that is made now must be gone (epoch ms): after 7 days, or after the shortest maximum any agency's
 * policy has ever set, whichever is sooner. The backup omits every key that expires before that, so that no footage can
 * be read from it after its time.
 */
export async function vaultBackupExpiry(ground: {
  database: Database
  people: Pick<People, 'agencies'>
  rules: Rules
  clock: Clock
}): Promise<number> {
  const { database, people, rules, clock } = ground
  const at = clock.now()
  const lives: number[] = []
  for (const agency of await people.agencies()) {
    const policies = await database.asAgency(agency, trx => rules.policies(trx, agency))
    lives.push(...policies.flatMap(policy => maximaOf(policy, at)))
  }
  return Math.min(at + LONGEST_BACKUP_MS, ...lives)
}

function maximaOf({ pack }: PolicyInForce, at: number): number[] {
  return Object.values(pack.retention)
    .filter(leaf => leaf.dir === 'max')
    .map(leaf => maxDeadline({ from: at, zone: pack.zone.v, period: leaf.v }))
}
