import type { OpenEvent } from '@vidne/evidence/event'
import type { EventType } from '@vidne/evidence/event-types'
import { instantWords, listWords, plainText, quoted } from '@vidne/locales/forms'
import { isTold, tell } from '@vidne/locales/tell'
import { type Reading, fieldOf, itemsOf, membersOf, numberOf, textOf, withheldOf } from './content.ts'
import { lifeSentences } from './life.ts'
import { type Markup, markup, nothing } from '../../platform/http/markup.ts'
import { type FieldName, codeWords, fieldLine, ruleWords } from './vocabulary.ts'

/** An event as people read it: what happened, in sentences, and what else it says, line by line. */
export type Told = { readonly title: string; readonly sentences: readonly string[]; readonly lines: readonly string[] }

/** The history in plain words: who did what, when and why. */
export function historyList(reading: Reading): Markup {
  const items = reading.content.events.map(event => {
    const { title, sentences, lines } = tellEvent(reading, event)
    const more =
      lines.length === 0
        ? nothing
        : markup`<ul>
            ${lines.map(line => markup`<li>${line}</li>`)}
          </ul>`
    return markup`<li>
      <h3>${title}</h3>
      ${sentences.map(sentence => markup`<p>${sentence}</p>`)}${more}
    </li>`
  })
  return markup`<ol class="history">
    ${items}
  </ol>`
}

export function tellEvent(reading: Reading, event: OpenEvent): Told {
  const { language } = reading
  const { type } = event.core
  const told = new Set<string>(['actor', 'roles', ...(IN_SENTENCES[type] ?? [])])
  const lines = event.fields
    .filter(({ name }) => !told.has(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(field => fieldLine(reading, field))
    .filter(line => line !== null)
  const withheld = withheldOf(event)
  if (withheld > 0) lines.push(tell(language, 'more.withheldFields', { count: withheld }))
  return { title: tell(language, `event.${type}`), sentences: (TELLERS[type] ?? plainly)(reading, event), lines }
}

const LIFE = ['rule', 'direction', 'delete-after', 'review-at', 'anchor', 'anchor-source'] as const

/** What the sentences about an event tell; its other fields follow as lines. */
const IN_SENTENCES: Partial<Record<EventType, readonly FieldName[]>> = {
  sealed: ['level', 'camera', 'wearer', 'path', 'path-encoding', 'approvers'],
  'received-again': ['level', 'wearer', 'path-encoding', 'approvers'],
  indexed: ['parser', 'not-parsable'],
  annotated: ['parts-lost'],
  categorised: ['rule'],
  'category-removed': ['rule'],
  held: ['proposed-by'],
  'deletion-due': [...LIFE, 'decision'],
  'key-destroyed': ['rule', 'at', 'in-backups-until'],
  deleted: ['rule', 'in-backups-until'],
  'tombstone-erased': ['rule'],
  'retention-changed': [...LIFE, 'because'],
  'approval-asked': ['kind', 'deadline', 'without-answer'],
  'approval-given': ['kind'],
  'approval-declined': ['kind'],
  'approval-withdrawn': ['kind'],
}

type Teller = (reading: Reading, event: OpenEvent) => string[]

const TELLERS: Partial<Record<EventType, Teller>> = {
  sealed: (reading, event) => [...plainly(reading, event), ...admission(reading, event), ...mark(reading, event)],
  'received-again': (reading, event) => [...plainly(reading, event), ...admission(reading, event)],
  indexed(reading, event) {
    const because = textOf(event, 'not-parsable')
    if (because === null) return plainly(reading, event)
    const values = { ...commonValues(reading, event), because: codeWords(reading, 'unparsable', because) }
    return [tell(reading.language, 'more.unreadable', values)]
  },
  annotated(reading, event) {
    if (numberOf(event, 'parts-lost') === null) return plainly(reading, event)
    return [tell(reading.language, 'more.bytesLost', commonValues(reading, event))]
  },
  held(reading, event) {
    if (textOf(event, 'proposed-by') === null) return plainly(reading, event)
    return [tell(reading.language, 'more.heldByCamera', commonValues(reading, event))]
  },
  'hold-released': (reading, event) => [...plainly(reading, event), askedBy(reading, event)],
  'category-removed': (reading, event) => [...plainly(reading, event), askedBy(reading, event)],
  'deletion-decided': (reading, event) => [...plainly(reading, event), askedBy(reading, event)],
  exported(reading, event) {
    const last = reading.content.events.findLast(({ core }) => core.type === 'exported') === event
    const here = last && reading.content.footage !== null
    return [...plainly(reading, event), ...(here ? [tell(reading.language, 'more.thisPackage')] : [])]
  },
  'retention-changed': (reading, event) => [becauseSentence(reading, event), ...lifeSentences(reading, event)],
  'approval-asked'(reading, event) {
    const deadline = numberOf(event, 'deadline')
    const consequence = codeWords(reading, 'consequence', textOf(event, 'without-answer') ?? '')
    if (deadline === null) return plainly(reading, event)
    const values = { deadline: instant(reading, deadline), consequence }
    return [...plainly(reading, event), tell(reading.language, 'more.withoutAnswer', values)]
  },
  'deletion-due': (reading, event) => [...plainly(reading, event), ...deadlineSentences(reading, event)],
  'key-destroyed': (reading, event) => [...plainly(reading, event), ...backupSentences(reading, event)],
}

function plainly(reading: Reading, event: OpenEvent): string[] {
  return [tell(reading.language, `told.${event.core.type}`, commonValues(reading, event))]
}

/** What the sentence of any event may ask for. */
function commonValues(reading: Reading, event: OpenEvent): Readonly<Record<string, string>> {
  const to = numberOf(event, 'to')
  return {
    when: instant(reading, numberOf(event, 'at') ?? event.core.at),
    by: byWords(reading, event),
    parser: plainText(textOf(event, 'parser') ?? ''),
    rule: ruleWords(reading, textOf(event, 'rule') ?? ''),
    kind: codeWords(reading, 'approval', textOf(event, 'kind') ?? ''),
    to: to === null ? '' : instant(reading, to),
  }
}

function instant({ language, zone }: Reading, at: number): string {
  return instantWords(language, at, zone)
}

/** Who acted, as the end of a clause; empty where an event names nobody. */
function byWords(reading: Reading, event: OpenEvent): string {
  const { language } = reading
  const actor = textOf(event, 'actor')
  if (actor === null) return withheldOf(event) > 0 ? tell(language, 'by.withheld') : ''
  // A person may be called so too; then the event names the person beside it.
  if (actor === 'installation' && fieldOf(event, 'person') === null) return tell(language, 'by.installation')
  const roles = itemsOf(fieldOf(event, 'roles')).filter(role => typeof role === 'string')
  const name = plainText(actor)
  if (roles.length === 0) return tell(language, 'by.person', { name })
  const words = roles.map(role => codeWords(reading, 'role', role)).join(', ')
  return tell(language, 'by.roles', { name, roles: words })
}

function mark({ language }: Reading, event: OpenEvent): string[] {
  return fieldOf(event, 'proposed-hold') === true ? [tell(language, 'more.cameraMarked')] : []
}

/** Footage that was deleted here and came again, and who let it in. */
function admission({ language }: Reading, event: OpenEvent): string[] {
  const { reason } = membersOf(fieldOf(event, 'taken-in-again'))
  if (typeof reason !== 'string') return []
  const names = itemsOf(fieldOf(event, 'approvers')).filter(name => typeof name === 'string')
  const words = { approvers: listWords(language, names.map(plainText)), reason: quoted(language, reason) }
  return [tell(language, names.length === 0 ? 'more.takenInAgainWithheld' : 'more.takenInAgain', words)]
}

function askedBy({ language }: Reading, event: OpenEvent): string {
  const { name } = membersOf(fieldOf(event, 'asked-by'))
  if (typeof name !== 'string') return tell(language, 'more.askedByWithheld')
  return tell(language, 'more.askedBy', { name: plainText(name) })
}

function becauseSentence(reading: Reading, event: OpenEvent): string {
  const { language } = reading
  const because = textOf(event, 'because')
  const key = because === 'sealed' ? 'life.set' : `life.${because}`
  const values = commonValues(reading, event)
  return isTold(key) && REASONS.has(key)
    ? tell(language, key, values)
    : tell(language, 'told.retention-changed', values)
}

/** A history from elsewhere must not pick another sentence of the group. */
const REASONS: ReadonlySet<string> = new Set([
  'life.set',
  'life.media-read',
  'life.categorised',
  'life.category-removed',
  'life.case-noted',
  'life.policy-published',
  'life.early-deletion',
  'life.deletion-decision',
])

/** What two persons wanted gone has no rule whose period could be told. */
const WANTED: ReadonlySet<string> = new Set(['early-deletion', 'deletion-decision'])

function deadlineSentences(reading: Reading, event: OpenEvent): string[] {
  const { language } = reading
  const [until, decision] = [numberOf(event, 'delete-after'), textOf(event, 'decision')]
  const rule = textOf(event, 'rule') ?? ''
  const values = { deadline: until === null ? '' : instant(reading, until), rule: ruleWords(reading, rule) }
  const deadline = tell(language, WANTED.has(rule) ? 'more.deadlineEarly' : 'more.deadlineWas', values)
  return [
    ...(until === null ? [] : [deadline]),
    ...(decision === null ? [] : [codeWords(reading, 'decision', decision)]),
  ]
}

function backupSentences(reading: Reading, event: OpenEvent): string[] {
  const until = numberOf(event, 'in-backups-until')
  return until === null ? [] : [tell(reading.language, 'more.backups', { until: instant(reading, until) })]
}
