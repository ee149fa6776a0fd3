import { type Language, languages, say } from '@vidne/locales/say'

export type Status = { founded: boolean; rehearsal: boolean; data: string }

/** The page at `/` until there are screens: says what this is, and what to do next. */
export function statusPage(acceptLanguage: string, status: Status): string {
  const language = preferred(acceptLanguage)
  const sentence = say(language, status.founded ? 'status.running' : 'status.notFounded')
  const command = status.founded
    ? 'npx vidne --help'
    : `npx vidne init --data ${status.data} --agency NAME --pack uk-met`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>Vidne</title></head>
<body><h1>Vidne</h1>${status.rehearsal ? `<p><strong>${say(language, 'page.rehearsal')}</strong></p>` : ''}
<p>${sentence}</p><pre>${command.replaceAll('<', '&lt;')}</pre></body></html>
`
}

function preferred(acceptLanguage: string): Language {
  const wanted = acceptLanguage.split(',').map(part => part.trim().slice(0, 2).toLowerCase())
  return (
    languages.find(language => wanted[0] === language) ?? wanted.flatMap(w => languages.filter(l => l === w))[0] ?? 'en'
  )
}
