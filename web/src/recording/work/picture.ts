import { createContext, use } from 'react'

/** A stretch of the footage in milliseconds; `until` null: a moment. */
type Part = { from: number; until: number | null }

/**
 * The player beside the panel, where there is one: where its picture stands in milliseconds, how to move it, and what is marked there by
 * start and end.
 */
export type Picture = {
  at: (() => number) | null
  seek: ((ms: number) => void) | null
  part: Part | null
}

export const PictureContext = createContext<Picture>({ at: null, seek: null, part: null })

export function usePicture(): Picture {
  return use(PictureContext)
}
