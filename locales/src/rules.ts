import da from '../policy/da.json' with { type: 'json' }
import de from '../policy/de.json' with { type: 'json' }
import en from '../policy/en.json' with { type: 'json' }
import sv from '../policy/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, find, worded } from './say.ts'

/** Every message that tells what a policy says. They lie apart, so that a verifier need not carry them. */
export type RuleKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** A message about the rules in a language, its `{name}` places filled in. Throws when a value is missing. */
export function tellRule(
  language: Language,
  key: RuleKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return worded(messages[language], key, values)
}

/** What is said beside the rules of one pack only; null for most. */
export function noteOn(language: Language, pack: string): string | null {
  return find(messages[language], `note.${pack}`)
}
