import type { Json } from '@vidne/evidence/jcs'
import { durationWords, instantWords, listWords, plainText, quoted } from '@vidne/locales/forms'
import { type TellKey, type ValueGroup, isTold, tell, valueWords } from '@vidne/locales/tell'
import type { Reading } from './content.ts'

/**
 * How a field of an event is shown to people: a fixed value in words (by its group), a moment, somebody's own words in
 * quotation marks, a name (or one of a group of fixed values in its place), how far a clock was off, or only in the part for machines.
 */
export type Showing =
  { readonly code: ValueGroup } | { readonly name: ValueGroup } | 'instant' | 'text' | 'name' | 'offset' | 'machine'

/**
 * Every field that the installation writes into an event. A test gathers from the server's own types what it can write, and
 * fails where a field is missing here, or a fixed value has no words.
 */
export const FIELDS = {
  actor: { name: 'actor' },
  address: 'machine',
  anchor: 'instant',
  'anchor-source': { code: 'anchor' },
  approval: 'machine',
  approvers: 'name',
  'asked-by': 'machine',
  at: 'instant',
  authority: 'text',
  basis: 'text',
  because: { code: 'because' },
  camera: { name: 'camera' },
  'camera-source': 'machine',
  case: 'text',
  'case-event': { code: 'caseEvent' },
  clocks: 'machine',
  completed: 'instant',
  configuration: 'machine',
  course: 'text',
  date: 'text',
  deadline: 'instant',
  delegation: 'machine',
  decision: { code: 'decision' },
  'decision-roles': { code: 'role' },
  'delete-after': 'instant',
  direction: { code: 'direction' },
  disposal: 'machine',
  duty: 'instant',
  'duty-done': { code: 'duty' },
  'erased-by': 'machine',
  expires: 'instant',
  facts: 'machine',
  'for-roles': { code: 'role' },
  happened: 'instant',
  grant: 'machine',
  hold: 'machine',
  'hold-kind': { code: 'hold' },
  hour: 'machine',
  'in-backups-until': 'instant',
  'in-force-from': 'instant',
  'in-place-of': 'name',
  instead: { code: 'rule' },
  issued: 'machine',
  kind: { code: 'approval' },
  level: { code: 'level' },
  manifest: 'machine',
  'monitoring-end': 'instant',
  name: 'text',
  'not-parsable': { code: 'unparsable' },
  pack: { code: 'pack' },
  object: 'machine',
  offence: 'text',
  outcome: { code: 'outcome' },
  'own-report': 'machine',
  package: 'machine',
  parser: 'name',
  'parts-lost': 'machine',
  path: 'text',
  'path-encoding': { code: 'spelling' },
  person: 'machine',
  policy: 'machine',
  principal: 'machine',
  'proposed-by': { code: 'proposed' },
  'proposed-hold': 'machine',
  purpose: 'text',
  range: 'machine',
  reason: 'text',
  recipient: 'text',
  record: 'machine',
  'record-kind': { code: 'record' },
  reference: 'text',
  review: 'instant',
  'review-at': 'instant',
  revoked: 'machine',
  role: { code: 'role' },
  roles: { code: 'role' },
  root: 'machine',
  rows: 'machine',
  rule: { code: 'rule' },
  session: 'machine',
  'taken-in-again': 'machine',
  to: 'machine',
  'to-name': 'name',
  token: 'machine',
  training: 'machine',
  'unit-id': 'machine',
  until: 'instant',
  view: 'machine',
  wearer: { name: 'wearer' },
  'without-answer': { code: 'consequence' },
  zone: 'name',
  about: { code: 'review' },
  'captured-at': 'instant',
  clause: 'text',
  explanation: 'text',
  flag: { code: 'flag' },
  from: 'instant',
  marks: { code: 'mark' },
  notice: { code: 'notice' },
  'notice-at': 'instant',
  'notice-reason': 'text',
  operation: 'machine',
  operator: 'name',
  'ordered-by': 'name',
  'override-by': { code: 'role' },
  'seconded-by': 'name',
  'seconded-at': 'instant',
  participants: 'machine',
  'reported-at': 'instant',
  'review-id': 'machine',
  since: 'instant',
  situation: 'machine',
  stage: 'machine',
  stops: 'text',
  'stop-at': 'instant',
  task: 'text',
  trigger: 'text',
  'trigger-at': 'instant',
  'trigger-source': { code: 'triggerSource' },
  unit: 'name',
  'unit-before': 'name',
  verdict: { code: 'verdict' },
  zones: 'text',
  'case-id': 'machine',
  change: { code: 'change' },
  entry: 'machine',
  'entry-kind': { code: 'entry' },
  exhibit: 'text',
  link: 'machine',
  'most-openings': 'machine',
  opening: 'machine',
  version: 'machine',
  words: 'machine',
  'clock-offset': 'offset',
  giver: 'text',
  'legal-basis': 'text',
  provenance: { code: 'provenance' },
} as const satisfies Readonly<Record<string, Showing>>

export type FieldName = keyof typeof FIELDS

/** How a field is shown; null for one that no release of ours has written. */
export function showingOf(name: string): Showing | null {
  return isField(name) ? FIELDS[name] : null
}

function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name)
}

/** The words for a fixed value. One without words came from elsewhere, and is shown as somebody else's words. */
export function codeWords({ language }: Pick<Reading, 'language'>, group: ValueGroup, code: string): string {
  return valueWords(language, group, code) ?? quoted(language, code)
}

/** A name, or the words of the fixed value that stands where there is none. */
export function nameWords({ language }: Pick<Reading, 'language'>, group: ValueGroup, name: string): string {
  return valueWords(language, group, name) ?? plainText(name)
}

/** A rule of a policy, quoted as a name: “not marked as evidence”. */
export function ruleWords({ language }: Pick<Reading, 'language'>, rule: string): string {
  return quoted(language, valueWords(language, 'rule', rule) ?? rule)
}

/** A field as a line for people, or null where it is nothing to them. */
export function fieldLine(reading: Reading, { name, value }: { name: string; value: Json }): string | null {
  const words = valueLine(reading, showingOf(name) ?? 'text', value)
  if (words === null) return null
  const key = `field.${name}`
  return tell(reading.language, 'form.line', { label: labelWords(reading, key), value: words })
}

function labelWords({ language }: Reading, key: string): string {
  return isTold(key) ? tell(language, key satisfies TellKey) : quoted(language, key.slice('field.'.length))
}

function valueLine(reading: Reading, showing: Showing, value: Json): string | null {
  const { language, zone } = reading
  if (showing === 'machine' || value === null) return null
  if (Array.isArray(value)) {
    const all = value.map(one => valueLine(reading, showing, one)).filter(one => one !== null)
    return all.length === 0 ? null : listWords(language, all)
  }
  if (showing === 'instant' || showing === 'offset') {
    if (typeof value !== 'number') return null
    return showing === 'instant' ? instantWords(language, value, zone) : offsetWords(reading, value)
  }
  return typeof value === 'string' ? textLine(reading, showing, value) : null
}

function textLine(
  reading: Reading,
  showing: Exclude<Showing, 'machine' | 'instant' | 'offset'>,
  value: string,
): string {
  const { language } = reading
  if (showing === 'text') return quoted(language, value)
  if (showing === 'name') return plainText(value)
  return 'code' in showing ? codeWords(reading, showing.code, value) : nameWords(reading, showing.name, value)
}

/** How far a clock was off: “12 minutes ahead”. */
function offsetWords({ language }: Reading, ms: number): string {
  if (ms === 0) return tell(language, 'form.onTime')
  return tell(language, ms > 0 ? 'form.ahead' : 'form.behind', { time: durationWords(language, Math.abs(ms)) })
}
