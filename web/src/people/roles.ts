import type { Role } from '@vidne/contract/roles'

/** The roles a person can be given, those that most people have first. A dock is a machine. */
export const givenRoles: readonly Exclude<Role, 'dock'>[] = [
  'wearer',
  'supervisor',
  'evidence-clerk',
  'investigator',
  'commander',
  'camera-manager',
  'professional-standards',
  'site-head',
  'data-protection-officer',
  'qualified-assessor',
  'prosecutor',
  'defence',
  'auditor',
  'scrutiny-panel',
  'evaluator',
  'figures-reader',
  'agency-administrator',
  'system-administrator',
]
