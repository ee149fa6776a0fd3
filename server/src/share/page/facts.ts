import { bytesWords, instantWords } from '@vidne/locales/forms'
import { type TellKey, tell } from '@vidne/locales/tell'
import { type Claim, claimsOf } from './claims.ts'
import type { Reading } from './content.ts'
import { type Markup, markup, nothing } from '../../platform/http/markup.ts'
import { codeWords } from './vocabulary.ts'

/** What is known of the recording: what the seal fixes, and, apart from it, what somebody only says. */
export function factsPart(reading: Reading): Markup {
  const { language, content } = reading
  const word = (key: TellKey) => tell(language, key)
  const unread = content.events.every(({ core }) => core.type !== 'indexed')
  return markup`<h3>${word('fact.fixed')}</h3>
    <p>${word(content.footage === null ? 'fact.fixedLeadGone' : 'fact.fixedLead')}</p>
    <dl>${fixedFacts(reading)}</dl>
    <h3>${word('fact.claims')}</h3>
    <p>${word('fact.claimsLead')}</p>
    ${unread ? markup`<p>${word('fact.unread')}</p>` : nothing}
    <dl>${claims(reading)}</dl>`
}

function fixedFacts(reading: Reading): Markup[] {
  const { language, zone, content } = reading
  const { manifest, events } = content
  const sealed = events.find(({ core }) => core.type === 'sealed')
  const rows: [TellKey, Markup][] = [
    ['fact.bytes', markup`${bytesWords(language, manifest.bytes)}`],
    ['fact.digest', markup`<code>${manifest.sha256}</code>`],
  ]
  if (sealed !== undefined)
    rows.push(['fact.sealedAt', markup`${instantWords(language, sealed.core.at, zone, 'seconds')}`])
  rows.push(
    ['fact.level', markup`${codeWords(reading, 'level', manifest.level)}`],
    ['fact.log', markup`<code>${content.origin}</code>`],
    ['fact.subject', markup`<code>${content.recording}</code>`],
  )
  return rows.map(
    ([label, value]) =>
      markup`<div>
        <dt>${tell(language, label)}</dt>
        <dd>${value}</dd>
      </div>`,
  )
}

/** Claims about the same thing stand together: where two clocks differ it shows. */
function claims(reading: Reading): Markup[] {
  const groups = Map.groupBy(claimsOf(reading), ({ label }) => label)
  return [...groups].map(
    ([label, all]) =>
      markup`<div>
        <dt>${tell(reading.language, label)}</dt>
        ${all.map(claimed)}
      </div>`,
  )
}

function claimed({ value, source }: Claim): Markup {
  return markup`<dd>${value}${source === null ? nothing : markup`<span class="source">${source}</span>`}</dd>`
}
