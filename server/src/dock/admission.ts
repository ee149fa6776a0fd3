import { may } from '../people/people.ts'
import type { Actor, Approvals, Approved, Carried } from '../people/people.ts'
import type { Json } from '@vidne/evidence/jcs'
import { afterCommit } from '../platform/database/door.ts'
import type { Trx } from '../platform/database/door.ts'
import { finishWhole } from './finishing.ts'
import type { Ground } from './ground.ts'
import { admitUpload, findUpload, keepUntil } from './uploads-store.ts'

export type AdmissionRefusal = 'not-allowed' | 'no-reason' | 'no-such-upload' | 'not-withheld'

export type AdmissionAsked =
  | { readonly state: 'waiting'; readonly approval: string; readonly deadline: number }
  | { readonly state: 'refused'; readonly because: AdmissionRefusal }

/** Asks a second person to let in what was deleted here. The bytes, which are all here, are kept until the question is closed. */
export async function askAdmission(
  trx: Trx,
  { approvals }: { approvals: Approvals | undefined },
  wish: { upload: string; reason: string; by: Actor },
): Promise<AdmissionAsked> {
  const { upload: subject, by } = wish
  const reason = wish.reason.trim()
  if (approvals === undefined || !may(by, 'admit')) return { state: 'refused', because: 'not-allowed' }
  if (reason === '') return { state: 'refused', because: 'no-reason' }
  const upload = await findUpload(trx, subject)
  if (upload === null || upload.agency !== by.agency) return { state: 'refused', because: 'no-such-upload' }
  if (upload.state !== 'withheld') return { state: 'refused', because: 'not-withheld' }
  const payload = { reason, askedBy: by.name }
  const asked = await approvals.ask(trx, { agency: by.agency, kind: 'take-in-again', subject, by, reason, payload })
  await keepUntil(trx, subject, asked.deadline)
  return { state: 'waiting', approval: asked.approval, deadline: asked.deadline }
}

/** Opens the upload again, with both persons' names, and finishes it once that is committed; or at the next start. */
export async function admit(trx: Trx, ground: Ground, approved: Approved): Promise<Carried> {
  const { subject: id, agency, approval, confirmedBy } = approved
  if (id === null) throw new Error('a question about an upload names none')
  const admission = { approval, ...askedIn(approved.payload), confirmedBy: confirmedBy.name }
  const expiresAt = ground.clock.now() + ground.limits.uploadLifeMs
  if (!(await admitUpload(trx, { id, admission, expiresAt }))) return { done: false, because: 'upload-gone' }
  afterCommit(() => {
    finishWhole(ground, { id, agency }).catch((error: unknown) =>
      ground.log.error({ upload: id, error }, 'an upload that was let in could not be finished yet'),
    )
  })
  return { done: true }
}

function askedIn(payload: Json): { reason: string; askedBy: string } {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new Error('a question without payload')
  const { reason, askedBy } = payload
  if (typeof reason !== 'string' || typeof askedBy !== 'string')
    throw new Error('a question with a payload of another kind')
  return { reason, askedBy }
}
