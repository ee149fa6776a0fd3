import { decide } from './decide.ts'
import { freeze } from './freeze.ts'
import type { PolicyPack } from './pack.ts'
import type { Situation, Verdict, VerdictWord } from './situation.ts'

/** Something that happened, and the policy that was in force then; null where there was none. */
export type PastEvent = { readonly id: string; readonly situation: Situation; readonly policy: PolicyPack | null }

/** What a camera or a person would have noticed of another policy. */
export type Difference = 'verdict' | 'clause' | 'starts-itself' | 'reason' | 'review' | 'notice' | 'buffer' | 'marks'

/** One event that a draft decides differently. */
export type Replayed = {
  readonly id: string
  readonly before: Verdict
  readonly after: Verdict
  readonly differs: readonly Difference[]
}

/** What a draft would have changed: how many verdicts went from what to what, and every event that differs in anything. */
export type Replay = {
  readonly events: number
  readonly verdicts: readonly { readonly from: VerdictWord; readonly to: VerdictWord; readonly events: number }[]
  readonly differing: readonly Replayed[]
}

/**
 * Past events decided again by a draft. The draft is taken as it will be once it is published, since publishing makes one
 * rank of what was policy, seed and default. Each event keeps its own time: a value that begins later decides nothing of it.
 */
export function replay(events: readonly PastEvent[], draft: PolicyPack): Replay {
  const published = freeze(draft)
  const counts = new Map<string, { from: VerdictWord; to: VerdictWord; events: number }>()
  const differing: Replayed[] = []
  for (const { id, situation, policy } of events) {
    const before = decide(situation, policy)
    const after = decide(situation, published)
    const key = `${before.verdict}>${after.verdict}`
    const counted = counts.get(key) ?? { from: before.verdict, to: after.verdict, events: 0 }
    counts.set(key, { ...counted, events: counted.events + 1 })
    const differs = differences(before, after)
    if (differs.length > 0) differing.push({ id, before, after, differs })
  }
  return { events: events.length, verdicts: [...counts.values()], differing }
}

function differences(before: Verdict, after: Verdict): Difference[] {
  const ruleOf = ({ clause }: Verdict) => (clause === null ? '' : `${clause.field}/${JSON.stringify(clause.leaf.v)}`)
  const compared: Record<Difference, boolean> = {
    verdict: before.verdict === after.verdict,
    clause: ruleOf(before) === ruleOf(after),
    'starts-itself': before.startsItself === after.startsItself,
    reason: before.reasonNeeded === after.reasonNeeded,
    review: before.review === after.review,
    notice: before.noticeNeeded === after.noticeNeeded,
    buffer: before.buffer.seconds === after.buffer.seconds && before.buffer.audio === after.buffer.audio,
    marks: before.marks.join() === after.marks.join(),
  }
  return DIFFERENCES.filter(name => !compared[name])
}

const DIFFERENCES = ['verdict', 'clause', 'starts-itself', 'reason', 'review', 'notice', 'buffer', 'marks'] as const
