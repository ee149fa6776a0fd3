import type { PolicyPack } from '@vidne/policies/pack'
import { secondPersonAsked } from '@vidne/policies/second-person'
import { valuesAt } from '@vidne/policies/validity'
import type { ViewLeaf } from '@vidne/policies/viewing'
import type { Role } from '../people/people.ts'
import { viewRules } from './access.ts'

/** What somebody says he wants to look at footage for. `ownReport`: he has written his own account before. */
export type ViewWish = { readonly purpose: string; readonly case: string | null; readonly ownReport: boolean }

/** What is known of a recording he can see. `incident`: somebody has marked it to be kept. `viewed`: somebody has looked. */
export type ViewFacts = { readonly own: boolean; readonly incident: boolean; readonly viewed: boolean }

/** Why nobody shows him the footage. */
export type ViewRefusal =
  'no-rule' | 'unknown-purpose' | 'not-your-purpose' | 'no-case' | 'no-incident' | 'no-own-report'

export type ViewDecision =
  { readonly may: true; readonly second: boolean } | { readonly may: false; readonly because: ViewRefusal }

/** Roles that keep machines or count things. No policy can show them footage, whatever it says. */
const NEVER: ReadonlySet<Role> = new Set([
  'camera-manager',
  'evaluator',
  'figures-reader',
  'agency-administrator',
  'system-administrator',
  'dock',
])

type Pack = Pick<PolicyPack, 'view' | 'purposes' | 'secondPerson' | 'zone'>

/**
 * Whether a policy lets somebody look at footage that he can see listed, and whether a second person has to agree. One role of his
 * has to stand both in a rule that opens the footage and beside the purpose; what else rule and purpose need must be there. Pure:
 * what is true of the recording is handed in.
 */
export function mayView(
  pack: Pack,
  { roles, now }: { roles: readonly Role[]; now: number },
  wish: ViewWish,
  facts: ViewFacts,
): ViewDecision {
  const theirs = roles.filter(role => !NEVER.has(role))
  const rules = viewRules(pack, now)
  if (!rules.some(rule => opensTo(rule, theirs, facts))) return refused('no-rule')
  const purpose = valuesAt(pack.purposes, now, pack.zone.v).find(({ v }) => v === wish.purpose)
  if (purpose === undefined) return refused('unknown-purpose')
  const fitting = theirs.filter(role => purpose.roles.includes(role))
  const open = rules.filter(rule => opensTo(rule, fitting, facts))
  const lack = open.map(rule => lacking(rule, purpose.needsCase, wish, facts))
  const met = open.filter((_, at) => lack[at] === null)
  if (met.length === 0) return refused(lack[0] ?? 'not-your-purpose')
  const ruleAsks = met.every(rule => rule.needs.includes('second-person'))
  return { may: true, second: ruleAsks || packAsksSecond(pack, facts) }
}

function refused(because: ViewRefusal): ViewDecision {
  return { may: false, because }
}

/** A rule that names no role is for everybody. */
function opensTo({ roles, own }: ViewLeaf, theirs: readonly Role[], facts: ViewFacts): boolean {
  const named = roles.length === 0 ? theirs.length > 0 : roles.some(role => theirs.includes(role))
  return named && (own !== true || facts.own)
}

function lacking({ needs }: ViewLeaf, purposeNeedsCase: boolean, wish: ViewWish, facts: ViewFacts): ViewRefusal | null {
  const first = needs.includes('case-at-first-view') && !facts.viewed
  if ((purposeNeedsCase || needs.includes('case') || first) && wish.case === null) return 'no-case'
  if (needs.includes('incident') && !facts.incident) return 'no-incident'
  return needs.includes('own-report') && !wish.ownReport ? 'no-own-report' : null
}

function packAsksSecond(pack: Pack, { viewed }: ViewFacts): boolean {
  const inside = { outside: false }
  return secondPersonAsked(pack, 'view', inside) || (!viewed && secondPersonAsked(pack, 'first-view', inside))
}
