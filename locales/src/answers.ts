import da from '../answers/da.json' with { type: 'json' }
import de from '../answers/de.json' with { type: 'json' }
import en from '../answers/en.json' with { type: 'json' }
import sv from '../answers/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, worded } from './say.ts'

/** Every message about what was asked for and not done. They lie apart, so that a verifier need not carry them. */
export type AnswerKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** Why something was refused, in a sentence that says what to do. Throws when a value is missing. */
export function ofAnswers(
  language: Language,
  key: AnswerKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return worded(messages[language], key, values)
}
