import type { Role } from './roles.ts'

/** What may wait for a second person. */
export const APPROVAL_KINDS = ['hold-release', 'export', 'early-deletion', 'brake', 'clock'] as const
export type ApprovalKind = (typeof APPROVAL_KINDS)[number]

/** What happens when nobody confirms before the deadline. Never the thing that was asked for. */
export type WithoutAnswer = 'hold-stays' | 'nothing-leaves' | 'ordinary-deadline-stays' | 'nothing-is-deleted'

type Terms = { readonly hours: number; readonly withoutAnswer: WithoutAnswer; readonly confirmedBy: readonly Role[] }

const DAYS_7 = 168
const DAYS_3 = 72

export const TERMS: Readonly<Record<ApprovalKind, Terms>> = {
  'hold-release': {
    hours: DAYS_7,
    withoutAnswer: 'hold-stays',
    confirmedBy: [
      'evidence-clerk',
      'supervisor',
      'commander',
      'professional-standards',
      'site-head',
      'data-protection-officer',
      'agency-administrator',
    ],
  },
  export: {
    hours: DAYS_7,
    withoutAnswer: 'nothing-leaves',
    confirmedBy: [
      'evidence-clerk',
      'supervisor',
      'commander',
      'professional-standards',
      'site-head',
      'data-protection-officer',
      'agency-administrator',
    ],
  },
  'early-deletion': {
    hours: DAYS_7,
    withoutAnswer: 'ordinary-deadline-stays',
    confirmedBy: ['evidence-clerk', 'supervisor', 'professional-standards', 'site-head', 'data-protection-officer'],
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
}

export function isApprovalKind(text: string): text is ApprovalKind {
  return APPROVAL_KINDS.some(kind => kind === text)
}
