import da from '../approvals/da.json' with { type: 'json' }
import de from '../approvals/de.json' with { type: 'json' }
import en from '../approvals/en.json' with { type: 'json' }
import sv from '../approvals/sv.json' with { type: 'json' }
import { type Keys, type Language, type Messages, worded } from './say.ts'

/** Every message about what waits for a second person. */
export type ApprovalKey = Keys<typeof en>

const messages: Record<Language, Messages> = { en, da, sv, de }

/** Why an answer to a question was refused, in a sentence that says what to do. */
export function ofApprovals(language: Language, key: ApprovalKey): string {
  return worded(messages[language], key, {})
}
