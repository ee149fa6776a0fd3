import { type OpenEvent } from '@vidne/evidence/event'
import type { Json } from '@vidne/evidence/jcs'
import type { Manifest } from '@vidne/evidence/manifest'
import { type Language, type MessageKey, isMessage, languages, say } from '@vidne/locales/say'

/** What the page of a package shows. `footage` is the path of the media below the package's root; null in a statement. */
export type PageContent = {
  footage: string | null
  manifest: Manifest
  events: readonly OpenEvent[]
  logKey: string
  checkpoint: 'public' | 'private'
  rehearsal: boolean
}

/**
 * `index.html` of a package: plays the footage and tells its history in plain words, in four languages, without any
 * script and without the network, so that it reads the same in twenty years. It claims nothing about itself (G15).
 */
export function packagePage(content: PageContent): string {
  const switches = languages.map(language => languageSwitch(language)).join('\n')
  const sections = languages.map(language => section(language, content)).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; media-src 'self' file:; style-src 'unsafe-inline'">
<title>${escape(titles(content))}</title>
<style>${style()}</style>
</head>
<body>
<form aria-label="${languages.map(language => say(language, 'language.name')).join(', ')}">
${switches}
${sections}
</form>
</body>
</html>
`
}

function titles({ footage }: PageContent): string {
  return say('en', footage === null ? 'page.statementTitle' : 'page.title')
}

function languageSwitch(language: Language): string {
  const checked = language === 'en' ? ' checked' : ''
  return `<input type="radio" name="language" id="${language}"${checked}><label for="${language}" lang="${language}">${say(language, 'language.name')}</label>`
}

function section(language: Language, content: PageContent): string {
  const word = (key: MessageKey, values = {}) => escape(say(language, key, values))
  const statement = content.footage === null
  return `<section lang="${language}">
${content.rehearsal ? `<p class="rehearsal">${word('page.rehearsal')}</p>` : ''}
<h1>${word(statement ? 'page.statementTitle' : 'page.title')}</h1>
${statement ? `<p>${word('page.deletedText')}</p>` : footage(language, content.footage ?? '')}
<h2>${word('page.facts')}</h2>
${facts(language, content.manifest)}
<h2>${word('page.history')}</h2>
${history(language, content.events)}
<h2>${word('page.check')}</h2>
<p>${word('page.checkText')}</p>
<p>${word(content.checkpoint === 'public' ? 'page.checkpointPublic' : 'page.checkpointPrivate')}</p>
<p>${word('page.logKey')}:<br><code>${escape(content.logKey)}</code></p>
</section>`
}

function footage(language: Language, path: string): string {
  const sentence = escape(say(language, 'page.noPlayer', { file: path }))
  const hint = escape(say(language, 'page.extractFirst'))
  return `<h2>${escape(say(language, 'page.footage'))}</h2>
<video controls preload="none" src="${escape(path)}">${sentence}</video>
<p>${hint} ${sentence}</p>`
}

const levels = { captured: 'page.levelCaptured', gateway: 'page.levelGateway', received: 'page.levelReceived' } as const

function facts(language: Language, manifest: Manifest): string {
  const rows: [MessageKey, string][] = [
    ['page.bytes', new Intl.NumberFormat(language).format(manifest.bytes)],
    ['page.digest', manifest.sha256],
    ['page.level', say(language, levels[manifest.level])],
  ]
  const cells = rows.map(([key, value]) => `<dt>${escape(say(language, key))}</dt><dd>${escape(value)}</dd>`)
  return `<dl>${cells.join('\n')}</dl>`
}

function history(language: Language, events: readonly OpenEvent[]): string {
  const heads = (['page.when', 'page.what', 'page.details'] as const).map(
    key => `<th scope="col">${escape(say(language, key))}</th>`,
  )
  const rows = events.map(event => row(language, event))
  return `<table><thead><tr>${heads.join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`
}

function row(language: Language, { core, fields }: OpenEvent): string {
  const withheld = core.d.length - fields.length
  const told = fields.filter(field => !forMachines.has(field.name) && field.value !== null)
  const shown = told.map(
    field => `<li>${escape(fieldName(language, field.name))}: ${escape(plain(language, field))}</li>`,
  )
  if (withheld > 0) shown.push(`<li>${escape(say(language, 'page.withheld', { count: withheld }))}</li>`)
  const cells = [instant(core.at), escape(say(language, `event.${core.type}`)), `<ul>${shown.join('')}</ul>`]
  return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`
}

/** Kept in the history for programs; on this page they would only hide what happened. */
const forMachines: ReadonlySet<string> = new Set([
  'manifest',
  'person',
  'token',
  'session',
  'roles',
  'approval',
  'facts',
  'seq',
])

const instants: ReadonlySet<string> = new Set([
  'delete-after',
  'review',
  'review-at',
  'anchor',
  'deadline',
  'in-backups-until',
  'at',
])

function instant(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '')
}

function fieldName(language: Language, name: string): string {
  const key = `field.${name}`
  return isMessage(key) ? say(language, key) : name
}

function plain(language: Language, { name, value }: { name: string; value: Json }): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return say(language, value ? 'page.yes' : 'page.no')
  if (typeof value === 'number') return instants.has(name) ? instant(value) : String(value)
  if (Array.isArray(value)) return value.map(one => plain(language, { name, value: one })).join('; ')
  if (value === null) return ''
  return Object.entries(value)
    .map(([key, one]) => `${fieldName(language, key)}: ${plain(language, { name: key, value: one })}`)
    .join(', ')
}

/** Everything from a camera or a person is text here, never markup. */
function escape(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replaceAll(/[&<>"']/g, sign => named[sign] ?? sign)
}

function style(): string {
  const shown = languages.map(language => `#${language}:checked ~ section[lang=${language}]`).join(',')
  return `body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
section{display:none}${shown}{display:block}
input{margin:0 .3rem 0 0}label{margin-right:1rem}
video{width:100%;max-height:70vh;background:#000}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #767676}
ul{margin:0;padding-left:1.1rem}dt{font-weight:600}dd{margin:0 0 .5rem;overflow-wrap:anywhere}code,td{overflow-wrap:anywhere}
.rehearsal{border:3px solid #8a1c00;padding:.6rem;font-weight:700}
@media(prefers-color-scheme:dark){body{color:#eee;background:#121212}}`
}
