import { type Language, languages } from '@vidne/locales/say'

/** The language of ours that whoever asks put first in Accept-Language; English where there is none. */
export function preferred(acceptLanguage = ''): Language {
  const wanted = acceptLanguage.split(',').map(part => part.trim().slice(0, 2).toLowerCase())
  return wanted.flatMap(each => languages.filter(language => language === each))[0] ?? 'en'
}
