import type { OpenEvent } from '@vidne/evidence/event'
import type { EventType } from '@vidne/evidence/event-types'
import { instantWords, listWords, numberWords, periodWords } from '@vidne/locales/forms'
import { type TellKey, tell } from '@vidne/locales/tell'
import { type Markup, markup } from '../../platform/http/markup.ts'
import { type Reading, fieldOf, itemsOf, numberOf, textOf } from './content.ts'
import { leafOf } from './life.ts'
import { codeWords, ruleWords } from './vocabulary.ts'

/**
 * What a committed deletion comes to, at the head of its statement: what, by which rule, when it was due, who decided (in roles, and
 * by no name), and that it is done. Every line is an event of the history below, told once more.
 */
export function certificatePart(reading: Reading): Markup {
  const rows = certified(reading).map(
    ([key, value]) => markup`<div><dt>${tell(reading.language, key)}</dt><dd>${value}</dd></div>`,
  )
  return markup`<h2>${tell(reading.language, 'certificate.heading')}</h2>
    <dl class="certificate">
      ${rows}
    </dl>`
}

type Line = readonly [TellKey, string]

function certified(reading: Reading): Line[] {
  const { content, language, zone } = reading
  const last = (type: EventType): OpenEvent | undefined => content.events.findLast(({ core }) => core.type === type)
  const instant = (at: number) => instantWords(language, at, zone)
  const bytes = numberWords(language, content.manifest.bytes)
  const what = tell(language, 'certificate.whatBytes', { recording: content.recording, bytes })
  return [
    ['certificate.what', what],
    ...ofDue(reading, last('deletion-due')),
    ...ofKey(reading, last('key-destroyed')),
    ...[last('deleted')].flatMap((event): Line[] =>
      event === undefined ? [] : [['certificate.deleted', instant(event.core.at)]],
    ),
  ]
}

function ofDue(reading: Reading, event: OpenEvent | undefined): Line[] {
  if (event === undefined) return []
  const { language, zone, content } = reading
  const rule = textOf(event, 'rule') ?? ''
  const period = periodWords(language, leafOf(content, event, rule)?.v ?? '')
  const [due, decision] = [numberOf(event, 'delete-after'), textOf(event, 'decision')]
  const roles = itemsOf(fieldOf(event, 'decision-roles')).filter(one => typeof one === 'string')
  return [
    ['certificate.rule', `${ruleWords(reading, rule)}${period === null ? '' : ` (${period})`}`],
    ...(due === null ? [] : ([['certificate.due', instantWords(language, due, zone)]] as const)),
    ...(decision === null ? [] : ([['certificate.decision', codeWords(reading, 'decision', decision)]] as const)),
    ...(roles.length === 0
      ? []
      : ([
          [
            'field.decision-roles',
            listWords(
              language,
              roles.map(role => codeWords(reading, 'role', role)),
            ),
          ],
        ] as const)),
  ]
}

function ofKey(reading: Reading, event: OpenEvent | undefined): Line[] {
  if (event === undefined) return []
  const { language, zone } = reading
  const instant = (at: number) => instantWords(language, at, zone)
  const until = numberOf(event, 'in-backups-until')
  return [
    ['certificate.key', instant(numberOf(event, 'at') ?? event.core.at)],
    ['certificate.backups', until === null ? tell(language, 'certificate.noBackups') : instant(until)],
  ]
}
