import { refusalWords, type RefusalIn, type RefusalRoom } from '@vidne/locales/refusals'
import type { About } from './about.ts'

/** What a refusal of the API carries: its sentence, in the language of whoever asks. A code that has no words does not compile. */
export function refusedIn<Room extends RefusalRoom>(
  { language }: Pick<About, 'language'>,
  room: Room,
  code: RefusalIn<Room>,
  values: Readonly<Record<string, string | number>> = {},
) {
  return { data: { sentence: refusalWords(language, room, code, values) } }
}
