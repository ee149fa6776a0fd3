import { dayWords, instantWords, numberWords, plainText } from '@vidne/locales/forms'
import { noteOn } from '@vidne/locales/rules'
import { type Language, languages, say } from '@vidne/locales/say'
import { startOfDay } from '@vidne/policies/day'
import type { Leaf } from '@vidne/policies/leaf'
import { holdsAt } from '@vidne/policies/validity'
import { type Markup, markup, nothing } from '../platform/http/markup.ts'
import { cameraSections } from './camera.ts'
import { dutySections } from './duties.ts'
import { footageSections } from './footage.ts'
import {
  type AgencyRules,
  type Reading,
  readingOf,
  type Rules,
  sharedText,
  type Standing,
  type Value,
  word,
} from './reading.ts'
import type { Item, Section } from './section.ts'
import { frame } from '../platform/http/public-page.ts'

/**
 * The rules as people read them: every value of the policy in words, with how strong it is and where it comes from. Made
 * of the policy that the engine decides by, and of nothing else (S3-17).
 */
export function policyPage(rules: Rules, language: Language): string {
  const reading = readingOf(rules, language)
  const sections = [...cameraSections(reading), ...footageSections(reading), ...dutySections(reading)]
  const shown = sections
    .map(section => onItsDay(reading, section))
    .filter(({ items, lead }) => items.length > 0 || lead !== undefined)
  return frame({
    language,
    title: titleOf(reading),
    content: markup`${languageLinks(reading)}
${rules.rehearsal ? markup`<p class="rehearsal">${word(reading, 'page.rehearsal')}</p>` : nothing}
<h1>${titleOf(reading)}</h1>
<p class="lead">${word(reading, 'page.lead')}</p>
${dayPart(reading)}
${origin(reading)}
${trust(reading)}
${contents(reading, shown)}
${shown.map(section => sectionPart(reading, section))}
<p class="foot"><a href="/policy/packs?lang=${language}">${word(reading, 'page.all')}</a></p>`,
  })
}

/** A part of the page with those values alone that hold on the day that was asked for. */
function onItsDay(reading: Reading, section: Section): Section {
  const { day } = reading.rules
  if (day === undefined) return section
  const at = startOfDay(day, reading.pack.zone.v)
  const holds = ({ path }: Item) => holdsAt(valueAt(reading, path).leaf, at, reading.pack.zone.v)
  return { ...section, items: section.items.filter(holds) }
}

function dayPart({ language, rules, ...reading }: Reading): Markup {
  const { day } = rules
  if (day === undefined) return nothing
  const told = { language, rules, ...reading }
  return markup`<p class="day"><strong>${word(told, 'page.onDay', { day: dayWords(language, day) })}</strong>
<a href="?lang=${language}">${word(told, 'page.allDays')}</a></p>`
}

function titleOf(reading: Reading): string {
  const { agency } = reading.rules
  if (agency !== null) return word(reading, 'page.titleAgency', { agency: plainText(agency.name) })
  return word(reading, 'page.titlePack', { pack: sharedText(reading, 'pack', reading.pack.id) })
}

function languageLinks(reading: Reading): Markup {
  const day = reading.rules.day === undefined ? '' : `&at=${reading.rules.day}`
  const links = languages.map(language => {
    const current = language === reading.language ? markup` aria-current="page"` : nothing
    const name = say(language, 'language.name')
    return markup`<li><a href="?lang=${language}${day}" lang="${language}" hreflang="${language}"${current}>${name}</a></li>`
  })
  return markup`<nav class="languages" aria-label="${word(reading, 'page.language')}"><ul>
${links}
</ul></nav>`
}

function origin(reading: Reading): Markup {
  const { agency } = reading.rules
  const advice = word(reading, 'page.noAdvice')
  if (agency === null) return markup`<p>${word(reading, 'page.packOnly')} ${advice}</p>`
  const since = instantWords(reading.language, agency.since, reading.pack.zone.v)
  const pack = sharedText(reading, 'pack', reading.pack.id)
  return markup`<p>${word(reading, 'page.inForce', { agency: plainText(agency.name), since })}
${word(reading, 'page.fromPack', { pack })} ${advice}</p>
<p class="digest">${word(reading, 'page.digest')}: <code>${agency.digest}</code></p>
${unitLinks(reading, agency)}`
}

/** Units with a version of their own: for what their cameras record these rules do not count, but stricter ones. */
function unitLinks(reading: Reading, { units }: AgencyRules): Markup {
  if (units.length === 0) return nothing
  const links = units.map(
    ({ name, path }) => markup`<li><a href="${path}?lang=${reading.language}">${plainText(name)}</a></li>`,
  )
  return markup`<p>${word(reading, 'page.units')}</p>
<ul class="list">${links}</ul>`
}

const STANDINGS = ['law', 'policy', 'seed', 'default', 'taken'] as const satisfies readonly Standing[]

/** How much of the rules is our own choice; nobody should take a default for a law. */
function trust(reading: Reading): Markup {
  const all = [...reading.values.values()].map(({ standing }) => standing)
  const counted = (...which: Standing[]) => all.filter(standing => which.includes(standing)).length
  const defaults = counted('default', 'taken')
  const percent = numberWords(reading.language, (100 * defaults) / all.length)
  const note = noteOn(reading.language, reading.pack.id)
  const rows = STANDINGS.filter(standing => counted(standing) > 0).map(
    standing => markup`<tr><th scope="row">${flagBadge(reading, standing)}</th><td>${counted(standing)}</td></tr>`,
  )
  return markup`<section class="trust" aria-labelledby="trust">
<h2 id="trust">${word(reading, 'trust.heading')}</h2>
<p><strong>${word(reading, 'trust.count', { count: all.length, defaults, percent })}</strong>
${word(reading, 'trust.noLawyer')}${note === null ? nothing : markup` ${note}`}</p>
<table>
<thead><tr><th scope="col">${word(reading, 'trust.kind')}</th><th scope="col">${word(reading, 'trust.values')}</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</section>`
}

function flagBadge(reading: Reading, standing: Standing): Markup {
  return markup`<span class="flag ${standing}">${word(reading, `flag.${standing}`)}</span>`
}

const idOf = ({ heading }: Section) => heading.replace('section.', '')

function contents(reading: Reading, sections: readonly Section[]): Markup {
  const links = sections.map(
    section => markup`<li><a href="#${idOf(section)}">${word(reading, section.heading)}</a></li>`,
  )
  return markup`<nav class="contents" aria-labelledby="contents">
<h2 id="contents">${word(reading, 'page.contents')}</h2>
<ul>
${links}
</ul>
</nav>`
}

function sectionPart(reading: Reading, section: Section): Markup {
  const { heading, lead, items } = section
  const list = markup`<ul class="values">
${items.map(item => itemPart(reading, item))}
</ul>`
  return markup`<section aria-labelledby="${idOf(section)}">
<h2 id="${idOf(section)}">${word(reading, heading)}</h2>
${lead === undefined ? nothing : markup`<p>${lead}</p>`}
${items.length === 0 ? nothing : list}
</section>`
}

function itemPart(reading: Reading, { path, says, more = [] }: Item): Markup {
  const value = valueAt(reading, path)
  return markup`<li data-value="${path}">
<p class="says">${says}</p>
${more.map(one => markup`<p class="more">${one}</p>`)}
<p class="basis">${flagBadge(reading, value.standing)} ${validity(reading, value.leaf)} ${source(reading, value)}</p>
</li>`
}

function valueAt(reading: Reading, path: string): Value {
  const value = reading.values.get(path)
  if (value === undefined) throw new Error(`the policy has no value at ${path}`)
  return value
}

function validity(reading: Reading, { validFrom, validTo }: Leaf<unknown>): Markup {
  const day = (date: string) => dayWords(reading.language, date)
  if (validFrom !== undefined && validTo !== undefined)
    return dates(word(reading, 'valid.both', { from: day(validFrom), to: day(validTo) }))
  if (validFrom !== undefined) return dates(word(reading, 'valid.from', { from: day(validFrom) }))
  return validTo === undefined ? nothing : dates(word(reading, 'valid.to', { to: day(validTo) }))
}

function dates(text: string): Markup {
  return markup`<span class="dates">${text}</span>`
}

/** Sources are named in English, whatever language the page is in. What is said beside a default of ours is no source. */
function source(reading: Reading, { standing, leaf: { s } }: Value): Markup {
  if (s === '') return nothing
  const ours = standing === 'default' || standing === 'taken'
  const named = word(reading, ours ? 'basis.note' : 'basis.source')
  return markup`<span class="source">${named} <span lang="en">${plainText(s)}</span></span>`
}
