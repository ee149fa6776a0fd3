import da from '../findings/da.json' with { type: 'json' }
import de from '../findings/de.json' with { type: 'json' }
import en from '../findings/en.json' with { type: 'json' }
import sv from '../findings/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, worded } from './say.ts'

/** Everything the doctor can find, well or not. */
export type FindingKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** Whether there are words for it: what another version of the program found may have none here. */
export function isFindingKey(key: string): key is FindingKey {
  return Object.hasOwn(en, key)
}

/** What the doctor found, in a sentence with what to do. Throws when a value is missing. */
export function ofFindings(
  language: Language,
  key: FindingKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return worded(messages[language], key, values)
}
