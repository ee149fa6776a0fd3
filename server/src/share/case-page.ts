import { createHash } from 'node:crypto'
import { type CaseKey, caseWords } from '@vidne/locales/cases'
import { bytesWords, instantWords, plainText } from '@vidne/locales/forms'
import { type Language, languages, say } from '@vidne/locales/say'
import { tell } from '@vidne/locales/tell'
import { type Markup, markup, nothing } from '../platform/http/markup.ts'
import { languageOfPack } from './page/page.ts'
import { STYLE } from './page/style.ts'

/** What the index of a case's package shows. */
export type CaseIndex = {
  readonly agency: { readonly name: string; readonly zone: string; readonly pack: string }
  readonly number: string
  readonly title: string
  /** When it was made, in UTC epoch milliseconds. */
  readonly at: number
  readonly rehearsal: boolean
  readonly exhibits: readonly {
    readonly number: number
    readonly reference: string
    readonly title: string
    readonly file: string
    readonly recording: string
    readonly bytes: number
    readonly listing: string
  }[]
  /** Exhibits that are not in it: their footage was deleted on time, or is not whole. */
  readonly left: readonly { readonly number: number; readonly reference: string; readonly goneAt: number | null }[]
}

/** `index.html` of a case's package, in four languages, without script and network, as that of each package in it. */
export function caseIndexPage(index: CaseIndex): string {
  const own = languageOfPack(index.agency.pack)
  const title = [own, ...languages.filter(one => one !== own)].map(one => caseWords(one, 'index.title'))
  const page = markup`<!doctype html>
<html lang="${own}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="color-scheme" content="light dark">
<title>${plainText(index.number)} · ${title.join(' · ')}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${languages.map(language => languageSwitch(language, language === own))}
${languages.map(language => markup`<section class="told" lang="${language}">${told(index, language)}</section>`)}
</main>
</body>
</html>
`
  return page.text
}

function policy(): string {
  const style = createHash('sha256').update(STYLE.text).digest('base64')
  return ["default-src 'none'", `style-src 'sha256-${style}'`, "base-uri 'none'", "form-action 'none'"].join('; ')
}

function languageSwitch(language: Language, own: boolean): Markup {
  const checked = own ? markup` checked` : nothing
  return markup`<input type="radio" name="language" id="${language}"${checked}>
<label for="${language}" lang="${language}">${say(language, 'language.name')}</label>`
}

function told(index: CaseIndex, language: Language): Markup {
  const word = (key: CaseKey, values = {}) => caseWords(language, key, values)
  const { agency, at, exhibits, left } = index
  const values = { agency: plainText(agency.name), when: instantWords(language, at, agency.zone) }
  return markup`${index.rehearsal ? markup`<p class="rehearsal">${tell(language, 'page.rehearsal')}</p>` : nothing}
    <h1>${word('index.heading', { number: plainText(index.number) })}</h1>
    <p>${plainText(index.title)}</p>
    <p>${word('index.lead', values)} ${word('index.unpack')}</p>
    <h2>${word('index.exhibits')}</h2>
    ${exhibits.map(one => exhibitPart(one, language))}
    ${left.length === 0 ? nothing : leftPart(index, language)}
    <h2>${tell(language, 'page.check')}</h2>
    <p>${word('index.check')}</p>
    <ol>${(['check.keep', 'check.verifier', 'check.trust', 'check.run'] as const).map(key => markup`<li>${tell(language, key, { agency: values.agency })}</li>`)}</ol>`
}

function exhibitPart(one: CaseIndex['exhibits'][number], language: Language): Markup {
  const word = (key: CaseKey) => caseWords(language, key)
  const row = (key: CaseKey, value: Markup) => markup`<div><dt>${word(key)}</dt><dd>${value}</dd></div>`
  const called = one.title === '' ? one.reference : `${one.reference}: ${one.title}`
  return markup`<h3>${plainText(called)}</h3>
    <dl>${[
      row('index.package', markup`<a href="${one.file}">${one.file}</a>`),
      row('index.size', markup`${bytesWords(language, one.bytes)}`),
      row('index.recording', markup`<code>${one.recording}</code>`),
      row('index.listing', markup`<code>${one.listing}</code>`),
    ]}</dl>`
}

function leftPart({ left, agency }: CaseIndex, language: Language): Markup {
  const items = left.map(({ reference, goneAt }) => {
    const words =
      goneAt === null
        ? caseWords(language, 'index.notWhole')
        : caseWords(language, 'index.gone', { when: instantWords(language, goneAt, agency.zone) })
    return markup`<li>${plainText(reference)}: ${words}</li>`
  })
  return markup`<h2>${caseWords(language, 'index.left')}</h2>
    <ul>${items}</ul>`
}

/** `README.txt` of a case's package: what it is and how to check what lies in it. */
export function caseReadme({ agency, number }: CaseIndex): string {
  const parts = languages.map(language => {
    const steps = (['check.keep', 'check.verifier', 'check.trust', 'check.run'] as const).map(
      (key, at) => `${at + 1}. ${tell(language, key, { agency: agency.name })}`,
    )
    const words = [caseWords(language, 'index.unpack'), caseWords(language, 'index.check')]
    return [say(language, 'language.name'), caseWords(language, 'index.heading', { number }), ...words, ...steps].join(
      '\n\n',
    )
  })
  return `${parts.join('\n\n----\n\n')}\n`
}
