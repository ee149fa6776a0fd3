import da from '../refusals/da.json' with { type: 'json' }
import de from '../refusals/de.json' with { type: 'json' }
import en from '../refusals/en.json' with { type: 'json' }
import sv from '../refusals/sv.json' with { type: 'json' }
import { find, type Keys, type Language, type Messages, worded } from './say.ts'

type Rooms = typeof en
/** A part of the installation whose refusals have words. */
export type RefusalRoom = keyof Rooms

/** What a room can refuse: what has words there, and what is refused in every room in the same words. */
export type RefusalIn<Room extends RefusalRoom> = Keys<Rooms[Room]> | Keys<Rooms['all']>

const messages: Record<Language, Messages> = { en, da, sv, de }

/**
 * Why something was refused, in a sentence: that of the room, else the one of all rooms. A code without words does not compile; a value
 * that is missing throws.
 */
export function refusalWords<Room extends RefusalRoom>(
  language: Language,
  room: Room,
  code: RefusalIn<Room> & string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const named: string = code
  const own = `${room}.${named}`
  return worded(messages[language], find(messages[language], own) === null ? `all.${named}` : own, values)
}
