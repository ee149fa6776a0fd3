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
  const [said, giver, legalBasis, offset] = ['provenance', 'giver', 'legalBasis', 'clockOffsetMs'].map(word)
  if ([said, giver, legalBasis, offset].every(each => (each ?? null) === null)) return null
  const origin = ORIGINS.find(one => one === said)
  if (origin === undefined) return incomplete(`provenance must be one of ${ORIGINS.join(', ')}`)
  for (const [key, text] of [
    ['giver', giver],
    ['legalBasis', legalBasis],
  ] as const)
    if ((text ?? null) !== null && !WORDS.test(text ?? ''))
      return incomplete(`${key} must have 1 to 500 characters, without control characters`)
  if (origin === 'own-camera' && ((giver ?? null) !== null || (legalBasis ?? null) !== null))
    return incomplete('footage of an own camera has neither giver nor legalBasis')
  if (origin !== 'own-camera' && !isSaid(giver))
    return incomplete('giver must say who handed it in, or from whom it was taken')
  if (origin === 'seized' && !isSaid(legalBasis)) return incomplete('legalBasis must say under which law it was taken')
  const clockOffsetMs = offsetOf(offset ?? null)
  if (clockOffsetMs === undefined)
    return incomplete('clockOffsetMs must be a whole number of milliseconds, less than a century')
  return { origin, giver: giver ?? null, legalBasis: legalBasis ?? null, clockOffsetMs }
}

function isSaid(text: string | null | undefined): boolean {
  return text !== null && text !== undefined && text.trim() !== ''
}

function offsetOf(text: string | null): number | null | undefined {
  if (text === null) return null
  const value = /^-?\d{1,13}$/.test(text) ? Number(text) : Number.NaN
  return Math.abs(value) <= MOST_OFFSET_MS ? value + 0 : undefined
}

function incomplete(what: string): Refusal {
  return refuse('provenance-incomplete', `Upload-Metadata says where the file came from, but not all of it: ${what}.`)
}
