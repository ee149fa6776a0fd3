/** A point in WGS 84 in whole numbers: degrees times 10^7, millimetres. */
export type Place = { latitudeE7: number; longitudeE7: number; altitudeMm: number | null }

const ISO_6709 = /^([+-]\d{2,6}(?:\.\d+)?)([+-]\d{3,7}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?(?:CRS[^/]{0,40})?\/?$/

/** A place written by ISO 6709 annex H (`+55.6761+012.5683+014.2/`), or null where the text is none. */
export function parseIso6709(text: string): Place | null {
  const [, latitude, longitude, altitude] = ISO_6709.exec(text.trim()) ?? []
  if (latitude === undefined || longitude === undefined) return null
  return place(degrees(latitude, 2), degrees(longitude, 3), altitude === undefined ? null : Number(altitude))
}

/** A place from degrees and metres; null outside the Earth. */
export function place(latitude: number, longitude: number, altitude: number | null): Place | null {
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return null
  return {
    latitudeE7: wholeNumber(latitude * 1e7),
    longitudeE7: wholeNumber(longitude * 1e7),
    altitudeMm: altitude === null || !(Math.abs(altitude) < 1e6) ? null : wholeNumber(altitude * 1000),
  }
}

/** Degrees, or degrees and minutes, or both and seconds: told apart by the number of digits before the point. */
function degrees(text: string, degreeDigits: number): number {
  const [whole = '', fraction] = text.slice(1).split('.')
  const pairs = (whole.length - degreeDigits) / 2
  if (!Number.isInteger(pairs) || pairs < 0 || pairs > 2) return Number.NaN
  const parts = [
    whole.slice(0, degreeDigits),
    ...Array.from({ length: pairs }, (_, i) => whole.slice(degreeDigits + 2 * i, degreeDigits + 2 * i + 2)),
  ]
  const numbers = parts.map((part, i) => Number(i === pairs && fraction !== undefined ? `${part}.${fraction}` : part))
  const value = numbers.reduce((sum, number, i) => sum + number / 60 ** i, 0)
  return text.startsWith('-') ? -value : value
}

// JSON has no -0, and canonical JSON would refuse to tell the two apart.
function wholeNumber(value: number): number {
  return Math.round(value) + 0
}
