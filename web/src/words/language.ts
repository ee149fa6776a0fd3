export const languages = ['en', 'da', 'sv', 'de'] as const
export type Language = (typeof languages)[number]

/** In their own words, so that who reads no other language finds theirs. */
export const languageNames: Record<Language, string> = { en: 'English', da: 'Dansk', sv: 'Svenska', de: 'Deutsch' }

/** For dates and numbers: which country's forms a language brings along. */
export const forms = { en: 'en-GB', da: 'da-DK', sv: 'sv-SE', de: 'de-DE' } as const satisfies Record<Language, string>

const KEPT = 'vidne.language'

const isLanguage = (text: string | null): text is Language => languages.some(each => each === text)

/** The language somebody chose on this device; else the first of the browser's that we have; else English. */
export function chosenLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  if (isLanguage(kept)) return kept
  const wanted = navigator.languages.map(each => each.slice(0, 2).toLowerCase())
  return wanted.find(isLanguage) ?? 'en'
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language)
}
