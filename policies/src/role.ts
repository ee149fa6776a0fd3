import * as z from 'zod'

/** The roles of an agency (design §7); `dock` is a machine's. Closed: a name is never reused. */
export const Role = z.enum([
  'wearer',
  'supervisor',
  'commander',
  'camera-manager',
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
  'evaluator',
  'figures-reader',
  'agency-administrator',
  'system-administrator',
  'dock',
])
export type Role = z.infer<typeof Role>
