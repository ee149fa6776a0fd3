import { askedToRecord } from './asked-to-record.ts'
import { askedIn, forbidden, isFixed, mayDepart } from './forbidden.ts'
import { type InForce, inForce } from './in-force.ts'
import type { PolicyPack } from './pack.ts'
import { type Ruling, noting, ruled } from './ruling.ts'
import type { Clause, Mark, Noticed, Situation, Stage, TriggerSource, Verdict } from './situation.ts'

/**
 * Whether a camera must, may or must not record, or must stop, and which rule of the policy says so. Exactly one verdict
 * for every situation; the same answer everywhere and always, since nothing but the two arguments is asked.
 *
 * Order: no policy → no legal basis → bans → stages → triggers against reasons to stop → who departs from it.
 * `policy` is data that nobody changes afterwards; null where none is in force.
 */
export function decide(situation: Situation, policy: PolicyPack | null): Verdict {
  if (policy === null) return withoutPolicy(situation)
  const now = inForce(policy, situation.at)
  if (!now.holds(policy.legalBasis)) return withoutLegalBasis(now, situation)
  if (!now.holds(policy)) return withoutPolicy(situation)
  return told(now, situation, departed(now, situation, ruling(now, situation)))
}

function ruling(now: InForce, situation: Situation): Ruling {
  const asked = askedIn(now, situation)
  const places = forbidden(now, situation, asked)
  if (places.ban !== null) return places.ban
  const stages = staged(now, situation.stage)
  if (stages.shut !== null) return stages.shut
  const ruled = askedToRecord(now, situation, asked)
  const seen = places.lifted
    ? noting(ruled, places.marks, { reason: true, review: true })
    : places.marks.length === 0
      ? ruled
      : noting(ruled, places.marks)
  if (stages.skipped.length === 0 || !records(seen)) return seen
  return noting(seen, stages.skipped, { reason: true, review: true })
}

type Stages = { readonly shut: Ruling | null; readonly skipped: Ruling['marks'] }

const IN_ORDER: Stages = { shut: null, skipped: [] }

/**
 * What the stages say: that nothing is recorded in this one, that one is missing, or what a direct start of the last has
 * to be marked with. A direct start is not held up by a question: who has not been asked for a danger is asked afterwards.
 */
function staged(now: InForce, stage: Stage | undefined): Stages {
  const { stages } = now.policy
  if (stage === undefined || stages === undefined || !now.holds(stages)) return IN_ORDER
  const shut = (mark: Mark): Stages => ({ shut: ruled('must-not', 'stages', stages, { marks: [mark] }), skipped: [] })
  const last = stages.v.length
  if (stage.wanted < last) return shut('stage-without-recording')
  if (stage.reached >= last - 1) return IN_ORDER
  if (stage.imminentDanger === false) return shut('stage-missing')
  return { shut: null, skipped: ['stage-skipped', ...(stages.skipped === undefined ? [] : [stages.skipped])] }
}

/**
 * What remains when somebody departs from the policy. A duty to record and a reason to stop give way to a person with
 * the right to it, but not to one of them what the law itself says. Bans have their own exceptions, and no other.
 */
function departed(now: InForce, { override, at }: Situation, ruling: Ruling): Ruling {
  if (override === undefined || ruling.verdict === 'may') return ruling
  const canBend = ruling.verdict !== 'must-not' && ruling.clause?.leaf.f !== 'law'
  if (!canBend || !mayDepart(now, override, at)) return noting(ruling, ['override-refused'])
  const { who } = now.policy.override
  const bent: Ruling = { ...ruling, verdict: 'may', sources: [], clause: { field: 'override.who', leaf: who } }
  return noting(bent, ['override'], { reason: true, review: true })
}

/** The ruling with all that a camera, a timeline and a review list need beside it. */
function told(now: InForce, situation: Situation, ruling: Ruling): Verdict {
  const { policy } = now
  const notice = noticed(now, situation, ruling)
  const seconds = records(ruling) && now.holds(policy.buffer.seconds) ? bufferSeconds(policy.buffer.seconds) : 0
  const late: Mark[] = situation.running && !records(ruling) ? ['late-stop'] : []
  return {
    verdict: ruling.verdict,
    clause: ruling.clause,
    trigger: ruling.trigger,
    startsItself: !situation.running && startsItself(now, ruling),
    reasonNeeded: (ruling.reason || notice.reason) && !isReason(policy, situation.override?.reason),
    review: ruling.review || notice.review,
    noticeNeeded: notice.needed,
    buffer: { seconds, audio: seconds > 0 && now.holds(policy.buffer.audio) && policy.buffer.audio.v },
    marks: [...ruling.marks, ...late, ...notice.marks],
  }
}

const records = ({ verdict }: Ruling): boolean => verdict === 'must' || verdict === 'may'

/** Longer than this only where the buffer's own value is law. */
const LONGEST_BUFFER_SECONDS = 30

function bufferSeconds({ v, f }: PolicyPack['buffer']['seconds']): number {
  return f === 'law' ? v : Math.min(v, LONGEST_BUFFER_SECONDS)
}

const COMMANDED: readonly TriggerSource[] = ['commander', 'dispatcher', 'operation']
const MECHANICAL: readonly TriggerSource[] = ['schedule', 'sensor']

/** Whether any of those who ask for it, by a rule of the policy, can start the camera. */
function startsItself(now: InForce, { verdict, sources }: Ruling): boolean {
  const { autoStart, decider } = now.policy
  if (!autoStart.v || !now.holds(autoStart) || decider.v === 'wearer') return false
  if (decider.v === 'commander') return verdict === 'must' && sources.some(source => COMMANDED.includes(source))
  if (verdict === 'must') return true
  return isFixed(now) && sources.some(source => MECHANICAL.includes(source))
}

/** Whether a reason counts, given at once or afterwards: when it is as long as the policy asks. */
export function isReason({ override: { reason } }: PolicyPack, given: string | undefined): boolean {
  const { length } = (given ?? '').trim()
  return length > 0 && length >= reason.least
}

type Notice = {
  readonly needed: boolean
  readonly reason: boolean
  readonly review: boolean
  readonly marks: readonly Mark[]
}

const NOTHING_TO_TELL: Notice = { needed: false, reason: false, review: false, marks: [] }

/** Whether people still have to be told. Once a recording runs and nobody was told, somebody looks at why. */
function noticed(now: InForce, situation: Situation, ruling: Ruling): Notice {
  const { noticed: how, noticeReason, running } = situation
  const { duty, exception } = now.policy.notice
  if (!records(ruling) || !duty.required || !now.holds(duty) || wasTold(how)) return NOTHING_TO_TELL
  if (how !== 'not-possible') {
    return { needed: true, reason: false, review: running, marks: running ? ['no-notice'] : [] }
  }
  const excused = exception.allowed && now.holds(exception)
  return { needed: !excused, reason: !isReason(now.policy, noticeReason), review: true, marks: ['no-notice'] }
}

function wasTold(how: Noticed | undefined): boolean {
  return how === 'spoken' || how === 'sign'
}

/** Without a policy a camera stays off, save in an emergency; then the recording says that nothing allowed it beforehand. */
function withoutPolicy(situation: Situation): Verdict {
  const emergency = situation.emergency === true
  return {
    ...bare(null),
    verdict: emergency ? 'may' : 'must-not',
    reasonNeeded: emergency,
    review: emergency || situation.running,
    noticeNeeded: emergency && !wasTold(situation.noticed),
    marks: ['no-policy', ...(emergency ? (['emergency'] as const) : lateIn(situation))],
  }
}

/** No emergency stands in for a law: it lets a camera record without a policy, never without a legal basis that exists. */
function withoutLegalBasis(now: InForce, situation: Situation): Verdict {
  const { legalBasis } = now.policy
  const mark = now.side(legalBasis) === 'before' ? 'before-legal-basis' : 'after-legal-basis'
  const clause = { field: 'legalBasis', leaf: legalBasis }
  return { ...bare(clause), review: situation.running, marks: [mark, ...lateIn(situation)] }
}

const lateIn = ({ running }: Situation): Mark[] => (running ? ['late-stop'] : [])

function bare(clause: Clause | null): Verdict {
  return {
    verdict: 'must-not',
    clause,
    trigger: null,
    startsItself: false,
    reasonNeeded: false,
    review: false,
    noticeNeeded: false,
    buffer: { seconds: 0, audio: false },
    marks: [],
  }
}
