import type { Dock } from '../dock/dock.ts'
import type { Actor, People } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { Access } from '../rules/rules.ts'

export { openCases } from './cases.ts'
export type { CaseExhibits, Cases, ShownExhibit } from './cases.ts'
export { howItPlays } from './how-it-plays.ts'
export type { HowItPlays } from './how-it-plays.ts'
export { sendPiece } from './media.ts'
export { trackIn } from './tracks.ts'
export type { Track } from './tracks.ts'
export { partNamed } from './parts.ts'
export type { Workshop } from './parts.ts'
export { openWork } from './work.ts'
export type { Work } from './work.ts'
export { openViews } from './views.ts'
export { indexWords, openListing } from './listing-door.ts'
export type { Listing } from './listing-door.ts'
export type { Form, Shown, Views } from './views.ts'

export type ReviewGround = { database: Database; people: People; dock: Pick<Dock, 'facts'>; access: Access }

/** A statement of a file about itself, with the field that says so and the program that read it. */
export type Facts = Awaited<ReturnType<Dock['facts']>>

/** What people may see of recordings without seeing footage. */
export interface Review {
  /** What the file of a recording says of itself; no facts until it was read, and once it is deleted. */
  facts(actor: Actor, recording: string): Promise<Facts | 'not-allowed' | 'no-such-recording'>
}

export function openReview({ database, people, dock, access }: ReviewGround): Review {
  return {
    async facts(actor, recording) {
      if (!(await people.allowed(actor, 'list', recording))) return 'not-allowed'
      await people.noteListing(actor, 'list', recording)
      if (!(await access.sees(actor, recording))) return 'no-such-recording'
      return database.asAgency(actor.agency, trx => dock.facts(trx, recording))
    },
  }
}
