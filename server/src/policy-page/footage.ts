import { periodWords } from '@vidne/locales/forms'
import type { CaseEvent, RetentionLeaf } from '@vidne/policies/retention'
import type { SecondPersonAct } from '@vidne/policies/second-person'
import type { ViewLeaf } from '@vidne/policies/viewing'
import { type Reading, listText, periodText, rolesText, sharedText, valueText, word } from './reading.ts'
import { ifThere, type Item, type Section } from './section.ts'

/** What the rules say about the footage: how long it lives, and who sees it for what. */
export function footageSections(reading: Reading): Section[] {
  const { pack } = reading
  return [
    { heading: 'section.howLong', lead: word(reading, 'keep.lead'), items: howLong(reading) },
    { heading: 'section.whoSees', items: whoSees(reading) },
    { heading: 'section.purposes', items: purposes(reading) },
    {
      heading: 'section.twoPersons',
      items: pack.secondPerson.map(({ v, act, when }) => ({
        path: `secondPerson.${v}`,
        says: capital(`${valueText(reading, 'secondPerson', v)}.`),
        more: [
          ...(when === 'always' ? [] : [word(reading, 'second.outside')]),
          ...(NOT_YET_OFFERED.includes(act) ? [word(reading, 'second.notYet')] : []),
        ],
      })),
    },
    {
      heading: 'section.given',
      items: pack.disclosure.map(({ v }) => ({
        path: `disclosure.${v}`,
        says: capital(`${valueText(reading, 'disclosure', v)}.`),
      })),
    },
  ]
}

/** Acts that nobody can do here yet. A page that said nothing would promise a second person whom no door asks for. */
const NOT_YET_OFFERED: readonly SecondPersonAct[] = ['schedule-change', 'network-release']

/** The first letter large, as a sentence begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1)
}

function howLong(reading: Reading): Item[] {
  const { retention, decision, disputes, brake } = reading.pack
  return [
    ...inOrder(retention).map(([name, leaf]) => ({
      path: `retention.${name}`,
      says: capital(life(reading, name, leaf)),
      more: leaf.appliesTo === 'record' ? [word(reading, 'keep.record')] : [],
    })),
    ...ifThere(decision, ({ v: { fromDay, atDay, by } }) => ({
      path: 'decision',
      says: word(reading, 'keep.decision', { from: fromDay, at: atDay, roles: rolesText(reading, by) }),
    })),
    ...ifThere(disputes, ({ v: { days } }) => ({ path: 'disputes', says: word(reading, 'keep.disputes', { days }) })),
    { path: 'brake', says: word(reading, 'keep.brake', brake.v) },
  ]
}

/** What has names has no order of its own: what nobody has categorised comes first, the rest by name. */
function inOrder<Leaf>(named: Readonly<Record<string, Leaf>>): [string, Leaf][] {
  const rank = (name: string) => (name === 'uncategorised' ? '' : name)
  return Object.entries(named).toSorted(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
}

function life(reading: Reading, name: string, leaf: RetentionLeaf): string {
  const category = sharedText(reading, 'rule', name)
  if (leaf.until !== undefined) {
    const events = listText(
      reading,
      leaf.until.map(end => ending(reading, end)),
    )
    return word(reading, 'keep.case', { category, events })
  }
  const made = leaf.appliesTo === 'record' && leaf.anchor === 'end_of_capture'
  const anchor = word(reading, `anchor.${made ? 'record_made' : leaf.anchor}`)
  return word(reading, `keep.${leaf.dir}`, { category, period: periodText(reading, leaf.v), anchor })
}

function ending(reading: Reading, { event, period }: { event: CaseEvent; period: string }): string {
  const ends = word(reading, `until.${event}`)
  // A period of nothing has no words: the event itself is the end.
  const after = periodWords(reading.language, period)
  return after === null ? ends : word(reading, 'until.after', { period: after, event: ends })
}

function whoSees(reading: Reading): Item[] {
  return inOrder(reading.pack.view).map(([name, leaf]) => {
    const rule = valueText(reading, 'view', leaf.v)
    const viewer = valueText(reading, 'viewer', name)
    return { path: `view.${name}`, says: word(reading, 'sees.line', { viewer, rule }), more: narrowed(reading, leaf) }
  })
}

function narrowed(reading: Reading, { roles, needs, own, never }: ViewLeaf): string[] {
  const needed = needs.map(need => word(reading, `need.${need}`))
  return [
    ...(roles.length === 0 ? [] : [word(reading, 'sees.roles', { roles: rolesText(reading, roles) })]),
    ...(needed.length === 0 ? [] : [word(reading, 'sees.needs', { needs: listText(reading, needed) })]),
    ...(own === true ? [word(reading, 'sees.own')] : []),
    ...(never === true ? [word(reading, 'sees.never')] : []),
  ]
}

function purposes(reading: Reading): Item[] {
  return reading.pack.purposes.map(({ v, roles, needsCase }) => {
    const values = { purpose: capital(valueText(reading, 'purpose', v)), roles: rolesText(reading, roles) }
    return { path: `purposes.${v}`, says: word(reading, needsCase ? 'purpose.case' : 'purpose.line', values) }
  })
}
