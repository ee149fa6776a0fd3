import da from '../mail/da.json' with { type: 'json' }
import de from '../mail/de.json' with { type: 'json' }
import en from '../mail/en.json' with { type: 'json' }
import sv from '../mail/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, worded } from './say.ts'

/** Every sentence that an installation mails. There is no place in them for anything of a case: a test looks at their arguments. */
export type MailKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** What an installation mails, in a language, its `{name}` places filled in. Throws when a value is missing. */
export function ofMail(language: Language, key: MailKey, values: Readonly<Record<string, string>>): string {
  return worded(messages[language], key, values)
}
