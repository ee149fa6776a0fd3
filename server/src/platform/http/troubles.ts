import { DatabaseAway, StatementTimedOut } from '../database/errors.ts'
import { DiskFull } from '../durable/disk.ts'
import { LogStandsStill } from '../history/history.ts'
import { ObjectsAway } from '../objects/objects.ts'
import { KeyUnknown, VaultDamaged, VaultDegraded, VaultLocked } from '../vault/port.ts'

/** A trouble of the machine that passes: what is wrong, and what to do. */
export type Trouble = { readonly status: 503 | 507; readonly sentence: string; readonly retrySeconds: number }

const KEPT = 'What was acknowledged is kept; try again in a moment.'
const VAULT = [VaultDamaged, VaultDegraded, VaultLocked]

/** The answer to a trouble of database, disk, store or vault; null where our own code has broken. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof DatabaseAway && error.full)
    return trouble(503, `The disk of the database is full. ${KEPT} Tell the operator.`)
  if (error instanceof DatabaseAway || error instanceof StatementTimedOut)
    return trouble(503, `The database does not answer just now. ${KEPT}`)
  if (error instanceof DiskFull)
    return trouble(507, 'There is no room left on the disk here. What was acknowledged is kept. Tell the operator.')
  if (error instanceof LogStandsStill) return { status: 503, sentence: error.message, retrySeconds: 60 }
  if (error instanceof ObjectsAway) return trouble(503, `The store for recordings does not answer just now. ${KEPT}`)
  if (error instanceof KeyUnknown)
    return trouble(
      503,
      'The vault does not hold the key: it is older than the database, or not its own. Tell the operator.',
    )
  if (VAULT.some(kind => error instanceof kind))
    return trouble(503, `The vault of the keys cannot be used just now. ${KEPT} If this lasts, tell the operator.`)
  return null
}

function trouble(status: Trouble['status'], sentence: string): Trouble {
  return { status, sentence, retrySeconds: 5 }
}
