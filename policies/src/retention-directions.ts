import type { Comparisons } from './comparisons.ts'
import type { Rules } from './group-rule.ts'
import { leafRule } from './leaf-rule.ts'
import { recordRule } from './many-rule.ts'
import type { PolicyPack } from './pack.ts'
import type { RetentionLeaf } from './retention.ts'
import type { LooseningCode, Place } from './rule.ts'

type Retained = Pick<PolicyPack, 'retention' | 'logRetention' | 'logScope'>
type Until = RetentionLeaf['until']

/** Which way the rules of keeping may go: a maximum and a review only earlier, a minimum only later. */
export function retentionRules(by: Comparisons): Rules<Retained> {
  const item = leafRule<RetentionLeaf>(
    {
      v: (base, next, _at, { base: { dir } }) => by.periodOf(dir, base, next),
      dir: by.kind,
      appliesTo: by.kind,
      anchor: by.kind,
      until: (base, next, _at, { base: { dir } }) => untilLoosened(by, dir, base, next),
    },
    'value',
  )
  return {
    retention: recordRule(item, {
      added: (leaf, at) => categoryAdded(by, leaf, at),
      // Every policy says when a recording without a category is gone.
      removed: (_leaf, { path }) => (path === 'retention.uncategorised' ? 'kind' : 'removed'),
    }),
    logRetention: leafRule<PolicyPack['logRetention']>(
      {
        v: (base, next, _at, { base: { dir } }) => by.periodOf(dir, base, next),
        dir: by.kind,
        anchor: by.kind,
      },
      'value',
    ),
    logScope: leafRule({ v: by.grows }, 'value'),
  }
}

/**
 * The longest rule of a recording's categories decides, so a new category may make footage live longer: one that deletes no
 * later than what has no category does not. A rule for documents beside the footage takes nothing from anybody.
 */
function categoryAdded(by: Comparisons, leaf: RetentionLeaf, { base }: Place): LooseningCode | null {
  if (leaf.appliesTo === 'record') return null
  const longest = base.retention['uncategorised']
  const sameClock = longest !== undefined && leaf.dir === 'max' && leaf.anchor === longest.anchor
  return sameClock ? by.periodOf('max', longest.v, leaf.v) : 'added'
}

/** The events that end a case, each with what has to pass afterwards. */
function untilLoosened(by: Comparisons, dir: RetentionLeaf['dir'], base: Until, next: Until): LooseningCode | null {
  if (base === undefined || next === undefined) return base === next ? null : 'kind'
  for (const { event, period } of base) {
    const later = next.find(one => one.event === event)
    if (later === undefined) return 'removed'
    const because = by.periodOf(dir, period, later.period)
    if (because !== null) return because
  }
  // One more event to wait for makes a minimum longer, and a maximum too.
  return dir === 'min' || next.length === base.length ? null : 'added'
}
