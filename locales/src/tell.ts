import da from '../recording/da.json' with { type: 'json' }
import de from '../recording/de.json' with { type: 'json' }
import en from '../recording/en.json' with { type: 'json' }
import sv from '../recording/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, find, worded } from './say.ts'

/** Every message that tells of a recording: its facts, its history, its package. They lie apart, so that a verifier need not carry them. */
export type TellKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** A message about a recording in a language, its `{name}` places filled in. Throws when a value is missing. */
export function tell(language: Language, key: TellKey, values: Readonly<Record<string, string | number>> = {}): string {
  return worded(messages[language], key, values)
}

/** Whether there is a message of that name, for names that come out of a sealed history. */
export function isTold(key: string): key is TellKey {
  return find(en, key) !== null
}

/** The groups of fixed values that have words. */
export type ValueGroup = keyof typeof en.value

/** The words for a fixed value of a history, such as `capture-end` of the group `anchor`; null for one that has none. */
export function valueWords(language: Language, group: ValueGroup, code: string): string | null {
  const words: Messages | undefined = messages[language]
  const values = words['value']
  const all = typeof values === 'object' ? values[group] : undefined
  const found = typeof all === 'object' && Object.hasOwn(all, code) ? all[code] : undefined
  return typeof found === 'string' ? found : null
}
