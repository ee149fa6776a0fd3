import { createHash } from 'node:crypto'
import { instantWords, plainText } from '@vidne/locales/forms'
import { type Language, languages, say } from '@vidne/locales/say'
import { type TellKey, tell } from '@vidne/locales/tell'
import { certificatePart } from './certificate.ts'
import { type PageContent, type Reading, withheldOf } from './content.ts'
import { factsPart } from './facts.ts'
import { historyList } from './history.ts'
import { machinesList } from './machines.ts'
import { type Markup, markup, nothing } from '../../platform/http/markup.ts'
import { player } from './player.ts'
import { standingPart } from './standing.ts'
import { STYLE } from './style.ts'

export type { PageContent } from './content.ts'

/**
 * `index.html` of a package: plays the footage, shows the facts with whose word they are, and tells the history in plain
 * words, in four languages, without any script and without the network, so that it reads the same in twenty years. It
 * claims nothing about itself (G15).
 */
export function packagePage(content: PageContent): string {
  const own = languageOfPack(content.agency.pack)
  const title = [own, ...languages.filter(one => one !== own)].map(language => tell(language, titleKey(content)))
  const page = markup`<!doctype html>
<html lang="${own}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="color-scheme" content="light dark">
<title>${title.join(' · ')}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${languages.map(language => languageSwitch(language, language === own))}
${languages.map(language => told(language, opening({ content, language, zone: content.agency.zone })))}
${player(content)}
${languages.map(language => told(language, account({ content, language, zone: content.agency.zone })))}
${machinesPart(content)}
</main>
</body>
</html>
`
  return page.text
}

/** Nothing is loaded but the footage beside the page, and no style but the one in it. */
function policy(): string {
  const style = createHash('sha256').update(STYLE.text).digest('base64')
  const rules = ["default-src 'none'", "media-src 'self' file:", `style-src 'sha256-${style}'`]
  return [...rules, "base-uri 'none'", "form-action 'none'"].join('; ')
}

const LANGUAGE_OF_COUNTRY: Readonly<Record<string, Language>> = { uk: 'en', dk: 'da', se: 'sv', de: 'de' }

/** The language in which the page opens: that of the agency's country, which a policy pack's id begins with. */
export function languageOfPack(pack: string): Language {
  return LANGUAGE_OF_COUNTRY[pack.slice(0, 2)] ?? 'en'
}

function titleKey({ footage }: PageContent): TellKey {
  return footage === null ? 'page.statementTitle' : 'page.title'
}

/** A radio button for each language: what follows it in the page is shown or not by style alone. */
function languageSwitch(language: Language, own: boolean): Markup {
  const name = say(language, 'language.name')
  const checked = own ? markup` checked` : nothing
  return markup`<input type="radio" name="language" id="${language}"${checked}>
<label for="${language}" lang="${language}">${name}</label>`
}

function told(language: Language, content: Markup): Markup {
  return markup`<section class="told" lang="${language}">${content}</section>`
}

function opening({ content, language, zone }: Reading): Markup {
  const values = { agency: plainText(content.agency.name), when: instantWords(language, content.at, zone) }
  const statement = content.footage === null
  const lead = tell(language, statement ? 'page.statementLead' : 'page.lead', values)
  const rehearsal = markup`<p class="rehearsal">${tell(language, 'page.rehearsal')}</p>`
  return markup`${content.rehearsal ? rehearsal : nothing}
    <h1>${tell(language, titleKey(content))}</h1>
    <p>${lead}</p>
    <p>${tell(language, 'page.proves')} ${tell(language, 'page.times', { zone })}</p>
    ${statement ? certificatePart({ content, language, zone }) : nothing}
    ${statement ? markup`<p>${tell(language, 'page.deletedText')}</p>` : nothing}`
}

function account(reading: Reading): Markup {
  const { language } = reading
  const word = (key: TellKey) => tell(language, key)
  return markup`<h2>${word('page.facts')}</h2>
    ${factsPart(reading)}
    <h2>${word('page.history')}</h2>
    <p>${word('page.historyLead')}</p>
    ${historyList(reading)}
    <h2>${word('page.retention')}</h2>
    ${standingPart(reading)}
    <h2>${word('page.withheld')}</h2>
    ${withheldPart(reading)}
    <h2>${word('page.check')}</h2>
    ${checkPart(reading)}`
}

function withheldPart({ content, language }: Reading): Markup {
  const counts = content.events.map(withheldOf)
  const fields = counts.reduce((sum, count) => sum + count, 0)
  if (fields === 0) return markup`<p>${tell(language, 'withheld.none')}</p>`
  const values = { fields, events: counts.filter(count => count > 0).length, all: counts.length }
  return markup`<p>${tell(language, 'withheld.some', values)}</p>
    <p>${tell(language, 'withheld.what')} ${tell(language, 'withheld.opened')}</p>`
}

function checkPart({ content, language }: Reading): Markup {
  const values = { agency: plainText(content.agency.name) }
  const steps = (['check.keep', 'check.verifier', 'check.trust', 'check.run'] as const).map(
    key => markup`<li>${tell(language, key, values)}</li>`,
  )
  return markup`<p>${tell(language, 'check.lead')}</p>
    <ol>
      ${steps}
    </ol>
    <p>${tell(language, content.checkpoint === 'public' ? 'check.public' : 'check.private')}</p>
    <p>${tell(language, 'check.noTrust')}</p>
    <p>${tell(language, 'check.logKey')}<br /><code>${content.logKey}</code></p>
    <p>${tell(language, 'check.fingerprint')}<br /><code>${fingerprintOf(content.logKey)}</code></p>`
}

/** Of the line that names the key, as a verifier's `logKey.fingerprint` is (docs/spec/verification.md). */
function fingerprintOf(logKey: string): string {
  return createHash('sha256').update(logKey).digest('hex')
}

function machinesPart(content: PageContent): Markup {
  const summaries = languages.map(
    language => markup`<span class="told" lang="${language}">${tell(language, 'page.machines')}</span>`,
  )
  const leads = languages.map(
    language => markup`<p class="told" lang="${language}">${tell(language, 'page.machinesLead')}</p>`,
  )
  return markup`<details>
    <summary>${summaries}</summary>
    ${leads} ${machinesList(content)}
  </details>`
}
