import { languages, say } from '@vidne/locales/say'
import { tell } from '@vidne/locales/tell'

/** `README.txt` of a package: what it is and how to check it, in four languages. */
export function packageReadme(kind: 'recording' | 'deletion-statement', agency: string): string {
  const parts = languages.map(language => {
    const title = tell(language, kind === 'recording' ? 'page.title' : 'page.statementTitle')
    const steps = (['check.keep', 'check.verifier', 'check.trust', 'check.run'] as const).map(
      (key, at) => `${at + 1}. ${tell(language, key, { agency })}`,
    )
    return [say(language, 'language.name'), title, tell(language, 'check.lead'), ...steps].join('\n\n')
  })
  return `${parts.join('\n\n----\n\n')}\n`
}
