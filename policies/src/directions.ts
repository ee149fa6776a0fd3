import { type Rules, type SaidOf, groupRule } from './group-rule.ts'
import { type Judges, judges } from './judges.ts'
import { leafRule } from './leaf-rule.ts'
import { listRule } from './many-rule.ts'
import { optionalLeaf, optionalList } from './optional-rule.ts'
import type { PolicyPack } from './pack.ts'
import { comparisons } from './comparisons.ts'
import type { Rule } from './rule.ts'
import { retentionRules } from './retention-directions.ts'
import { viewingRules } from './viewing-directions.ts'

/** What names a policy and says when it holds. Versions carry it; it is no rule that could be looser. */
type Naming = 'v' | 'id' | 'title' | 'language' | 'validFrom' | 'validTo'

/** The rules of a policy, without its name and its days. */
export type PolicyRules = Omit<PolicyPack, Naming>

/** A partial policy: what an agency or a unit says differently. Every leaf of it is flagged `policy`. */
export type Override = SaidOf<PolicyRules>

/**
 * Which way every value of a policy may go (settled for all kinds of leaves). The type asks for a direction of each field
 * and of each part of its leaves, so that a field without one does not compile.
 */
export function directionsBy(judge: Judges): Rule<PolicyRules, Override> {
  const by = comparisons(judge)
  const { growing, shrinking, whereThePolicyDecides } = by.lists
  const ban = { added: () => null, removed: () => 'removed' as const }
  const rules: Rules<PolicyRules> = {
    regime: leafRule({ v: by.fixed }, 'value'),
    legalBasis: leafRule({ v: by.fixed }, 'value'),
    zone: leafRule({ v: by.fixed }, 'value'),
    decider: leafRule({ v: by.fixed }, 'value'),
    autoStart: leafRule({ v: by.startsItself }, 'value'),
    mustRecord: listRule(leafRule({ v: by.fixed }, 'duty'), whereThePolicyDecides),
    mayRecord: listRule(leafRule({ v: by.fixed, schedule: by.hours }, 'permission'), by.lists.permissions),
    mustNot: listRule(leafRule({ v: by.fixed, unless: by.exception }, 'duty'), growing),
    mustStop: listRule(leafRule({ v: by.fixed }, 'duty'), growing),
    tasks: listRule(leafRule({ v: by.fixed, triggers: by.sameCodes, zones: by.grows }, 'value'), growing),
    override: groupRule({
      who: leafRule({ v: by.words, roles: by.shrinks, inDanger: by.onlyOn }, 'value'),
      reason: leafRule({ v: by.words, least: by.noLess, within: by.noLaterThan, lasts: by.noLongerIfAny }, 'value'),
      second: leafRule({ v: by.onlyOn }, 'value'),
    }),
    notice: groupRule({
      duty: leafRule({ v: by.words, required: by.onlyOn }, 'value'),
      exception: leafRule({ v: by.words, allowed: by.onlyOff }, 'value'),
    }),
    buffer: groupRule({
      seconds: leafRule({ v: by.bufferSeconds }, 'value'),
      audio: leafRule({ v: by.onlyOff }, 'value'),
    }),
    stages: optionalLeaf(leafRule({ v: by.fixed, skipped: by.fixed }, 'value'), by.demand),
    liveStream: optionalLeaf(leafRule({ v: by.words, allowed: by.onlyOff, roles: by.shrinks }, 'value'), {
      gained: ({ allowed }) => (allowed ? 'switched-on' : null),
      lost: () => null,
    }),
    sound: optionalLeaf(leafRule({ v: by.words, on: by.onlyOff }, 'value'), {
      gained: ({ on }) => (on ? 'switched-on' : null),
      lost: () => 'removed',
    }),
    capture: optionalLeaf(leafRule({ v: by.words, sealedAtCapture: by.onlyOn }, 'value'), by.demand),
    ...retentionRules(by),
    ...viewingRules(by),
    secondPerson: listRule(leafRule({ v: by.fixed, act: by.kind, when: by.alwaysRatherThanOutside }, 'duty'), growing),
    disclosure: listRule(leafRule({ v: by.fixed }, 'permission'), shrinking),
    brake: leafRule({ v: by.brake }, 'value'),
    decision: optionalLeaf(leafRule({ v: by.decision }, 'value'), by.demand),
    disputes: optionalLeaf(leafRule({ v: by.disputes }, 'value'), by.demand),
    training: optionalLeaf(leafRule({ v: by.training }, 'value'), by.demand),
    gates: optionalList(listRule(leafRule({ v: by.fixed, onlyWorkplace: by.everywhere }, 'duty'), ban)),
    register: optionalLeaf(leafRule({ v: by.grows }, 'value'), by.demand),
    sanctions: optionalLeaf(leafRule({ v: by.fixed }, 'value'), by.demand),
    coDetermination: optionalLeaf(leafRule({ v: by.words, required: by.onlyOn }, 'value'), by.demand),
    businessSharing: optionalLeaf(leafRule({ v: by.grows }, 'value'), by.licence),
    businessPermit: optionalLeaf(leafRule({ v: by.words, required: by.onlyOn }, 'value'), by.demand),
    reporting: listRule(leafRule({ v: by.fixed, every: by.noLongerIfAny, within: by.noLongerIfAny }, 'duty'), growing),
  }
  return groupRule(rules)
}

export const directions = directionsBy(judges)
