import da from '../texts/da.json' with { type: 'json' }
import de from '../texts/de.json' with { type: 'json' }
import en from '../texts/en.json' with { type: 'json' }
import sv from '../texts/sv.json' with { type: 'json' }
import type { PolicyPack } from './pack.ts'

/** The languages that every value of a pack has words in. */
export type Language = PolicyPack['language']

/** The kinds of values that have words: `trigger`, `zone`, `retention`, and so on. */
export type WordGroup = keyof typeof en

const texts: Record<Language, Record<WordGroup, Readonly<Record<string, string>>>> = { en, da, sv, de }

/** What people read for a value of a policy; null when it has no words, as a sentence that an agency wrote itself has none. */
export function wordsFor(language: Language, group: WordGroup, value: string): string | null {
  const known = texts[language][group]
  return Object.hasOwn(known, value) ? (known[value] ?? null) : null
}

/** A value that people read, with the kind of words it takes. */
export type Worded = { readonly group: WordGroup; readonly value: string }

/** Every value of a policy that has to have words. */
export function wordedValues(pack: PolicyPack): Worded[] {
  return [...ofTheCamera(pack), ...ofTheFootage(pack), ...ofTheAgency(pack)]
}

function ofTheCamera(pack: PolicyPack): Worded[] {
  const { override, notice } = pack
  return [
    ...worded('trigger', [...pack.mustRecord, ...pack.mayRecord]),
    ...worded('zone', pack.mustNot),
    ...worded('stop', pack.mustStop),
    ...worded('task', pack.tasks),
    ...worded('decider', [pack.decider]),
    ...worded('overrideWho', [override.who]),
    ...worded('overrideReason', [override.reason]),
    ...worded('noticeDuty', [notice.duty]),
    ...worded('noticeException', [notice.exception]),
    ...listed('stage', pack.stages),
    ...worded('liveStream', present(pack.liveStream)),
    ...worded('sound', present(pack.sound)),
    ...worded('capture', present(pack.capture)),
  ]
}

function ofTheFootage(pack: PolicyPack): Worded[] {
  return [
    ...Object.keys(pack.view).map(value => ({ group: 'viewer', value }) as const),
    ...worded('view', Object.values(pack.view)),
    ...worded('purpose', pack.purposes),
    ...worded('secondPerson', pack.secondPerson),
    ...worded('disclosure', pack.disclosure),
    ...listed('logScope', pack.logScope),
  ]
}

function ofTheAgency(pack: PolicyPack): Worded[] {
  return [
    ...worded('regime', [pack.regime]),
    ...worded('legalBasis', [pack.legalBasis]),
    ...worded('reporting', pack.reporting),
    ...worded('gate', pack.gates ?? []),
    ...listed('register', pack.register),
    ...listed('sanction', pack.sanctions),
    ...worded('coDetermination', present(pack.coDetermination)),
    ...listed('businessSharing', pack.businessSharing),
    ...worded('businessPermit', present(pack.businessPermit)),
  ]
}

function worded(group: WordGroup, leaves: readonly { readonly v: string }[]): Worded[] {
  return leaves.map(({ v }) => ({ group, value: v }))
}

function listed(group: WordGroup, leaf: { readonly v: readonly string[] } | undefined): Worded[] {
  return (leaf?.v ?? []).map(value => ({ group, value }))
}

function present<Found>(found: Found | undefined): Found[] {
  return found === undefined ? [] : [found]
}
