import da from '../cases/da.json' with { type: 'json' }
import de from '../cases/de.json' with { type: 'json' }
import en from '../cases/en.json' with { type: 'json' }
import sv from '../cases/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, worded } from './say.ts'

/** Every message of the server about cases, what is written about recordings, and links. */
export type CaseKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** A message about a case in a language, its `{name}` places filled in. Throws when a value is missing. */
export function caseWords(
  language: Language,
  key: CaseKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return worded(messages[language], key, values)
}
