import { actorFields, may, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { consider, lifeInRow } from './deadlines.ts'
import type { KeepGround } from './ground.ts'
import type { Life } from './life.ts'
import { addCategory, lockDeadline } from './store.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}

export type CategoryRefusal = 'not-allowed' | 'no-such-recording' | 'too-late' | 'no-such-rule' | 'no-basis'

/** `life`: what the recording's life is now. `rules`: what the policy has, where it lacks the one that was named. */
export type Categorised =
  | { readonly state: 'categorised' | 'had-it'; readonly life: Life }
  | { readonly state: 'refused'; readonly because: CategoryRefusal; readonly rules: readonly string[] }

/** Puts a recording under a rule of its policy too. The longest of its rules decides, so this can only lengthen its life. */
export async function categorise(
  trx: Trx,
  ground: Ground,
  wish: { recording: string; rule: string; basis: string; by: Actor },
): Promise<Categorised> {
  const { recording, rule, by } = wish
  const { agency, person } = by
  const basis = wish.basis.trim()
  if (!may(by, 'categorise')) return refused('not-allowed')
  if (basis === '') return refused('no-basis')
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== agency) return refused('no-such-recording')
  if (row.state === 'erasing' || row.state === 'deleted') return refused('too-late')
  const { pack, pol } = await ground.rules.policyInForce(trx, agency)
  if (!Object.hasOwn(pack.retention, rule)) return refused('no-such-rule', Object.keys(pack.retention).toSorted())
  const added = await addCategory(trx, { recording, agency, rule, at: ground.clock.now(), person })
  if (!added) return { state: 'had-it', life: lifeInRow(row) }
  const fields = [{ name: 'rule', value: rule }, { name: 'basis', value: basis }, ...actorFields(by)]
  await ground.history.append(trx, { subject: recording, type: 'categorised', pol, fields })
  await consider(trx, ground, { agency, recording }, 'categorised', by)
  const after = await lockDeadline(trx, ground.history, recording)
  return { state: 'categorised', life: lifeInRow(after ?? row) }
}

function refused(because: CategoryRefusal, rules: readonly string[] = []): Categorised {
  return { state: 'refused', because, rules }
}
