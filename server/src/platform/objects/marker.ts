// The marker says whose store this is, so that an empty or swapped folder or bucket is recognised. The moving mark beside it says
// how far the store has come, so that an older one is (G7).

import type { Recognition } from './port.ts'

/** Name of the marker, in a folder and in a bucket. */
export const MARKER = 'vidne-objects.json'

const FORM = /^\{"v":1,"installation":"([\x20\x21\x23-\x5b\x5d-\x7e]{1,200})"\}\n$/

/** The marker's bytes. The id is printable ASCII without quotes. */
export function formatMarker(installation: string): Uint8Array {
  const text = `{"v":1,"installation":"${installation}"}\n`
  if (!FORM.test(text)) throw new TypeError('an installation id is 1 to 200 printable characters without quotes')
  return new TextEncoder().encode(text)
}

/** The installation a marker names; null where it is not a marker. */
export function parseMarker(bytes: Uint8Array): string | null {
  return FORM.exec(new TextDecoder().decode(bytes))?.[1] ?? null
}

/** Name of the moving mark in a folder, where it is replaced whole. */
export const MARK = 'vidne-objects-mark.json'

/** Where a bucket has its moving marks, an object each: nothing that is written there is ever overwritten. */
export const MARKS = 'vidne-mark/'

const MARK_FORM = /^\{"v":1,"mark":(\d{1,16})\}\n$/
const MARK_NAME = /^vidne-mark\/(\d{16})$/

/** The bytes of a moving mark: whole and positive. */
export function formatMark(mark: number): Uint8Array {
  if (!Number.isSafeInteger(mark) || mark <= 0) throw new TypeError('a mark is a whole number above zero')
  return new TextEncoder().encode(`{"v":1,"mark":${mark}}\n`)
}

/** The mark that the bytes hold; null where they hold none. */
export function parseMark(bytes: Uint8Array): number | null {
  return safe(MARK_FORM.exec(new TextDecoder().decode(bytes))?.[1])
}

/** What the object of a mark is called in a bucket. */
export function nameOfMark(mark: number): string {
  return `${MARKS}${String(mark).padStart(16, '0')}`
}

/** The mark that an object of a bucket is; null where it is something else. */
export function markNamed(name: string): number | null {
  return safe(MARK_NAME.exec(name)?.[1])
}

function safe(digits: string | undefined): number | null {
  const mark = Number(digits)
  return Number.isSafeInteger(mark) && mark > 0 ? mark : null
}

export function recognise(found: string | null, installation: string): Recognition {
  if (found === null) return 'missing'
  return found === installation ? 'yes' : 'other'
}
