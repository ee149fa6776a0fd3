/** What can be done with the player by one key, as editors know them. */
export type Command =
  | 'toggle'
  | 'pause'
  | 'forward'
  | 'back'
  | 'frame-back'
  | 'frame-on'
  | 'jump-back'
  | 'jump-on'
  | 'begin'
  | 'end'
  | 'mark-in'
  | 'mark-out'
  | 'sound'
  | 'full'
  | 'help'

const KEYS: Readonly<Record<string, Command>> = {
  ' ': 'toggle',
  k: 'pause',
  l: 'forward',
  j: 'back',
  ',': 'frame-back',
  '.': 'frame-on',
  arrowleft: 'jump-back',
  arrowright: 'jump-on',
  home: 'begin',
  end: 'end',
  i: 'mark-in',
  o: 'mark-out',
  m: 'sound',
  f: 'full',
  '?': 'help',
}

/** The keys as the help shows them, each with what it does. */
export const SHOWN: readonly (readonly [key: string, command: Command])[] = [
  ['Space', 'toggle'],
  ['J', 'back'],
  ['K', 'pause'],
  ['L', 'forward'],
  [',', 'frame-back'],
  ['.', 'frame-on'],
  ['←', 'jump-back'],
  ['→', 'jump-on'],
  ['Home', 'begin'],
  ['End', 'end'],
  ['I', 'mark-in'],
  ['O', 'mark-out'],
  ['M', 'sound'],
  ['F', 'full'],
  ['?', 'help'],
]

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** What has the focus and takes keys itself: a button its space, a slider its arrows, a list all of them. */
export type Holder = 'button' | 'slider' | 'text' | 'other'

const TAKEN: Readonly<Record<Holder, RegExp>> = {
  button: /^( |enter)$/,
  slider: /^(arrow.*|home|end|page.*)$/,
  text: /./s,
  other: /^$/,
}

/** The command of a key, where whatever has the focus does not want it itself. Keys count inside the player alone. */
export function commandOf({ key, ctrlKey, metaKey, altKey }: Pressed, holder: Holder): Command | null {
  const name = key.toLowerCase()
  if (ctrlKey || metaKey || altKey || TAKEN[holder].test(name)) return null
  return Object.hasOwn(KEYS, name) ? (KEYS[name] ?? null) : null
}

/** What an element does with keys. */
export function holderOf(element: Element): Holder {
  if (element.matches('input[type=range], [role=slider]')) return 'slider'
  if (element.matches('input, textarea, select, [contenteditable], [role=listbox], [role=option]')) return 'text'
  return element.matches('button, a, summary, [role=button]') ? 'button' : 'other'
}

/** Speeds, slowest first. */
export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8] as const

/** The next faster speed; the fastest stays. */
export function faster(speed: number): number {
  return SPEEDS.find(one => one > speed) ?? speed
}
