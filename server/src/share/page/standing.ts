import type { OpenEvent } from '@vidne/evidence/event'
import { instantWords, plainText, quoted } from '@vidne/locales/forms'
import { tell } from '@vidne/locales/tell'
import { type Reading, textOf } from './content.ts'
import { leafOf, lifeSentences } from './life.ts'
import { type Markup, markup } from '../../platform/http/markup.ts'
import { codeWords, fieldLine } from './vocabulary.ts'

/** How long the recording lives as things stand at the end of its history, and what stops its deletion. */
export function standingPart(reading: Reading): Markup {
  return markup`${standingSentences(reading).map(sentence => markup`<p>${sentence}</p>`)}`
}

export function standingSentences(reading: Reading): string[] {
  const { content, language } = reading
  if (content.events.some(({ core }) => core.type === 'deleted')) return [tell(language, 'standing.gone')]
  const life = content.events.findLast(({ core }) => core.type === 'retention-changed')
  const lived = life === undefined ? [] : [...lifeSentences(reading, life), ...policySentences(reading, life)]
  // Where a hold stands it comes first: the deadline below it does not count while it does.
  return [...holdSentences(reading), ...lived]
}

/** Where the rule comes from, and on what ground: a reader sees whether it is a statute or a default of ours. */
function policySentences(reading: Reading, life: OpenEvent): string[] {
  const { content, language } = reading
  const leaf = leafOf(content, life, textOf(life, 'rule') ?? '')
  const pack = content.policies.get(life.core.pol)
  if (leaf === null || pack === undefined) return []
  const policy = quoted(language, codeWords({ language }, 'pack', pack.id))
  const flag = codeWords(reading, 'flag', leaf.f)
  return [
    tell(language, 'standing.policy', { policy, agency: plainText(content.agency.name) }),
    leaf.s === ''
      ? tell(language, 'standing.basis', { flag })
      : tell(language, 'standing.basisSource', { flag, source: quoted(language, leaf.s) }),
  ]
}

function holdSentences(reading: Reading): string[] {
  const { content, language, zone } = reading
  const holds = new Map<string | null, OpenEvent>()
  let lifted = 0
  for (const event of content.events) {
    if (event.core.type === 'held') holds.set(textOf(event, 'hold'), event)
    if (event.core.type === 'hold-released' && holds.delete(textOf(event, 'hold'))) lifted += 1
  }
  const standing = [...holds.values()].map(event => {
    const about = event.fields.filter(({ name }) => name === 'reason' || name === 'review')
    const lines = about.map(field => fieldLine(reading, field)).filter(line => line !== null)
    const sentence = tell(language, 'standing.hold', { when: instantWords(language, event.core.at, zone) })
    const marked = textOf(event, 'proposed-by') === null ? [] : [tell(language, 'more.cameraMarked')]
    return [sentence, ...marked, ...lines.toSorted().map(line => `${line}.`)].join(' ')
  })
  return [
    ...(standing.length === 0 ? [tell(language, 'standing.noHold')] : standing),
    ...(lifted === 0 ? [] : [tell(language, 'standing.holdsLifted', { count: lifted })]),
  ]
}
