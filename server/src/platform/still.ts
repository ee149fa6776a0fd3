import { ofInstallation } from '@vidne/locales/installation'
import type { Language } from '@vidne/locales/say'

/** Why the log signs and writes nothing. */
export type LogStop =
  | 'not-opened'
  | 'lock-missing'
  | 'lock-unreadable'
  | 'lock-older'
  | 'tiles-missing'
  | 'tiles-older'
  | 'tiles-differ'
  | 'database-older'
  | 'database-differs'
  | 'other-origin'
  | 'label-twice'
  | 'behind-witness'
  | 'witness-differs'
  | 'forked'
  | 'write-failed'

/** What says all by its code. */
type Plain =
  | LogStop
  | 'log-keys-lost'
  | 'not-founded'
  | 'database-full'
  | 'database-away'
  | 'database-unknown'
  | 'database-other'
  | 'objects-missing'
  | 'objects-other'
  | 'objects-away'
  | 'store-unmarked'
  | 'vault-missing'
  | 'vault-other'
  | 'vault-older'
  | 'vault-copies-on-one-disk'
  | 'is-backup'
  | 'no-room'
  | 'no-room-database'
  | 'no-answer-database'
  | 'no-answer-objects'
  | 'key-unknown'
  | 'vault-unusable'
  | 'unknown-label'
  | 'too-late'
  | 'export-not-made'

type InCopy = { readonly copy: 'a' | 'b'; readonly folder: string }
type Apart = { readonly apart: Still; readonly by: string; readonly most: number }

/** What tells more: numbers, paths and times as values, and what is a sentence in itself as one of these again. */
type Telling = {
  'log-stopped': { readonly log: Still }
  'objects-older': { readonly own: Still; readonly seen: string }
  'store-as-of': { readonly at: string }
  'vault-damaged': { readonly finding: Still }
  'vault-copy-missing': InCopy
  'vault-copy-damaged': InCopy & { readonly why: Still }
  'vault-copy-degraded': InCopy & { readonly why: Still }
  'vault-copy-empty': InCopy
  'vault-copy-of-another-vault': { readonly folder: string }
  'vault-copies-differ': InCopy & { readonly different: number; readonly behind: number }
  'vault-destroyed-key-reappeared': InCopy & { readonly keys: number }
  'vault-wrapping-key-missing': InCopy & { readonly keys: number }
  'vault-wrapping-key-lost': { readonly keys: number }
  'vault-key-unreadable': { readonly keys: number }
  'vault-copy-was-behind': InCopy & { readonly behind: number }
  'vault-copy-was-behind-destroyed': InCopy & { readonly behind: number; readonly again: number }
  'vault-mode-too-open': { readonly paths: string }
  'file-missing': { readonly file: string }
  'file-unreadable': { readonly file: string }
  'file-cut': { readonly file: string }
  'file-damaged': { readonly file: string }
  'file-unknown': { readonly file: string }
  broken: { readonly request: string }
  'nothing-taken-in': { readonly because: Still }
  'export-not-covered': { readonly because: Still }
  'run-braked': {
    readonly removing: number
    readonly kept: number
    readonly items: number
    readonly share: number
    readonly approval: string
  }
  'clock-leapt': { readonly leap: Still; readonly approval: string }
  'clock-apart': { readonly found: Still; readonly hours: number; readonly approval: string }
  leap: { readonly hours: number; readonly most: number }
  ahead: Apart
  behind: Apart
  'leap-and-apart': { readonly leap: Still; readonly apart: Still }
  minutes: { readonly count: number }
  hours: { readonly count: number }
  days: { readonly count: number }
}

/**
 * What an installation says of itself when it stands still or cannot answer: a closed code with its values. Words are made of it
 * where it is shown, in the language of whoever reads them.
 */
export type Still =
  | { readonly code: Plain }
  | { [Code in keyof Telling]: { readonly code: Code; readonly values: Telling[Code] } }[keyof Telling]

export type StillCode = Still['code']

type Values = Readonly<Record<string, string | number | Still>>

/** The sentences for it, with what to do. */
export function stillWords(language: Language, still: Still): string {
  const values: Values = 'values' in still ? still.values : {}
  const words = Object.entries(values).map(
    ([name, value]) => [name, typeof value === 'object' ? stillWords(language, value) : value] as const,
  )
  return ofInstallation(language, `still.${still.code}`, Object.fromEntries(words))
}
