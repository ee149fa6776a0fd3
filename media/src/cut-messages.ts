import { isRecord } from './facts.ts'

/** What is to be made of footage in the cutting process. Times in milliseconds, as the facts of the file have them. */
export type Cut =
  /** What a browser has to know before it plays it. */
  | { readonly kind: 'about' }
  /** What stands before every segment: fMP4 `ftyp` and `moov`. */
  | { readonly kind: 'init' }
  /** One fMP4 segment, from a keyframe to the one at `until`; null: to the end. Nothing is encoded anew. */
  | { readonly kind: 'segment'; readonly from: number; readonly until: number | null; readonly first: boolean }
  /** The keyframes nearest before these times alone, one a second, as Matroska. */
  | { readonly kind: 'keyframes'; readonly at: readonly number[] }
  /** Everything from the keyframe at or before a time on, as Matroska that begins at 0. */
  | { readonly kind: 'from'; readonly from: number }

/** What a browser asks before it plays: codecs by their full names (RFC 6381), null where there is no such track or no such name. */
export type About = {
  readonly video: { readonly codec: string | null; readonly frameRateMilli: number | null } | null
  readonly audio: { readonly codec: string | null } | null
}

/** Takes what the cutting process says about footage; null for what it never says. */
export function parseAbout(input: unknown): About | null {
  if (!isRecord(input)) return null
  const video = track(input['video'])
  const audio = track(input['audio'])
  if (video === undefined || audio === undefined) return null
  const rate = isRecord(input['video']) ? input['video']['frameRateMilli'] : null
  const frameRateMilli = typeof rate === 'number' && Number.isSafeInteger(rate) && rate > 0 ? rate : null
  return { video: video === null ? null : { ...video, frameRateMilli }, audio }
}

/** Undefined: not what a track is told as. */
function track(input: unknown): { codec: string | null } | null | undefined {
  if (input === null) return null
  if (!isRecord(input)) return undefined
  const { codec } = input
  if (codec === null) return { codec }
  return typeof codec === 'string' && /^[\w.+-]{1,64}$/.test(codec) ? { codec } : undefined
}
