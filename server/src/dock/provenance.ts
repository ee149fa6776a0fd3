import { refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'

/** Where footage came from, before it came here. */
const ORIGINS = ['own-camera', 'handed-in', 'seized'] as const
export type Origin = (typeof ORIGINS)[number]

/**
 * What whoever brings footage in says of where it came from. It is sealed as his word and changes nothing by itself: a clock that is said to
 * be wrong is not put right, since a deadline may be reckoned from it.
 */
export type Provenance = {
  readonly origin: Origin
  /** Who handed it in, or from whom it was taken; null for the agency's own cameras. */
  readonly giver: string | null
  readonly legalBasis: string | null
  /** How far the clock of the recording device ran ahead (behind: less than 0), in milliseconds; null: nobody compared. */
  readonly clockOffsetMs: number | null
}

/** A century. Cameras begin at 1970 or 2000 when their battery is empty. */
const MOST_OFFSET_MS = 100 * 366 * 86_400_000
const WORDS = /^[^\p{Cc}]{1,500}$/u

/**
 * Reads what the metadata of an upload says of where the file came from; null where it says nothing. What is said in part is refused: nobody
 * can ask again once it is sealed. `word` gives the text of a key, null where it is absent.
 */
export function readProvenance(word: (key: string) => string | null): Provenance | null | Refusal {
  const said = { origin: word('provenance'), giver: word('giver'), legalBasis: word('legalBasis') }
  const offset = word('clockOffsetMs')
  if (offset === null && Object.values(said).every(text => text === null)) return null
  const origin = ORIGINS.find(one => one === said.origin)
  if (origin === undefined) return incomplete(`provenance must be one of ${ORIGINS.join(', ')}`)
  const lacking = lackingOf(origin, said)
  if (lacking !== null) return incomplete(lacking)
  const clockOffsetMs = offsetOf(offset)
  if (clockOffsetMs === undefined)
    return incomplete('clockOffsetMs must be a whole number of milliseconds, less than a century')
  return { origin, giver: said.giver, legalBasis: said.legalBasis, clockOffsetMs }
}

type Said = { readonly giver: string | null; readonly legalBasis: string | null }

/** What is missing, or one too much; null where all is as it has to be. */
function lackingOf(origin: Origin, { giver, legalBasis }: Said): string | null {
  for (const [key, text] of Object.entries({ giver, legalBasis }))
    if (text !== null && !WORDS.test(text)) return `${key} must have 1 to 500 characters, without control characters`
  if (origin === 'own-camera')
    return giver === null && legalBasis === null ? null : 'footage of an own camera has neither giver nor legalBasis'
  if (!isSaid(giver)) return 'giver must say who handed it in, or from whom it was taken'
  return origin === 'handed-in' || isSaid(legalBasis) ? null : 'legalBasis must say under which law it was taken'
}

function isSaid(text: string | null): boolean {
  return text !== null && text.trim() !== ''
}

function offsetOf(text: string | null): number | null | undefined {
  if (text === null) return null
  const value = /^-?\d{1,13}$/.test(text) ? Number(text) : Number.NaN
  return Math.abs(value) <= MOST_OFFSET_MS ? value + 0 : undefined
}

function incomplete(what: string): Refusal {
  return refuse('provenance-incomplete', `Upload-Metadata says where the file came from, but not all of it: ${what}.`)
}
