import type { OpenEvent } from '@vidne/evidence/event'
import type { Json } from '@vidne/evidence/jcs'
import { plainText } from '@vidne/locales/forms'
import type { PageContent } from './content.ts'
import { type Markup, markup } from '../../platform/http/markup.ts'

const LONGEST = 600

/** The history in the words of the format, for those who compare it with the sealed files. */
export function machinesList({ events }: PageContent): Markup {
  return markup`<pre lang="en">${events.map(eventText).join('\n\n')}</pre>`
}

function eventText({ core, fields }: OpenEvent): string {
  const head = `${String(core.seq).padStart(4, '0')} ${core.type} ${new Date(core.at).toISOString()}`
  const lines = fields
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => `  ${plainText(name)} = ${valueText(value)}`)
  const withheld = core.d.length - fields.length
  return [head, ...lines, ...(withheld > 0 ? [`  (${withheld} withheld)`] : [])].join('\n')
}

/** The index of a long film has thousands of numbers; they lie whole in the sealed file. */
function valueText(value: Json): string {
  const text = plainText(JSON.stringify(value))
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text
}
