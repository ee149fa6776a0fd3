import { plainText } from '@vidne/locales/forms'
import { tellRule } from '@vidne/locales/rules'
import { type Language, languages, say } from '@vidne/locales/say'
import { valueWords } from '@vidne/locales/tell'
import { packs } from '@vidne/policies/packs'
import { markup, nothing } from '../platform/http/markup.ts'
import { frame } from '../platform/http/public-page.ts'

/** An agency with rules in force, by its id and its name. */
export type Listed = { readonly id: string; readonly name: string }

/** All rules there are to read here: those in force, and the packs of this release. */
export function indexPage(agencies: readonly Listed[], language: Language): string {
  const links = languages.map(one => {
    const current = one === language ? markup` aria-current="page"` : nothing
    return markup`<li><a href="?lang=${one}" lang="${one}" hreflang="${one}"${current}>${say(one, 'language.name')}</a></li>`
  })
  const inForce = agencies.map(
    ({ id, name }) => markup`<li><a href="/policy/agencies/${id}?lang=${language}">${plainText(name)}</a></li>`,
  )
  const offered = [...packs.keys()].map(
    id => markup`<li><a href="/policy/packs/${id}">${valueWords(language, 'pack', id) ?? id}</a></li>`,
  )
  return frame({
    language,
    title: tellRule(language, 'index.title'),
    content: markup`<nav class="languages" aria-label="${tellRule(language, 'page.language')}"><ul>
${links}
</ul></nav>
<h1>${tellRule(language, 'index.title')}</h1>
<p class="lead">${tellRule(language, 'index.lead')}</p>
<h2>${tellRule(language, 'index.agencies')}</h2>
${inForce.length === 0 ? markup`<p>${tellRule(language, 'index.none')}</p>` : markup`<ul class="list">${inForce}</ul>`}
<h2>${tellRule(language, 'index.packs')}</h2>
<ul class="list">
${offered}
</ul>`,
  })
}
