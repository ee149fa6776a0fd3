import { type Act, act } from '@vidne/contract/acts'
import { type Role, role } from '@vidne/contract/roles'
import { CONFIRMERS } from './approval-kinds.ts'

export type { Act } from '@vidne/contract/acts'
export type { Role } from '@vidne/contract/roles'

export const ROLES = role.options

const KNOWN: ReadonlySet<string> = new Set(ROLES)

export function isRole(text: string): text is Role {
  return KNOWN.has(text)
}

/** Who is acting: a person with the roles that both the token and the agency's grants give. Ids are UUIDs. */
export type Actor = {
  readonly person: string
  readonly agency: string
  readonly roles: readonly Role[]
  readonly token: string
  readonly name: string
}

const SEES_THE_LIST: readonly Role[] = [
  'evidence-clerk',
  'investigator',
  'supervisor',
  'commander',
  'professional-standards',
  'site-head',
  'data-protection-officer',
  'auditor',
  'agency-administrator',
]

const ANSWERS_FOR_PEOPLE: readonly Role[] = [
  'supervisor',
  'commander',
  'professional-standards',
  'site-head',
  'data-protection-officer',
  'auditor',
  'agency-administrator',
]

/** Whoever sees recordings one by one: his own, or those that were granted to him. Which, the policy's predicate says. */
const SEES_SOME: readonly Role[] = ['wearer', 'qualified-assessor', 'prosecutor', 'defence', 'scrutiny-panel']

/** Roles that a policy can let look at footage; whether it does, and for what, is its own word. */
const LOOKS: readonly Role[] = [
  'wearer',
  'supervisor',
  'commander',
  'evidence-clerk',
  'investigator',
  'professional-standards',
  'site-head',
  'qualified-assessor',
  'prosecutor',
  'defence',
  'data-protection-officer',
  'auditor',
  'scrutiny-panel',
]

const ALLOWED: Readonly<Record<Act, readonly Role[]>> = {
  dock: ['dock', 'camera-manager', 'evidence-clerk'],
  // Which cameras came in, and which did not; not what is on them.
  'see-dock': [
    'dock',
    'camera-manager',
    'evidence-clerk',
    'supervisor',
    'commander',
    'site-head',
    'system-administrator',
  ],
  list: [...SEES_THE_LIST, ...SEES_SOME],
  view: LOOKS,
  grant: ['evidence-clerk', 'supervisor', 'professional-standards', 'site-head'],
  statement: SEES_THE_LIST,
  due: [...SEES_THE_LIST, 'system-administrator'],
  // A hold only ever keeps: the circle is wide, and lifting it is narrow.
  hold: [
    'evidence-clerk',
    'investigator',
    'supervisor',
    'professional-standards',
    'site-head',
    'data-protection-officer',
  ],
  release: ['evidence-clerk', 'supervisor', 'professional-standards', 'site-head', 'data-protection-officer'],
  export: ['evidence-clerk', 'investigator', 'professional-standards', 'site-head'],
  'delete-early': ['evidence-clerk', 'supervisor', 'data-protection-officer'],
  categorise: ['evidence-clerk', 'investigator', 'supervisor', 'professional-standards'],
  downgrade: ['evidence-clerk', 'supervisor', 'professional-standards', 'data-protection-officer'],
  // Which of them decides is the policy's word.
  'decide-deletion': ['wearer', 'supervisor', 'commander', 'site-head'],
  'note-case': ['evidence-clerk', 'investigator', 'supervisor', 'professional-standards'],
  'see-records': SEES_THE_LIST,
  'keep-records': ['evidence-clerk', 'site-head', 'data-protection-officer', 'agency-administrator'],
  'run-nightly': ['evidence-clerk', 'agency-administrator', 'system-administrator'],
  'set-clock': ['agency-administrator', 'system-administrator'],
  'create-token': ['agency-administrator'],
  'revoke-token': ['agency-administrator'],
  // Who asked sees what became of it, and who answers for footage what is planned with it.
  'see-approvals': [...new Set([...SEES_THE_LIST, ...LOOKS, ...CONFIRMERS])],
  // Purposes and reasons are about persons: a wearer who sees a recording of his own is not told who asked for it.
  'read-questions': SEES_THE_LIST,
  admit: ['camera-manager', 'evidence-clerk', 'supervisor', 'professional-standards'],
  // Whoever answers for a deployment says what is recorded in it, never the one who wears the camera.
  'order-operation': ['commander'],
  'see-operations': SEES_THE_LIST,
  'report-situation': ['wearer', 'commander', 'site-head', 'camera-manager', 'dock'],
  'see-situations': SEES_THE_LIST,
  'see-reviews': ANSWERS_FOR_PEOPLE,
  'close-review': ['supervisor', 'professional-standards', 'site-head'],
  'plan-capacity': ['camera-manager', 'commander', 'agency-administrator'],
  'see-capacity': [...SEES_THE_LIST, 'camera-manager', 'evaluator', 'figures-reader'],
  // Whoever works under rules may read them.
  'see-policy': ROLES,
  'publish-policy': ['agency-administrator', 'data-protection-officer', 'commander', 'site-head'],
  'manage-units': ['agency-administrator', 'camera-manager'],
  'record-training': ['agency-administrator', 'supervisor'],
  'see-training': ['agency-administrator', 'supervisor', 'camera-manager', 'data-protection-officer', 'auditor'],
  delegate: CONFIRMERS,
  'check-out': ['wearer', 'camera-manager', 'supervisor'],
  configure: ['agency-administrator'],
  'see-installation': ['system-administrator', 'agency-administrator', 'auditor', 'data-protection-officer'],
  'keep-installation': ['system-administrator', 'agency-administrator'],
  // Rows about persons, for whoever answers for lawfulness; never for who leads them (LED art. 25(2)).
  'see-audit': ['auditor', 'data-protection-officer', 'professional-standards'],
  // Who wears a camera writes about his own recordings, and reads there what he wrote himself.
  annotate: ['evidence-clerk', 'investigator', 'supervisor', 'professional-standards', 'site-head', 'wearer'],
  'see-work': SEES_THE_LIST,
  // Which cases: all for those who answer for footage, else those that one is on.
  'see-cases': [...SEES_THE_LIST, 'prosecutor', 'defence'],
  'keep-case': ['evidence-clerk', 'investigator', 'supervisor', 'professional-standards', 'site-head'],
  // As an export to somebody outside, which a link is.
  'share-link': ['evidence-clerk', 'investigator', 'professional-standards', 'site-head'],
  'manage-people': ['agency-administrator'],
  'see-people': ['agency-administrator', 'supervisor', 'commander', 'site-head', 'data-protection-officer', 'auditor'],
}

/** Every act there is. */
export const ACTS: readonly Act[] = act.options

/** Whether one of the actor's roles allows the act. Which recordings it may be done to is the policy's word, not this one's. */
export function may(actor: Pick<Actor, 'roles'>, wanted: Act): boolean {
  return actor.roles.some(one => ALLOWED[wanted].includes(one))
}
