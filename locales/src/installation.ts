import da from '../installation/da.json' with { type: 'json' }
import de from '../installation/de.json' with { type: 'json' }
import en from '../installation/en.json' with { type: 'json' }
import sv from '../installation/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, worded } from './say.ts'

/** Every message of an installation about itself. They lie apart, so that a verifier need not carry them. */
export type InstallationKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** A message of an installation about itself in a language, its `{name}` places filled in. Throws when a value is missing. */
export function ofInstallation(
  language: Language,
  key: InstallationKey,
  values: Readonly<Record<string, string | number>>,
): string {
  return worded(messages[language], key, values)
}
