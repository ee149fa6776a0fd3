/**
 * The names of the arguments in an ICU message, each once, sorted. What stands in the arms of a plural or a select is message again, and
 * is looked through; its words are no arguments. (Plain texts with `{name}` are messages too.)
 */
export function icuArguments(message: string): string[] {
  const found = new Set<string>()
  read(message, 0, found)
  return [...found].toSorted()
}

/** Reads message text from `at` up to the brace that closes it, and says where that is. */
function read(text: string, at: number, found: Set<string>): number {
  let here = at
  while (here < text.length && text[here] !== '}')
    here = text[here] === '{' ? readArgument(text, here + 1, found) : here + 1
  return here
}

function readArgument(text: string, at: number, found: Set<string>): number {
  const head = /^\s*(\w+)\s*(?:,\s*(\w+)\s*(,)?)?/.exec(text.slice(at))
  if (head === null) return at
  const [all, name = '', kind] = head
  found.add(name)
  let here = at + all.length
  const hasArms = kind === 'plural' || kind === 'select' || kind === 'selectordinal'
  while (here < text.length && text[here] !== '}')
    here = hasArms && text[here] === '{' ? read(text, here + 1, found) + 1 : here + 1
  return here + 1
}
