import type { Json } from '@vidne/evidence/jcs'
import type { PolicyPack } from '@vidne/policies/pack'
import { actorFields, may, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { consider, lifeInRow } from './deadlines.ts'
import type { KeepGround } from './ground.ts'
import type { Life } from './life.ts'
import { addCategory } from './given-store.ts'
import { lockDeadline } from './store.ts'
import { policiesOfOne } from './policies.ts'
import { isGrounded, needsGround, UNCATEGORISED, type Category } from './terms.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}

export type CategoryRefusal =
  'not-allowed' | 'no-such-recording' | 'too-late' | 'no-such-rule' | 'no-basis' | 'no-ground'

/** `life`: what the recording's life is now. `rules`: what the policy has, where it lacks the one that was named. */
export type Categorised =
  | { readonly state: 'categorised' | 'had-it'; readonly life: Life }
  | { readonly state: 'refused'; readonly because: CategoryRefusal; readonly rules: readonly string[] }

export type CategoryWish = {
  readonly recording: string
  readonly rule: string
  /** By what law, or why. */
  readonly basis: string
  readonly case: string | null
  readonly offence: string | null
}

/**
 * Puts a recording under a rule of its policy too. The longest of its rules decides, so this can only lengthen its life. Where
 * the policy lets people decide about deletions, nothing is kept longer without a case number and an offence.
 */
export async function categorise(trx: Trx, ground: Ground, wish: CategoryWish & { by: Actor }): Promise<Categorised> {
  const { recording, rule, by } = wish
  const { agency, person } = by
  const basis = wish.basis.trim()
  if (!may(by, 'categorise')) return refused('not-allowed')
  if (basis === '') return refused('no-basis')
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== agency) return refused('no-such-recording')
  if (row.state === 'erasing' || row.state === 'deleted') return refused('too-late')
  const { pack, pol } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  const refusal = whyNotUnder(pack, wish)
  if (refusal !== null) return refusal
  const category = { rule, case: wish.case, offence: wish.offence }
  const added = await addCategory(trx, { ...category, recording, agency, at: ground.clock.now(), person })
  if (!added) return { state: 'had-it', life: lifeInRow(row) }
  const fields = [...categoryFields(category), { name: 'basis', value: basis }, ...actorFields(by)]
  await ground.history.append(trx, { subject: recording, type: 'categorised', pol, fields })
  await consider(trx, ground, { agency, recording }, 'categorised', by)
  const after = await lockDeadline(trx, ground.history, recording)
  return { state: 'categorised', life: lifeInRow(after ?? row) }
}

function whyNotUnder(pack: PolicyPack, wish: CategoryWish): Categorised | null {
  if (!footageRules(pack).includes(wish.rule)) return refused('no-such-rule', footageRules(pack))
  return wish.rule !== UNCATEGORISED && needsGround([pack]) && !isGrounded(wish) ? refused('no-ground') : null
}

/** The rules of a policy that footage can be put under, in their order; others are about records beside it. */
export function footageRules({ retention }: PolicyPack): string[] {
  return Object.keys(retention)
    .filter(rule => retention[rule]?.appliesTo === 'footage')
    .toSorted()
}

/** A category as fields of an event; case and offence only where they were said. */
export function categoryFields(category: Category): { name: string; value: Json }[] {
  const said = [
    { name: 'case', value: category.case },
    { name: 'offence', value: category.offence },
  ]
  return [{ name: 'rule', value: category.rule }, ...said.filter(({ value }) => value !== null)]
}

function refused(because: CategoryRefusal, rules: readonly string[] = []): Categorised {
  return { state: 'refused', because, rules }
}
