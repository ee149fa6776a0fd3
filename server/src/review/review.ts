import type { Actor, People } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { Seal } from '../seal/seal.ts'
import { type Listed, type Mark, listRecordings } from './listing.ts'

export type { Listed, Mark } from './listing.ts'

/** A recording's way: received → sealed → countersigned; then due → erasing → deleted. */
export type State = 'received' | 'sealed' | 'countersigned' | 'due' | 'erasing' | 'deleted'

export type ReviewGround = { database: Database; people: People; seal: Seal }

/** What people may see of recordings without seeing footage. */
export interface Review {
  /** A page of the agency's recordings, newest first; null: the actor's roles do not allow the list. */
  list(actor: Actor, page: { most: number; after: Mark | null }): Promise<(Listed & { state: State })[] | null>
}

export function openReview({ database, people, seal }: ReviewGround): Review {
  return {
    async list(actor, page) {
      if (!(await people.allowed(actor, 'list'))) return null
      const rows = await database.asAgency(actor.agency, trx => listRecordings(trx, page))
      const countersigned = seal.metrics().countersignedLeaves
      return rows.map(row => ({ ...row, state: stateOf(row, countersigned) }))
    },
  }
}

function stateOf({ life, index }: Listed, countersigned: number): State {
  if (life !== null && life !== 'kept') return life
  if (index === null) return 'received'
  return index < countersigned ? 'countersigned' : 'sealed'
}
