import type { OpenEvent } from '@vidne/evidence/event'

/** Fields that tell who of the agency did something; withheld where a package leaves it. */
const NAMES_PEOPLE: readonly string[] = [
  'actor',
  'person',
  'token',
  'roles',
  'wearer',
  'giver',
  'session',
  'asked-by',
  'in-place-of',
  'principal',
  'to',
  'to-name',
  'approvers',
  'operator',
]

/** Whether a reader is shown a field of an event. */
export type Shown = (event: OpenEvent, field: string) => boolean

/**
 * What of a history somebody outside the agency is shown. Cameras write their wearer's number into the names of files: then
 * these are withheld too. That the installation acted by itself is shown, since it names nobody.
 */
export function shownOutside(events: readonly OpenEvent[]): Shown {
  const valuesOf = (name: string) =>
    events.flatMap(({ fields }) =>
      fields.flatMap(({ name: own, value }) => (own === name && typeof value === 'string' ? [value] : [])),
    )
  const [wearers, paths] = [valuesOf('wearer'), valuesOf('path')]
  const named = wearers.some(wearer => wearer !== '' && paths.some(path => path.includes(wearer)))
  const withheld = new Set(named ? [...NAMES_PEOPLE, 'path'] : NAMES_PEOPLE)
  return ({ fields }, field) =>
    !withheld.has(field) || (field === 'actor' && fields.every(({ name }) => name !== 'person'))
}
