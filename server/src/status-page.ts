import { ofInstallation } from '@vidne/locales/installation'
import { tellRule } from '@vidne/locales/rules'
import { type Language, say } from '@vidne/locales/say'
import { type Still, stillWords } from './platform/still.ts'

/** `still`: why the installation takes nothing in; null while it does. */
export type Status = { still: Still | null; rehearsal: boolean; data: string }

/** The page at `/` until there are screens: says what this is, and what to do next. */
export function statusPage(language: Language, { still, rehearsal, data }: Status): string {
  const founded = still?.code !== 'not-founded'
  const command = founded ? 'npx vidne --help' : `npx vidne init --data ${data} --agency NAME --pack uk-met`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>Vidne</title></head>
<body><h1>Vidne</h1>${rehearsal ? `<p><strong>${say(language, 'page.rehearsal')}</strong></p>` : ''}
<p>${escaped(sentence(language, still))}</p><pre>${escaped(command)}</pre>
<p><a href="/policy">${escaped(tellRule(language, 'index.title'))}</a></p>
<p><a href="/deletions">${escaped(ofInstallation(language, 'deletions.title', {}))}</a></p></body></html>
`
}

function sentence(language: Language, still: Still | null): string {
  if (still === null) return say(language, 'status.running')
  return still.code === 'not-founded' ? say(language, 'status.notFounded') : stillWords(language, still)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
