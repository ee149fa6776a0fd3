import { instantWords, monthWords, numberWords } from '@vidne/locales/forms'
import { type InstallationKey, ofInstallation } from '@vidne/locales/installation'
import { type Language, languages, say } from '@vidne/locales/say'
import { valueWords } from '@vidne/locales/tell'
import { toHex } from '@vidne/evidence/bytes'
import { type Markup, markup, nothing } from '../platform/http/markup.ts'
import { frame } from '../platform/http/public-page.ts'
import type { Month, Said } from './counting.ts'

/** `zone`: by which months are counted and times are written. */
export type Told = { readonly language: Language; readonly zone: string; readonly rehearsal: boolean }

type Word = Extract<InstallationKey, `deletions.${string}`> extends `deletions.${infer Name}` ? Name : never

/** All deletions by month and rule. */
export function deletionsPage(months: readonly Month[], told: Told): string {
  const title = word(told, 'title')
  return framed(
    title,
    told,
    markup`<p class="lead">${word(told, 'lead')}</p>
<p>${word(told, 'notPersonal')}</p>
${months.length === 0 ? markup`<p><strong>${word(told, 'none')}</strong></p>` : months.map(one => monthOf(one, told))}
<p class="digest">${word(told, 'delay', { zone: told.zone })}</p>`,
  )
}

/** Every statement of one month. */
export function monthPage(month: Month, told: Told): string {
  const title = word(told, 'monthTitle', { month: monthWords(told.language, month.month) })
  return framed(
    title,
    told,
    markup`<p><a href="/deletions?lang=${told.language}">${word(told, 'back')}</a></p>
${table(month, told)}
${summary(month, told)}
<ol class="values">
${month.said.map(one => statement(one, told))}
</ol>
<p class="digest">${word(told, 'delay', { zone: told.zone })}</p>`,
  )
}

function monthOf(month: Month, told: Told): Markup {
  return markup`<section>
<h2>${monthWords(told.language, month.month)}</h2>
${table(month, told)}
${summary(month, told)}
<p><a href="/deletions/${month.month}?lang=${told.language}">${word(told, 'each')}</a></p>
</section>`
}

function table({ counts, total }: Month, told: Told): Markup {
  const rows = counts.map(
    ({ rule, items }) =>
      markup`<tr><th scope="row">${ruleWords(told.language, rule)}</th><td>${numberWords(told.language, items)}</td></tr>`,
  )
  return markup`<table>
<thead><tr><th scope="col">${word(told, 'rule')}</th><th scope="col">${word(told, 'items')}</th></tr></thead>
<tbody>
${rows}
<tr><th scope="row"><strong>${word(told, 'total')}</strong></th><td><strong>${numberWords(told.language, total)}</strong></td></tr>
</tbody>
</table>`
}

function summary({ said, digest }: Month, told: Told): Markup {
  const [from, until] = [said[0]?.index ?? 0, said.at(-1)?.index ?? 0]
  const count = numberWords(told.language, said.length)
  return markup`<p class="digest">${word(told, 'statements', { count, from, until })} ${word(told, 'digest')} <code>${digest}</code></p>`
}

function statement({ statement: { at, counts }, index, leafHash }: Said, told: Told): Markup {
  const lines = counts.map(({ rule, items }) => {
    const values = { items: numberWords(told.language, items), rule: ruleWords(told.language, rule) }
    return markup`<p class="more">${word(told, 'counts', values)}</p>`
  })
  return markup`<li>
<p class="says">${word(told, 'at')}: <time datetime="${new Date(at).toISOString()}">${instantWords(told.language, at, told.zone)}</time></p>
${lines}
<p class="basis">${word(told, 'place')}: ${index}. ${word(told, 'leaf')}: <code>${toHex(leafHash)}</code></p>
</li>`
}

/** A rule of an older release, or one that an agency named itself, stands as it is. */
function ruleWords(language: Language, rule: string): string {
  return valueWords(language, 'rule', rule) ?? rule
}

function word(told: Told, key: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return ofInstallation(told.language, `deletions.${key}`, values)
}

function framed(title: string, told: Told, content: Markup): string {
  const links = languages.map(one => {
    const current = one === told.language ? markup` aria-current="page"` : nothing
    return markup`<li><a href="?lang=${one}" lang="${one}" hreflang="${one}"${current}>${say(one, 'language.name')}</a></li>`
  })
  return frame({
    language: told.language,
    title,
    content: markup`<nav class="languages" aria-label="${word(told, 'language')}"><ul>
${links}
</ul></nav>
${told.rehearsal ? markup`<p class="rehearsal">${say(told.language, 'page.rehearsal')}</p>` : nothing}
<h1>${title}</h1>
${content}`,
  })
}
