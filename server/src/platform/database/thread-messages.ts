import type { Refusal } from './errors.ts'

export type ToThread =
  | { readonly kind: 'run'; readonly id: number; readonly text: string; readonly parameters: readonly unknown[] }
  /** Commits without waiting for the disk; the answer's row says whether there was anything to write. */
  | { readonly kind: 'commit-unflushed'; readonly id: number }
  /** Brings all that was committed to the disk. */
  | { readonly kind: 'flush'; readonly id: number }
  | { readonly kind: 'close' }

/** A message that is answered under its id. */
export type Asked = Exclude<ToThread, { kind: 'close' }>

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly because: Refusal | null; readonly message: string }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly rows: readonly object[]
      readonly command: string
      readonly affected: number | null
    }
  | {
      readonly kind: 'error'
      readonly id: number
      readonly message: string
      readonly code: string | null
      /** The engine itself is damaged, not just the statement. */
      readonly fatal: boolean
      readonly detail?: string | null
      readonly constraint?: string | null
      readonly table?: string | null
    }
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'noted'; readonly level: 'info' | 'error'; readonly message: string }
  | { readonly kind: 'closed' }
