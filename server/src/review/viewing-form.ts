import type { PolicyPack } from '@vidne/policies/pack'
import { valuesAt } from '@vidne/policies/validity'
import type { Role } from '../people/people.ts'
import { type ViewFacts, type ViewRefusal, type ViewWish, mayView } from '../rules/rules.ts'

/** What somebody has to say to look at a recording for one purpose. */
export type PurposeForm = {
  readonly purpose: string
  readonly needsCase: boolean
  readonly needsOwnReport: boolean
  readonly needsSecond: boolean
}

export type ViewingForm = { readonly purposes: readonly PurposeForm[]; readonly refused: ViewRefusal | null }

type Viewer = { readonly roles: readonly Role[]; readonly now: number }

/**
 * What somebody is asked before he looks: found by asking the viewing rule itself, with everything said and with one thing left out. So
 * the form cannot ask for less than the rule wants, nor for more.
 */
export function viewingForm(pack: PolicyPack, viewer: Viewer, facts: ViewFacts): ViewingForm {
  const decided = valuesAt(pack.purposes, viewer.now, pack.zone.v).map(({ v }) => {
    const wish = { purpose: v, case: 'x', ownReport: true }
    return { wish, decision: mayView(pack, viewer, wish, facts) }
  })
  const purposes = decided.flatMap(({ wish, decision }) =>
    decision.may
      ? [{ purpose: wish.purpose, ...needsOf(pack, viewer, wish, facts), needsSecond: decision.second }]
      : [],
  )
  if (purposes.length > 0) return { purposes, refused: null }
  const because = decided.flatMap(({ decision }) => (decision.may ? [] : [decision.because]))
  // The reason that something can be done about comes first.
  const told = because.find(one => one === 'no-incident') ?? because.find(one => one !== 'not-your-purpose')
  return { purposes, refused: told ?? because[0] ?? 'no-rule' }
}

function needsOf(pack: PolicyPack, viewer: Viewer, wish: ViewWish, facts: ViewFacts) {
  const without = (less: Partial<ViewWish>) => !mayView(pack, viewer, { ...wish, ...less }, facts).may
  return { needsCase: without({ case: null }), needsOwnReport: without({ ownReport: false }) }
}
