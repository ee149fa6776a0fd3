import da from '../da.json' with { type: 'json' }
import de from '../de.json' with { type: 'json' }
import en from '../en.json' with { type: 'json' }
import sv from '../sv.json' with { type: 'json' }

export const languages = ['en', 'da', 'sv', 'de'] as const
export type Language = (typeof languages)[number]

/** The paths of all messages in a tree of them. */
export type Keys<M, Prefix extends string = ''> = {
  [K in keyof M & string]: M[K] extends string ? `${Prefix}${K}` : Keys<M[K], `${Prefix}${K}.`>
}[keyof M & string]

/** Every message there is, by its path: `verify.reason.media-altered`. A wrong one does not compile. */
export type MessageKey = Keys<typeof en>

/** Messages by name, in groups within groups. */
export type Messages = { readonly [key: string]: string | Messages }
const messages: Record<Language, Messages> = { en, da, sv, de }

/**
 * A message in a language, its `{name}` places filled in. Plain replacement: the texts that courts read offline need no
 * plural rules, and the verifier takes no dependency.
 * @throws Error when an argument is missing: a sentence with a hole in it misleads.
 */
export function say(
  language: Language,
  key: MessageKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return worded(messages[language], key, values)
}

/** The message of that path in a tree, its places filled in. Throws for a path or a value that is missing. */
export function worded(tree: Messages, key: string, values: Readonly<Record<string, string | number>>): string {
  const text = find(tree, key)
  if (text === null) throw new Error(`there is no message ${key}`)
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`the message ${key} needs "${name}"`)
    return String(value)
  })
}

/** The message of that path as it stands, or null. */
export function find(tree: Messages, key: string): string | null {
  let place: string | Messages | undefined = tree
  for (const part of key.split('.'))
    place = typeof place === 'object' && Object.hasOwn(place, part) ? place[part] : undefined
  return typeof place === 'string' ? place : null
}
