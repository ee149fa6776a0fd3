import type { Database } from '../platform/database/door.ts'
import { hourOf, KeyDestroyed, KeyUnknown } from '../platform/vault/port.ts'
import type { KeepGround } from './ground.ts'
import { lockUnsettled, setVaultClasses } from './store.ts'
import type { DeadlineRow, VaultState } from './tables.ts'

type Ground = Pick<KeepGround, 'clock' | 'vault' | 'log'> & { readonly database: Database }

/** So many keys are moved in one transaction; they share the vault's writes. */
const BATCH = 100

/** The vault's class of a key: an hour of expiry (`hourOf`), `no-end`, or `as-it-is` where its hour has come already. */
export type KeyClass = { readonly hour: number } | 'no-end' | 'as-it-is'

/**
 * Where a recording's key belongs. A hold and a life without end know no hour. An hour that has come takes no more keys:
 * what falls due in it is destroyed one by one.
 */
export function classOf(row: Pick<DeadlineRow, 'delete_after'>, held: boolean, now: number): KeyClass {
  if (held || row.delete_after === null) return 'no-end'
  const hour = hourOf(row.delete_after.getTime())
  return hour <= hourOf(now) ? 'as-it-is' : { hour }
}

/**
 * Moves the agency's keys to where deadlines and holds want them. A row is marked settled only after the vault has
 * moved its key, and while its lock is held, so a crash repeats the move and two decisions cannot overtake each other.
 * Until then nothing is lost: a key that lies in too early an hour is in no approved list, and an hour is destroyed only
 * when the vault's own list equals the approved one. Answers how many it moved.
 */
export async function settleKeys(ground: Ground, agency: string): Promise<number> {
  let moved = 0
  for (;;) {
    const batch = await ground.database.asAgency(agency, async trx => {
      const rows = await lockUnsettled(trx, agency, BATCH)
      const classes = await Promise.all(rows.map(row => moveKey(ground, row)))
      const moves = rows.map((row, i) => {
        return { recording: row.recording, ...classColumns(classes[i] ?? 'lost', row.vault_hour) }
      })
      if (moves.length > 0) await setVaultClasses(trx, moves)
      return rows.length
    })
    moved += batch
    if (batch < BATCH) return moved
  }
}

function classColumns(found: KeyClass | 'lost', before: bigint | null): { state: VaultState; hour: bigint | null } {
  if (found === 'lost') return { state: 'lost', hour: before }
  if (found === 'as-it-is') return { state: 'settled', hour: before }
  return { state: 'settled', hour: found === 'no-end' ? null : BigInt(found.hour) }
}

async function moveKey(ground: Ground, row: DeadlineRow & { held: boolean }): Promise<KeyClass | 'lost'> {
  const wanted = classOf(row, row.held, ground.clock.now())
  if (wanted === 'as-it-is') return wanted
  const expires = wanted === 'no-end' ? null : (row.delete_after?.getTime() ?? null)
  try {
    await ground.vault.rewrap({ id: row.recording, agency: row.agency, expires })
    return wanted
  } catch (error) {
    if (!(error instanceof KeyDestroyed || error instanceof KeyUnknown)) throw error
    // The footage can no longer be opened though it should be kept. Nothing here can mend it; the sweep reports it too.
    ground.log.error(
      { recording: row.recording, agency: row.agency },
      'the key of a kept recording is not in the vault',
    )
    return 'lost'
  }
}
