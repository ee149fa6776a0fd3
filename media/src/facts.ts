/** What can be known of footage from the bytes alone. Closed: a screen or an export has a sentence for each. */
export const FACT_NAMES = [
  /** 'video' or 'audio'. */
  'kind',
  /** 'mp4', 'mov', 'mkv', 'webm', 'mpeg-ts', 'avi', or ffprobe's name of another. */
  'container',
  'duration-ms',
  /** Timestamp of the first sample; containers need not begin at 0, and it may be negative. */
  'start-ms',
  /** Epoch milliseconds, as the writer of the file understood them. */
  'created-at',
  /** { latitudeE7, longitudeE7, altitudeMm or null } in WGS 84. */
  'place',
  /** Where it went: { from, until: epoch milliseconds by the satellites or null, metres, points: [[ms, latitudeE7, longitudeE7], …] }. */
  'track',
  /** What its track lies within: { southE7, westE7, northE7, eastE7 }. */
  'track-area',
  /** ffmpeg's names: 'h264', 'hevc', 'vp9', 'av1', 'mjpeg' … */
  'video-codec',
  'audio-codec',
  /** Pixels as coded, before rotation. */
  'width',
  'height',
  /** Degrees clockwise for showing: 90, 180, 270. */
  'rotation',
  'audio-channels',
  'audio-sample-rate',
  /** How many there are in the first video track. */
  'keyframes',
  /** Their timestamps, ascending; left out above `keyframesListed`. */
  'keyframe-times-ms',
  /** The file says of itself that it is this much longer. */
  'missing-bytes',
] as const

export type FactName = (typeof FACT_NAMES)[number]

/** JSON with whole numbers only, so that facts can be fields of an event. */
export type FactValue = null | boolean | number | string | FactValue[] | { [key: string]: FactValue }

/** A statement of the file about itself, never trusted: `source` is the field that says so, `parser` the program that read it. */
export type Fact = { name: FactName; value: FactValue; source: string; parser: string }

const TEXT_CHARS = 200
const LIST_ITEMS = 100_000
/** An hour with a point every three seconds; a longer way is told by fewer points. */
export const TRACK_POINTS = 1200

type Shape = (value: unknown) => value is FactValue

const SHAPES: Record<FactName, Shape> = {
  kind: isKind,
  container: isText,
  'duration-ms': isWhole,
  'start-ms': isWhole,
  'created-at': isWhole,
  place: isPlace,
  track: isTrack,
  'track-area': isArea,
  'video-codec': isText,
  'audio-codec': isText,
  width: isWhole,
  height: isWhole,
  rotation: isWhole,
  'audio-channels': isWhole,
  'audio-sample-rate': isWhole,
  keyframes: isWhole,
  'keyframe-times-ms': isTimes,
  'missing-bytes': isWhole,
}

/** Takes a fact from a process that has parsed hostile bytes. Null for everything that no parser of ours says. */
export function parseFact(input: unknown): Fact | null {
  if (!isRecord(input)) return null
  const { name, value, source, parser } = input
  const known = FACT_NAMES.find(each => each === name)
  if (known === undefined || !isText(source) || !isText(parser)) return null
  return SHAPES[known](value) ? { name: known, value, source, parser } : null
}

function isKind(value: unknown): value is 'video' | 'audio' {
  return value === 'video' || value === 'audio'
}

function isTimes(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= LIST_ITEMS && value.every(isWhole)
}

function isPlace(value: unknown): value is FactValue {
  if (!isRecord(value) || Object.keys(value).length !== 3) return false
  const { latitudeE7, longitudeE7, altitudeMm } = value
  return isWhole(latitudeE7) && isWhole(longitudeE7) && (altitudeMm === null || isWhole(altitudeMm))
}

function isTrack(value: unknown): value is FactValue {
  if (!isRecord(value) || Object.keys(value).length !== 4) return false
  const { from, until, metres, points } = value
  const when = (at: unknown) => at === null || isWhole(at)
  if (!when(from) || !when(until) || !isWhole(metres) || !Array.isArray(points)) return false
  return points.length <= TRACK_POINTS && points.every(isPoint)
}

function isPoint(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3 || !value.every(isWhole)) return false
  const [, latitude = NaN, longitude = NaN] = value
  return Math.abs(latitude) <= 90e7 && Math.abs(longitude) <= 180e7
}

function isArea(value: unknown): value is FactValue {
  if (!isRecord(value) || Object.keys(value).length !== 4) return false
  return [value['southE7'], value['westE7'], value['northE7'], value['eastE7']].every(isWhole)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_CHARS && /^\P{C}+$/u.test(value)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
