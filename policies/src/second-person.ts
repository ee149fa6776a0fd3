import * as z from 'zod'
import { Code, leaf } from './leaf.ts'

/** What a second person may be asked for. */
export const SecondPersonAct = z.enum([
  'early-deletion',
  'category-downgrade',
  'hold-release',
  'export',
  'first-view',
  'view',
  'deletion-decision',
  'schedule-change',
  'publish-policy',
  'network-release',
])
export type SecondPersonAct = z.infer<typeof SecondPersonAct>

/** The code of the pack, with the act the engine knows it by and whether it binds always or only when something leaves. */
export const SecondPersonLeaf = leaf(Code, {
  act: SecondPersonAct,
  when: z.enum(['always', 'outside-authority']),
})

type SecondPersons = { readonly secondPerson: readonly z.infer<typeof SecondPersonLeaf>[] }

/**
 * Whether the pack asks for a second person before this act. `outside`: something is given to somebody who is not of
 * the agency.
 */
export function secondPersonAsked(
  pack: SecondPersons,
  act: SecondPersonAct,
  { outside }: { outside: boolean },
): boolean {
  return pack.secondPerson.some(rule => rule.act === act && (rule.when === 'always' || outside))
}
