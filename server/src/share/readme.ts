import { languages, say } from '@vidne/locales/say'

/** `README.txt` of a package: what it is and how to check it, in four languages. */
export function packageReadme(kind: 'recording' | 'deletion-statement'): string {
  const parts = languages.map(language => {
    const title = say(language, kind === 'recording' ? 'page.title' : 'page.statementTitle')
    return `${title}\n\n${say(language, 'page.checkText')}\n`
  })
  return parts.join('\n----\n\n')
}
