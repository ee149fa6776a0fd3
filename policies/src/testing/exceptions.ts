/** A place where a pack says something else than the table it was taken from, and why. */
export type Exception = { readonly pack: string; readonly path: string; readonly because: string }

const WEARER_DECIDES =
  'the wearer decides by law, so an agency must not be able to change it: flagged law, with the citation'
const NO_SENTINEL = 'nothing has to be recorded: an empty list says so, and no trigger is called "none"'

/** Every value that differs from `policy-packs.jsonl`. What is not listed here is held equal by the test. */
export const exceptions: readonly Exception[] = [
  { pack: 'de-nrw-oa', path: 'autoStart', because: WEARER_DECIDES },
  { pack: 'de-nrw-oa', path: 'buffer.seconds', because: WEARER_DECIDES },
  { pack: 'de-nrw-oa', path: 'mustNot.home_for_municipal_staff', because: WEARER_DECIDES },
  { pack: 'de-nrw-oa', path: 'mustRecord.none', because: NO_SENTINEL },
  { pack: 'dk-borger', path: 'mustRecord.none', because: NO_SENTINEL },
]

/** Retention rules whose period is counted from something else than the table says. */
export const anchorExceptions: readonly Exception[] = [
  {
    pack: 'uk-met',
    path: 'retention.evidence',
    because: 'the CPIA code counts from what ends the case; kept while the state of the case is unknown',
  },
]

/** Values of a pack that the table does not have, by the first part of their path. */
export const additions: Readonly<Record<string, string>> = {
  zone: 'deadlines are counted in the calendar of a place',
  legalBasis: 'what allows cameras has a first day, and what was recorded before it is told apart',
  tasks: 'the catalogue of task types, each of which resolves to one verdict',
  brake: 'a run that would remove much more than usual stops and asks',
  purposes: 'nobody looks without a purpose, and the purposes are those of the pack',
  gates: 'what a fixed camera has to show before it starts, by date',
  decision: 'the decision about a deletion as figures beside the code that asks for it',
  disputes: 'the days within which the other party of a dispute is told',
  training: 'rights that hang on valid training',
  'retention.uncategorised': 'what nobody has categorised yet has a life of its own in every pack',
  'view.professional_standards': 'who deals with a complaint has to see what it is about',
  'view.data_protection': 'who answers an access request or checks the rules has to see what it is about',
}
