import { createHash } from 'node:crypto'
import { canonicalize } from '@vidne/evidence/jcs'
import type { Actor, People } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { shareTables } from './store.ts'

/** What somebody wants to give away, what for, and to whom; `to` null: it stays within the agency. */
export type ExportWish = { recording: string; purpose: string; case: string | null; to: string | null }

/** How long an agreement is good. */
export const AGREEMENT_MS = 24 * 60 * 60_000

export type Waiting = { approval: string; deadline: number }

/** What exactly a second person agrees to: another purpose, case, recipient or asker is another question. */
export function wishDigest(actor: Actor, wish: ExportWish): string {
  return createHash('sha256')
    .update(canonicalize({ person: actor.person, ...wish }))
    .digest('hex')
}

/**
 * Asks a second person; the words of the wish enter the history of the recording with the question. The same wish asked again
 * finds the question that waits.
 */
export async function askSecondPerson(
  people: People,
  trx: Trx,
  actor: Actor,
  wish: ExportWish,
  digest: string,
): Promise<Waiting> {
  const asked = await people.approvals.ask(trx, {
    agency: actor.agency,
    kind: 'export',
    subject: wish.recording,
    by: actor,
    reason: null,
    about: { purpose: wish.purpose, case: wish.case, recipient: wish.to },
    payload: { wish: digest },
    wish: Buffer.from(digest, 'hex'),
  })
  return { approval: asked.approval, deadline: asked.deadline }
}

/** Remembers what a second person agreed to, in the transaction in which he does. */
export function registerAgreement(people: People, now: () => number): void {
  people.approvals.onApproved('export', async (trx, approved) => {
    const { payload, subject } = approved
    const wish =
      typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload['wish'] : undefined
    if (typeof wish !== 'string' || subject === null) throw new Error('a question about an export names none')
    const row = {
      approval: approved.approval,
      agency: approved.agency,
      recording: subject,
      wish: Buffer.from(wish, 'hex'),
      agreed_at: new Date(now()),
    }
    await shareTables(trx)
      .insertInto('share_agreement')
      .values({ ...row, used_at: null })
      .execute()
    return { done: true }
  })
}

/** Whether there is an agreement that `agreedExport` would use up. */
export async function standsAgreed(trx: Trx, p: Omit<Agreement, 'now'>): Promise<boolean> {
  const found = await shareTables(trx)
    .selectFrom('share_agreement')
    .select('approval')
    .where('recording', '=', p.recording)
    .where('wish', '=', Buffer.from(p.digest, 'hex'))
    .where(where => where.or([where('used_at', 'is', null), where('used_at', '<', new Date(p.lost))]))
    .where('agreed_at', '>', new Date(p.since))
    .execute()
  return found.length > 0
}

type Agreement = { recording: string; digest: string; since: number; now: number; lost: number }

/**
 * Uses up an agreement to this very wish, if there is one that is not too old. One agreement is one export: one that was used
 * before `lost` counts again, since the package went with an earlier process before anybody had it whole.
 */
export async function agreedExport(trx: Trx, p: Agreement): Promise<boolean> {
  const used = await shareTables(trx)
    .updateTable('share_agreement')
    .set({ used_at: new Date(p.now) })
    .where('recording', '=', p.recording)
    .where('wish', '=', Buffer.from(p.digest, 'hex'))
    .where(where => where.or([where('used_at', 'is', null), where('used_at', '<', new Date(p.lost))]))
    .where('agreed_at', '>', new Date(p.since))
    .returning('approval')
    .execute()
  return used.length > 0
}
