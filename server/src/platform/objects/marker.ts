// The marker says whose store this is, so that an empty or swapped folder or bucket is recognised (G7).

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

export function recognise(found: string | null, installation: string): Recognition {
  if (found === null) return 'missing'
  return found === installation ? 'yes' : 'other'
}
