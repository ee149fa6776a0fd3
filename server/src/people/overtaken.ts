/** Why a thing that was confirmed can no longer be done; closed. */
const OVERTAKEN = [
  'no-such-recording',
  'not-held',
  'held',
  'too-late',
  'nothing-listed',
  'upload-gone',
  'minimum-runs',
  'not-categorised',
  'not-both-roles',
  'nothing-to-decide',
  'policy-changed',
  'link-over',
] as const

export type Overtaken = (typeof OVERTAKEN)[number]

const KNOWN: ReadonlySet<string> = new Set(OVERTAKEN)

export function isOvertaken(text: string): text is Overtaken {
  return KNOWN.has(text)
}
