import { place } from './place.ts'
import type { Fix } from './track.ts'

// Sentences of NMEA 0183, as cameras write them into subtitles and into boxes of their own.

const SENTENCE = /\$(G[A-Z](?:RMC|GGA),[^*$\r\n]{0,120})\*([0-9A-Fa-f]{2})/g
const SENTENCES = 50

/**
 * The first position in a text; null where the receiver had none. A sentence whose checksum is wrong counts for nothing. Only RMC says
 * the day, so GGA gives a position without a clock.
 */
export function fixInNmea(text: string, ms: number): Fix | null {
  let without: Fix | null = null
  let count = 0
  for (const [, body = '', sum = ''] of text.matchAll(SENTENCE)) {
    if (count++ === SENTENCES) break
    if (checksum(body) !== Number.parseInt(sum, 16)) continue
    const fix = body.startsWith('RMC', 2) ? byRmc(body.split(','), ms) : byGga(body.split(','), ms)
    if (fix !== null && fix.at !== null) return fix
    without ??= fix
  }
  return without
}

function checksum(body: string): number {
  return Buffer.from(body, 'latin1').reduce((sum, byte) => sum ^ byte, 0)
}

/** Time, state, latitude, longitude, speed, course, day. */
function byRmc([, time, state, latitude, north, longitude, east, , , day]: readonly string[], ms: number): Fix | null {
  return state === 'A' ? fixOf({ latitude, north, longitude, east }, { ms, at: instant(day, time) }) : null
}

/** Time, latitude, longitude, quality. */
function byGga([, , latitude, north, longitude, east, quality]: readonly string[], ms: number): Fix | null {
  return /^[1-9]$/.test(quality ?? '') ? fixOf({ latitude, north, longitude, east }, { ms, at: null }) : null
}

type Angles = Record<'latitude' | 'north' | 'longitude' | 'east', string | undefined>

function fixOf({ latitude, north, longitude, east }: Angles, when: Pick<Fix, 'ms' | 'at'>): Fix | null {
  if (!/^\d{4}(\.\d{1,8})?$/.test(latitude ?? '') || !/^\d{5}(\.\d{1,8})?$/.test(longitude ?? '')) return null
  return minutesAt({ latitude: Number(latitude), north, longitude: Number(longitude), east }, when)
}

/** A position as receivers write it: degrees times a hundred, and minutes. Null for anything that is none. */
export function minutesAt(
  { latitude, north, longitude, east }: { latitude: number; north: unknown; longitude: number; east: unknown },
  when: Pick<Fix, 'ms' | 'at'>,
): Fix | null {
  const signs = { N: 1, S: -1, E: 1, W: -1 } as const
  if ((north !== 'N' && north !== 'S') || (east !== 'E' && east !== 'W')) return null
  const degrees = (value: number) => (value % 100 < 60 ? Math.trunc(value / 100) + (value % 100) / 60 : Number.NaN)
  const found = place(signs[north] * degrees(latitude), signs[east] * degrees(longitude), null)
  return found === null ? null : { ...when, latitudeE7: found.latitudeE7, longitudeE7: found.longitudeE7 }
}

/** `ddmmyy` and `hhmmss.sss` */
function instant(day: string | undefined, time: string | undefined): number | null {
  const [, date, month, year] = /^(\d\d)(\d\d)(\d\d)$/.exec(day ?? '') ?? []
  const [, hour, minute, second] = /^(\d\d)(\d\d)(\d\d)/.exec(time ?? '') ?? []
  if (date === undefined || hour === undefined) return null
  const at = Date.parse(`20${year}-${month}-${date}T${hour}:${minute}:${second}Z`)
  return Number.isSafeInteger(at) ? at : null
}
