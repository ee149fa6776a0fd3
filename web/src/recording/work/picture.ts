import { createContext, use } from 'react'

/** The player beside the panel, where there is one: where its picture stands in milliseconds, and how to move it. */
export type Picture = { at: (() => number) | null; seek: ((ms: number) => void) | null }

export const PictureContext = createContext<Picture>({ at: null, seek: null })

export function usePicture(): Picture {
  return use(PictureContext)
}
