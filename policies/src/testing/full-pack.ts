import { PolicyPack } from '../pack.ts'
import { ukMet } from '../packs/uk-met.ts'
import type { Dice } from './dice.ts'

const law = { f: 'law', s: 'Act 1, s. 2' } as const
const policy = { f: 'policy', s: 'guidance' } as const

/** A pack in which every field that a pack may have is there, so that nothing goes untested because no real pack has it. */
export const fullPack: PolicyPack = PolicyPack.parse({
  ...ukMet,
  id: 'xx-full',
  mayRecord: [
    ...ukMet.mayRecord,
    { ...policy, v: 'at_night', schedule: [{ days: [1, 2, 3, 4, 5], from: '20:00', to: '06:00' }] },
  ],
  mustNot: [
    ...ukMet.mustNot,
    { ...law, v: 'home', unless: { urgentDanger: true, decidedBy: ['commander', 'supervisor'] } },
  ],
  stages: { ...policy, v: ['worn', 'mirror', 'recording'], skipped: '§ 3' },
  liveStream: { ...policy, v: 'to the command centre', allowed: true, roles: ['commander', 'supervisor'] },
  sound: { ...policy, v: 'with sound', on: true },
  capture: { ...law, v: 'sealed by the camera', sealedAtCapture: true },
  retention: {
    ...ukMet.retention,
    register: { ...law, v: 'P5Y', dir: 'min', appliesTo: 'record', anchor: 'monitoring_end' },
  },
  decision: { ...law, v: { fromDay: 10, atDay: 14, by: ['wearer', 'supervisor'] } },
  disputes: { ...law, v: { days: 30 } },
  training: { ...policy, v: { rights: ['view', 'export'], validFor: 'P1Y' } },
  gates: [
    { ...law, v: 'assessment' },
    { ...law, v: 'union', onlyWorkplace: true },
  ],
  register: { ...law, v: ['address', 'purpose'] },
  sanctions: { ...law, v: ['missing_register'] },
  coDetermination: { ...law, v: 'agreement', required: true },
  businessSharing: { ...law, v: ['same_day', 'closed_system'] },
  businessPermit: { ...law, v: 'permit', required: true },
  view: { ...ukMet.view, nobody: { ...policy, v: 'not by these', roles: ['evaluator'], needs: [], never: true } },
  reporting: [...ukMet.reporting, { ...law, v: 'registration', within: 'P14D' }],
})

const flags = ['law', 'policy', 'seed', 'default'] as const

/** The same policy with every flag thrown anew. */
export function reflagged(pack: PolicyPack, throws: Dice): PolicyPack {
  const anew = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(anew)
    if (typeof value !== 'object' || value === null) return value
    const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, anew(member)]))
    return 'f' in copy ? { ...copy, f: throws.one(flags), s: 'Act 1, s. 2' } : copy
  }
  return PolicyPack.parse(anew(pack))
}
