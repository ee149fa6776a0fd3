import { DatabaseAway, StatementTimedOut } from '../database/errors.ts'
import { DiskFull } from '../durable/disk.ts'
import { LogStandsStill } from '../history/history.ts'
import { ObjectsAway } from '../objects/objects.ts'
import type { Still } from '../still.ts'
import { KeyUnknown, VaultDamaged, VaultDegraded, VaultLocked } from '../vault/port.ts'

/** A trouble of the machine that passes: what is wrong, and what to do. */
export type Trouble = { readonly status: 503 | 507; readonly still: Still; readonly retrySeconds: number }

const VAULT = [VaultDamaged, VaultDegraded, VaultLocked]

/** The answer to a trouble of database, disk, store or vault; null where our own code has broken. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof DatabaseAway && error.full) return trouble(503, { code: 'no-room-database' })
  if (error instanceof DatabaseAway || error instanceof StatementTimedOut)
    return trouble(503, { code: 'no-answer-database' })
  if (error instanceof DiskFull) return trouble(507, { code: 'no-room' })
  if (error instanceof LogStandsStill) return { status: 503, still: error.still, retrySeconds: 60 }
  if (error instanceof ObjectsAway) return trouble(503, { code: 'no-answer-objects' })
  if (error instanceof KeyUnknown) return trouble(503, { code: 'key-unknown' })
  return VAULT.some(kind => error instanceof kind) ? trouble(503, { code: 'vault-unusable' }) : null
}

function trouble(status: Trouble['status'], still: Still): Trouble {
  return { status, still, retrySeconds: 5 }
}
