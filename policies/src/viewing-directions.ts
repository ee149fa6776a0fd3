import type { Comparisons } from './comparisons.ts'
import type { Rules } from './group-rule.ts'
import { leafRule } from './leaf-rule.ts'
import { listRule, recordRule } from './many-rule.ts'
import type { PolicyPack } from './pack.ts'
import type { ViewLeaf } from './viewing.ts'

type Viewed = Pick<PolicyPack, 'view' | 'purposes'>

/**
 * Who looks, and for what: viewers may only be removed, purposes only be narrowed. A rule that shuts viewing off works the
 * other way round: it may come, it may shut out more roles, and it stays.
 */
export function viewingRules(by: Comparisons): Rules<Viewed> {
  const item = leafRule<ViewLeaf>(
    {
      v: by.words,
      roles: (base, next, _at, leaves) => {
        if (leaves.base.never === true) return by.grows(base, next)
        return leaves.next.never === true ? null : by.shrinks(base, next)
      },
      needs: by.grows,
      own: (base, next) => by.onlyOn(base === true, next === true),
      never: (base, next) => by.onlyOn(base === true, next === true),
    },
    'value',
  )
  const purpose = leafRule<PolicyPack['purposes'][number]>(
    { v: by.fixed, roles: by.shrinks, needsCase: by.onlyOn },
    'permission',
  )
  return {
    view: recordRule(item, {
      added: ({ never }) => (never === true ? null : by.lists.shrinking.added()),
      removed: ({ never }) => (never === true ? 'removed' : by.lists.shrinking.removed()),
    }),
    purposes: listRule(purpose, by.lists.shrinking),
  }
}
