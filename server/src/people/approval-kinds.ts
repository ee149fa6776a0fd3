import { type ApprovalKind, type WithoutAnswer, approvalKind } from '@vidne/contract/approvals'
import type { Role } from '@vidne/contract/roles'

export type { ApprovalKind, WithoutAnswer } from '@vidne/contract/approvals'

type Terms = {
  readonly hours: number
  readonly withoutAnswer: WithoutAnswer
  readonly confirmedBy: readonly Role[]
}

const DAYS_7 = 168
const DAYS_3 = 72

const ANSWER_FOR_FOOTAGE: readonly Role[] = [
  'evidence-clerk',
  'supervisor',
  'commander',
  'professional-standards',
  'site-head',
  'data-protection-officer',
  'agency-administrator',
]

export const TERMS: Readonly<Record<ApprovalKind, Terms>> = {
  'hold-release': {
    hours: DAYS_7,
    withoutAnswer: 'hold-stays',
    confirmedBy: ANSWER_FOR_FOOTAGE,
  },
  // The unit that a complaint is about does not end its hold.
  'complaint-release': {
    hours: DAYS_7,
    withoutAnswer: 'hold-stays',
    confirmedBy: ['professional-standards', 'data-protection-officer'],
  },
  export: {
    hours: DAYS_7,
    withoutAnswer: 'nothing-leaves',
    confirmedBy: ANSWER_FOR_FOOTAGE,
  },
  share: {
    hours: DAYS_7,
    withoutAnswer: 'nothing-leaves',
    confirmedBy: ANSWER_FOR_FOOTAGE,
  },
  'early-deletion': {
    hours: DAYS_7,
    withoutAnswer: 'ordinary-deadline-stays',
    confirmedBy: ['evidence-clerk', 'supervisor', 'professional-standards', 'site-head', 'data-protection-officer'],
  },
  'category-downgrade': {
    hours: DAYS_7,
    withoutAnswer: 'category-stays',
    confirmedBy: ['evidence-clerk', 'supervisor', 'professional-standards', 'site-head', 'data-protection-officer'],
  },
  // In which of its roles somebody may decide, and that it takes two different ones, is the policy's word.
  'deletion-decision': {
    hours: DAYS_3,
    withoutAnswer: 'ordinary-deadline-stays',
    confirmedBy: ['wearer', 'supervisor', 'commander', 'site-head'],
  },
  brake: {
    hours: DAYS_3,
    withoutAnswer: 'nothing-is-deleted',
    confirmedBy: ['evidence-clerk', 'supervisor', 'site-head', 'data-protection-officer', 'agency-administrator'],
  },
  clock: {
    hours: DAYS_3,
    withoutAnswer: 'nothing-is-deleted',
    confirmedBy: [
      'evidence-clerk',
      'supervisor',
      'site-head',
      'data-protection-officer',
      'agency-administrator',
      'system-administrator',
    ],
  },
  'policy-publication': {
    hours: DAYS_7,
    withoutAnswer: 'policy-stays',
    confirmedBy: ['agency-administrator', 'data-protection-officer', 'commander', 'site-head', 'supervisor'],
  },
  view: {
    hours: DAYS_7,
    withoutAnswer: 'nobody-looks',
    confirmedBy: ['evidence-clerk', 'supervisor', 'professional-standards', 'site-head', 'data-protection-officer'],
  },
  // Whoever wears the camera has no say: it is departed from by who answers for the place, and agreed to by another who does.
  override: {
    hours: 24,
    withoutAnswer: 'rule-stays',
    confirmedBy: [
      'site-head',
      'supervisor',
      'commander',
      'professional-standards',
      'data-protection-officer',
      'agency-administrator',
    ],
  },
  'take-in-again': {
    hours: DAYS_7,
    withoutAnswer: 'not-taken-in',
    confirmedBy: ['evidence-clerk', 'supervisor', 'professional-standards', 'site-head', 'data-protection-officer'],
  },
}

/** Whoever may confirm something of any kind. */
export const CONFIRMERS: readonly Role[] = [...new Set(Object.values(TERMS).flatMap(terms => terms.confirmedBy))]

/**
 * Kinds whose subject has no chain of events: the agency's takes theirs. It is never erased, so no words of a person about
 * footage enter it; those stand with the question while it waits, and in the history of what comes of it.
 */
export const ON_AGENCY_CHAIN: ReadonlySet<ApprovalKind> = new Set(['take-in-again', 'share', 'override'])

export function isApprovalKind(text: string): text is ApprovalKind {
  return approvalKind.options.some(kind => kind === text)
}
