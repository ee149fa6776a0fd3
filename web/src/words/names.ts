import { type ValueGroup, valueWords } from '@vidne/locales/tell'
import { useLanguage } from './words.tsx'

/** The names that histories and packages have for the same things: rules, roles, questions. A code without one stands as it is. */
export function useNames(): (group: ValueGroup, code: string) => string {
  const { language } = useLanguage()
  return (group, code) => valueWords(language, group, code) ?? code
}
