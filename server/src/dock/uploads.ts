import type { Actor } from '../people/people.ts'
import { isUuid } from '../platform/identifiers.ts'
import { deletedHere, digestMismatch } from './completion.ts'
import type { Ground } from './ground.ts'
import { refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { findUpload } from './uploads-store.ts'
import type { Upload } from './uploads-store.ts'

/** The upload, if this actor may work with it. Another agency's is not found, and neither is another person's. */
export async function findForActor(ground: Ground, actor: Actor, id: string): Promise<Upload | Refusal> {
  const upload = isUuid(id) ? await ground.database.asAgency(actor.agency, trx => findUpload(trx, id)) : null
  if (upload === null || !mayWorkWith(actor, upload)) return refuse('not-found', 'There is no such upload of yours.')
  return upload
}

/** Why an upload takes no more bytes; null where it does. */
export function stateRefusal(upload: Upload): Refusal | null {
  switch (upload.state) {
    case 'open':
      return null
    case 'complete':
      return refuse('already-complete', 'The upload is complete; its recording can only be deleted by the rule for it.')
    case 'mismatched':
      return digestMismatch()
    case 'withheld':
      return deletedHere(upload.id)
    case 'terminated':
    case 'expired':
      return refuse('gone', 'The upload was removed. Begin it anew.')
  }
}

function mayWorkWith(actor: Actor, upload: Upload): boolean {
  return (
    actor.person === upload.actor.person ||
    actor.roles.includes('camera-manager') ||
    actor.roles.includes('evidence-clerk')
  )
}
