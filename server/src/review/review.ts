import type { Dock } from '../dock/dock.ts'
import type { Actor, People } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { Access } from '../rules/rules.ts'
import type { Seal } from '../seal/seal.ts'
import { type Listed, type Mark, listRecordings } from './listing.ts'

export { openCases } from './cases.ts'
export type { CaseExhibits, Cases, ShownExhibit } from './cases.ts'
export { sendShown } from './media.ts'
export { openWork } from './work.ts'
export type { Work } from './work.ts'
export type { Listed, Mark } from './listing.ts'
export { openViews } from './views.ts'
export type { Views } from './views.ts'

/** A recording's way: received → sealed → countersigned; then due → erasing → deleted. */
export type State = 'received' | 'sealed' | 'countersigned' | 'due' | 'erasing' | 'deleted'

export type ReviewGround = { database: Database; people: People; dock: Pick<Dock, 'facts'>; access: Access; seal: Seal }

/** A statement of a file about itself, with the field that says so and the program that read it. */
export type Facts = Awaited<ReturnType<Dock['facts']>>

/** What people may see of recordings without seeing footage. */
export interface Review {
  /** A page of the recordings that the actor may see, newest first; null: the actor's roles do not allow the list. */
  list(actor: Actor, page: { most: number; after: Mark | null }): Promise<(Listed & { state: State })[] | null>
  /** What the file of a recording says of itself; no facts until it was read, and once it is deleted. */
  facts(actor: Actor, recording: string): Promise<Facts | 'not-allowed' | 'no-such-recording'>
}

export function openReview({ database, people, dock, access, seal }: ReviewGround): Review {
  return {
    async list(actor, page) {
      if (!(await people.allowed(actor, 'list'))) return null
      await people.noteListing(actor, 'list')
      const rows = await database.asAgency(actor.agency, async trx =>
        listRecordings(trx, await access.seer(trx, actor), page),
      )
      const countersigned = seal.metrics().countersignedLeaves
      return rows.map(row => ({ ...row, state: stateOf(row, countersigned) }))
    },
    async facts(actor, recording) {
      if (!(await people.allowed(actor, 'list', recording))) return 'not-allowed'
      await people.noteListing(actor, 'list', recording)
      if (!(await access.sees(actor, recording))) return 'no-such-recording'
      return database.asAgency(actor.agency, trx => dock.facts(trx, recording))
    },
  }
}

function stateOf({ life, index }: Listed, countersigned: number): State {
  if (life !== null && life !== 'kept') return life
  if (index === null) return 'received'
  return index < countersigned ? 'countersigned' : 'sealed'
}
