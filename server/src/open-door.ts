import { implement } from '@orpc/server'
import { openContract } from '@vidne/contract/open'
import type { House } from './compose.ts'
import type { Actor } from './people/people.ts'
import type { About } from './platform/http/about.ts'
import type { Still } from './platform/still.ts'
import type { SetUp } from './set-up.ts'
import type { Who } from './who-asks.ts'

/** What an answer to everybody may know: who asks, where somebody does, and how the installation stands. */
export type Open = {
  readonly house: House | null
  readonly actor: Actor | null
  /** As `actor`, with how they are known, or why not. */
  readonly who: Who
  /** How it is founded in a browser; null once it stands. */
  readonly setUp: SetUp | null
  readonly about: About
  readonly mode: 'normal' | 'rehearsal'
  /** Whether people reach the installation by https. */
  readonly secure: boolean
  /** Where the browser that asks is, as it would write it: https://vidne.example.org */
  readonly origin: string
  /** Cookies that came with the request; a step of signing in that has more than one finds its own. */
  readonly cookie: string
  /** How the program that asks names itself. */
  readonly client: string
  /** Why nothing is taken in; null while it is. */
  readonly still: () => Promise<Still | null>
  /** Headers that the answer gets: where a session's cookie is set. */
  readonly answer: Headers
}

/** The part of the contract that is open to everybody, with what each answer of it may know. */
export const open = implement(openContract).$context<Open>()
