import { createContext, use } from 'react'

/** Something marked on the time of a recording, as the lane below the picture shows it: told by shape and words, not by colour alone. */
export type LaneMark = {
  readonly id: string
  readonly fromMs: number
  /** Null: a moment. */
  readonly untilMs: number | null
  readonly words: string
  /** A colour of the tokens, such as `var(--wait)`. */
  readonly colour: string
  /** One sign, such as ◆. */
  readonly shape: string
}

/** What was marked with I and O; null: not marked. */
export type Selected = { readonly inMs: number | null; readonly outMs: number | null }

/** What work on a recording may ask of the player beside it. While no view is open there is no picture, and no place in it. */
export type PlayerDoor = {
  readonly isOpen: boolean
  /** Where the picture stands; null while there is none. */
  nowMs(): number | null
  seekMs(ms: number): void
  readonly selected: Selected
  /** What stands on the lane; each call replaces what stood there. */
  showMarks(marks: readonly LaneMark[]): void
}

export const PlayerContext = createContext<PlayerDoor | null>(null)

/** The player of the page that this stands in. */
export function usePlayer(): PlayerDoor {
  const door = use(PlayerContext)
  if (door === null) throw new Error('no player stands above this')
  return door
}
