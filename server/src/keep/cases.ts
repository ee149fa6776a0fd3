import { actorFields, may, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { consider, lifeInRow } from './deadlines.ts'
import { addCaseEvent } from './given-store.ts'
import type { KeepGround } from './ground.ts'
import type { Life } from './life.ts'
import { policiesOfOne } from './policies.ts'
import { lockDeadline } from './store.ts'
import type { CaseNote } from './terms.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}

export type CaseRefusal = 'not-allowed' | 'no-such-recording' | 'too-late' | 'not-yet' | 'no-reason'
export type CaseNoted =
  { readonly state: 'noted'; readonly life: Life } | { readonly state: 'refused'; readonly because: CaseRefusal }

/**
 * Notes what happened in the case of a recording: who said so, when it was, and why it is noted: that joins the two. A minimum that is counted from the case ends by
 * it, once the state of all its cases is known. It lets nothing go by itself: at its end a person decides.
 */
export async function noteCase(
  trx: Trx,
  ground: Ground,
  { recording, by, reason: said, ...note }: CaseNote & { recording: string; reason: string; by: Actor },
): Promise<CaseNoted> {
  const [now, reason] = [ground.clock.now(), said.trim()]
  if (!may(by, 'note-case')) return { state: 'refused', because: 'not-allowed' }
  if (reason === '') return { state: 'refused', because: 'no-reason' }
  if (note.on > now) return { state: 'refused', because: 'not-yet' }
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== by.agency) return { state: 'refused', because: 'no-such-recording' }
  if (row.state === 'erasing' || row.state === 'deleted') return { state: 'refused', because: 'too-late' }
  const { agency, person } = by
  await addCaseEvent(trx, { ...note, id: uuidv7(ground.clock), recording, agency, person, at: now })
  const { pol } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  const fields = [
    { name: 'case-event', value: note.event },
    { name: 'happened', value: note.on },
    ...(note.case === null ? [] : [{ name: 'case', value: note.case }]),
    { name: 'reason', value: reason },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: recording, type: 'case-noted', pol, fields })
  await consider(trx, ground, { agency, recording }, 'case-noted', by)
  const after = await lockDeadline(trx, ground.history, recording)
  return { state: 'noted', life: lifeInRow(after ?? row) }
}
