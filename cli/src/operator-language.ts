import { type Language, languages } from '@vidne/locales/say'

/** In which language whoever runs the commands reads: that of the terminal, as other programs go by; else English. */
export function operatorLanguage(env: NodeJS.ProcessEnv = process.env): Language {
  const named = (env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '').slice(0, 2).toLowerCase()
  return languages.find(language => language === named) ?? 'en'
}
