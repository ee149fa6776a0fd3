import type { Judges } from './judges.ts'
import type { Hours } from './local-time.ts'
import type { Membership } from './many-rule.ts'
import type { Presence } from './optional-rule.ts'
import type { PolicyPack } from './pack.ts'
import type { LooseningCode, Place } from './rule.ts'

type Exception = { readonly decidedBy: readonly string[] }
type Named<Field extends 'brake' | 'decision' | 'disputes' | 'training'> = Exclude<PolicyPack[Field], undefined>['v']

/** Longer than this, a look back before the start needs a law that says so. */
const LONGEST_BUFFER_SECONDS = 30

const unless = (holds: boolean, code: LooseningCode): LooseningCode | null => (holds ? null : code)

/** Every comparison a part of a leaf can have, made from the judges. */
export function comparisons(judge: Judges) {
  const noLongerIfAny = (base: string | undefined, next: string | undefined): LooseningCode | null =>
    unless(base === undefined || (next !== undefined && judge.noLonger(base, next)), 'longer')
  const sameCodes = (base: readonly string[], next: readonly string[]) =>
    unless(judge.same(base.toSorted(), next.toSorted()), 'fixed')
  return {
    /** Sentences for people. What the engine acts on stands beside them and has a direction of its own. */
    words: () => null,
    fixed: (base: unknown, next: unknown) => unless(judge.same(base, next), 'fixed'),
    /** What kind of rule it is. Not even a default may become another kind. */
    kind: (base: unknown, next: unknown) => unless(judge.same(base, next), 'kind'),
    sameCodes,
    onlyOff: (base: boolean, next: boolean) => unless(judge.onlyOff(base, next), 'switched-on'),
    onlyOn: (base: boolean, next: boolean) => unless(judge.onlyOn(base, next), 'switched-off'),
    grows: (base: readonly string[], next: readonly string[]) => unless(judge.grows(base, next), 'removed'),
    shrinks: (base: readonly string[], next: readonly string[]) => unless(judge.shrinks(base, next), 'added'),
    noLess: (base: number, next: number) => unless(judge.noLess(base, next), 'less'),
    noLongerIfAny,
    startsItself: (base: boolean, next: boolean, { base: { decider } }: Place): LooseningCode | null =>
      next && decider.v === 'wearer' ? 'wearer-decides' : unless(judge.onlyOff(base, next), 'switched-on'),
    bufferSeconds: (base: number, next: number): LooseningCode | null => {
      if (judge.noMore(base, next)) return null
      return next > LONGEST_BUFFER_SECONDS ? 'ceiling' : 'more'
    },
    /** A place of time such as the shift is only itself; a period only gets shorter; where none was said, any is a limit. */
    noLaterThan: (base: string | null, next: string | null): LooseningCode | null => {
      if (base === null || judge.same(base, next)) return null
      return unless(isPeriod(base) && next !== null && isPeriod(next) && judge.noLonger(base, next), 'longer')
    },
    hours: (base: readonly Hours[] | undefined, next: readonly Hours[] | undefined) =>
      unless(base === undefined || (next !== undefined && judge.noMoreHours(base, next)), 'wider'),
    exception: (base: Exception | undefined, next: Exception | undefined) =>
      unless(next === undefined || (base !== undefined && judge.shrinks(base.decidedBy, next.decidedBy)), 'wider'),
    alwaysRatherThanOutside: (base: string, next: string) =>
      unless(judge.onlyOn(base === 'always', next === 'always'), 'wider'),
    /** A gate that only workplaces have may come to bind everywhere. */
    everywhere: (base: true | undefined, next: true | undefined) =>
      unless(judge.onlyOff(base === true, next === true), 'wider'),
    ...duties(judge),
    periodOf,
    lists: lists(judge),
    /** Something that is demanded may come, and does not go. */
    demand: { gained: () => null, lost: () => 'removed' } satisfies Presence<unknown>,
    /** Something that is allowed may go, and does not come. */
    licence: { gained: () => 'added', lost: () => null } satisfies Presence<unknown>,
  }

  /** A period by the direction of its rule: a maximum or a review only earlier, a minimum only later. */
  function periodOf(dir: 'max' | 'min' | 'review', base: string, next: string): LooseningCode | null {
    return dir === 'min' ? unless(judge.noShorter(base, next), 'shorter') : unless(judge.noLonger(base, next), 'longer')
  }
}

/** What an agency owes, where one value holds several numbers and names. */
function duties(judge: Judges) {
  return {
    brake: (base: Named<'brake'>, next: Named<'brake'>) =>
      unless(judge.noMore(base.items, next.items) && judge.noMore(base.share, next.share), 'more'),
    decision: (base: Named<'decision'>, next: Named<'decision'>): LooseningCode | null => {
      const noLater = judge.noMore(base.fromDay, next.fromDay) && judge.noMore(base.atDay, next.atDay)
      return noLater ? unless(judge.grows(base.by, next.by), 'removed') : 'more'
    },
    disputes: (base: Named<'disputes'>, next: Named<'disputes'>) => unless(judge.noMore(base.days, next.days), 'more'),
    training: (base: Named<'training'>, next: Named<'training'>): LooseningCode | null =>
      judge.grows(base.rights, next.rights)
        ? unless(judge.noLonger(base.validFor, next.validFor), 'longer')
        : 'removed',
  }
}

export type Comparisons = ReturnType<typeof comparisons>

const isPeriod = (text: string): boolean => text.startsWith('P')

type Scheduled = { readonly schedule?: readonly Hours[] | undefined }

function lists({ growingList, shrinkingList }: Judges) {
  const added = (mayAdd: boolean) => (): LooseningCode | null => unless(mayAdd, 'added')
  const removed = (mayRemove: boolean) => (): LooseningCode | null => unless(mayRemove, 'removed')
  const growing = { added: added(growingList.mayAdd), removed: removed(growingList.mayRemove) }
  const shrinking = { added: added(shrinkingList.mayAdd), removed: removed(shrinkingList.mayRemove) }
  return {
    growing,
    shrinking,
    /** Outside its hours a permission is a ban: to take it away would leave the hours open. */
    permissions: {
      added: shrinking.added,
      removed: (leaf: Scheduled) => (leaf.schedule === undefined ? shrinking.removed() : 'removed'),
    },
    /** A duty to record may be added where the policy decides. Where somebody else does, there is no such duty to give. */
    whereThePolicyDecides: {
      added: (_leaf: unknown, { base: { decider } }: Place): LooseningCode | null => {
        if (decider.v === 'wearer') return 'wearer-decides'
        return decider.v === 'policy' ? growing.added() : 'added'
      },
      removed: growing.removed,
    } satisfies Membership<unknown>,
  }
}
